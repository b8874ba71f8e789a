package cienv

import (
	"encoding/json"
	"strings"
)

// github reads the environment of GitHub Actions
// (https://docs.github.com/en/actions/reference/workflows-and-actions/variables).
// What GITHUB_SHA means depends on the event
// (https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows).
func github(e *env) Run {
	r := Run{System: GitHub, Event: Other, Branch: e.getenv("GITHUB_REF_NAME"), Heads: e.ids("GITHUB_SHA"), Summary: e.getenv("GITHUB_STEP_SUMMARY"), Full: "fetch-depth: 0 of actions/checkout"}
	p := e.payload(e.getenv("GITHUB_EVENT_PATH"))
	switch event := e.getenv("GITHUB_EVENT_NAME"); event {
	case "push":
		e.githubPush(&r, p)
	case "pull_request", "pull_request_review", "pull_request_review_comment":
		e.githubPullRequest(&r, p)
		if len(r.Heads) > 0 {
			r.Merge = r.Heads[0]
		}
		r.Heads = append(r.Heads, commitIDs(e.checkID("pull_request.head.sha", p.PullRequest.Head.SHA))...)
	case "pull_request_target":
		// It runs on the base, and GITHUB_SHA is the base, too.
		e.githubPullRequest(&r, p)
		if r.Heads = commitIDs(e.checkID("pull_request.head.sha", p.PullRequest.Head.SHA)); len(r.Heads) == 0 {
			e.note("the payload does not say which commit the pull request proposes: everything is judged")
			r.Whole = true
		}
	case "merge_group":
		r.Event = MergeGroup
		r.Bases = append(commits(e.checkID("merge_group.base_sha", p.MergeGroup.BaseSHA)), e.tracking("merge_group.base_ref", p.MergeGroup.BaseRef)...)
	case "schedule":
		r.Event, r.Whole = Schedule, true
	default:
		r.Whole = true
	}
	return r
}

// githubPush fills in what a push says. A new branch or tag has zeros before; so
// has the payload of a deletion after.
func (e *env) githubPush(r *Run, p *payload) {
	r.Event = Push
	branch := r.Branch
	if e.getenv("GITHUB_REF_TYPE") == "tag" || strings.HasPrefix(p.Ref, "refs/tags/") {
		r.Event, branch = Tag, ""
	}
	r.Whole = p.Deleted
	r.Bases = e.since(e.checkID("before", p.Before), branch, p.Repository.DefaultBranch)
}

func (e *env) githubPullRequest(r *Run, p *payload) {
	r.Event = PullRequest
	if head := e.getenv("GITHUB_HEAD_REF"); head != "" {
		r.Branch = head
	}
	r.Bases = append(commits(e.checkID("pull_request.base.sha", p.PullRequest.Base.SHA)), e.tracking("GITHUB_BASE_REF", e.getenv("GITHUB_BASE_REF"))...)
}

// commitIDs returns a list of an id, an empty one of "".
func commitIDs(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// A payload is what is read of an event
// (https://docs.github.com/en/webhooks/webhook-events-and-payloads).
type payload struct {
	Ref         string
	Before      string
	Deleted     bool
	PullRequest struct {
		Head, Base struct{ SHA string }
	} `json:"pull_request"`
	MergeGroup struct {
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	Repository struct {
		DefaultBranch string `json:"default_branch"`
	}
}

// MaxPayload is the greatest size of a payload that is read, in bytes. GitHub
// sends at most 25 MB.
const MaxPayload = 32 << 20

// payload reads the payload of an event. One that cannot be read says nothing,
// and a note says so.
func (e *env) payload(path string) *payload {
	if path == "" {
		e.note("GITHUB_EVENT_PATH is not set: what the event says is not known")
		return &payload{}
	}
	data, err := e.read(path)
	if err != nil {
		e.note("the payload of the event cannot be read: what it says is not known")
		return &payload{}
	}
	p, err := parsePayload(data)
	if err != nil {
		e.note("the payload of the event is not the JSON that it should be: what it says is not known")
		return &payload{}
	}
	return p
}

// parsePayload reads a payload. Its errors may quote it.
func parsePayload(data []byte) (*payload, error) {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, err
	}
	return &p, nil
}
