package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/cli/libs/testserver/testsql"
	"github.com/databricks/databricks-sdk-go/service/catalog"
	"github.com/databricks/databricks-sdk-go/service/sql"
)

const (
	starterWarehouseID   = "57a87e0ab1c2d3e4"
	starterWarehouseName = "Serverless Starter Warehouse"
	firstCatalog         = "main"
)

// fake adds to the test server what it lacks. Its handlers go in before the default ones and so win.
type fake struct {
	server *testserver.Server
	mu     sync.Mutex
	spaces map[*testserver.FakeWorkspace]*space
}

// space is what the fake remembers about one workspace beyond the test server's own state.
type space struct {
	mu         sync.Mutex
	updates    map[string][]*update // by pipeline id, oldest first
	events     map[string][]event   // by pipeline id, oldest first
	clock      clock
	outcomes   []*updateOutcome
	failures   []*taskFailure
	answers    []*sqlAnswer
	statements *testsql.Handler
	tables     map[string]catalog.TableInfo
	people     map[string][]principal // by SCIM collection
}

func newFake(server *testserver.Server) *fake {
	return &fake{server: server, spaces: map[*testserver.FakeWorkspace]*space{}}
}

func (f *fake) register() {
	dispatch := f.server.Dispatch
	f.server.Dispatch = func(w http.ResponseWriter, r *http.Request, h testserver.HandlerFunc, vars map[string]string) {
		dispatch(w, r, f.guarded(h), vars)
	}
	f.registerControl()
	f.registerPipelines()
	f.registerJobs()
	f.registerCatalog()
	f.registerStatements()
	f.registerWarehouses()
	f.registerPrincipals()
	f.registerFiles()
}

// guarded answers before any handler does when the caller is unknown or the volume does not exist.
func (f *fake) guarded(handler testserver.HandlerFunc) testserver.HandlerFunc {
	return func(req testserver.Request) any {
		if req.Workspace == nil {
			if strings.HasPrefix(req.URL.Path, "/api/") {
				return failure(http.StatusUnauthorized, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type for this API.")
			}
			return handler(req)
		}
		f.space(req.Workspace)
		if refusal, missing := missingVolume(req); missing {
			return refusal
		}
		return handler(req)
	}
}

// space returns what is remembered about a workspace, furnishing it when it is seen first.
func (f *fake) space(workspace *testserver.FakeWorkspace) *space {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.spaces[workspace]; ok {
		return known
	}
	created := &space{
		updates: map[string][]*update{},
		events:  map[string][]event{},
		tables:  map[string]catalog.TableInfo{},
		people:  firstPrincipals(),
	}
	created.statements = newStatements(created, workspace)
	furnish(workspace)
	f.spaces[workspace] = created
	return created
}

func furnish(workspace *testserver.FakeWorkspace) {
	workspace.CatalogsCreate(testserver.Request{Body: mustJSON(catalog.CreateCatalog{Name: firstCatalog})})
	defer workspace.LockUnlock()()
	workspace.SqlWarehouses[starterWarehouseID] = sql.GetWarehouseResponse{
		Id:                      starterWarehouseID,
		Name:                    starterWarehouseName,
		State:                   sql.StateRunning,
		WarehouseType:           sql.GetWarehouseResponseWarehouseTypePro,
		EnableServerlessCompute: true,
	}
}

func failure(status int, code, message string) testserver.Response {
	return testserver.Response{
		StatusCode: status,
		Body:       map[string]string{"error_code": code, "message": message},
	}
}

func badRequest(err error) testserver.Response {
	return failure(http.StatusBadRequest, "MALFORMED_REQUEST", fmt.Sprintf("Could not read the request: %s", err))
}

func mustJSON(value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return encoded
}
