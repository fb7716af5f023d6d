package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/databricks-sdk-go/service/jobs"
)

const mostRunsInAPage = 25

// listRuns answers as jobs/runs/list does: the newest run first, tasks only where they are asked for.
func (f *fake) listRuns(req testserver.Request) any {
	query := req.URL.Query()
	if atoi(query.Get("limit")) > mostRunsInAPage {
		return failure(http.StatusBadRequest, "INVALID_PARAMETER_VALUE", "Limit must be at most 25.")
	}
	found := []jobs.BaseRun{}
	for _, run := range runsOf(req.Workspace, int64(atoi(query.Get("job_id")))) {
		listed := jobs.BaseRun{}
		if err := json.Unmarshal(mustJSON(run), &listed); err != nil {
			return badRequest(err)
		}
		if query.Get("expand_tasks") != "true" {
			listed.Tasks = nil
		}
		found = append(found, listed)
	}
	query.Set("max_results", query.Get("limit"))
	shown, token := page(found, query)
	return jobs.ListRunsResponse{Runs: shown, NextPageToken: token, HasMore: token != ""}
}

// runsOf returns the runs of a job, those of all jobs for 0, the newest first.
func runsOf(workspace *testserver.FakeWorkspace, jobID int64) []jobs.Run {
	defer workspace.LockUnlock()()
	found := slices.Collect(maps.Values(workspace.JobRuns))
	found = slices.DeleteFunc(found, func(run jobs.Run) bool { return jobID != 0 && run.JobId != jobID })
	slices.SortFunc(found, func(a, b jobs.Run) int {
		return cmp.Or(cmp.Compare(b.StartTime, a.StartTime), cmp.Compare(b.RunId, a.RunId))
	})
	return found
}

// addRun takes a run as jobs/runs/get gives it, of the job that "job" names by the end of its name. What a
// task's state says is its output too.
func (f *fake) addRun(req testserver.Request) any {
	named, run := struct{ Job string }{}, jobs.Run{}
	if err := cmp.Or(json.Unmarshal(req.Body, &named), json.Unmarshal(req.Body, &run)); err != nil {
		return badRequest(err)
	}
	return f.remember(req, func(*space) {
		defer req.Workspace.LockUnlock()()
		for id, job := range req.Workspace.Jobs {
			if job.Settings != nil && strings.HasSuffix(job.Settings.Name, named.Job) {
				run.JobId = id
			}
		}
		for i := range run.Tasks {
			task := &run.Tasks[i]
			task.RunId = cmp.Or(task.RunId, run.RunId+int64(i)+1)
			if task.State != nil && task.State.StateMessage != "" {
				req.Workspace.JobRunOutputs[task.RunId] = jobs.RunOutput{Error: task.State.StateMessage}
			}
		}
		req.Workspace.JobRuns[run.RunId] = run
	})
}

// dated gives a run that has just been made and its tasks their times.
func dated(run jobs.Run) jobs.Run {
	run.StartTime = time.Now().UnixMilli()
	for i := range run.Tasks {
		run.Tasks[i].StartTime = run.StartTime
		run.Tasks[i].EndTime = run.StartTime
	}
	return run
}
