package gitindex

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
)

// A repo is a repository that tests make with git.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T, args ...string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git to compare with")
	}
	r := &repo{t, t.TempDir()}
	r.git(append([]string{"init", "-q"}, args...)...)
	return r
}

// git runs git, which must succeed unless the first argument is "-".
func (r *repo) git(args ...string) string {
	r.t.Helper()
	may := args[0] == "-"
	if may {
		args = args[1:]
	}
	cmd := exec.Command("git", append([]string{"-C", r.dir, "-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil && !may {
		r.t.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}

func (r *repo) write(path, text string) {
	r.t.Helper()
	full := filepath.Join(r.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) open() *Changes {
	r.t.Helper()
	found, err := gitrepo.Discover(r.dir, gitrepo.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := Open(found)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return c
}

// staged returns the paths that git says have other content in the index than in
// a commit, or the empty tree if there is none.
func (r *repo) staged(commit string) []string {
	r.t.Helper()
	out := strings.Split(r.git("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", commit), "\x00")
	paths := []string{}
	for i := 0; i+1 < len(out); i += 2 {
		f := strings.Fields(out[i]) // :oldmode newmode oldid newid status
		if f[4] != "D" && f[4] != "U" && f[1] != "160000" && f[2] != f[3] {
			paths = append(paths, out[i+1])
		}
	}
	return paths
}

// A blobs is a visitor that reads what it is given.
type blobs struct {
	t        *testing.T
	content  map[string][]string
	problems []scanner.Problem
}

func read(t *testing.T, src scanner.Source) *blobs {
	t.Helper()
	b := &blobs{t: t, content: map[string][]string{}}
	if err := src.Walk(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	return b
}

// Blob implements scanner.Visitor.
func (b *blobs) Blob(blob scanner.Blob) error {
	rc, err := blob.Open()
	if err != nil {
		b.problems = append(b.problems, scanner.Problem{Path: blob.Path, Reason: err.Error()})
		return nil
	}
	defer rc.Close()
	data, err := io.ReadAll(rc)
	if err != nil {
		b.t.Errorf("%s: %v", blob.Path, err)
	}
	b.content[blob.Path] = append(b.content[blob.Path], string(data))
	return nil
}

// Problem implements scanner.Visitor.
func (b *blobs) Problem(p scanner.Problem) error { b.problems = append(b.problems, p); return nil }

// Skip implements scanner.Visitor.
func (b *blobs) Skip(string, string) error { return nil }

// same compares the changes with what git says.
func (r *repo) same(commit string) {
	r.t.Helper()
	c := r.open()
	if diff := cmp.Diff(r.staged(commit), append([]string{}, c.Paths()...)); diff != "" {
		r.t.Errorf("staged paths differ from git's (-git +ours):\n%s", diff)
	}
	got := read(r.t, c.Staged())
	for _, path := range c.Paths() {
		if want := r.git("cat-file", "blob", ":"+path); !slices.Equal(got.content[path], []string{want}) || string(c.ReadStaged(path, 1<<20)) != want {
			r.t.Errorf("%s is not read as git has it", path)
		}
	}
	if len(got.problems) > 0 {
		r.t.Errorf("problems: %v", got.problems)
	}
	r.sameBefore(c, commit)
}

// sameBefore compares what was there before with what git says.
func (r *repo) sameBefore(c *Changes, commit string) {
	r.t.Helper()
	want := map[string]string{}
	out := strings.Split(r.git("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", commit), "\x00")
	for i := 0; i+1 < len(out); i += 2 {
		f := strings.Fields(out[i])
		if f[4] != "A" && f[4] != "U" && f[0] != ":160000" && f[2] != f[3] {
			want[out[i+1]] = r.git("cat-file", "blob", f[2])
		}
	}
	got := map[string]string{}
	for path, texts := range read(r.t, c.Before()).content {
		got[path] = texts[0]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("before differs from git's (-git +ours):\n%s", diff)
	}
}

// TestAgainstGit stages changes at random, the same ones on each run, and
// compares each step with git diff-index.
func TestAgainstGit(t *testing.T) {
	for name, set := range map[string]func(r *repo){
		"plain":     func(*repo) {},
		"version 4": func(r *repo) { r.git("config", "index.version", "4") },
		"split":     func(r *repo) { r.git("update-index", "--split-index") },
		"skip hash": func(r *repo) { r.git("config", "index.skipHash", "true") },
		"sparse": func(r *repo) {
			r.git("config", "index.sparse", "true")
			r.git("sparse-checkout", "set", "--cone", "--sparse-index", "--skip-checks", "a", "b")
		},
		"packed": func(r *repo) { r.git("gc", "-q") },
	} {
		for _, format := range []string{"sha1", "sha256"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				r := newRepo(t, "--object-format="+format)
				random := rand.New(rand.NewPCG(7, uint64(len(name))))
				r.change(random, 60)
				r.git("add", "-A")
				r.git("commit", "-qm", "first")
				set(r)
				for step := range 12 {
					r.change(random, 4)
					r.git("add", "-A", "--sparse")
					r.same("HEAD")
					if step%3 == 1 {
						r.git("commit", "-qm", "more", "--allow-empty")
						r.same("HEAD")
					}
					if t.Failed() {
						t.Fatalf("step %d", step)
					}
				}
			})
		}
	}
}

// git leaves a sparse directory beside a file that update-index puts into it.
func TestFileBesideSparseDirectory(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write("a/x", "x")
	r.write("b/y", "y")
	r.write("new", "new")
	r.git("add", "a", "b")
	r.git("commit", "-qm", "first")
	r.git("sparse-checkout", "set", "--cone", "--sparse-index", "a")
	id := strings.TrimSpace(r.git("hash-object", "-w", "new"))
	r.git("update-index", "--add", "--cacheinfo", "100644,"+id+",b/k")
	if got := r.open().Paths(); !slices.Equal(got, []string{"b/k"}) {
		t.Errorf("staged are %v, want b/k alone", got)
	}
}

// change writes, renames and removes files.
func (r *repo) change(random *rand.Rand, n int) {
	names := []string{"a", "b", "c", "a.b", "a-b", "é", "x y"}
	for i := range n {
		parts := make([]string, 1+random.IntN(4))
		for i := range parts {
			parts[i] = names[random.IntN(len(names))]
		}
		path := strings.Join(parts, "/")
		full := filepath.Join(r.dir, path)
		if info, err := os.Lstat(full); err == nil && (info.IsDir() || random.IntN(3) == 0) {
			os.RemoveAll(full)
			if random.IntN(2) == 0 {
				continue
			}
		}
		if os.MkdirAll(filepath.Dir(full), 0o755) != nil {
			continue // a file is in the way
		}
		switch random.IntN(6) {
		case 0:
			os.Remove(full)
			os.Symlink(fmt.Sprint("to", i), full)
		default:
			os.WriteFile(full, []byte(fmt.Sprint(path, random.Int())), 0o644)
		}
	}
}

func TestFirstCommit(t *testing.T) {
	r := newRepo(t)
	r.write("a/b", "text")
	r.write("c", "more")
	r.git("add", "a")
	c := r.open()
	if got := c.Paths(); !slices.Equal(got, []string{"a/b"}) || c.Head() != "" {
		t.Errorf("staged %q on %q", got, c.Head())
	}
	if got := read(t, c.Before()); len(got.content) != 0 {
		t.Errorf("before the first commit there was %v", got.content)
	}
}

// TestMerge merges two branches: what one of them has is not new, what the merge
// itself brings in is.
func TestMerge(t *testing.T) {
	r := newRepo(t, "-b", "main")
	r.write("both", "1\n")
	r.write("d/kept", "k")
	r.git("add", ".")
	r.git("commit", "-qm", "first")
	r.git("checkout", "-qb", "side")
	r.write("both", "2\n")
	r.write("side/new", "s")
	r.git("add", ".")
	r.git("commit", "-qm", "side")
	r.git("checkout", "-q", "main")
	r.write("both", "3\n")
	r.git("commit", "-qam", "main")
	r.git("-", "merge", "-q", "side")
	c := r.open()
	problems := read(t, c.Staged()).problems
	if !c.Unclear() || len(problems) != 1 || problems[0].Path != "both" || !strings.Contains(problems[0].Reason, "conflict") {
		t.Errorf("a conflict: %v", problems)
	}
	r.write("both", "neither\n")
	r.write("evil", "of the merge alone")
	r.git("add", ".")
	c = r.open()
	if got := c.Paths(); !slices.Equal(got, []string{"both", "evil"}) {
		t.Errorf("the merge brings in %q", got)
	}
	if got := read(t, c.Before()).content["both"]; !slices.Equal(got, []string{"3\n", "2\n"}) {
		t.Errorf("the parents have %q", got)
	}
	if got := string(c.ReadBefore("both", 100)); got != "3\n" {
		t.Errorf("the first parent has %q", got)
	}
}

func TestNotContent(t *testing.T) {
	r := newRepo(t)
	r.write("script", "#!/bin/sh\n")
	r.write("later", "")
	r.git("add", "script")
	r.git("commit", "-qm", "first")
	r.git("update-index", "--chmod=+x", "script")
	r.git("add", "-N", "later")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",module")
	c := r.open()
	if c.Len() != 0 || c.Submodules() != 1 || c.Unclear() {
		t.Errorf("%q are staged, %d submodules, unclear %v", c.Paths(), c.Submodules(), c.Unclear())
	}
}

// TestDamage removes objects: what cannot be read is a problem, and what cannot
// be compared with counts as new.
func TestDamage(t *testing.T) {
	r := newRepo(t)
	r.write("d/a", "1")
	r.write("d/b", "2")
	r.git("add", ".")
	r.git("commit", "-qm", "first")
	r.write("d/a", "3")
	r.git("add", ".")
	remove := func(name string) {
		id := strings.TrimSpace(r.git("rev-parse", name))
		if err := os.Remove(filepath.Join(r.dir, ".git/objects", id[:2], id[2:])); err != nil {
			t.Fatal(err)
		}
	}
	remove(":d/a")
	if got := read(t, r.open().Staged()).problems; len(got) != 1 || got[0].Path != "d/a" {
		t.Errorf("a missing blob: %v", got)
	}
	remove("HEAD:d")
	c := r.open()
	if got := c.Paths(); !slices.Equal(got, []string{"d/a", "d/b"}) || !c.Unclear() {
		t.Errorf("without the tree %q are new, unclear %v", got, c.Unclear())
	}
	remove("HEAD")
	if c := r.open(); c.Len() != 2 || len(read(t, c.Staged()).problems) < 2 {
		t.Errorf("without the commit %q are new", c.Paths())
	}
}

// FuzzTree parses damaged trees.
func FuzzTree(f *testing.F) {
	entry := func(mode, name string) []byte {
		return append([]byte(mode+" "+name+"\x00"), strings.Repeat("x", 20)...)
	}
	f.Add(entry("100644", "a"))
	f.Add(append(entry("40000", "a"), entry("160000", "b")...))
	f.Add([]byte("100644 a\x00short"))
	f.Add([]byte("9 \x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, whole := parseTree(data, 20)
		size := 0
		for name := range entries {
			size += len(name) + 20 + 3
		}
		if size > len(data) || whole && len(data) > 0 && len(entries) == 0 {
			t.Errorf("%d entries from %d bytes, whole %v", len(entries), len(data), whole)
		}
	})
}
