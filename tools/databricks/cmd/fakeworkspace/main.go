// Command fakeworkspace serves an in-memory Databricks workspace for tests.
//
// Its first line on stdout is its URL. Every bearer token is a workspace of its own; the prefixes
// dbapi0 (a user) and dbapi1 (a service principal) name who calls, the rest names the workspace.
// It stops on SIGINT and SIGTERM, with --exit-with-parent also when its stdin ends, and exits 1 if
// a client asked for a route that does not exist.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/databricks/cli/libs/testserver"
)

func main() {
	logPath := flag.String("log", "", "append every request to this file, one JSON object a line")
	withParent := flag.Bool("exit-with-parent", false, "stop when stdin ends")
	flag.Parse()
	os.Exit(run(*logPath, *withParent))
}

func run(logPath string, withParent bool) int {
	t := &serverT{}
	defer t.cleanUp()

	server := testserver.New(t)
	if logPath != "" {
		log, err := openRequestLog(logPath)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		defer log.close()
		server.ResponseCallback = log.record
	}
	newFake(server).register()
	testserver.AddDefaultHandlers(server)

	fmt.Println(server.URL)
	waitForEnd(withParent)
	if t.Failed() {
		return 1
	}
	return 0
}

func waitForEnd(withParent bool) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	stdinEnded := make(chan struct{})
	if withParent {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			close(stdinEnded)
		}()
	}
	select {
	case <-signals:
	case <-stdinEnded:
	}
}
