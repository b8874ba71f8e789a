package githistory

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
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
			path := []string{"a.env", "b/c.env", "b/d/e.env", secretFile, secretDir + "/c.env", "b/" + secretDir + "/x"}[rng.IntN(6)]
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

// Names that hold keys which no file holds.
var (
	secretFile = fakekey.Gateway(nameKey) + ".txt"
	secretDir  = fakekey.Gateway(nameKey)
)

const nameKey = 100

// A modelKey is a key at a path.
type modelKey struct {
	path string
	key  int // nameKey when it is in the last name of the path
}

func (m *model) has(n int, k modelKey) bool {
	if k.key != nameKey {
		return slices.Contains(m.commits[n].files[k.path], k.key)
	}
	for path := range m.commits[n].files {
		if path == k.path || strings.HasPrefix(path, k.path+"/") {
			return true
		}
	}
	return false
}

// keysIn returns the keys of a commit.
func (m *model) keysIn(n int) []modelKey {
	var out []modelKey
	for path, list := range m.commits[n].files {
		for _, k := range list {
			out = append(out, modelKey{path, k})
		}
		parts := strings.Split(path, "/")
		for i, name := range parts {
			if name == secretFile || name == secretDir {
				out = append(out, modelKey{strings.Join(parts[:i+1], "/"), nameKey})
			}
		}
	}
	return out
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
		for _, k := range m.keysIn(n) {
			keys[k] = true
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
		masked := strings.ReplaceAll(k.path, secretDir, rules.NewSecret([]byte(secretDir)).Redacted())
		out = append(out, describe(masked, rules.NewSecret([]byte(fakekey.Gateway(uint64(k.key)))).Hash(), m.ids[introduced], gone, atHead, refs))
	}
	slices.Sort(out)
	return out
}

func describe(path, hash, introduced, removed string, atHead bool, refs []string) string {
	return fmt.Sprint(path, " ", hash[:20], " in ", introduced, " out ", removed, " head ", atHead, " refs ", refs)
}
