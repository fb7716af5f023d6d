package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/pipelines"
)

const timestampForm = "2006-01-02T15:04:05.000Z"

// event is one line of a pipeline's event log as the REST API gives it, `details` included.
type event map[string]any

// clock gives every event a later instant than the one before, as the log's order needs.
type clock struct {
	last time.Time
	step int64
}

func (c *clock) next() (string, int64) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	if !now.After(c.last) {
		now = c.last.Add(time.Millisecond)
	}
	c.last = now
	c.step++
	return now.Format(timestampForm), c.step
}

// eventsOf tells an update from its creation to its last state.
func eventsOf(u *update, pipelineName string, outcome updateOutcome) []event {
	told := []event{{
		"event_type": "create_update",
		"message":    fmt.Sprintf("Update %s started by %s.", shortID(u.UpdateId), u.Cause),
		"details":    event{"create_update": event{"cause": u.Cause, "full_refresh": u.FullRefresh, "validate_only": u.ValidateOnly}},
	}}
	for _, state := range []string{"WAITING_FOR_RESOURCES", "INITIALIZING", "SETTING_UP_TABLES", "RUNNING"} {
		told = append(told, progressEvent(u, state))
	}
	told = append(told, outcome.Events...)
	last := progressEvent(u, string(u.ends))
	if u.ends == pipelines.UpdateInfoStateFailed {
		last["level"] = "ERROR"
		last["error"] = event{"fatal": true, "exceptions": []event{{
			"class_name": "org.apache.spark.sql.streaming.StreamingQueryException",
			"message":    outcome.Message,
		}}}
	}
	return completed(u, pipelineName, append(told, last))
}

func progressEvent(u *update, state string) event {
	return event{
		"event_type": "update_progress",
		"message":    fmt.Sprintf("Update %s is %s.", shortID(u.UpdateId), state),
		"details":    event{"update_progress": event{"state": state}},
	}
}

// completed gives events what the log has in every line, keeping what an event says itself.
func completed(u *update, pipelineName string, told []event) []event {
	full := make([]event, len(told))
	for i, part := range told {
		line := event{"level": "INFO", "maturity_level": "STABLE"}
		for key, value := range part {
			line[key] = value
		}
		line["origin"] = completeOrigin(u, pipelineName, part["origin"])
		full[i] = line
	}
	return full
}

func completeOrigin(u *update, pipelineName string, said any) event {
	origin := event{
		"cloud":         "AWS",
		"region":        "us-west-2",
		"org_id":        900800700600,
		"pipeline_type": "WORKSPACE",
		"pipeline_id":   u.PipelineId,
		"pipeline_name": pipelineName,
		"update_id":     u.UpdateId,
		"request_id":    u.UpdateId,
	}
	if own, ok := said.(map[string]any); ok {
		for key, value := range own {
			origin[key] = value
		}
	}
	return origin
}

// dated puts events in the log: each gets its id, its instant and its place in the sequence.
func (s *space) dated(told []event) []event {
	for _, line := range told {
		timestamp, number := s.clock.next()
		line["timestamp"] = timestamp
		line["id"] = fmt.Sprintf("e0000000-0000-4000-8000-%012d", number)
		line["sequence"] = event{"control_plane_seq_no": number}
	}
	return told
}

var eventCondition = regexp.MustCompile(`(?i)^\s*(\w+)\s*(=|>=|<=|>|<|in)\s*(.+?)\s*$`)

// matches says whether an event passes a filter of conditions joined by AND.
func (e event) matches(filter string) bool {
	if strings.TrimSpace(filter) == "" {
		return true
	}
	for _, part := range regexp.MustCompile(`(?i)\s+and\s+`).Split(filter, -1) {
		condition := eventCondition.FindStringSubmatch(part)
		if condition == nil || !e.holds(condition[1], strings.ToLower(condition[2]), condition[3]) {
			return false
		}
	}
	return true
}

func (e event) holds(field, operator, literal string) bool {
	found := fmt.Sprint(e[field])
	if field == "update_id" {
		found = fmt.Sprint(e["origin"].(event)[field])
	}
	value := strings.Trim(literal, `'"`)
	switch operator {
	case "=":
		return found == value
	case ">":
		return found > value
	case ">=":
		return found >= value
	case "<":
		return found < value
	case "<=":
		return found <= value
	}
	return strings.Contains(literal, "'"+found+"'")
}

// newestFirst gives one page of the events that a request asks for and the token of the next page.
func newestFirst(log []event, query url.Values) ([]event, string) {
	found := []event{}
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].matches(query.Get("filter")) {
			found = append(found, log[i])
		}
	}
	return page(found, query)
}

func shortID(id string) string { return id[:min(6, len(id))] }
