package githistory

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// watchFor returns a watch for files that end in .env, and counts the versions
// that it is shown.
func watchFor(versions *int) *Watch {
	return &Watch{
		Rule: "file",
		Name: func(base []byte) bool { return strings.HasSuffix(string(base), ".env") },
		Complete: func(_ *scanner.Finding, list [][]byte) bool {
			*versions += len(list)
			return true
		},
	}
}

// TestWatch holds what is said of files in random histories to the definition
// for keys: a file is a key that all its versions hold.
func TestWatch(t *testing.T) {
	set := builtin(t)
	found, versions := 0, 0
	for seed := range 20 {
		rng := rand.New(rand.NewPCG(uint64(seed), 11))
		m := randomModel(rng)
		dir := m.build(t)
		if rng.IntN(2) == 0 {
			run(t, dir, "", "repack", "-adfq", "--depth=50", "--window=50")
		}
		hash := rules.NewSecret([]byte(fakekey.Gateway(0))).Hash()
		want := slices.DeleteFunc(m.files(".env").expected(), func(line string) bool {
			return !strings.Contains(line, hash[:20]) // a key in a name
		})
		for _, whole := range []bool{false, true} {
			got, sum := scanDir(t, dir, set, Options{Whole: whole, Watch: watchFor(&versions)})
			if !sum.Complete {
				t.Fatalf("seed %d: %v", seed, got.problems)
			}
			plain, _ := scanDir(t, dir, set, Options{Whole: whole})
			if keys := got.split("file", false); !slices.Equal(keys.describe(), plain.describe()) {
				t.Errorf("seed %d, whole %v: the watch changes what is said of keys", seed, whole)
			}
			files := got.split("file", true)
			for _, f := range files.findings {
				if f.Secret != nil || f.ID != scanner.Fingerprint("file", f.Path, rules.Secret{}) {
					t.Errorf("%s: secret %v, id %s", f.Path, f.Secret, f.ID)
				}
				f.Secret = &scanner.SecretInfo{Hash: hash}
			}
			if d := files.describe(); !slices.Equal(d, want) {
				t.Errorf("seed %d, whole %v:\n%s\nnot\n%s", seed, whole, strings.Join(d, "\n"), strings.Join(want, "\n"))
			}
		}
		found += len(want)
	}
	if found < 20 || versions < found {
		t.Errorf("%d files with %d versions: the test tries nothing", found, versions)
	}
}

// files returns the model in which each file with an ending holds one key, and
// others none.
func (m *model) files(ending string) *model {
	out := &model{branches: m.branches, ids: m.ids}
	for _, c := range m.commits {
		d := modelCommit{parents: c.parents, files: map[string][]int{}}
		for path := range c.files {
			if strings.HasSuffix(path, ending) {
				d.files[path] = []int{0}
			}
		}
		out.commits = append(out.commits, d)
	}
	return out
}

// split returns the findings that are of a rule, or all others.
func (c *collected) split(rule string, of bool) *collected {
	out := &collected{}
	for _, f := range c.findings {
		if (f.Rule == rule) == of {
			out.findings = append(out.findings, f)
		}
	}
	return out
}

// TestWatchCached scans twice, the second time from the cache, with the same
// result; and without the watch, which has a cache of its own.
func TestWatchCached(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	m := &model{branches: map[string]int{"main": 0}, commits: []modelCommit{{files: map[string][]int{"a.env": {1}, "b/c.env": nil}}}}
	dir := m.build(t)
	var versions int
	for n, want := range []int{3, 3, 1} {
		o := Options{Watch: watchFor(&versions)}
		if n == 2 {
			o.Watch = nil
		}
		got, sum := scanCached(t, dir, builtin(t), o)
		if len(got.findings) != want || !sum.Complete {
			t.Errorf("scan %d: %d findings, want %d; %v", n, len(got.findings), want, got.problems)
		}
	}
	if files, err := filepath.Glob(filepath.Join(dir, ".git", "keylint", "*")); err != nil || len(files) != 6 || versions != 2 {
		t.Errorf("%d versions were looked at, want 2; cache %v, %v", versions, files, err)
	}
}
