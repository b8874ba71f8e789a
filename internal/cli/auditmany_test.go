package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestPatience gives up a repository whose server does not answer.
func TestPatience(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	task := taskOf(s.URL + "/a")
	m := &manyRun{app: &app{env: Env{Getenv: func(string) string { return "" }}}, patience: 50 * time.Millisecond, targets: &targets{open: map[string]target{task.ID: {name: s.URL + "/a"}}}}
	if rep, err := m.audit(t.Context(), task); err == nil || !strings.Contains(err.Error(), "cloning took more than 50ms") {
		t.Errorf("%s, %v", rep, err)
	}
}

// TestAtOnce bounds how many repositories are audited at once, and what each does.
func TestAtOnce(t *testing.T) {
	if n := atOnce(1); n != 1 {
		t.Errorf("%d at once of one", n)
	}
	if n := atOnce(1000); n < 1 || n > mostAtOnce {
		t.Errorf("%d at once", n)
	}
	for _, c := range []struct{ jobs, n, want int }{{8, 2, 4}, {8, 3, 2}, {1, 4, 1}, {3, 4, 1}} {
		if got := share(c.jobs, c.n); got != c.want {
			t.Errorf("%d for %d: %d, want %d", c.jobs, c.n, got, c.want)
		}
	}
	for text, want := range map[string]int64{
		"MemTotal:       24105 kB\nMemAvailable:   2048 kB\n": 2 << 20,
		"MemAvailable: x kB": 0, "MemAvailable:": 0, "MemAvailable: -1 kB": 0, "MemAvailable: 9223372036854775807 kB": 0, "": 0,
	} {
		if got := availableIn([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestSettings tells which flags keep an audit from going on with another: those
// that change what is found, and not those that say how it is shown.
func TestSettings(t *testing.T) {
	of := func(rules string, args ...string) string {
		t.Helper()
		c := (&app{}).auditCommand()
		if err := c.ParseFlags(args); err != nil {
			t.Fatal(err)
		}
		s, err := settingsOf(c.Flags(), c.Flags().Args(), rules)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain := of("r", "a", "b")
	for _, args := range [][]string{
		{"a", "b", "--format", "json"}, {"a", "b", "--html", "x"}, {"a", "b", "--parallel", "3", "--jobs", "2"},
		{"a", "b", "--since-last", "--state", "s"}, {"a", "b", "--severity", "high", "--fail-on", "low", "--quiet"},
	} {
		if of("r", args...) != plain {
			t.Errorf("%q begins anew", args)
		}
	}
	seen := map[string]bool{plain: true, of("other", "a", "b"): true}
	others := [][]string{
		{"a"}, {"a", "b", "--rule", "jwt"}, {"a", "b", "--verify"}, {"a", "b", "--exclude", "x"}, {"a", "b", "--range", "A..B"},
		{"a", "b", "--config", "x"}, {"a", "b", "--archives"}, {"--org", "https://github.com/a"}, {"--repos-in", "a"},
	}
	for _, args := range others {
		seen[of("r", args...)] = true
	}
	if len(seen) != len(others)+2 {
		t.Errorf("%d settings of %d", len(seen), len(others)+2)
	}
}

// TestTaskOf takes names of one repository for one.
func TestTaskOf(t *testing.T) {
	for _, c := range []struct{ name, id, shown string }{
		{"https://someone:pass@Git.Example/a/b.git", "https://git.example/a/b", "https://Git.Example/a/b.git"},
		{"https://git.example/a/b/", "https://git.example/a/b", "https://git.example/a/b/"},
		{"git@git.example:a/b.git", "git.example:a/b", "git.example:a/b.git"},
	} {
		got := taskOf(c.name)
		if got.ID != c.id || got.Name != c.shown || got.Target != c.shown {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	here, below := taskOf("."), taskOf("../../internal/cli")
	if here.ID != below.ID || here.Name != below.Name {
		t.Errorf("%+v and %+v are one repository", here, below)
	}
}
