package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/audit"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	kind = Kind{Settings: "all", Version: "1.0", Rules: "sha256:1"}
)

func tasks(names ...string) []audit.Task {
	var out []audit.Task
	for _, n := range names {
		out = append(out, audit.Task{ID: "/src/" + n, Target: n, Name: n})
	}
	return out
}

// open opens the state of a test.
func open(t *testing.T, path string) *State {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func begin(t *testing.T, s *State, k Kind, now time.Time, names ...string) *Run {
	t.Helper()
	r, err := s.Begin(t.Context(), k, tasks(names...), now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// claim claims the next task, which must be the one named, "" for none.
func claim(t *testing.T, r *Run, want string) audit.Task {
	t.Helper()
	got, ok, err := r.Claim(t.Context())
	if err != nil || ok != (want != "") || got.Name != want {
		t.Fatalf("claimed %+v, %v, %v, want %q", got, ok, err, want)
	}
	return got
}

// report returns a report with findings of these ids.
func report(complete bool, ids ...string) []byte {
	var list []string
	for _, id := range ids {
		list = append(list, fmt.Sprintf(`{"id":%q}`, id))
	}
	return fmt.Appendf(nil, `{"findings":[%s],"summary":{"complete":%v}}`, strings.Join(list, ","), complete)
}

// TestResume goes on after a run whose process ended at any moment: what was
// completed stays, what was claimed is done again, and other settings begin anew.
func TestResume(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?#%.db")
	s := open(t, path)
	r := begin(t, s, kind, noon, "a", "b", "c", "d")
	check(t, r.Complete(t.Context(), claim(t, r, "a"), report(true, "1")))
	check(t, r.Fail(t.Context(), claim(t, r, "b"), "cannot clone"))
	claim(t, r, "c")
	check(t, s.Close()) // as the end of a process does

	s = open(t, path)
	other := begin(t, s, Kind{Settings: "other rules"}, noon, "a")
	if !other.Resumed.IsZero() || other.Before != 0 {
		t.Errorf("a run with other settings goes on: %+v", other)
	}
	r = begin(t, s, kind, noon.Add(time.Hour), "d", "a", "b", "c", "e")
	if !r.Resumed.Equal(noon) || r.Before != 2 {
		t.Errorf("resumed %v with %d tasks", r.Resumed, r.Before)
	}
	check(t, r.Complete(t.Context(), claim(t, r, "d"), report(true)))
	check(t, r.Complete(t.Context(), claim(t, r, "c"), report(true, "2")))
	claim(t, r, "e")
	claim(t, r, "")
	got, err := r.Outcomes(t.Context())
	check(t, err)
	list := tasks("d", "a", "b", "c", "e")
	want := []audit.Outcome{
		{Task: list[0], Report: report(true), Done: true},
		{Task: list[1], Report: report(true, "1"), Done: true},
		{Task: list[2], Reason: "cannot clone", Done: true},
		{Task: list[3], Report: report(true, "2"), Done: true},
		{Task: list[4]},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if old := begin(t, s, kind, noon.Add(2*maxAge), "a"); !old.Resumed.IsZero() {
		t.Error("a run of two months ago goes on")
	}
}

// TestTwice refuses a second result of a task.
func TestTwice(t *testing.T) {
	r := begin(t, open(t, filepath.Join(t.TempDir(), "s")), kind, noon, "a")
	task := claim(t, r, "a")
	check(t, r.Complete(t.Context(), task, report(true)))
	if err := r.Complete(t.Context(), task, report(true, "1")); err == nil {
		t.Error("a task was completed twice")
	}
	if err := r.Fail(t.Context(), task, "x"); err == nil {
		t.Error("a completed task failed")
	}
}

// known runs an audit of a repository and returns what is known afterwards.
func known(t *testing.T, s *State, k Kind, rep []byte) *Past {
	t.Helper()
	r := begin(t, s, k, noon, "a")
	if rep == nil {
		check(t, r.Fail(t.Context(), claim(t, r, "a"), "gone"))
	} else {
		check(t, r.Complete(t.Context(), claim(t, r, "a"), rep))
	}
	before, err := r.Past(t.Context(), "/src/a")
	check(t, err)
	check(t, r.Finish(t.Context(), noon))
	after, err := r.Past(t.Context(), "/src/a")
	check(t, err)
	if left, _ := r.Outcomes(t.Context()); len(left) > 0 {
		t.Errorf("tasks are left of a run that finished: %v", left)
	}
	if string(rep) == string(report(true, "new")) && before.Findings["new"] {
		t.Error("what a run finds is known before it finished")
	}
	return after
}

// TestKnown follows what is known of a repository over audits of several kinds.
func TestKnown(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	part, rules := kind, kind
	part.Settings, part.Part = "part", true
	rules.Settings, rules.Rules = "rules", "sha256:2"
	for _, step := range []struct {
		name   string
		kind   Kind
		report []byte
		want   []string
	}{
		{"first", kind, report(true, "1", "2"), []string{"1", "2"}},
		{"one is gone", kind, report(true, "2", "new"), []string{"2", "new"}},
		{"not all was read", kind, report(false, "3"), []string{"2", "new", "3"}},
		{"failed", kind, nil, []string{"2", "new", "3"}},
		{"a part", part, report(true, "4"), []string{"2", "new", "3", "4"}},
		{"other rules", rules, report(true, "4", "5"), []string{"4", "5"}},
	} {
		got := known(t, s, step.kind, step.report)
		want := map[string]bool{}
		for _, id := range step.want {
			want[id] = true
		}
		if d := cmp.Diff(want, got.Findings); d != "" {
			t.Errorf("%s: %s", step.name, d)
		}
		if step.report != nil && got.Rules != step.kind.Rules || !got.Finished.Equal(noon) {
			t.Errorf("%s: %+v", step.name, got)
		}
	}
}

// TestOpen refuses what is no state, and a second process.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	check(t, os.WriteFile(text, []byte(strings.Repeat("something else\n", 100)), 0o644))
	foreign := filepath.Join(dir, "foreign")
	s := open(t, foreign)
	_, err := s.db.ExecContext(t.Context(), "PRAGMA application_id = 7")
	check(t, err)
	check(t, s.Close())
	newer := filepath.Join(dir, "newer")
	s = open(t, newer)
	_, err = s.db.ExecContext(t.Context(), "PRAGMA user_version = 7")
	check(t, err)
	check(t, s.Close())
	used := filepath.Join(dir, "used")
	open(t, used)
	for path, want := range map[string]string{
		text: "no state of keylint", foreign: "no state of keylint", newer: "another version", used: "another keylint",
		dir: "no regular file", filepath.Join(dir, "none", "s"): "no such file",
	} {
		if s, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
			if s != nil {
				s.Close()
			}
		}
	}
	if info, err := os.Stat(used); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the state: %v, %v", info.Mode(), err)
	}
	if text, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(text), "something else") {
		t.Error("a foreign file was changed")
	}
}

// TestInterrupted stores nothing when the context is done.
func TestInterrupted(t *testing.T) {
	r := begin(t, open(t, filepath.Join(t.TempDir(), "s")), kind, noon, "a")
	task := claim(t, r, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Complete(ctx, task, report(true)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got, err := r.Outcomes(t.Context()); err != nil || got[0].Done {
		t.Errorf("%+v, %v", got, err)
	}
}
