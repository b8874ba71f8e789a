package diff

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// found returns a finding of the n-th key at a path.
func found(path string, n uint64, change func(*scanner.Finding)) *scanner.Finding {
	s := rules.NewSecret([]byte(fakekey.Gateway(n)))
	f := &scanner.Finding{
		ID: path + "#" + s.Hash(), Rule: "agcloud-api-key", Category: rules.CategorySecret, Severity: rules.High, Message: "AGCloud API key", Path: path,
		Secret: &scanner.SecretInfo{Redacted: s.Redacted(), Hash: s.Hash(), Value: s.Reveal()},
	}
	if change != nil {
		change(f)
	}
	return f
}

func complete(findings ...*scanner.Finding) *scanner.Report {
	return &scanner.Report{Findings: findings, Summary: scanner.Summary{Complete: true}}
}

func status(s string) func(*scanner.Finding) {
	return func(f *scanner.Finding) { f.Verify = &scanner.Verification{Status: s} }
}

func atHead(b bool) func(*scanner.Finding) { return func(f *scanner.Finding) { f.AtHead = &b } }

// paths returns the paths of findings, with what changed.
func paths(list []Finding) string {
	var out []string
	for _, f := range list {
		text := f.Path
		if f.KeyKnown {
			text += "(known)"
		}
		for _, c := range f.Changes {
			text += " " + c.Field + ":" + c.Old + ">" + c.New
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestReports(t *testing.T) {
	old := complete(found("same", 1, nil), found("moved-from", 2, nil), found("gone", 3, nil), found("works", 4, status("unknown")),
		found("left", 5, atHead(true)), found("worse", 6, nil), found("twice", 7, nil), found("twice", 7, nil))
	now := complete(found("same", 1, nil), found("moved-to", 2, nil), found("new", 8, nil), found("works", 4, status("live")),
		found("left", 5, atHead(false)), found("worse", 6, func(f *scanner.Finding) { f.Severity = rules.Critical }), found("twice", 7, nil))
	r := Reports(old, now)
	for what, pair := range map[string][2]string{
		"new":     {paths(r.Findings.New), "moved-to(known), new"},
		"gone":    {paths(r.Findings.Gone), "moved-from(known), gone"},
		"changed": {paths(r.Findings.Changed), "works status:unknown>live, left at_head:true>false, worse severity:high>critical"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
		}
	}
	if n := [5]int{len(r.Keys.New), len(r.Keys.Gone), len(r.Keys.Changed), r.Keys.Same, r.Findings.Same}; n != [5]int{1, 1, 3, 3, 2} {
		t.Errorf("keys new, gone, changed, same, and findings the same: %v", n)
	}
	if len(r.Notices) != 0 {
		t.Errorf("notices %v", r.Notices)
	}
}

// A report differs from itself in nothing, and the reverse of a comparison has new
// and gone exchanged.
func TestReverse(t *testing.T) {
	a := complete(found("a", 1, status("dead")), found("b", 2, atHead(true)), found("c", 3, nil))
	b := complete(found("a", 1, nil), found("c", 4, nil), found("d", 3, nil))
	if r := Reports(a, a); len(r.Findings.New)+len(r.Findings.Gone)+len(r.Findings.Changed)+len(r.Keys.New)+len(r.Keys.Gone)+len(r.Keys.Changed) != 0 || r.Findings.Same != 3 {
		t.Errorf("a report differs from itself: %+v", r)
	}
	there, back := Reports(a, b), Reports(b, a)
	if d := cmp.Diff(there.Findings.New, back.Findings.Gone) + cmp.Diff(there.Findings.Gone, back.Findings.New) + cmp.Diff(there.Keys.New, back.Keys.Gone); d != "" {
		t.Error(d)
	}
}

func TestCounts(t *testing.T) {
	r := Reports(complete(), complete(found("a", 1, nil)))
	if !r.Counts(rules.High) || r.Counts(rules.Critical) {
		t.Error("a finding of high severity does not count from high on")
	}
	older := complete(found("a", 1, func(f *scanner.Finding) { f.Older = true }))
	if Reports(complete(), older).Counts(rules.Info) {
		t.Error("what is older counts")
	}
}

// What may mislead is said: an incomplete side, other rules, another kind.
func TestNotices(t *testing.T) {
	old, now := complete(), complete()
	old.Problems = []scanner.Problem{{Reason: "unreadable"}}
	now.Summary.Complete = false
	now.Tool.Rules, now.Target.Kind = "sha256:1", "audit"
	r := Reports(old, now)
	if len(r.Notices) != 4 || r.Old.Complete || r.New.Complete {
		t.Errorf("%+v", r)
	}
}

// Reports that were saved with their keys give none away.
func TestNoLeak(t *testing.T) {
	text, err := json.Marshal(Reports(complete(found("a", 1, status("live"))), complete(found("a", 1, nil), found("b", 2, nil))))
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint64(3) {
		if strings.Contains(string(text), fakekey.Gateway(n)[10:30]) {
			t.Errorf("the result holds key %d", n)
		}
	}
}
