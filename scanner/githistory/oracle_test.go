package githistory

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A model is a history of which everything is known.
type model struct {
	commits  []modelCommit // parents come first; the mark of a commit is its index + 1
	branches map[string]int
	ids      []string
}

type modelCommit struct {
	parents []int
	files   map[string][]int // the keys in each file, by number
}

const modelStart = 1_700_000_000 // the time of the first commit; each is a minute later

// randomModel makes a history with branches and merges.
func randomModel(rng *rand.Rand) *model {
	m := &model{branches: map[string]int{}}
	for n := range 3 + rng.IntN(18) {
		c := modelCommit{files: map[string][]int{}}
		if n > 0 && rng.IntN(12) > 0 {
			c.parents = []int{rng.IntN(n)}
			for rng.IntN(3) == 0 && len(c.parents) < 3 {
				if p := rng.IntN(n); !slices.Contains(c.parents, p) {
					c.parents = append(c.parents, p)
				}
			}
		}
		for _, p := range c.parents { // a merge takes each file from some parent, or drops it
			for path, keys := range m.commits[p].files {
				if _, have := c.files[path]; !have || rng.IntN(2) == 0 {
					c.files[path] = keys
				}
				if len(c.parents) > 1 && rng.IntN(6) == 0 {
					delete(c.files, path)
				}
			}
		}
		for range rng.IntN(3) {
			path := []string{"a.env", "b/c.env", "b/d/e.env", "b/d"}[rng.IntN(3)]
			switch rng.IntN(4) {
			case 0:
				delete(c.files, path)
			default:
				var keys []int
				for range rng.IntN(3) {
					keys = append(keys, rng.IntN(4))
				}
				c.files[path] = keys
			}
		}
		m.commits = append(m.commits, c)
		m.branches[[]string{"main", "dev", "old"}[rng.IntN(3)]] = n
	}
	m.branches["main"] = len(m.commits) - 1 - rng.IntN(2)
	return m
}

// content returns a file with keys.
func content(keys []int) string {
	var b strings.Builder
	b.WriteString("# settings\n")
	for i, k := range keys {
		fmt.Fprintf(&b, "filler=%d\nAGCLOUD_API_KEY=%s\n", i, fakekey.Gateway(uint64(k)))
	}
	return b.String()
}

// build writes the history to a repository.
func (m *model) build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	run(t, dir, "", "init", "-q", "-b", "main")
	var in strings.Builder
	for n, c := range m.commits {
		fmt.Fprintf(&in, "commit refs/heads/all-%d\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", n, n+1, modelStart+60*n)
		for i, p := range c.parents {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge", "merge"}[i], p+1)
		}
		in.WriteString("deleteall\n")
		for _, path := range slices.Sorted(maps.Keys(c.files)) {
			text := content(c.files[path])
			fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
		}
	}
	run(t, dir, in.String(), "fast-import", "--quiet", "--force", "--export-marks=marks")
	marks, err := os.ReadFile(filepath.Join(dir, ".git", "marks"))
	if err != nil {
		marks, err = os.ReadFile(filepath.Join(dir, "marks"))
	}
	if err != nil {
		t.Fatal(err)
	}
	m.ids = make([]string, len(m.commits))
	for line := range strings.Lines(string(marks)) {
		var n int
		var id string
		fmt.Sscanf(line, ":%d %s", &n, &id)
		m.ids[n-1] = id
	}
	for n := range m.commits {
		run(t, dir, "", "update-ref", "-d", fmt.Sprintf("refs/heads/all-%d", n))
	}
	for name, n := range m.branches {
		run(t, dir, "", "update-ref", "refs/heads/"+name, m.ids[n])
	}
	os.RemoveAll(filepath.Join(dir, ".git", "logs")) // what only a reflog knows is not in the model
	return dir
}

