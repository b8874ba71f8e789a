package audit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// plan returns a rotation plan for the key of a finding.
func plan(f *scanner.Finding, severity rules.Severity, provider, name string, places ...string) scanner.Rotation {
	p := scanner.Rotation{Key: scanner.RotationKey{Hash: f.Secret.Hash}, Severity: severity, Provider: provider, Names: []string{name}}
	for _, path := range places {
		p.Places = append(p.Places, scanner.RotationPlace{Path: path})
	}
	return p
}

// TestCombine makes one report of three: a key in two repositories is one group
// with one plan, and what failed makes the whole incomplete.
func TestCombine(t *testing.T) {
	whole := scanner.Summary{Complete: true, Baselined: 2, DurationMS: 10, Coverage: scanner.Coverage{Files: 3, Skipped: map[string]int{"binary": 1}}}
	a := &scanner.Report{
		Target:   scanner.Target{Kind: "audit", Path: "a", Head: "c1", Refs: 2},
		Findings: []*scanner.Finding{found(1, "a.txt", 1), found(2, "b.txt", 1), habit("env-tracked", ".env")},
		Notices:  []scanner.Notice{{Reason: "no working tree"}, {Path: "x", Line: 1, Reason: "unused"}},
		Summary:  whole,
	}
	b := &scanner.Report{
		Findings: []*scanner.Finding{found(3, "a.txt", 1), found(1, "a.txt", 7)},
		Notices:  []scanner.Notice{{Reason: "no working tree"}, {Path: "x", Line: 1, Reason: "unused"}},
		Summary:  whole,
	}
	a.Rotation = []scanner.Rotation{plan(a.Findings[0], rules.High, "", "A_KEY", "a.txt"), plan(a.Findings[1], rules.High, "P", "B_KEY")}
	b.Rotation = []scanner.Rotation{plan(b.Findings[1], rules.Critical, "P", "C_KEY", "a.txt", "c.txt")}
	broken := &scanner.Report{Problems: []scanner.Problem{{Reason: "cannot clone"}}}
	got := Combine([]Result{{"a", a}, {"b", b}, {"c", broken}})

	var order []string
	for _, f := range got.Findings {
		order = append(order, f.Repository+"/"+f.Path+" "+f.Rule)
	}
	want := &scanner.Report{
		Target: scanner.Target{Kind: "audit", Repositories: []scanner.Repository{
			{Name: "a", Head: "c1", Refs: 2, Findings: 3, Complete: true}, {Name: "b", Findings: 2, Complete: true}, {Name: "c"},
		}},
		Problems: []scanner.Problem{{Repository: "c", Reason: "cannot clone"}},
		Notices: []scanner.Notice{
			{Reason: "in 2 repositories: no working tree"}, {Repository: "a", Path: "x", Line: 1, Reason: "unused"},
			{Repository: "b", Path: "x", Line: 1, Reason: "unused"}, {Reason: "keys that are in more than one repository: 1"},
		},
		Rotation: []scanner.Rotation{
			{
				Key: b.Rotation[0].Key, Severity: rules.Critical, Provider: "P", Names: []string{"A_KEY", "C_KEY"},
				Places: []scanner.RotationPlace{{Repository: "a", Path: "a.txt"}, {Repository: "b", Path: "a.txt"}, {Repository: "b", Path: "c.txt"}},
			},
			a.Rotation[1],
		},
		Summary: scanner.Summary{Findings: 5, Baselined: 4, DurationMS: 20, Coverage: scanner.Coverage{Files: 6, Skipped: map[string]int{"binary": 2}}},
	}
	if d := cmp.Diff([]string{"a/a.txt r", "b/a.txt r", "a/b.txt r", "b/a.txt r", "a/.env env-tracked"}, order); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(scanner.Report{}, "Findings")); d != "" {
		t.Error(d)
	}
}
