package gitrepo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: no repositories to read")
	}
	dir := resolve(t.TempDir())
	s := &sandbox{t: t, dir: dir, env: map[string]string{
		"HOME":                filepath.Join(dir, "home"),
		"GIT_CONFIG_NOSYSTEM": "1",
	}}
	s.write("home/.gitconfig", "[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n[core]\nfsync = none\n[protocol \"file\"]\nallow = always\n")
	return s
}

// options make this package see what git sees.
func (s *sandbox) options() Options {
	return Options{Getenv: func(name string) string { return s.env[name] }}
}

func (s *sandbox) path(name string) string {
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

func (s *sandbox) write(name, text string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// git runs git in a directory of the sandbox and returns its output.
func (s *sandbox) git(dir string, args ...string) string {
	s.t.Helper()
	out, err := s.tryGit(dir, args...)
	if err != nil {
		s.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// command returns a command that runs git in a directory of the sandbox.
func (s *sandbox) command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = s.path(dir)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "LC_ALL=C"}
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

func (s *sandbox) tryGit(dir string, args ...string) (string, error) {
	cmd := s.command(dir, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return stderr.String(), err
	}
	return string(out), nil
}

// init makes a repository and returns its directory.
func (s *sandbox) init(dir string, args ...string) string {
	s.t.Helper()
	s.git(".", append([]string{"init", "-q", dir}, args...)...)
	return dir
}

// commit adds files, given by name, and commits them.
func (s *sandbox) commit(dir string, names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.write(dir+"/"+name, "content of "+name+"\n")
	}
	s.git(dir, "add", "-A")
	s.git(dir, "commit", "-q", "-m", "commit")
}

func (s *sandbox) discover(dir string) *Repo {
	s.t.Helper()
	r, err := Discover(s.path(dir), s.options())
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}
