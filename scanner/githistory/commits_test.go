package githistory

import (
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
)

// gitLines returns what git prints, line by line.
func gitLines(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
}

// TestCommitsAgainstGit holds Commits and Options.Touched to what git says of
// random histories.
func TestCommitsAgainstGit(t *testing.T) {
	set := builtin(t)
	for seed := range uint64(15) {
		rng := rand.New(rand.NewPCG(seed, 1))
		m := randomModel(rng)
		dir := m.build(t)
		ids := gitLines(t, dir, "rev-list", "--all")
		repo, err := gitrepo.Open(dir, gitrepo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		h, err := Open(repo, Options{NoCache: true})
		if err != nil {
			t.Fatal(err)
		}
		c, err := h.Commits(t.Context(), scanner.Options{Rules: set})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			from, to := ids[rng.IntN(len(ids))], ids[rng.IntN(len(ids))]
			span := from + ".." + to
			n, cut, err := c.Between(from, to)
			if want := len(gitLines(t, dir, "rev-list", span)); n != want || cut != 0 || err != nil {
				t.Errorf("seed %d: %s has %d commits, %d at an end, want %d: %v", seed, span, n, cut, want, err)
			}
			info, err := c.Find(to)
			if want := gitLines(t, dir, "rev-list", "--parents", "-1", to)[0]; err != nil || strings.Join(append([]string{info.ID}, info.Parents...), " ") != want {
				t.Errorf("seed %d: found %v, want %s: %v", seed, info, want, err)
			}
			touched := map[string]bool{}
			scanDir(t, dir, set, Options{Range: Range{Revisions: span}, Touched: func(p string) { touched[p] = true }})
			want := map[string]bool{}
			for _, p := range gitLines(t, dir, "log", "-c", "--name-only", "--format=", span) {
				parts := strings.Split(p, "/")
				for i := range parts { // also of directories whose names hold keys
					if i == len(parts)-1 || parts[i] == secretDir {
						want[scanner.MaskPath(set.Matcher(), strings.Join(parts[:i+1], "/"))] = true
					}
				}
			}
			delete(want, "")
			if !maps.Equal(touched, want) {
				t.Errorf("seed %d: %s touched %q, want %q", seed, span, slices.Sorted(maps.Keys(touched)), slices.Sorted(maps.Keys(want)))
			}
		}
		if _, err := c.Find(strings.Repeat("1", 40)); err == nil {
			t.Error("a commit that is not there was found")
		}
		c.Close()
	}
}
