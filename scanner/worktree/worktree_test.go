package worktree

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agcloud/keylint/scanner"
)

var _ scanner.Source = (*Tree)(nil)

func TestWithoutGit(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a", "d/.hidden", "d/sub/b", "d/.git/config", "d/sub/.git", "d/.gitignore", "d/node_modules/x", "d/.env")
	s.write("d/.gitignore", "*\n") // means nothing without git
	tree := s.open(s.options(), "d")
	want(t, "files", walk(t, tree).blobs, ".env", ".gitignore", ".hidden", "a", "node_modules/x", "sub/b")
	want(t, "ignored .env files", tree.IgnoredEnv())
	if tree.Repo() != nil || tree.Root() != s.path("d") {
		t.Errorf("got repository %v, root %s", tree.Repo(), tree.Root())
	}
}

func TestBlobs(t *testing.T) {
	s := newSandbox(t)
	s.write("d/sub/a", "text")
	r := walk(t, s.open(s.options(), "d"))
	if len(r.opened) != 1 {
		t.Fatalf("got %d blobs", len(r.opened))
	}
	b := r.opened[0]
	if b.Path != "sub/a" || b.Source != "worktree" || b.Size != -1 {
		t.Errorf("got %+v", b)
	}
	f, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "text" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestRoot sees what paths are relative to.
func TestRoot(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", "sub/b", "sub/deep/c")
	s.files("plain/x/1", "plain/y/2", "plain/3")
	for _, c := range []struct{ paths, root, files string }{
		{"r", "r", "a sub/b sub/deep/c"},
		{"r/sub", "r/sub", "b deep/c"},
		{"r/sub/b", "r", "sub/b"},
		{"r/sub/deep r/a", "r", "a sub/deep/c"},
		{"r/sub r/sub/deep r/sub/b", "r", "sub/b sub/deep/c"},
		{"plain/x", "plain/x", "1"},
		{"plain/x/1", "plain/x", "1"},
		{"plain/x plain/y", "plain", "x/1 y/2"},
		{"plain/y plain/3 plain/x/1 plain/3", "plain", "3 x/1 y/2"},
		{"plain/x r/sub/deep", ".", "plain/x/1 r/sub/deep/c"},
	} {
		tree := s.open(s.options(), strings.Fields(c.paths)...)
		want(t, c.paths, walk(t, tree).blobs, strings.Fields(c.files)...)
		if tree.Root() != s.path(c.root) {
			t.Errorf("%s: got root %s", c.paths, tree.Root())
		}
		inRepo := strings.HasPrefix(c.root, "r")
		if (tree.Repo() != nil) != inRepo {
			t.Errorf("%s: got repository %v", c.paths, tree.Repo())
		}
	}
}

func TestCurrentDirectory(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a")
	t.Chdir(s.path("d"))
	for _, paths := range [][]string{nil, {"."}, {"a"}, {"./a", "../d"}} {
		tree, err := Open(t.Context(), paths, s.options())
		if err != nil {
			t.Fatal(err)
		}
		want(t, strings.Join(paths, " "), walk(t, tree).blobs, "a")
	}
}

// TestNamedPathsBeatGit sees that git's rules do not keep out what the user
// names.
func TestNamedPathsBeatGit(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", "build/tracked")
	s.write("r/.gitignore", "build/\n.env\n*.log\n")
	s.files("r/.env", "r/build/x", "r/build/y.log", "r/build/sub/z", "r/sub/.env")
	for paths, files := range map[string]string{
		"r/.env":          ".env",
		"r/.env r/a":      ".env a",
		"r/build":         "sub/z tracked x y.log",
		"r/build/sub":     "z",
		"r/build/x":       "build/x",
		"r/sub":           "",
		"r r/build/sub":   ".gitignore a build/sub/z build/tracked",
		"r r/sub/.env":    ".gitignore a build/tracked sub/.env",
		"r/build r/build": "build/sub/z build/tracked build/x build/y.log",
	} {
		want(t, paths, walk(t, s.open(s.options(), strings.Fields(paths)...)).blobs, strings.Fields(files)...)
	}
}

func TestIncludeIgnored(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a")
	s.write("r/.gitignore", "node_modules/\n.env\n")
	s.files("r/.env", "r/node_modules/m/deep/er/x", "r/node_modules/.env")
	o := s.options()
	o.IncludeIgnored = true
	tree := s.open(o, "r")
	want(t, "files", walk(t, tree).blobs, ".env", ".gitignore", "a", "node_modules/.env", "node_modules/m/deep/er/x")
	want(t, "ignored .env files", tree.IgnoredEnv(), s.path("r/.env"))
}

func TestPathErrors(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a")
	for _, paths := range [][]string{{s.path("none")}, {s.path("d"), s.path("d/none")}, {s.path("d/a/b")}, {""}} {
		_, err := Open(t.Context(), paths, s.options())
		var pathErr *PathError
		if !errors.As(err, &pathErr) || !strings.Contains(err.Error(), "check the spelling") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got error %v", paths, err)
		}
	}
	_, err := Open(t.Context(), []string{s.path("none")}, s.options())
	if !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), "none") != 1 {
		t.Errorf("got error %v", err)
	}
	o := s.options()
	o.ExcludeDir = s.path("d/a")
	if _, err := Open(t.Context(), []string{s.path("d")}, o); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("got error %v", err)
	}
}

