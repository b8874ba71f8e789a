package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gitSays returns the layout as git sees it from a directory.
func gitSays(s *sandbox, dir string) (workTree, gitDir, commonDir string) {
	out, err := s.tryGit(dir, "rev-parse", "--show-toplevel")
	if err == nil {
		workTree = strings.TrimSpace(out)
	}
	abs := func(flag string) string {
		path := filepath.FromSlash(strings.TrimSpace(s.git(dir, "rev-parse", flag)))
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.path(dir), path)
		}
		return resolve(path)
	}
	return filepath.FromSlash(workTree), abs("--git-dir"), abs("--git-common-dir")
}

// layouts returns directories of a sandbox that hold repositories of every
// kind.
func layouts(s *sandbox) []string {
	s.init("plain")
	s.commit("plain", "a", "sub/dir/b")
	s.git("plain", "worktree", "add", "-q", "../linked")
	s.git("plain", "clone", "-q", "--bare", ".", "../bare.git")
	s.git("bare.git", "worktree", "add", "-q", "../from-bare")
	s.init("super")
	s.git("super", "submodule", "-q", "add", s.path("plain"), "mods/plain")
	s.commit("super", "a")
	s.git("super", "worktree", "add", "-q", "../super-linked")
	s.init("moved", "--separate-git-dir", s.path("elsewhere"))
	s.init("away")
	s.git("away", "config", "core.worktree", "../../plain")
	s.init("plain/nested")
	if err := os.Mkdir(s.path("plain/sub/.git"), 0o755); err != nil { // no repository
		s.t.Fatal(err)
	}
	s.init("own-config")
	s.git("own-config", "config", "extensions.worktreeConfig", "true")
	s.git("own-config", "config", "--worktree", "core.bare", "true")
	return []string{
		"plain", "plain/sub", "plain/sub/dir", "linked", "linked/sub", "bare.git", "bare.git/refs", "from-bare", "super", "super/mods/plain",
		"super/mods/plain/sub", "super-linked", "moved", "away", "plain/nested", "own-config", "plain/.git", "plain/.git/hooks",
	}
}

func TestDiscoverAgainstGit(t *testing.T) {
	s := newSandbox(t)
	for _, dir := range layouts(s) {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
		r := s.discover(dir)
		workTree, gitDir, commonDir := gitSays(s, dir)
		if r.WorkTree != workTree || resolve(r.GitDir) != gitDir || resolve(r.CommonDir) != commonDir {
			t.Errorf("%s: got %q, %q, %q\ngit says %q, %q, %q", dir, r.WorkTree, r.GitDir, r.CommonDir, workTree, gitDir, commonDir)
		}
		head, err := r.Head()
		want, gitErr := s.tryGit(dir, "rev-parse", "--verify", "-q", "HEAD")
		if gitErr != nil {
			want = ""
		}
		if err != nil || head != strings.TrimSpace(want) {
			t.Errorf("%s: HEAD: got %q, %v, git says %q", dir, head, err, want)
		}
	}
}

func TestDiscoverFromFileAndSymlink(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a/b")
	if err := os.Symlink(s.path("r/a"), s.path("link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	for _, from := range []string{"r/a/b", "link", "link/b"} {
		if r := s.discover(from); r.WorkTree != s.path("r") {
			t.Errorf("%s: got %s", from, r.WorkTree)
		}
	}
}

func TestNotFound(t *testing.T) {
	s := newSandbox(t)
	s.env["GIT_CEILING_DIRECTORIES"] = s.dir
	s.write("none/file", "")
	s.write("dangling/.git", "gitdir: ../gone\n")
	s.write("garbage/.git", "what is this")
	s.write("fake/.git/HEAD", "ref: refs/heads/main\n")
	for _, dir := range []string{"none", "dangling", "garbage", "fake", "none/file"} {
		if _, err := Discover(s.path(dir), s.options()); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got error %v", dir, err)
		}
	}
	if _, err := Discover(s.path("missing"), s.options()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: got error %v", err)
	}
	s.init("r")
	s.write("r/sub/file", "")
	if _, err := Open(s.path("r/sub"), s.options()); !errors.Is(err, ErrNotFound) {
		t.Errorf("Open looks upwards: got error %v", err)
	}
	s.env["GIT_CEILING_DIRECTORIES"] = s.path("r")
	if _, err := Discover(s.path("r/sub"), s.options()); !errors.Is(err, ErrNotFound) {
		t.Errorf("ceiling: got error %v", err)
	}
	if _, err := Discover(s.path("r"), s.options()); err != nil {
		t.Errorf("a ceiling does not count where discovery begins: got error %v", err)
	}
}

