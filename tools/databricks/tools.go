//go:build tools

// Package tools keeps the Databricks CLI in this module's dependency graph.
package tools

import _ "github.com/databricks/cli"
