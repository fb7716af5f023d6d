package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/databricks/cli/libs/testserver"
)

// requestLog writes what clients asked for, in the order the answers were ready.
type requestLog struct {
	mu   sync.Mutex
	file *os.File
}

// loggedRequest is one line of the log. Body is the JSON value that was sent, the text of an upload,
// or null where nothing or binary data was sent.
type loggedRequest struct {
	Token  string `json:"token"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query"`
	Status int    `json:"status"`
	Bytes  int    `json:"bytes"`
	Body   any    `json:"body"`
}

func openRequestLog(path string) (*requestLog, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot write the request log: %w", err)
	}
	return &requestLog{file: file}, nil
}

func (l *requestLog) close() { l.file.Close() }

func (l *requestLog) record(request *testserver.Request, response *testserver.EncodedResponse) {
	if strings.HasPrefix(request.URL.Path, "/__") {
		return
	}
	line, err := json.Marshal(loggedRequest{
		Token:  request.Token,
		Method: request.Method,
		Path:   request.URL.Path,
		Query:  request.URL.RawQuery,
		Status: response.StatusCode,
		Bytes:  len(request.Body),
		Body:   loggedBody(request),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "request log:", err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		fmt.Fprintln(os.Stderr, "request log:", err)
	}
}

func loggedBody(request *testserver.Request) any {
	if !isUpload(request.URL.Path) && json.Valid(request.Body) {
		return json.RawMessage(request.Body)
	}
	if len(request.Body) == 0 || !utf8.Valid(request.Body) {
		return nil
	}
	return string(request.Body)
}

func isUpload(path string) bool {
	return strings.HasPrefix(path, "/api/2.0/workspace-files/") || strings.HasPrefix(path, "/api/2.0/fs/files/")
}
