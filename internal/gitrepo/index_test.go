package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listFiles prints an index as git ls-files --stage -v does.
func listFiles(x *Index) []string {
	var lines []string
	for i := range x.Entries {
		e := &x.Entries[i]
		tag := "H"
		switch {
		case e.Stage() != 0:
			tag = "M"
		case e.SkipWorktree():
			tag = "S"
		}
		if e.AssumeValid() {
			tag = strings.ToLower(tag)
		}
		lines = append(lines, fmt.Sprintf("%s %06o %s %d\t%s", tag, e.Mode, e.ID, e.Stage(), e.Path))
	}
	return lines
}

// An indexCase is a repository at "r" with an index worth reading.
type indexCase struct {
	name  string
	build func(s *sandbox)
}

func indexCases() []indexCase {
	many := func(s *sandbox) {
		var names []string
		for i := range 90 {
			names = append(names, fmt.Sprintf("dir%d/sub%d/file%d.txt", i%3, i%17, i))
		}
		s.commit("r", names...)
	}
	return []indexCase{
		{"no index", func(s *sandbox) { s.init("r") }},
		{"empty", func(s *sandbox) { s.init("r"); s.commit("r", "a"); s.git("r", "rm", "-q", "a") }},
		{"many", func(s *sandbox) { s.init("r"); many(s) }},
		{"names", func(s *sandbox) {
			s.init("r")
			s.commit("r", "a.b", "a/b", "a-b", "a0", "ü/é", " ", "x y", "1/22/333/4444/55555/666666/7777777/88888888/999999999")
		}},
		{"long path", func(s *sandbox) {
			s.init("r")
			s.commit("r", "a")
			id := strings.TrimSpace(s.git("r", "rev-parse", ":a"))
			for _, n := range []int{250, 409, 410, 411, 800} {
				s.git("r", "update-index", "--add", "--cacheinfo", "100644,"+id+","+strings.Repeat("123456789/", n)+"abcde")
			}
		}},
		{"modes", func(s *sandbox) {
			s.init("r")
			s.commit("r", "run.sh", "a")
			s.git("r", "update-index", "--chmod=+x", "run.sh")
			id := strings.TrimSpace(s.git("r", "rev-parse", ":a"))
			s.git("r", "update-index", "--add", "--cacheinfo", "120000,"+id+",link")
		}},
		{"flags", func(s *sandbox) {
			s.init("r")
			s.commit("r", "a", "b", "c")
			s.write("r/new", "")
			s.git("r", "add", "-N", "new")
			s.git("r", "update-index", "--assume-unchanged", "a")
			s.git("r", "update-index", "--skip-worktree", "b")
		}},
		{"conflict", func(s *sandbox) { s.init("r"); conflict(s, "r") }},
		{"version 4", func(s *sandbox) {
			s.init("r")
			many(s)
			s.git("r", "update-index", "--index-version", "4")
		}},
		{"version 4 with flags", func(s *sandbox) {
			s.init("r")
			s.commit("r", "a/long/path/b", "a/long/path/c", "a/longer", "b")
			s.git("r", "update-index", "--skip-worktree", "a/long/path/c")
			s.git("r", "update-index", "--index-version", "4")
		}},
		{"extensions", func(s *sandbox) {
			s.init("r")
			many(s)
			s.git("r", "-c", "index.threads=2", "update-index", "--untracked-cache", "--force-write-index")
			s.git("r", "status")
		}},
		{"split", func(s *sandbox) { s.init("r"); many(s); s.git("r", "update-index", "--split-index") }},
		{"split and changed", func(s *sandbox) { s.init("r"); many(s); splitAndChange(s) }},
		{"split, version 4", func(s *sandbox) {
			s.init("r")
			many(s)
			s.git("r", "update-index", "--index-version", "4")
			splitAndChange(s)
		}},
		{"split, then a conflict", func(s *sandbox) {
			s.init("r")
			s.commit("r", "other")
			s.git("r", "config", "splitIndex.maxPercentChange", "100")
			s.git("r", "update-index", "--split-index")
			conflict(s, "r")
			s.git("r", "add", "a")
		}},
		{"sparse, full index", func(s *sandbox) {
			s.init("r")
			many(s)
			s.git("r", "sparse-checkout", "set", "dir1")
		}},
		{"sparse index", func(s *sandbox) {
			s.init("r")
			many(s)
			s.git("r", "sparse-checkout", "set", "--cone", "--sparse-index", "dir1")
		}},
		{"sha256", func(s *sandbox) { s.init("r", "--object-format=sha256"); many(s) }},
		{"sha256, version 4, split", func(s *sandbox) {
			s.init("r", "--object-format=sha256")
			many(s)
			s.git("r", "update-index", "--index-version", "4")
			splitAndChange(s)
		}},
		{"submodule", func(s *sandbox) {
			s.init("lib")
			s.commit("lib", "x")
			s.init("r")
			s.commit("r", "a", "z")
			s.git("r", "submodule", "-q", "add", s.path("lib"), "mod")
		}},
		{"without checksum", func(s *sandbox) {
			s.init("r")
			s.git("r", "config", "index.skipHash", "true") // since git 2.40
			many(s)
		}},
	}
}

