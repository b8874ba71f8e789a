package worktree

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
)

// A sandbox is a directory with a home of its own, in which git runs apart
// from the user's configuration.
type sandbox struct {
	t   testing.TB
	dir string // without symbolic links
	env map[string]string
}

func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &sandbox{t: t, dir: dir, env: map[string]string{
		"HOME":                    filepath.Join(dir, "home"),
		"GIT_CONFIG_NOSYSTEM":     "1",
		"GIT_CEILING_DIRECTORIES": dir,
	}}
	s.write("home/.gitconfig", "[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n[core]\nfsync = none\n[protocol \"file\"]\nallow = always\n")
	return s
}

func (s *sandbox) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// write makes a file and the directories above it.
func (s *sandbox) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// files makes files with some content.
func (s *sandbox) files(names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.write(name, "content of "+name+"\n")
	}
}

// symlink makes a symbolic link, or skips the test where that is impossible.
func (s *sandbox) symlink(target, name string) {
	s.t.Helper()
	if err := os.Symlink(filepath.FromSlash(target), s.path(name)); err != nil {
		s.t.Skip("no symbolic links here:", err)
	}
}

// git runs git in a directory of the sandbox and returns its output.
func (s *sandbox) git(dir string, args ...string) string {
	s.t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		s.t.Skip("git is not installed: no repositories to walk")
	}
	cmd := exec.Command("git", args...)
	cmd.Dir = s.path(dir)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LC_ALL=C"}
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// repo makes a repository with some files, committed.
func (s *sandbox) repo(dir string, names ...string) {
	s.t.Helper()
	s.git(".", "init", "-q", dir)
	for _, name := range names {
		s.files(dir + "/" + name)
	}
	s.commit(dir)
}

// commit commits what there is, ignored files excepted.
func (s *sandbox) commit(dir string) {
	s.t.Helper()
	s.git(dir, "add", "-A")
	s.git(dir, "commit", "-q", "--allow-empty", "-m", "commit")
}

func (s *sandbox) options() Options {
	return Options{Git: gitrepo.Options{Getenv: func(name string) string { return s.env[name] }}}
}

// open lists paths of the sandbox.
func (s *sandbox) open(o Options, paths ...string) *Tree {
	s.t.Helper()
	for i := range paths {
		paths[i] = s.path(paths[i])
	}
	t, err := Open(s.t.Context(), paths, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// A record is what a walk has yielded.
type record struct {
	blobs    []string
	skips    []string // path and reason
	problems []string // path and reason
	opened   []scanner.Blob
}

func (r *record) Blob(b scanner.Blob) error {
	r.blobs = append(r.blobs, b.Path)
	r.opened = append(r.opened, b)
	return nil
}

func (r *record) Problem(p scanner.Problem) error {
	r.problems = append(r.problems, p.Path+": "+p.Reason)
	return nil
}

func (r *record) Skip(path, reason string) error {
	r.skips = append(r.skips, path+": "+reason)
	return nil
}

// walk records a walk, and sees that the tree counts its blobs.
func walk(t testing.TB, tree *Tree) *record {
	t.Helper()
	var r record
	if err := tree.Walk(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.blobs) != tree.Len() {
		t.Errorf("the tree counts %d files and yields %d", tree.Len(), len(r.blobs))
	}
	if !slices.IsSorted(r.blobs) {
		t.Errorf("not sorted: %q", r.blobs)
	}
	return &r
}

// want compares lists.
func want(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
