package gitrepo

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestBrokenReflogs asks that what is broken is a problem and hides nothing
// else, and that iteration can end early.
func TestBrokenReflogs(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	s.commit("r", "b")
	log, err := os.ReadFile(s.path("r/.git/logs/HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(string(log), "\n")
	s.write("r/.git/logs/HEAD", first+"\r\ngarbage\n\n"+strings.TrimSuffix(second, "\n"))
	s.write("r/.git/logs/refs/heads/bad name", string(log))
	s.write("outside", string(log))
	if err := os.Symlink(s.path("outside"), s.path("r/.git/logs/refs/heads/link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	r := s.discover("r")
	entries := map[string][]string{}
	var problems []error
	for e, err := range r.Reflogs() {
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if e.N != len(entries[e.Ref]) {
			t.Errorf("%s@{%d} is number %d", e.Ref, e.N, len(entries[e.Ref]))
		}
		entries[e.Ref] = append(entries[e.Ref], e.New)
	}
	want := strings.Fields(s.git("r", "rev-list", "HEAD"))
	if len(entries) != 2 || !slices.Equal(entries["HEAD"], want) || !slices.Equal(entries["refs/heads/main"], want) {
		t.Errorf("got %v, want %v", entries, want)
	}
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "2 lines") {
		t.Errorf("problems: %v", problems)
	}
	for range r.Reflogs() {
		break
	}
}
