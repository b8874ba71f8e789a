// Package diff compares two reports of one target: which findings and which keys
// are new, gone or changed.
//
// Findings are told apart by their ids, which follow from rule, key and path, and
// not from lines and commits; keys by their hashes, which are equal in all reports.
package diff

import (
	"slices"
	"strconv"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// Schema names the version of the format that a [Result] marshals to.
const Schema = "keylint/diff/v1"

// A Result is what two reports differ in. Its keys are stable; new ones may be
// added. The order is that of the reports, the new one for what both have.
type Result struct {
	Schema   string   `json:"schema"`
	Old      Side     `json:"old"`
	New      Side     `json:"new"`
	Findings Findings `json:"findings"`
	Keys     Keys     `json:"keys"`
	Notices  []string `json:"notices"` // why the comparison may mislead
}

// A Side is what a report tells of itself.
type Side struct {
	Tool     scanner.Tool   `json:"tool"`
	Target   scanner.Target `json:"target"`
	Complete bool           `json:"complete"`
	Problems int            `json:"problems"`
}

// Findings are the differences by id.
type Findings struct {
	New     []Finding `json:"new"`
	Gone    []Finding `json:"gone"`
	Changed []Finding `json:"changed"`
	Same    int       `json:"same"`
}

// A Finding is a finding that differs. It never holds a key.
type Finding struct {
	ID         string         `json:"id"`
	Rule       string         `json:"rule"`
	Severity   rules.Severity `json:"severity"`
	Message    string         `json:"message"`
	Repository string         `json:"repository,omitempty"` // see scanner.Finding
	Path       string         `json:"path"`
	Line       int            `json:"line,omitempty"`
	Key        *Name          `json:"key,omitempty"`
	// KeyKnown reports whether the other report has the key, in another place.
	KeyKnown bool     `json:"key_known,omitempty"`
	Older    bool     `json:"older,omitempty"` // see scanner.Finding
	Changes  []Change `json:"changes,omitempty"`
}

// A Name names a key without telling it.
type Name struct {
	Redacted string `json:"redacted"`
	Hash     string `json:"hash"` // rules.Secret.Hash
}

// The fields of a Change.
const (
	FieldStatus   = "status"   // scanner.Verification.Status
	FieldAtHead   = "at_head"  // scanner.Finding.AtHead
	FieldSeverity = "severity" // scanner.Finding.Severity
)

// A Change is a field with another value. "" means that the report does not say.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Keys are the differences by key.
type Keys struct {
	New     []Key `json:"new"`
	Gone    []Key `json:"gone"`
	Changed []Key `json:"changed"`
	Same    int   `json:"same"`
}

// A Key is a key that differs.
type Key struct {
	Name
	Findings int      `json:"findings"` // that it has
	Changes  []Change `json:"changes,omitempty"`
}

// Reports compares two reports.
func Reports(old, now *scanner.Report) *Result {
	r := &Result{Schema: Schema, Old: side(old), New: side(now), Notices: []string{}}
	r.findings(old.Findings, now.Findings)
	r.keys(old.Findings, now.Findings)
	r.notices()
	return r
}

func side(r *scanner.Report) Side {
	return Side{r.Tool, r.Target, r.Summary.Complete && len(r.Problems) == 0, len(r.Problems)}
}

// notices says why the comparison may mislead.
func (r *Result) notices() {
	add := func(when bool, text string) {
		if when {
			r.Notices = append(r.Notices, text)
		}
	}
	add(!r.Old.Complete, "the old report is incomplete: what is new may have been there")
	add(!r.New.Complete, "the new report is INCOMPLETE: what is gone may still be there, and more may be new")
	add(r.Old.Tool.Rules != r.New.Tool.Rules, "the reports were made with different rules: what is new or gone may be due to that")
	add(r.Old.Target.Kind != r.New.Target.Kind, "the reports are of different kinds, "+r.Old.Target.Kind+" and "+r.New.Target.Kind+": they do not look at the same places")
	many := func(s Side) bool { return len(s.Target.Repositories) > 0 }
	add(many(r.Old) != many(r.New), "one report is of many repositories and the other is not: findings are told apart by repository, so all are new or gone")
}

// findings compares by id.
func (r *Result) findings(old, now []*scanner.Finding) {
	before, after := byID(old), byID(now)
	oldKeys, newKeys := hashes(old), hashes(now)
	r.Findings = Findings{New: []Finding{}, Gone: []Finding{}, Changed: []Finding{}}
	for _, f := range after.order {
		was := before.of[placeOf(f)]
		if was == nil {
			r.Findings.New = append(r.Findings.New, finding(f, oldKeys))
			continue
		}
		item := finding(f, nil)
		if item.Changes = changes(stateOf(was), stateOf(f)); len(item.Changes) == 0 {
			r.Findings.Same++
			continue
		}
		r.Findings.Changed = append(r.Findings.Changed, item)
	}
	for _, f := range before.order {
		if after.of[placeOf(f)] == nil {
			r.Findings.Gone = append(r.Findings.Gone, finding(f, newKeys))
		}
	}
}

// An index is findings by id, each once.
type index struct {
	of    map[place]*scanner.Finding
	order []*scanner.Finding
}

// A place is what tells findings apart: the id, and the repository in reports of
// many.
type place struct{ repository, id string }

func placeOf(f *scanner.Finding) place { return place{f.Repository, f.ID} }

// byID returns findings by id. Of several with one id, as of a key on two lines
// of a file, the most severe stands for all.
func byID(list []*scanner.Finding) index {
	x := index{of: map[place]*scanner.Finding{}}
	for _, f := range list {
		if have := x.of[placeOf(f)]; have == nil || f.Severity > have.Severity {
			x.of[placeOf(f)] = f
		}
	}
	for _, f := range list {
		if x.of[placeOf(f)] == f {
			x.order = append(x.order, f)
		}
	}
	return x
}

// hashes returns the keys of findings.
func hashes(list []*scanner.Finding) map[string]bool {
	m := map[string]bool{}
	for _, f := range list {
		if f.Secret != nil {
			m[f.Secret.Hash] = true
		}
	}
	return m
}

// finding returns what the result tells of f; known are the keys of the other
// report.
func finding(f *scanner.Finding, known map[string]bool) Finding {
	out := Finding{ID: f.ID, Rule: f.Rule, Severity: f.Severity, Message: f.Message, Repository: f.Repository, Path: f.Path, Line: f.Line, Older: f.Older}
	if f.Secret != nil {
		out.Key = &Name{f.Secret.Redacted, f.Secret.Hash}
		out.KeyKnown = known[f.Secret.Hash]
	}
	return out
}

// A state is what can change of a finding, or of a key.
type state struct {
	status   string
	atHead   *bool
	severity rules.Severity
}

func stateOf(f *scanner.Finding) state {
	s := state{atHead: f.AtHead, severity: f.Severity}
	if f.Verify != nil {
		s.status = f.Verify.Status
	}
	return s
}

// join returns the state of a key that has both.
func (s state) join(t state) state {
	if rank(t.status) > rank(s.status) {
		s.status = t.status
	}
	if s.atHead == nil || t.atHead != nil && *t.atHead {
		s.atHead = t.atHead
	}
	s.severity = max(s.severity, t.severity)
	return s
}

// rank orders statuses by how much they say, and how bad that is.
func rank(status string) int {
	return slices.Index([]string{scanner.StatusNotTried, scanner.StatusUnknown, scanner.StatusDead, scanner.StatusRestricted, scanner.StatusLive}, status)
}

// changes lists what differs.
func changes(old, now state) []Change {
	list := []Change{
		{FieldStatus, old.status, now.status},
		{FieldAtHead, answer(old.atHead), answer(now.atHead)},
		{FieldSeverity, old.severity.String(), now.severity.String()},
	}
	return slices.DeleteFunc(list, func(c Change) bool { return c.Old == c.New })
}

func answer(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// A holder is a key of one report.
type holder struct {
	key   Key
	state state
}

// keysOf returns the keys of findings, in their order.
func keysOf(list []*scanner.Finding) (of map[string]*holder, order []*holder) {
	of = map[string]*holder{}
	for _, f := range list {
		if f.Secret == nil || f.Category == rules.CategoryHygiene {
			continue
		}
		h := of[f.Secret.Hash]
		if h == nil {
			h = &holder{Key{Name: Name{f.Secret.Redacted, f.Secret.Hash}}, stateOf(f)}
			of[f.Secret.Hash] = h
			order = append(order, h)
		}
		h.key.Findings++
		h.state = h.state.join(stateOf(f))
	}
	return of, order
}

// keys compares by key.
func (r *Result) keys(old, now []*scanner.Finding) {
	before, beforeOrder := keysOf(old)
	after, afterOrder := keysOf(now)
	r.Keys = Keys{New: []Key{}, Gone: []Key{}, Changed: []Key{}}
	for _, h := range afterOrder {
		was := before[h.key.Hash]
		if was == nil {
			r.Keys.New = append(r.Keys.New, h.key)
			continue
		}
		if h.key.Changes = changes(was.state, h.state); len(h.key.Changes) == 0 {
			r.Keys.Same++
			continue
		}
		r.Keys.Changed = append(r.Keys.Changed, h.key)
	}
	for _, h := range beforeOrder {
		if after[h.key.Hash] == nil {
			r.Keys.Gone = append(r.Keys.Gone, h.key)
		}
	}
}

// Counts reports whether there is a new finding that is at least as severe as
// least. Those that are older than what was judged do not count.
func (r *Result) Counts(least rules.Severity) bool {
	return slices.ContainsFunc(r.Findings.New, func(f Finding) bool { return !f.Older && f.Severity >= least })
}
