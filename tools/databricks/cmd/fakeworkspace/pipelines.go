package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/databricks/cli/libs/testserver"
	"github.com/databricks/databricks-sdk-go/service/pipelines"
)

const (
	pipelinesPath   = "/api/2.0/pipelines"
	defaultPageSize = 25
)

// update is one run of a pipeline. While polls are left it is seen RUNNING, then as it ends.
type update struct {
	pipelines.UpdateInfo
	ends   pipelines.UpdateInfoState
	polls  int
	untold []event
}

func (f *fake) registerPipelines() {
	f.server.Handle("GET", pipelinesPath, f.listPipelines)
	f.server.Handle("GET", pipelinesPath+"/{pipeline_id}/updates", f.listUpdates)
	f.server.Handle("GET", pipelinesPath+"/{pipeline_id}/updates/{update_id}", f.getUpdate)
	f.server.Handle("GET", pipelinesPath+"/{pipeline_id}/events", f.listEvents)
	f.server.Handle("POST", pipelinesPath+"/{pipeline_id}/updates", func(req testserver.Request) any {
		asked := pipelines.StartUpdate{}
		if err := json.Unmarshal(req.Body, &asked); len(req.Body) > 0 && err != nil {
			return badRequest(err)
		}
		started, refusal := f.startUpdate(req.Workspace, req.Vars["pipeline_id"], asked, pipelines.UpdateInfoCauseApiCall)
		if refusal != nil {
			return *refusal
		}
		return pipelines.StartUpdateResponse{UpdateId: started.UpdateId}
	})
}

func (f *fake) startUpdate(workspace *testserver.FakeWorkspace, pipelineID string, asked pipelines.StartUpdate, cause pipelines.UpdateInfoCause) (*update, *testserver.Response) {
	accepted := workspace.PipelineStartUpdate(pipelineID)
	created, ok := accepted.Body.(pipelines.StartUpdateResponse)
	if !ok {
		return nil, &accepted
	}
	name := pipelineName(workspace, pipelineID)
	s := f.space(workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	outcome := s.takeOutcome(name)
	started := &update{polls: outcome.Polls, ends: pipelines.UpdateInfoStateCompleted}
	if outcome.State != "" {
		started.ends = pipelines.UpdateInfoState(outcome.State)
	}
	started.UpdateInfo = pipelines.UpdateInfo{
		UpdateId:             created.UpdateId,
		PipelineId:           pipelineID,
		Cause:                cause,
		CreationTime:         time.Now().UnixMilli(),
		FullRefresh:          asked.FullRefresh,
		FullRefreshSelection: asked.FullRefreshSelection,
		RefreshSelection:     asked.RefreshSelection,
		ValidateOnly:         asked.ValidateOnly,
		State:                pipelines.UpdateInfoStateRunning,
	}
	s.updates[pipelineID] = append(s.updates[pipelineID], started)
	told := eventsOf(started, name, outcome)
	s.events[pipelineID] = append(s.events[pipelineID], s.dated(told[:len(told)-1])...)
	started.untold = told[len(told)-1:]
	s.advance(started, 0)
	return started, nil
}

// advance lets an update end once it was seen RUNNING often enough; its last event is written then.
func (s *space) advance(u *update, polls int) {
	if u.polls > 0 {
		u.polls -= polls
		return
	}
	if u.State != u.ends {
		u.State = u.ends
		s.events[u.PipelineId] = append(s.events[u.PipelineId], s.dated(u.untold)...)
	}
}

func (f *fake) getUpdate(req testserver.Request) any {
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.updates[req.Vars["pipeline_id"]] {
		if known.UpdateId == req.Vars["update_id"] {
			s.advance(known, 1)
			return pipelines.GetUpdateResponse{Update: &known.UpdateInfo}
		}
	}
	return failure(http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", fmt.Sprintf("The specified update %s was not found.", req.Vars["update_id"]))
}

func (f *fake) listUpdates(req testserver.Request) any {
	if refusal := missingPipeline(req); refusal != nil {
		return *refusal
	}
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := []pipelines.UpdateInfo{}
	for i := len(s.updates[req.Vars["pipeline_id"]]) - 1; i >= 0; i-- {
		newest = append(newest, s.updates[req.Vars["pipeline_id"]][i].UpdateInfo)
	}
	shown, token := page(newest, req.URL.Query())
	return map[string]any{"updates": shown, "next_page_token": token}
}

func (f *fake) listEvents(req testserver.Request) any {
	if refusal := missingPipeline(req); refusal != nil {
		return *refusal
	}
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	shown, token := newestFirst(s.events[req.Vars["pipeline_id"]], req.URL.Query())
	return map[string]any{"events": shown, "next_page_token": token}
}

var nameLike = regexp.MustCompile(`(?i)^\s*name\s+LIKE\s+'(.*)'\s*$`)

func (f *fake) listPipelines(req testserver.Request) any {
	s := f.space(req.Workspace)
	pattern := likePattern(req.URL.Query().Get("filter"))
	defer req.Workspace.LockUnlock()()
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []pipelines.PipelineStateInfo{}
	for _, known := range sorted(req.Workspace.Pipelines) {
		if pattern.MatchString(known.Name) {
			found = append(found, s.pipelineState(known))
		}
	}
	shown, token := page(found, req.URL.Query())
	return pipelines.ListPipelinesResponse{Statuses: shown, NextPageToken: token}
}

func likePattern(filter string) *regexp.Regexp {
	condition := nameLike.FindStringSubmatch(filter)
	if condition == nil {
		return regexp.MustCompile("")
	}
	quoted := strings.ReplaceAll(regexp.QuoteMeta(condition[1]), "%", ".*")
	return regexp.MustCompile("^" + quoted + "$")
}

func (s *space) pipelineState(known pipelines.GetPipelineResponse) pipelines.PipelineStateInfo {
	state := pipelines.PipelineStateInfo{
		PipelineId:      known.PipelineId,
		Name:            known.Name,
		State:           known.State,
		CreatorUserName: known.CreatorUserName,
		RunAsUserName:   known.RunAsUserName,
	}
	updates := s.updates[known.PipelineId]
	for i := len(updates) - 1; i >= 0; i-- {
		state.LatestUpdates = append(state.LatestUpdates, pipelines.UpdateStateInfo{
			UpdateId:     updates[i].UpdateId,
			State:        pipelines.UpdateStateInfoState(updates[i].State),
			CreationTime: time.UnixMilli(updates[i].CreationTime).UTC().Format(timestampForm),
		})
	}
	return state
}

func missingPipeline(req testserver.Request) *testserver.Response {
	found := req.Workspace.PipelineGet(req.Vars["pipeline_id"])
	if found.StatusCode == http.StatusNotFound {
		return &found
	}
	return nil
}

func pipelineName(workspace *testserver.FakeWorkspace, id string) string {
	defer workspace.LockUnlock()()
	return workspace.Pipelines[id].Name
}

// page cuts what a request asks for; its token is the position of the page that follows.
func page[T any](found []T, query url.Values) ([]T, string) {
	size := atoi(query.Get("max_results"))
	if size <= 0 {
		size = defaultPageSize
	}
	start := min(max(atoi(query.Get("page_token")), 0), len(found))
	end := min(start+size, len(found))
	if end == len(found) {
		return found[start:end], ""
	}
	return found[start:end], strconv.Itoa(end)
}
