package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/cli/libs/testserver/testsql"
	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/databricks/databricks-sdk-go/service/sql"
)

const statementsPath = "/api/2.0/sql/statements"

var (
	anyStatement = regexp.MustCompile(`(?s).*`)
	createObject = regexp.MustCompile(`(?is)^CREATE\s+(CATALOG|SCHEMA)\s+(IF\s+NOT\s+EXISTS\s+)?(IDENTIFIER\s*\(\s*:\w+\s*\)|[\w.` + "`" + `-]+)`)
	namedByValue = regexp.MustCompile(`(?i)^IDENTIFIER\s*\(\s*:(\w+)\s*\)$`)
)

func (f *fake) registerStatements() {
	for _, path := range []string{statementsPath, statementsPath + "/"} {
		f.server.Handle("POST", path, f.executeStatement)
	}
	f.server.Handle("GET", statementsPath+"/{statement_id}", func(req testserver.Request) any {
		if found := f.space(req.Workspace).statements.Get(req.Vars["statement_id"]); found != nil {
			return found
		}
		return failure(http.StatusNotFound, "NOT_FOUND", fmt.Sprintf("The statement %s was not found.", req.Vars["statement_id"]))
	})
	f.server.Handle("GET", statementsPath+"/{statement_id}/result/chunks/{chunk_index}", func(req testserver.Request) any {
		if found := f.space(req.Workspace).statements.Chunk(req.Vars["statement_id"], atoi(req.Vars["chunk_index"])); found != nil {
			return found
		}
		return failure(http.StatusNotFound, "NOT_FOUND", fmt.Sprintf("The statement %s has no such chunk.", req.Vars["statement_id"]))
	})
	f.server.Handle("POST", statementsPath+"/{statement_id}/cancel", func(req testserver.Request) any {
		f.space(req.Workspace).statements.Cancel(req.Vars["statement_id"])
		return map[string]any{}
	})
}

func (f *fake) executeStatement(req testserver.Request) any {
	var asked sql.ExecuteStatementRequest
	if err := json.Unmarshal(req.Body, &asked); err != nil {
		return badRequest(err)
	}
	if !holds(req.Workspace, req.Workspace.SqlWarehouses, asked.WarehouseId) {
		return failure(http.StatusBadRequest, "INVALID_PARAMETER_VALUE", fmt.Sprintf("%s is not a valid endpoint id.", asked.WarehouseId))
	}
	return f.space(req.Workspace).statements.Submit(asked.Statement, asked.WaitTimeout, asked.Parameters)
}

// newStatements answers what the test asked for, then CREATE CATALOG and CREATE SCHEMA by making
// them, and everything else with an empty success.
func newStatements(s *space, workspace *testserver.FakeWorkspace) *testsql.Handler {
	statements := testsql.New()
	statements.HandlePattern(anyStatement, func(req testsql.Request) testsql.Result {
		s.mu.Lock()
		answer, asked := s.takeAnswer(req.Statement)
		s.mu.Unlock()
		if asked {
			return answer
		}
		return createByStatement(workspace, req)
	})
	return statements
}

func createByStatement(workspace *testserver.FakeWorkspace, req testsql.Request) testsql.Result {
	parts := createObject.FindStringSubmatch(req.Statement)
	if parts == nil {
		return testsql.Result{}
	}
	name := strings.Split(strings.ReplaceAll(resolveName(parts[3], req.Parameters), "`", ""), ".")
	var created testserver.Response
	switch {
	case strings.EqualFold(parts[1], "CATALOG") && len(name) == 1:
		created = createCatalog(testserver.Request{Workspace: workspace, Body: mustJSON(catalog.CreateCatalog{Name: name[0]})})
	case strings.EqualFold(parts[1], "SCHEMA") && len(name) == 2:
		created = createSchema(testserver.Request{Workspace: workspace, Body: mustJSON(catalog.CreateSchema{CatalogName: name[0], Name: name[1]})})
	default:
		return testsql.Result{}
	}
	return statementResult(created, parts[2] != "")
}

func resolveName(name string, parameters []sql.StatementParameterListItem) string {
	reference := namedByValue.FindStringSubmatch(name)
	if reference == nil {
		return name
	}
	for _, parameter := range parameters {
		if parameter.Name == reference[1] {
			return parameter.Value
		}
	}
	return name
}

func statementResult(created testserver.Response, onlyIfMissing bool) testsql.Result {
	refusal, refused := created.Body.(map[string]string)
	if !refused || created.StatusCode < http.StatusBadRequest {
		return testsql.Result{}
	}
	if onlyIfMissing && strings.HasSuffix(refusal["error_code"], "_ALREADY_EXISTS") {
		return testsql.Result{}
	}
	return testsql.Result{Error: &testsql.Error{
		Code:    sql.ServiceErrorCodeBadRequest,
		Message: fmt.Sprintf("[%s] %s", refusal["error_code"], refusal["message"]),
	}}
}