func run(t *testing.T, dir, stdin string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// reachable returns the commits that lead to n, and n.
func (m *model) reachable(n int) map[int]bool {
	seen := map[int]bool{}
	for list := []int{n}; len(list) > 0; {
		n, list = list[len(list)-1], list[:len(list)-1]
		if !seen[n] {
			seen[n] = true
			list = append(list, m.commits[n].parents...)
		}
	}
	return seen
}

// A modelKey is a key at a path.
type modelKey struct {
	path string
	key  int
}

func (m *model) has(n int, k modelKey) bool {
	return slices.Contains(m.commits[n].files[k.path], k.key)
}

// ever reports whether n or an ancestor has k.
func (m *model) ever(n int, k modelKey) bool {
	for c := range m.reachable(n) {
		if m.has(c, k) {
			return true
		}
	}
	return false
}

// expected describes the findings, by definition.
func (m *model) expected() []string {
	all := map[int]bool{}
	for _, n := range m.branches {
		maps.Copy(all, m.reachable(n))
	}
	head := m.reachable(m.branches["main"])
	keys := map[modelKey]bool{}
	for n := range all {
		for path, list := range m.commits[n].files {
			for _, k := range list {
				keys[modelKey{path, k}] = true
			}
		}
	}
	var out []string
	for k := range keys {
		introduced, removed := -1, -1
		for _, n := range slices.Sorted(maps.Keys(all)) {
			before := func(p int) bool { return m.has(p, k) }
			parents := m.commits[n].parents
			switch {
			case m.has(n, k) && !slices.ContainsFunc(parents, before):
				if introduced < 0 {
					introduced = n
				}
			case !m.has(n, k) && slices.ContainsFunc(parents, before):
				lost := func(p int) bool { return !m.has(p, k) && m.ever(p, k) }
				if len(parents) > 1 && slices.ContainsFunc(parents, lost) {
					continue
				}
				if m.ever(m.branches["main"], k) == head[n] {
					removed = n
				}
			}
		}
		var refs []string
		for name, n := range m.branches {
			if m.ever(n, k) {
				refs = append(refs, name)
			}
		}
		slices.Sort(refs)
		atHead := m.has(m.branches["main"], k)
		gone := ""
		if removed >= 0 && !atHead {
			gone = m.ids[removed]
		}
		out = append(out, describe(k.path, rules.NewSecret([]byte(fakekey.Gateway(uint64(k.key)))).Hash(), m.ids[introduced], gone, atHead, refs))
	}
	slices.Sort(out)
	return out
}

func describe(path, hash, introduced, removed string, atHead bool, refs []string) string {
	return fmt.Sprint(path, " ", hash[:20], " in ", introduced, " out ", removed, " head ", atHead, " refs ", refs)
}

// collected keeps what a scan reports.
type collected struct {
	findings []*scanner.Finding
	problems []scanner.Problem
}

func (c *collected) Finding(f *scanner.Finding) error { c.findings = append(c.findings, f); return nil }
func (c *collected) Problem(p scanner.Problem) error  { c.problems = append(c.problems, p); return nil }
func (c *collected) Notice(scanner.Notice) error      { return nil }

// scanDir scans the history of the repository at dir, which must end soon.
func scanDir(t testing.TB, dir string, set *rules.Set, o Options) (*collected, scanner.Summary) {
	t.Helper()
	o.NoCache = true
	r, err := gitrepo.Open(dir, gitrepo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(r, o)
	if err != nil {
		t.Fatal(err)
	}
	var c collected
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	sum, err := h.Scan(ctx, scanner.Options{Rules: set}, &c)
	if err != nil {
		t.Fatal(err)
	}
	return &c, sum
}

func (c *collected) describe() []string {
	var out []string
	for _, f := range c.findings {
		refs := slices.DeleteFunc(slices.Clone(f.Commit.Refs), func(r string) bool { return r == "HEAD" })
		slices.Sort(refs)
		removed := ""
		if f.Removed != nil {
			removed = f.Removed.ID
		}
		out = append(out, describe(f.Path, f.Secret.Hash, f.Commit.ID, removed, *f.AtHead, refs))
	}
	slices.Sort(out)
	return out
}

func builtin(t *testing.T) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestAttribution holds the findings of random histories, packed in several ways
// and read in both, to what they must be by definition.
func TestAttribution(t *testing.T) {
	set := builtin(t)
	n := 40
	if testing.Short() {
		n = 5
	}
	found := 0
	for seed := range n {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		m := randomModel(rng)
		dir := m.build(t)
		if rng.IntN(2) == 0 {
			run(t, dir, "", "repack", "-adfq", "--depth=50", "--window=50")
		}
		want := m.expected()
		for _, whole := range []bool{false, true} {
			got, sum := scanDir(t, dir, set, Options{Whole: whole})
			if !sum.Complete {
				t.Fatalf("seed %d: %v", seed, got.problems)
			}
			if d := got.describe(); !slices.Equal(d, want) {
				t.Errorf("seed %d, whole %v:\n%s\nnot\n%s", seed, whole, strings.Join(d, "\n"), strings.Join(want, "\n"))
			}
		}
		found += len(want)
	}
	if found < 2*n {
		t.Errorf("%d findings in %d histories: the test tries nothing", found, n)
	}
}

// TestDamage flips bytes of packs and indexes: a scan that is complete all the
// same must report the same.
func TestDamage(t *testing.T) {
	set := builtin(t)
	m := randomModel(rand.New(rand.NewPCG(3, 7)))
	dir := m.build(t)
	run(t, dir, "", "repack", "-adfq", "--depth=50", "--window=50")
	good, _ := scanDir(t, dir, set, Options{})
	want := good.describe()
	files, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "pack-*"))
	if err != nil || len(files) == 0 || len(want) == 0 {
		t.Fatal(files, err, want)
	}
	harmed := 0
	for _, file := range files {
		if ext := filepath.Ext(file); ext != ".pack" && ext != ".idx" {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(data); at += max(1, len(data)/60) {
			for _, bad := range [][]byte{flipped(data, at), data[:at]} {
				if err := os.WriteFile(file, bad, 0o644); err != nil {
					t.Fatal(err)
				}
				got, sum := scanDir(t, dir, set, Options{})
				if !sum.Complete {
					harmed++
				} else if !slices.Equal(got.describe(), want) {
					t.Errorf("%s, byte %d: complete, and not the same", filepath.Base(file), at)
				}
			}
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if harmed < 50 {
		t.Errorf("only %d scans were not complete", harmed)
	}
}

func flipped(data []byte, at int) []byte {
	out := bytes.Clone(data)
	out[at] ^= 0x55
	return out
}
