package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/databricks-sdk-go/service/catalog"
)

const unityCatalog = "/api/2.1/unity-catalog"

func (f *fake) registerCatalog() {
	f.server.Handle("POST", unityCatalog+"/catalogs", func(req testserver.Request) any { return createCatalog(req) })
	f.server.Handle("POST", unityCatalog+"/schemas", func(req testserver.Request) any { return createSchema(req) })
	f.server.Handle("POST", unityCatalog+"/volumes", func(req testserver.Request) any { return createVolume(req) })
	f.server.Handle("PATCH", unityCatalog+"/permissions/{securable_type}/{full_name}", changeGrants)
	f.server.Handle("GET", unityCatalog+"/catalogs", listCatalogs)
	f.server.Handle("GET", unityCatalog+"/schemas", listSchemas)
	f.server.Handle("GET", unityCatalog+"/volumes", listVolumes)
	f.server.Handle("GET", unityCatalog+"/tables", f.listTables)
	f.server.Handle("GET", unityCatalog+"/tables/{full_name}", f.getTable)
}

func createCatalog(req testserver.Request) testserver.Response {
	var asked catalog.CreateCatalog
	if err := json.Unmarshal(req.Body, &asked); err != nil {
		return badRequest(err)
	}
	if hasCatalog(req.Workspace, asked.Name) {
		return failure(http.StatusBadRequest, "CATALOG_ALREADY_EXISTS", fmt.Sprintf("Catalog '%s' already exists", asked.Name))
	}
	return req.Workspace.CatalogsCreate(req)
}

func createSchema(req testserver.Request) testserver.Response {
	var asked catalog.CreateSchema
	if err := json.Unmarshal(req.Body, &asked); err != nil {
		return badRequest(err)
	}
	if !hasCatalog(req.Workspace, asked.CatalogName) {
		return failure(http.StatusNotFound, "CATALOG_DOES_NOT_EXIST", fmt.Sprintf("Catalog '%s' does not exist.", asked.CatalogName))
	}
	fullName := asked.CatalogName + "." + strings.ToLower(asked.Name)
	if hasSchema(req.Workspace, fullName) {
		return failure(http.StatusBadRequest, "SCHEMA_ALREADY_EXISTS", fmt.Sprintf("Schema '%s' already exists", fullName))
	}
	return req.Workspace.SchemasCreate(req)
}

func createVolume(req testserver.Request) testserver.Response {
	var asked catalog.CreateVolumeRequestContent
	if err := json.Unmarshal(req.Body, &asked); err != nil {
		return badRequest(err)
	}
	schema := asked.CatalogName + "." + strings.ToLower(asked.SchemaName)
	if !hasSchema(req.Workspace, schema) {
		return failure(http.StatusNotFound, "SCHEMA_DOES_NOT_EXIST", fmt.Sprintf("Schema '%s' does not exist.", schema))
	}
	fullName := schema + "." + strings.ToLower(asked.Name)
	if hasVolume(req.Workspace, fullName) {
		return failure(http.StatusBadRequest, "VOLUME_ALREADY_EXISTS", fmt.Sprintf("Volume '%s' already exists", fullName))
	}
	return req.Workspace.VolumesCreate(req)
}

func changeGrants(req testserver.Request) any {
	kind, name := req.Vars["securable_type"], req.Vars["full_name"]
	exists := map[string]func(*testserver.FakeWorkspace, string) bool{
		"catalog": hasCatalog, "schema": hasSchema, "volume": hasVolume,
	}[strings.ToLower(kind)]
	if exists != nil && !exists(req.Workspace, name) {
		return failure(http.StatusNotFound, strings.ToUpper(kind)+"_DOES_NOT_EXIST", fmt.Sprintf("%s '%s' does not exist.", kind, name))
	}
	return req.Workspace.GrantsUpdate(req, kind, name)
}

func hasCatalog(workspace *testserver.FakeWorkspace, name string) bool {
	return holds(workspace, workspace.Catalogs, name)
}

func hasSchema(workspace *testserver.FakeWorkspace, fullName string) bool {
	return holds(workspace, workspace.Schemas, fullName)
}

func hasVolume(workspace *testserver.FakeWorkspace, fullName string) bool {
	return holds(workspace, workspace.Volumes, fullName)
}

func holds[T any](workspace *testserver.FakeWorkspace, collection map[string]T, key string) bool {
	defer workspace.LockUnlock()()
	_, ok := collection[key]
	return ok
}

func listCatalogs(req testserver.Request) any {
	defer req.Workspace.LockUnlock()()
	return catalog.ListCatalogsResponse{Catalogs: sorted(req.Workspace.Catalogs)}
}

func listSchemas(req testserver.Request) any {
	parent := req.URL.Query().Get("catalog_name")
	if !hasCatalog(req.Workspace, parent) {
		return failure(http.StatusNotFound, "CATALOG_DOES_NOT_EXIST", fmt.Sprintf("Catalog '%s' does not exist.", parent))
	}
	defer req.Workspace.LockUnlock()()
	found := slices.DeleteFunc(sorted(req.Workspace.Schemas), func(schema catalog.SchemaInfo) bool {
		return schema.CatalogName != parent
	})
	return catalog.ListSchemasResponse{Schemas: found}
}

func listVolumes(req testserver.Request) any {
	parent, refusal := askedSchema(req)
	if refusal != nil {
		return *refusal
	}
	defer req.Workspace.LockUnlock()()
	found := slices.DeleteFunc(sorted(req.Workspace.Volumes), func(volume catalog.VolumeInfo) bool {
		return volume.CatalogName+"."+volume.SchemaName != parent
	})
	return catalog.ListVolumesResponseContent{Volumes: found}
}

func (f *fake) listTables(req testserver.Request) any {
	parent, refusal := askedSchema(req)
	if refusal != nil {
		return *refusal
	}
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	found := slices.DeleteFunc(sorted(s.tables), func(table catalog.TableInfo) bool {
		return table.CatalogName+"."+table.SchemaName != parent
	})
	return catalog.ListTablesResponse{Tables: found}
}

func (f *fake) getTable(req testserver.Request) any {
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	name := req.Vars["full_name"]
	table, ok := s.tables[name]
	if !ok {
		return failure(http.StatusNotFound, "TABLE_DOES_NOT_EXIST", fmt.Sprintf("Table '%s' does not exist.", name))
	}
	return table
}

func askedSchema(req testserver.Request) (string, *testserver.Response) {
	query := req.URL.Query()
	name := query.Get("catalog_name") + "." + query.Get("schema_name")
	if hasSchema(req.Workspace, name) {
		return name, nil
	}
	refusal := failure(http.StatusNotFound, "SCHEMA_DOES_NOT_EXIST", fmt.Sprintf("Schema '%s' does not exist.", name))
	return name, &refusal
}

// sorted returns a collection's values in the order of their keys.
func sorted[K cmp.Ordered, T any](collection map[K]T) []T {
	keys := make([]K, 0, len(collection))
	for key := range collection {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	values := make([]T, len(keys))
	for i, key := range keys {
		values[i] = collection[key]
	}
	return values
}
