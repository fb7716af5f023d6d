package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/databricks-sdk-go/service/jobs"
	"github.com/databricks/databricks-sdk-go/service/pipelines"
)

func (f *fake) registerJobs() {
	f.server.Handle("POST", "/api/2.2/jobs/run-now", f.runNow)
	f.server.Handle("GET", "/api/2.2/jobs/runs/list", f.listRuns)
}

// runNow lets the default handler make the run, then decides each task: pipeline tasks start an
// update, SQL tasks need their file in the workspace, a failed task skips what depends on it.
func (f *fake) runNow(req testserver.Request) any {
	var asked jobs.RunNow
	if err := json.Unmarshal(req.Body, &asked); err != nil {
		return badRequest(err)
	}
	accepted := req.Workspace.JobsRunNow(req)
	started, ok := accepted.Body.(jobs.RunNowResponse)
	if !ok {
		return accepted
	}
	settings := jobSettings(req.Workspace, asked.JobId)
	results := map[string]taskResult{}
	for _, task := range inOrder(settings.Tasks) {
		results[task.TaskKey] = f.runTask(req.Workspace, settings.Name, task, results)
	}
	recordResults(req.Workspace, started.RunId, results)
	return accepted
}

type taskResult struct {
	position int
	attempt  int
	state    jobs.RunResultState
	message  string
}

func (f *fake) runTask(workspace *testserver.FakeWorkspace, job string, task jobs.Task, earlier map[string]taskResult) taskResult {
	result := taskResult{position: len(earlier), state: jobs.RunResultStateSuccess}
	if task.RunIf != jobs.RunIfAllDone && slices.ContainsFunc(task.DependsOn, func(d jobs.TaskDependency) bool {
		return earlier[d.TaskKey].state != jobs.RunResultStateSuccess
	}) {
		result.state = jobs.RunResultStateUpstreamFailed
		result.message = "Skipped because an upstream task failed."
		return result
	}
	for result.attempt = 0; ; result.attempt++ {
		result.message = f.attempt(workspace, job, task)
		if result.message == "" {
			return result
		}
		if result.attempt >= task.MaxRetries {
			result.state = jobs.RunResultStateFailed
			return result
		}
	}
}

// attempt returns why an attempt of a task failed, or nothing.
func (f *fake) attempt(workspace *testserver.FakeWorkspace, job string, task jobs.Task) string {
	s := f.space(workspace)
	s.mu.Lock()
	failing, asked := s.takeFailure(job, task.TaskKey)
	s.mu.Unlock()
	switch {
	case asked:
		return cmp.Or(failing.Message, "Workload failed, see run output for details")
	case task.PipelineTask != nil:
		return f.attemptPipeline(workspace, *task.PipelineTask)
	case task.SqlTask != nil && task.SqlTask.File != nil && task.SqlTask.File.Source != jobs.SourceGit:
		if !workspace.FileExists(task.SqlTask.File.Path) {
			return fmt.Sprintf("SQL file %s does not exist.", task.SqlTask.File.Path)
		}
	}
	return ""
}

func (f *fake) attemptPipeline(workspace *testserver.FakeWorkspace, task jobs.PipelineTask) string {
	asked := pipelines.StartUpdate{
		FullRefresh:          task.FullRefresh,
		FullRefreshSelection: task.FullRefreshSelection,
		RefreshSelection:     task.RefreshSelection,
	}
	started, refusal := f.startUpdate(workspace, task.PipelineId, asked, pipelines.UpdateInfoCauseJobTask)
	if refusal != nil {
		return fmt.Sprintf("Pipeline %s does not exist.", task.PipelineId)
	}
	if started.ends != pipelines.UpdateInfoStateCompleted {
		return fmt.Sprintf("Update %s is %s.", started.UpdateId, started.ends)
	}
	return ""
}

func jobSettings(workspace *testserver.FakeWorkspace, id int64) jobs.JobSettings {
	defer workspace.LockUnlock()()
	if known, ok := workspace.Jobs[id]; ok && known.Settings != nil {
		return *known.Settings
	}
	return jobs.JobSettings{}
}

// inOrder sorts tasks so that each stands after those it depends on.
func inOrder(tasks []jobs.Task) []jobs.Task {
	ordered, placed := []jobs.Task{}, map[string]bool{}
	for len(ordered) < len(tasks) {
		before := len(ordered)
		for _, task := range tasks {
			ready := !slices.ContainsFunc(task.DependsOn, func(d jobs.TaskDependency) bool { return !placed[d.TaskKey] })
			if ready && !placed[task.TaskKey] {
				ordered = append(ordered, task)
				placed[task.TaskKey] = true
			}
		}
		if len(ordered) == before {
			return ordered
		}
	}
	return ordered
}

// recordResults writes the results into the run, in the order the tasks ran: the default handler
// names the first failed task as the run's reason.
func recordResults(workspace *testserver.FakeWorkspace, runID int64, results map[string]taskResult) {
	defer workspace.LockUnlock()()
	run := dated(workspace.JobRuns[runID])
	slices.SortFunc(run.Tasks, func(a, b jobs.RunTask) int {
		return results[a.TaskKey].position - results[b.TaskKey].position
	})
	for i := range run.Tasks {
		task := &run.Tasks[i]
		result := results[task.TaskKey]
		if result.state == jobs.RunResultStateSuccess {
			continue
		}
		task.AttemptNumber = result.attempt
		task.State.ResultState = result.state
		task.State.StateMessage = result.message
		workspace.JobRunOutputs[task.RunId] = jobs.RunOutput{Error: strings.TrimSpace(result.message)}
	}
	workspace.JobRuns[runID] = run
}