// conflict leaves a merge conflict on the file "a".
func conflict(s *sandbox, dir string) {
	s.commit(dir, "a", "b")
	s.git(dir, "checkout", "-q", "-b", "side")
	s.write(dir+"/a", "side")
	s.git(dir, "commit", "-qam", "side")
	s.git(dir, "checkout", "-q", "-")
	s.write(dir+"/a", "main")
	s.git(dir, "commit", "-qam", "main")
	if _, err := s.tryGit(dir, "merge", "side"); err == nil {
		s.t.Fatal("the merge has no conflict")
	}
}

// splitAndChange splits the index and then changes, adds and removes entries.
func splitAndChange(s *sandbox) {
	s.git("r", "config", "splitIndex.maxPercentChange", "100")
	s.git("r", "update-index", "--split-index")
	s.write("r/dir0/sub0/file0.txt", "changed")
	s.write("r/aaa", "new")
	s.write("r/dir1/new/file", "new")
	s.write("r/zzz", "new")
	s.git("r", "rm", "-q", "--cached", "dir2/sub2/file2.txt", "dir0/sub13/file30.txt")
	s.git("r", "rm", "-q", "--cached", "-r", "dir1/sub1")
	s.git("r", "add", "aaa", "zzz", "dir0", "dir1/new")
	s.git("r", "update-index", "--skip-worktree", "dir2/sub5/file5.txt")
}

func TestIndexAgainstGit(t *testing.T) {
	for _, c := range indexCases() {
		t.Run(c.name, func(t *testing.T) {
			s := newSandbox(t)
			c.build(s)
			x, err := s.discover("r").ReadIndex()
			if err != nil {
				t.Fatal(err)
			}
			args := []string{"ls-files", "--stage", "-v", "-z"}
			if x.Sparse {
				args = append(args, "--sparse")
			}
			want := strings.Split(strings.TrimSuffix(s.git("r", args...), "\x00"), "\x00")
			if want[0] == "" {
				want = nil
			}
			if diff := cmp.Diff(want, listFiles(x)); diff != "" {
				t.Errorf("index differs from git's (-git +ours):\n%s", diff)
			}
		})
	}
}

// TestIndexCasesAreWhatTheySay guards against a git that builds plain indexes.
func TestIndexCasesAreWhatTheySay(t *testing.T) {
	check := map[string]func(r *Repo, x *indexFile) bool{
		"version 4":         func(_ *Repo, x *indexFile) bool { return x.Version == 4 },
		"flags":             func(_ *Repo, x *indexFile) bool { return x.Version == 3 },
		"split and changed": func(_ *Repo, x *indexFile) bool { return x.link != nil && x.link.changed != "" && x.link.deleted != "" },
		"sparse index":      func(_ *Repo, x *indexFile) bool { return x.Sparse },
		"sha256":            func(r *Repo, _ *indexFile) bool { return r.Format == SHA256 },
		"long path":         func(_ *Repo, x *indexFile) bool { return len(x.Entries) == 6 && len(x.Entries[0].Path) > 8000 },
	}
	for _, c := range indexCases() {
		holds, ok := check[c.name]
		if !ok {
			continue
		}
		s := newSandbox(t)
		c.build(s)
		r := s.discover("r")
		x, err := readIndexFile(r.IndexFile, r.Format)
		if err != nil || !holds(r, x) {
			t.Errorf("%s: not so (error %v)", c.name, err)
		}
	}
}

