package audit

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// found returns the finding of the n-th key.
func found(n int, path string, line int) *scanner.Finding {
	s := rules.NewSecret([]byte(fakekey.Gateway(uint64(n))))
	return &scanner.Finding{
		ID: scanner.Fingerprint("r", path, s), Rule: "r", Category: rules.CategorySecret, Path: path, Help: "Revoke it.",
		Location: scanner.Location{Line: line, Column: 5},
		Secret:   &scanner.SecretInfo{Redacted: s.Redacted(), Hash: s.Hash(), Secret: s},
	}
}

func habit(rule, path string) *scanner.Finding {
	return &scanner.Finding{ID: rule + path, Rule: rule, Category: rules.CategoryHygiene, Path: path}
}

// TestMergeFindings merges what a tree and a history say of the same keys.
func TestMergeFindings(t *testing.T) {
	yes := true
	when := time.Unix(1_700_000_000, 0).UTC()
	past := found(1, "a.txt", 3) // the line of the commit that brought it in
	past.Severity = rules.Critical
	past.Help = "Revoke it. It was pushed."
	past.Commit = &scanner.Commit{ID: "c1", Time: when}
	past.AtHead, past.Pushed = &yes, &yes
	past.Occurrences = []scanner.Occurrence{{Path: "a.txt", Line: 9, Column: 5, Commit: "c2"}, {Path: "b.txt", Line: 1, Column: 1, Commit: "c1"}}
	past.OccurrencesLeftOut = 2
	gone := found(2, "0.txt", 1)
	gone.Commit, gone.Removed = &scanner.Commit{ID: "c1", Time: when}, &scanner.CommitRef{ID: "c3", Time: when}

	tree := &Part{Findings: []*scanner.Finding{found(1, "a.txt", 9), found(3, "z.txt", 2), habit("env-tracked", ".env")}}
	history := &Part{Findings: []*scanner.Finding{gone, past, habit("env-in-history", ".env"), habit("env-tracked", ".env")}}
	got := Merge(tree, history)

	var order []string
	for _, f := range got.Findings {
		order = append(order, f.Rule+" "+f.Path)
	}
	if d := cmp.Diff([]string{"r 0.txt", "r a.txt", "r z.txt", "env-tracked .env", "env-in-history .env"}, order); d != "" {
		t.Fatal(d)
	}
	both := got.Findings[1]
	if both.Line != 9 || both.Severity != rules.Critical || both.Commit != past.Commit || both.AtHead == nil || both.Pushed == nil || both.Help != past.Help || both.OccurrencesLeftOut != 2 {
		t.Errorf("the merged finding lacks what a part knows: %+v", both)
	}
	want := []scanner.Occurrence{{Path: "a.txt", Line: 3, Column: 5, Commit: "c1"}, {Path: "b.txt", Line: 1, Column: 1, Commit: "c1"}}
	if d := cmp.Diff(want, both.Occurrences); d != "" {
		t.Error(d)
	}
	if got.Findings[0].Removed == nil || got.Findings[2].Commit != nil {
		t.Error("what only one part has was changed")
	}
}

// TestMergeRest adds up what is not a finding.
func TestMergeRest(t *testing.T) {
	p := func(complete bool, files, bytes int, skipped map[string]int, problems ...string) *Part {
		out := &Part{Summary: scanner.Summary{Complete: complete, Allowed: 1, DurationMS: 5, Coverage: scanner.Coverage{Files: files, Commits: 2, Bytes: int64(bytes), Skipped: skipped}}}
		for _, x := range problems {
			out.Problem(scanner.Problem{Path: x, Reason: "damaged"})
			out.Notice(scanner.Notice{Path: x})
		}
		return out
	}
	got := Merge(p(true, 3, 100, map[string]int{"binary": 2}, "a"), p(false, 4, 50, map[string]int{"binary": 1, "symlink": 1}, "a", "b"))
	want := &Part{
		Problems: []scanner.Problem{{Path: "a", Reason: "damaged"}, {Path: "b", Reason: "damaged"}},
		Notices:  []scanner.Notice{{Path: "a"}, {Path: "b"}},
		Summary: scanner.Summary{Allowed: 2, DurationMS: 10, Coverage: scanner.Coverage{
			Files: 7, Commits: 4, Bytes: 150, Skipped: map[string]int{"binary": 3, "symlink": 1},
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !Merge(p(true, 1, 1, nil), p(true, 1, 1, nil)).Summary.Complete {
		t.Error("two complete parts are not complete")
	}
}
