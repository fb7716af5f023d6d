package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/databricks/cli/libs/testserver"
)

const scim = "/api/2.0/preview/scim/v2/"

// principal is a SCIM resource as it travels: a user, a group or a service principal.
type principal map[string]any

var scimFilter = regexp.MustCompile(`^\s*(\w+)\s+eq\s+['"]?(.*?)['"]?\s*$`)

func firstPrincipals() map[string][]principal {
	user, deployer := testserver.TestUser, testserver.TestUserSP
	return map[string][]principal{
		"Users":             {{"id": user.Id, "userName": user.UserName, "displayName": user.UserName, "active": true}},
		"Groups":            {{"id": "2001", "displayName": "admins"}, {"id": "2002", "displayName": "users"}},
		"ServicePrincipals": {{"id": "3001", "applicationId": deployer.UserName, "displayName": "deployer", "active": true}},
	}
}

func (f *fake) registerPrincipals() {
	for _, kind := range []string{"Users", "Groups", "ServicePrincipals"} {
		f.server.Handle("GET", scim+kind, func(req testserver.Request) any { return f.listPrincipals(req, kind) })
		f.server.Handle("GET", scim+kind+"/{id}", func(req testserver.Request) any { return f.getPrincipal(req, kind) })
		f.server.Handle("POST", scim+kind, func(req testserver.Request) any { return f.createPrincipal(req, kind) })
	}
}

func (f *fake) listPrincipals(req testserver.Request, kind string) any {
	query := req.URL.Query()
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	matching := []principal{}
	for _, candidate := range s.people[kind] {
		if candidate.matches(query.Get("filter")) {
			matching = append(matching, candidate)
		}
	}
	start := max(atoi(query.Get("startIndex")), 1)
	page := matching[min(start-1, len(matching)):]
	if count := atoi(query.Get("count")); count > 0 {
		page = page[:min(count, len(page))]
	}
	return map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": len(matching),
		"startIndex":   start,
		"itemsPerPage": len(page),
		"Resources":    page,
	}
}

func (p principal) matches(filter string) bool {
	condition := scimFilter.FindStringSubmatch(filter)
	return condition == nil || strings.EqualFold(fmt.Sprint(p[condition[1]]), condition[2])
}

func (f *fake) getPrincipal(req testserver.Request, kind string) any {
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, candidate := range s.people[kind] {
		if candidate["id"] == req.Vars["id"] {
			return candidate
		}
	}
	return failure(http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", fmt.Sprintf("%s with id %s not found.", strings.TrimSuffix(kind, "s"), req.Vars["id"]))
}

func (f *fake) createPrincipal(req testserver.Request, kind string) any {
	created := principal{}
	if err := json.Unmarshal(req.Body, &created); err != nil {
		return badRequest(err)
	}
	s := f.space(req.Workspace)
	s.mu.Lock()
	defer s.mu.Unlock()
	number := len(s.people[kind]) + 1
	created["id"] = strconv.Itoa(9000 + number)
	if kind == "ServicePrincipals" && created["applicationId"] == nil {
		created["applicationId"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", number)
	}
	s.people[kind] = append(s.people[kind], created)
	return testserver.Response{StatusCode: http.StatusCreated, Body: created}
}

func atoi(text string) int {
	number, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return number
}
