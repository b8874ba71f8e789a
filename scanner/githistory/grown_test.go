package githistory

import (
	"context"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// reportOf scans a repository and returns all that is reported, and whether only
// what is new was read.
func reportOf(t *testing.T, dir string, set *rules.Set, o Options) (report string, isGrown bool) {
	t.Helper()
	h := openDir(t, dir, o)
	var c collected
	s := h.newScan(context.Background(), scanner.Options{Rules: set}, &c)
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent([]any{c.findings, c.problems, s.out.Summary}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	_, isGrown = s.objects.(*grown)
	return string(out), isGrown
}

// TestGrown lets repositories grow by fetches, as packs and as loose objects, with
// references that come, move and go: what a scan with the cache reports is, byte
// for byte, what one without it does.
func TestGrown(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	set := builtin(t)
	grownScans, n, versions := 0, 6, 0
	if testing.Short() {
		n = 2
	}
	for seed := range n {
		rng := rand.New(rand.NewPCG(uint64(seed), 11))
		m := randomModel(rng)
		if seed%2 == 1 { // with keys in names, nothing is remembered
			for _, c := range m.commits {
				maps.DeleteFunc(c.files, func(path string, _ []int) bool { return strings.Contains(path, secretDir) })
			}
		}
		src := m.build(t)
		run(t, src, "", "config", "uploadpack.allowAnySHA1InWant", "true")
		dir := t.TempDir()
		run(t, dir, "", "init", "-q", "-b", "main")
		for step := range 6 {
			growBy(t, rng, m, src, dir, step)
			want, _ := reportOf(t, dir, set, Options{NoCache: true, Watch: watchFor(&versions)})
			got, isGrown := reportOf(t, dir, set, Options{Watch: watchFor(&versions)})
			if isGrown {
				grownScans++
			}
			if got != want {
				t.Fatalf("seed %d, step %d, grown %v:\n%s\nnot\n%s", seed, step, isGrown, got, want)
			}
			if again, _ := reportOf(t, dir, set, Options{Watch: watchFor(&versions)}); again != want {
				t.Fatalf("seed %d, step %d: another report from the cache", seed, step)
			}
		}
	}
	if grownScans < n {
		t.Errorf("only %d of %d scans read what is new alone", grownScans, 6*n)
	}
}

// growBy brings some commits from src to dir, and changes references.
func growBy(t *testing.T, rng *rand.Rand, m *model, src, dir string, step int) {
	t.Helper()
	names := []string{"main", "dev", "old"}
	for i := range 1 + rng.IntN(2) {
		upTo := (step + 1) * len(m.ids) / 6
		id := m.ids[rng.IntN(max(1, upTo))]
		name := names[rng.IntN(3)]
		if step == 0 && i == 0 {
			name = "main"
		}
		limit := fmt.Sprintf("fetch.unpackLimit=%d", []int{1, 1000}[rng.IntN(2)])
		run(t, dir, "", "-c", limit, "fetch", "-q", "--update-head-ok", src, "+"+id+":refs/heads/"+name)
	}
	switch rng.IntN(9) {
	case 0:
		run(t, dir, "", "repack", "-adfq")
	case 1:
		run(t, dir, "", "-c", "user.name=a", "-c", "user.email=a@example.com", "tag", "-f", "-a", "-m", content([]int{rng.IntN(6)}), "v1", "main")
	case 2:
		run(t, dir, content([]int{rng.IntN(6)}), "hash-object", "-w", "--stdin") // that nothing leads to
	case 3:
		text := content([]int{rng.IntN(6)})
		run(t, dir, text, "hash-object", "-w", "--stdin")
		run(t, dir, "", "tag", "-f", "blob", fmt.Sprintf("%x", sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(text), text)))))
	case 4:
		run(t, dir, "", "read-tree", "main") // a new index
	}
}