func TestBrokenConfiguration(t *testing.T) {
	for name, text := range map[string]string{
		"syntax":  "[core\n",
		"boolean": "[core]\nbare = maybe\n",
		"format":  "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = sha3\n",
	} {
		s := newSandbox(t)
		s.init("r")
		s.write("r/.git/config", text)
		_, err := Discover(s.path("r"), s.options())
		if err == nil || errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "config:") {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestGitDirEnvironment(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	o := s.options()
	o.GitDirEnv = true
	s.env["GIT_DIR"] = s.path("r/.git")
	s.env["GIT_WORK_TREE"] = s.path("home")
	s.env["GIT_INDEX_FILE"] = s.path("r/.git/next-index.lock")
	r, err := Discover(s.dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.GitDir != s.path("r/.git") || r.WorkTree != s.path("home") || r.IndexFile != s.path("r/.git/next-index.lock") {
		t.Errorf("got %+v", r)
	}
	delete(s.env, "GIT_WORK_TREE")
	t.Chdir(s.path("home"))
	if r, err := Discover(s.dir, o); err != nil || r.WorkTree != s.path("home") {
		t.Errorf("the working tree is not the current directory: %+v, %v", r, err)
	}
	s.env["GIT_DIR"] = s.path("home")
	if _, err := Discover(s.dir, o); !errors.Is(err, ErrNotFound) {
		t.Errorf("got error %v", err)
	}
	if _, err := Discover(s.path("r"), s.options()); err != nil {
		t.Errorf("the environment is honoured without being asked to: %v", err)
	}
}

func TestHead(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	check := func(what string) {
		t.Helper()
		want, err := s.tryGit("r", "rev-parse", "--verify", "-q", "HEAD")
		if err != nil {
			want = ""
		}
		if got, err := s.discover("r").Head(); err != nil || got != strings.TrimSpace(want) {
			t.Errorf("%s: got %q, %v, want %q", what, got, err, want)
		}
	}
	check("unborn")
	s.commit("r", "a")
	check("loose")
	s.git("r", "tag", "-m", "tag", "v1")
	s.git("r", "pack-refs", "--all")
	check("packed")
	s.git("r", "checkout", "-q", "--detach")
	check("detached")
	s.git("r", "symbolic-ref", "refs/heads/alias", "refs/heads/main")
	s.git("r", "symbolic-ref", "HEAD", "refs/heads/alias")
	check("alias")
	for text, part := range map[string]string{
		"ref: refs/heads/a":       "cycle",
		"ref: refs/../../secrets": "no reference",
	} {
		s.write("r/.git/refs/heads/a", "ref: refs/heads/a")
		s.write("r/.git/HEAD", text)
		if _, err := s.discover("r").Head(); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: got error %v", text, err)
		}
	}
}

func TestHeadOfUnknownStorage(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.git("r", "config", "extensions.refStorage", "postgres://here")
	r := s.discover("r")
	if _, err := r.Head(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got error %v", err)
	}
	if refs, problems := r.Refs(); len(refs) > 0 || len(problems) != 1 || !errors.Is(problems[0], errors.ErrUnsupported) {
		t.Errorf("got references %v, problems %v", refs, problems)
	}
	for _, err := range r.Reflogs() {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("reflogs: got error %v", err)
		}
	}
}