func TestCancel(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a", "d/b")
	ctx, cancel := context.WithCancel(t.Context())
	tree := s.open(s.options(), "d")
	cancel()
	if _, err := Open(ctx, []string{s.path("d")}, s.options()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: got error %v", err)
	}
	if err := tree.Walk(ctx, &record{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Walk: got error %v", err)
	}
}

// A failing visitor fails on its first blob.
type failing struct{ record }

var errVisitor = errors.New("visitor")

func (f *failing) Blob(scanner.Blob) error { return errVisitor }

func TestVisitorError(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a")
	if err := s.open(s.options(), "d").Walk(t.Context(), &failing{}); err != errVisitor {
		t.Errorf("got error %v", err)
	}
}

// TestOpenErrors sees that what has become of a file since it was listed is
// told with a next step.
func TestOpenErrors(t *testing.T) {
	s := newSandbox(t)
	s.files("d/dir", "d/gone", "d/link", "elsewhere")
	r := walk(t, s.open(s.options(), "d"))
	for _, name := range []string{"d/dir", "d/gone", "d/link"} {
		if err := os.Remove(s.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(s.path("d/dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.symlink("../elsewhere", "d/link")
	for _, b := range r.opened {
		if f, err := b.Open(); err == nil {
			f.Close()
			t.Errorf("%s was opened", b.Path)
		} else if !strings.Contains(err.Error(), "scan again") || strings.Contains(err.Error(), s.dir) {
			t.Errorf("%s: got error %v", b.Path, err)
		}
	}
}

func TestUnreadableDirectory(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a", "d/bad/x", "d/c")
	o := s.options()
	o.fs.readDir = func(path string) ([]fs.DirEntry, error) {
		entries, err := os.ReadDir(native(path))
		if filepath.Base(path) == "bad" {
			err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
		}
		return entries, err
	}
	r := walk(t, s.open(o, "d"))
	want(t, "files", r.blobs, "a", "bad/x", "c") // what was read before the error counts
	want(t, "problems", r.problems, "bad: cannot be listed: permission denied: make it readable, or leave it out with a line in .keylintignore")
}

// TestPermissions is TestUnreadableDirectory with the real file system.
func TestPermissions(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("permissions do not bind this user")
	}
	s := newSandbox(t)
	s.files("d/a", "d/bad/x", "d/secret")
	for name, mode := range map[string]fs.FileMode{"d/bad": 0, "d/secret": 0} {
		if err := os.Chmod(s.path(name), mode); err != nil {
			t.Fatal(err)
		}
	}
	defer os.Chmod(s.path("d/bad"), 0o755)
	r := walk(t, s.open(s.options(), "d"))
	want(t, "files", r.blobs, "a", "secret")
	if len(r.problems) != 1 || !strings.HasPrefix(r.problems[0], "bad: cannot be listed: permission denied") {
		t.Errorf("got problems %q", r.problems)
	}
	if _, err := r.opened[1].Open(); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "make it readable") {
		t.Errorf("got error %v", err)
	}
}

// TestBrokenRepositories sees that more is scanned rather than less, and that
// it is said.
func TestBrokenRepositories(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", "b.log")
	s.repo("r/inner", "c")
	s.write("r/.gitignore", "*.log\n")
	s.files("r/inner/d.log")
	s.write("r/inner/.gitignore", "*.log\n")
	s.write("r/inner/.git/config", "[core\n")
	s.write("r/.git/index", "DIRC")
	r := walk(t, s.open(s.options(), "r"))
	want(t, "files", r.blobs, ".gitignore", "a", "inner/.gitignore", "inner/c", "inner/d.log")
	if len(r.problems) != 2 || !strings.Contains(r.problems[0], "git reset") || !strings.HasPrefix(r.problems[1], "inner: ") {
		t.Errorf("got problems %q", r.problems)
	}
	r = walk(t, s.open(s.options(), "r/inner", "r/inner/c"))
	want(t, "files of the inner one", r.blobs, ".gitignore", "c", "d.log")
	if len(r.problems) != 1 || !strings.Contains(r.problems[0], "config:1") {
		t.Errorf("got problems %q", r.problems)
	}
}

func TestOversizedRules(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a")
	s.write("r/.gitignore", "x\n"+strings.Repeat("#", 9<<20))
	s.files("r/x")
	r := walk(t, s.open(s.options(), "r"))
	want(t, "files", r.blobs, ".gitignore", "a", "x")
	if len(r.problems) != 1 || !strings.HasPrefix(r.problems[0], ".gitignore: cannot read ignore rules") {
		t.Errorf("got problems %q", r.problems)
	}
}

func TestJobsDoNotMatter(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "top")
	var names []string
	for _, a := range "abcdefgh" {
		for _, b := range "abcdefgh" {
			names = append(names, "r/"+string(a)+"/"+string(b)+"/f", "r/"+string(a)+"/x.log")
		}
	}
	s.files(names...)
	s.write("r/.gitignore", "*.log\n")
	var first []string
	for _, jobs := range []int{1, 2, 7, 32} {
		o := s.options()
		o.Jobs = jobs
		got := walk(t, s.open(o, "r")).blobs
		if first == nil {
			first = got
		}
		want(t, "files", got, first...)
	}
}