func TestIntentToAdd(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	s.write("r/new", "")
	s.git("r", "add", "-N", "new")
	x, err := s.discover("r").ReadIndex()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a": false, "new": true} {
		if e, ok := x.Find(name); !ok || e.IntentToAdd() != want {
			t.Errorf("%s: found %v, intent to add is not %v", name, ok, want)
		}
	}
}

func TestLookups(t *testing.T) {
	x := &Index{}
	for _, p := range []string{"a", "a-b", "a/b", "a/c/d", "a0", "b/", "c"} {
		x.Entries = append(x.Entries, Entry{Path: p})
	}
	for dir, want := range map[string]int{"": 7, "a": 2, "a/c": 1, "a/b": 0, "b": 1, "x": 0, "a0": 0} {
		if got := len(x.Under(dir)); got != want {
			t.Errorf("Under(%q): got %d entries, want %d", dir, got, want)
		}
	}
	for path, want := range map[string]bool{"a": true, "a/c": false, "a/c/d": true, "": false, "zz": false} {
		if _, got := x.Find(path); got != want {
			t.Errorf("Find(%q): got %v", path, got)
		}
	}
}

// TestBrokenIndex sees each damage reported, with what to do.
func TestBrokenIndex(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a", "b/c", "d")
	r := s.discover("r")
	good, err := os.ReadFile(r.IndexFile)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(at int, b byte) []byte {
		data := slices.Clone(good)
		data[at] = b
		return data
	}
	for name, data := range map[string][]byte{
		"empty":         {},
		"cut off":       good[:len(good)/2],
		"no signature":  edit(0, 'X'),
		"wrong id":      edit(12+40, good[12+40]+1),
		"too many":      edit(8, 0xff),
		"short by one":  good[:len(good)-1],
		"only a header": good[:12],
	} {
		if err := os.WriteFile(r.IndexFile, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ReadIndex(); !errors.Is(err, errCorrupt) || !strings.Contains(err.Error(), "git reset") {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	if err := os.WriteFile(r.IndexFile, edit(7, 9), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadIndex(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("version 9: got error %v", err)
	}
}

func TestSharedIndexIsMissing(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	s.git("r", "update-index", "--split-index")
	r := s.discover("r")
	x, err := readIndexFile(r.IndexFile, r.Format)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.path("r/.git/sharedindex." + x.link.shared.String())); err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadIndex(); !errors.Is(err, errCorrupt) {
		t.Errorf("got error %v", err)
	}
}

// largeIndex returns an index of 100,000 entries.
func largeIndex(b *testing.B, version string) *Repo {
	s := newSandbox(b)
	s.init("r")
	s.commit("r", "a")
	id := strings.TrimSpace(s.git("r", "rev-parse", ":a"))
	var info strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&info, "100644 %s\tpackages/service%d/src/module%d/file%d.go\n", id, i%20, i%500, i)
	}
	s.write("info", info.String())
	s.env["GIT_DIR"] = s.path("r/.git")
	s.git(".", "config", "alias.feed", "!git update-index --index-info < '"+s.path("info")+"'")
	s.git(".", "feed")
	s.git(".", "update-index", "--index-version", version)
	delete(s.env, "GIT_DIR")
	return s.discover("r")
}

func BenchmarkReadIndex(b *testing.B) {
	if runtime.GOOS == "windows" {
		b.Skip("the alias needs a POSIX shell")
	}
	for _, version := range []string{"2", "4"} {
		b.Run("version "+version, func(b *testing.B) {
			r := largeIndex(b, version)
			b.ReportAllocs()
			for b.Loop() {
				x, err := r.ReadIndex()
				if err != nil || len(x.Entries) != 100_001 {
					b.Fatal(err, len(x.Entries))
				}
			}
		})
	}
}

func BenchmarkParseIndex(b *testing.B) {
	r := largeIndex(b, "2")
	data, err := readString(r.IndexFile, maxIndex)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseIndex(data, r.Format); err != nil {
			b.Fatal(err)
		}
	}
}
