package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/databricks-sdk-go/service/files"
)

const (
	filesPrefix       = "/api/2.0/fs/files"
	directoriesPrefix = "/api/2.0/fs/directories"
)

func (f *fake) registerFiles() {
	f.server.Handle("DELETE", directoriesPrefix+"/{path...}", deleteDirectory)
	f.server.Handle("HEAD", filesPrefix+"/{path...}", fileSize)
	for _, path := range []string{"create-download-url", "create-upload-part-urls", "create-resumable-upload-url"} {
		f.server.Handle("POST", "/api/2.0/fs/"+path, refusePresigned)
	}
}

// refusePresigned answers as a workspace does that hands out no presigned URLs; clients then use the
// Files API itself.
func refusePresigned(testserver.Request) any {
	return failure(http.StatusForbidden, "PERMISSION_DENIED", "Presigned URLs API is not enabled")
}

func fileSize(req testserver.Request) any {
	path := "/" + strings.Trim(req.Vars["path"], "/")
	if !req.Workspace.FileExists(path) {
		return testserver.Response{StatusCode: http.StatusNotFound}
	}
	size := len(req.Workspace.WorkspaceFilesExportFile(path))
	return testserver.Response{
		StatusCode: http.StatusOK,
		Headers:    http.Header{"Content-Length": {strconv.Itoa(size)}, "Content-Type": {"application/octet-stream"}},
	}
}

// missingVolume refuses Files API requests below a volume that does not exist: the default handlers
// know directories only and keep those of deleted volumes.
func missingVolume(req testserver.Request) (testserver.Response, bool) {
	path, isFile := strings.CutPrefix(req.URL.Path, filesPrefix)
	if !isFile {
		var isDirectory bool
		if path, isDirectory = strings.CutPrefix(req.URL.Path, directoriesPrefix); !isDirectory {
			return testserver.Response{}, false
		}
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) < 4 || parts[0] != "Volumes" {
		return failure(http.StatusBadRequest, "INVALID_PARAMETER_VALUE", fmt.Sprintf("Path %s is not below a volume.", path)), true
	}
	volume := strings.Join(parts[1:4], ".")
	if hasVolume(req.Workspace, volume) {
		return testserver.Response{}, false
	}
	return failure(http.StatusNotFound, "NOT_FOUND", fmt.Sprintf("Volume '%s' does not exist.", volume)), true
}

func deleteDirectory(req testserver.Request) any {
	path := "/" + strings.Trim(req.Vars["path"], "/")
	if !req.Workspace.DirectoryExists(path) {
		return failure(http.StatusNotFound, "NOT_FOUND", "The directory being accessed is not found.")
	}
	listing, listed := req.Workspace.FsListDirectory(path).Body.(files.ListDirectoryResponse)
	if listed && len(listing.Contents) > 0 {
		return failure(http.StatusBadRequest, "FILES_API_DIRECTORY_IS_NOT_EMPTY", "The directory is not empty. This API does not support recursive deletes.")
	}
	req.Workspace.WorkspaceDelete(path, false)
	return testserver.Response{StatusCode: http.StatusNoContent}
}
