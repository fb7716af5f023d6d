package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/cli/libs/testserver/testsql"
	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/databricks/databricks-sdk-go/service/sql"
)

// updateOutcome says how the next updates of a pipeline end. The zero State is COMPLETED.
type updateOutcome struct {
	Pipeline string  `json:"pipeline"` // the pipeline's name, or the end of it
	State    string  `json:"state"`
	Message  string  `json:"message"` // of the exception of a FAILED update
	Polls    int     `json:"polls"`   // how often the update is seen RUNNING
	Events   []event `json:"events"`  // written before the update's last event
	Times    int     `json:"times"`   // 0 is once
}

// taskFailure makes the next attempts of a job's task fail.
type taskFailure struct {
	Job     string `json:"job"` // the job's name, or the end of it
	Task    string `json:"task"`
	Message string `json:"message"`
	Times   int    `json:"times"` // 0 is once
}

// sqlAnswer is the result of statements that a pattern matches. Times 0 is for good.
type sqlAnswer struct {
	Match   string     `json:"match"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
	Polls   int        `json:"polls"`
	Error   string     `json:"error"` // message; the statement ends FAILED
	Times   int        `json:"times"`
	pattern *regexp.Regexp
}

func (f *fake) registerControl() {
	f.server.Handle("POST", "/__fake/updates", func(req testserver.Request) any {
		outcome := &updateOutcome{}
		if err := json.Unmarshal(req.Body, outcome); err != nil {
			return badRequest(err)
		}
		outcome.Times = max(outcome.Times, 1)
		return f.remember(req, func(s *space) { s.outcomes = append(s.outcomes, outcome) })
	})
	f.server.Handle("POST", "/__fake/tasks", func(req testserver.Request) any {
		failing := &taskFailure{}
		if err := json.Unmarshal(req.Body, failing); err != nil {
			return badRequest(err)
		}
		failing.Times = max(failing.Times, 1)
		return f.remember(req, func(s *space) { s.failures = append(s.failures, failing) })
	})
	f.server.Handle("POST", "/__fake/runs", f.addRun)
	f.server.Handle("POST", "/__fake/statements", f.addAnswer)
	f.server.Handle("POST", "/__fake/tables", func(req testserver.Request) any {
		var table catalog.TableInfo
		if err := json.Unmarshal(req.Body, &table); err != nil {
			return badRequest(err)
		}
		table.FullName = strings.Join([]string{table.CatalogName, table.SchemaName, table.Name}, ".")
		return f.remember(req, func(s *space) { s.tables[table.FullName] = table })
	})
}

func (f *fake) addAnswer(req testserver.Request) any {
	answer := &sqlAnswer{}
	err := json.Unmarshal(req.Body, answer)
	if err == nil {
		answer.pattern, err = regexp.Compile("(?is)" + answer.Match)
	}
	if err != nil {
		return badRequest(err)
	}
	return f.remember(req, func(s *space) { s.answers = append(s.answers, answer) })
}

func (f *fake) remember(req testserver.Request, change func(*space)) any {
	if req.Workspace == nil {
		return failure(http.StatusUnauthorized, "UNAUTHENTICATED", "A control request needs a token: it says which workspace.")
	}
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
	return map[string]any{}
}

// takeOutcome uses up one of the outcomes that were asked for a pipeline.
func (s *space) takeOutcome(pipelineName string) updateOutcome {
	for _, outcome := range s.outcomes {
		if outcome.Times > 0 && strings.HasSuffix(pipelineName, outcome.Pipeline) {
			outcome.Times--
			return *outcome
		}
	}
	return updateOutcome{}
}

// takeFailure uses up one of the failures that were asked for a job's task.
func (s *space) takeFailure(jobName, task string) (taskFailure, bool) {
	for _, failing := range s.failures {
		if failing.Times > 0 && failing.Task == task && strings.HasSuffix(jobName, failing.Job) {
			failing.Times--
			return *failing, true
		}
	}
	return taskFailure{}, false
}

// takeAnswer finds the newest answer whose pattern matches the statement.
func (s *space) takeAnswer(statement string) (testsql.Result, bool) {
	for i := len(s.answers) - 1; i >= 0; i-- {
		answer := s.answers[i]
		if answer.Times < 0 || !answer.pattern.MatchString(statement) {
			continue
		}
		if answer.Times > 0 {
			answer.Times--
			if answer.Times == 0 {
				answer.Times = -1
			}
		}
		return answer.result(), true
	}
	return testsql.Result{}, false
}

func (a *sqlAnswer) result() testsql.Result {
	result := testsql.Result{Columns: a.Columns, Rows: a.Rows, Polls: a.Polls}
	if a.Error != "" {
		result.Error = &testsql.Error{Code: sql.ServiceErrorCodeBadRequest, Message: a.Error}
	}
	return result
}
