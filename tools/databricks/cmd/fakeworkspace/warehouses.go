package main

import (
	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/databricks-sdk-go/service/sql"
)

func (f *fake) registerWarehouses() {
	f.server.Handle("GET", "/api/2.0/sql/warehouses", listWarehouses)
}

// listWarehouses adds to the default list what a client needs to choose one: state and kind.
func listWarehouses(req testserver.Request) any {
	defer req.Workspace.LockUnlock()()
	listed := []sql.EndpointInfo{}
	for _, warehouse := range sorted(req.Workspace.SqlWarehouses) {
		listed = append(listed, sql.EndpointInfo{
			Id:                      warehouse.Id,
			Name:                    warehouse.Name,
			State:                   warehouse.State,
			WarehouseType:           sql.EndpointInfoWarehouseType(warehouse.WarehouseType),
			EnableServerlessCompute: warehouse.EnableServerlessCompute,
		})
	}
	return sql.ListWarehousesResponse{Warehouses: listed}
}
