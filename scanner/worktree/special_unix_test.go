//go:build unix

package worktree

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// shortSandbox is a sandbox whose paths are short enough for a socket.
func shortSandbox(t *testing.T) *sandbox {
	s := newSandbox(t)
	dir, err := os.MkdirTemp("", "wt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if s.dir, err = filepath.EvalSymlinks(dir); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sandbox) fifo(name string) {
	s.t.Helper()
	if err := syscall.Mkfifo(s.path(name), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// TestSpecialFiles ends only if nothing blocks.
func TestSpecialFiles(t *testing.T) {
	s := shortSandbox(t)
	s.files("d/a")
	s.fifo("d/fifo")
	s.fifo("d/.gitignore")
	s.fifo("d/.keylintignore")
	s.fifo("d/.env")
	l, err := net.Listen("unix", s.path("d/sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := walk(t, s.open(s.options(), "d"))
	want(t, "files", r.blobs, "a")
	want(t, "skipped", r.skips, ".env: special", ".gitignore: special", ".keylintignore: special", "fifo: special", "sock: special")
	want(t, "skipped by name", walk(t, s.open(s.options(), "d/fifo", "d/sock")).skips, "fifo: special", "sock: special")
	want(t, "devices", walk(t, s.open(s.options(), "../../../../../../../../dev/null")).skips, "null: special")
}

// TestSpecialFilesInGit ends only if nothing blocks on a repository of FIFOs.
func TestSpecialFilesInGit(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a")
	s.files("r/x/b", "r/y/c", "r/z/d")
	s.fifo("r/x/.git")
	s.repo("r/y")
	for _, name := range []string{"r/y/.git/config", "r/y/.git/HEAD", "r/.git/info/exclude"} {
		if err := os.Remove(s.path(name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		s.fifo(name)
	}
	r := walk(t, s.open(s.options(), "r"))
	want(t, "files", r.blobs, "a", "x/b", "y/c", "z/d")
	want(t, "problems", r.problems)
}

// TestSwappedForFIFO opens a file that became a FIFO after it was listed.
func TestSwappedForFIFO(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a")
	r := walk(t, s.open(s.options(), "d"))
	if err := os.Remove(s.path("d/a")); err != nil {
		t.Fatal(err)
	}
	s.fifo("d/a")
	if f, err := r.opened[0].Open(); err == nil {
		f.Close()
		t.Error("a FIFO was opened")
	} else if !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got error %v", err)
	}
}

func TestSymlinks(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", "dir/b")
	s.files("outside/secret", "outside/dir/x")
	s.symlink("../outside/secret", "r/out")
	s.symlink("../outside/dir", "r/outdir")
	s.symlink("a", "r/in")
	s.symlink("nowhere", "r/dangling")
	s.symlink(".", "r/loop")
	s.symlink("a", "r/ignored.lnk")
	s.write("r/.gitignore", "*.lnk\n")
	r := walk(t, s.open(s.options(), "r"))
	want(t, "files", r.blobs, ".gitignore", "a", "dir/b")
	want(t, "skipped", r.skips, "dangling: symlink", "in: symlink", "loop: symlink", "out: symlink", "outdir: symlink")

	// A link that the user names is resolved.
	s.symlink("r/dir", "link")
	tree := s.open(s.options(), "link")
	want(t, "files behind a link", walk(t, tree).blobs, "b")
	if tree.Root() != s.path("r/dir") {
		t.Errorf("got root %s", tree.Root())
	}
	want(t, "the file behind a link", walk(t, s.open(s.options(), "r/in")).blobs, "a")
}

// TestUnknownTypes sees that a file system without types in its directories is
// understood.
func TestUnknownTypes(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a", "d/sub/b")
	s.fifo("d/fifo")
	o := s.options()
	o.fs.readDir = func(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }
	r := walk(t, s.open(o, "d"))
	want(t, "files", r.blobs, "a", "sub/b")
	want(t, "skipped", r.skips, "fifo: special")
}
