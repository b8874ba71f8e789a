package gitignore

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A gitTree is a repository on disk whose patterns can be exchanged.
type gitTree struct {
	t       testing.TB
	root    string
	global  string // core.excludesFile
	paths   []question
	written []string // files of patterns of the current set
}

// A question is a path to ask about.
type question struct {
	path  string
	isDir bool
}

// A patternSet is what a repository ignores, by file: "info/exclude",
// "excludesFile", or the path of a .gitignore.
type patternSet struct {
	name  string
	files map[string]string
	fold  bool
}

func newGitTree(t testing.TB, paths []string) *gitTree {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: nothing to compare with")
	}
	base := t.TempDir()
	g := &gitTree{t: t, root: filepath.Join(base, "repo"), global: filepath.Join(base, "global")}
	g.git(nil, "init", "-q", g.root)
	g.git(nil, "-C", g.root, "config", "core.excludesFile", g.global)
	if err := os.MkdirAll(filepath.Join(g.root, ".git", "info"), 0o755); err != nil {
		t.Fatal(err) // git may have been built without templates
	}
	seen := make(map[string]bool)
	for _, p := range paths {
		g.create(p, seen)
	}
	return g
}

// create makes a file, or a directory if the path ends in a slash, and the
// directories above it.
func (g *gitTree) create(path string, seen map[string]bool) {
	name, isDir := strings.CutSuffix(path, "/")
	if seen[name] {
		return
	}
	seen[name] = true
	if dir, _ := cutLast(name); dir != "" {
		g.create(dir+"/", seen)
	}
	full := filepath.Join(g.root, filepath.FromSlash(name))
	var err error
	if isDir {
		err = os.Mkdir(full, 0o755)
	} else {
		err = os.WriteFile(full, nil, 0o644)
	}
	if err != nil {
		g.t.Fatalf("creating %q: %v", path, err)
	}
	g.paths = append(g.paths, question{name, isDir})
}

// use replaces the patterns of the tree.
func (g *gitTree) use(s patternSet) {
	for _, old := range g.written {
		if err := os.Remove(old); err != nil {
			g.t.Fatal(err)
		}
	}
	g.written = g.written[:0]
	for name, text := range s.files {
		full := g.file(name)
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			g.t.Fatal(err)
		}
		g.written = append(g.written, full)
	}
}

func (g *gitTree) file(name string) string {
	switch name {
	case "info/exclude":
		return filepath.Join(g.root, ".git", "info", "exclude")
	case "excludesFile":
		return g.global
	}
	return filepath.Join(g.root, filepath.FromSlash(name))
}

// checkIgnore asks git about all paths of the tree.
func (g *gitTree) checkIgnore(fold bool) []Result {
	var in bytes.Buffer
	for _, q := range g.paths {
		in.WriteString(q.path + "\x00")
	}
	out := g.git(&in, "-C", g.root, "-c", "core.ignoreCase="+strconv.FormatBool(fold),
		"check-ignore", "--no-index", "--stdin", "-z", "-v", "-n")
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	if len(fields) != 4*len(g.paths) {
		g.t.Fatalf("git answered with %d fields to %d questions", len(fields), len(g.paths))
	}
	results := make([]Result, len(g.paths))
	for i := range results {
		f := fields[4*i : 4*i+4]
		if f[3] != g.paths[i].path {
			g.t.Fatalf("git answered on %q, not on %q", f[3], g.paths[i].path)
		}
		if f[0] == "" {
			continue
		}
		line, _ := strconv.Atoi(f[1])
		negated := strings.HasPrefix(f[2], "!")
		results[i] = Result{Matched: true, Ignored: !negated, Negated: negated, Pattern: f[2], Source: f[0], Line: line}
	}
	return results
}

// ours answers the same questions with a Checker.
func (g *gitTree) ours(s patternSet) []Result {
	parse := func(name, source string) *Patterns {
		return Parse([]byte(s.files[name]), ParseOptions{Source: source, IgnoreCase: s.fold})
	}
	var base *Matcher
	base = base.Push("", parse("excludesFile", g.global))
	base = base.Push("", parse("info/exclude", ".git/info/exclude"))
	c := NewChecker(base, func(dir string) (*Patterns, error) {
		name := strings.TrimPrefix(dir+"/.gitignore", "/")
		return parse(name, name), nil
	})
	results := make([]Result, len(g.paths))
	for i, q := range g.paths {
		var err error
		if results[i], err = c.Match(q.path, q.isDir); err != nil {
			g.t.Fatal(err)
		}
	}
	return results
}

// compare returns the questions of a set on which git and this package differ.
func (g *gitTree) compare(s patternSet) []string {
	g.use(s)
	var diffs []string
	want, got := g.checkIgnore(s.fold), g.ours(s)
	for i, q := range g.paths {
		if got[i] != want[i] {
			diffs = append(diffs, fmt.Sprintf("%q (directory: %v): got %+v, git says %+v", q.path, q.isDir, got[i], want[i]))
		}
	}
	return diffs
}

// git runs git apart from the user's configuration and returns its output.
// check-ignore ends with status 1 when it finds nothing.
func (g *gitTree) git(stdin *bytes.Buffer, args ...string) string {
	g.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C")
	if stdin != nil {
		cmd.Stdin = stdin
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && (stderr.Len() > 0 || cmd.ProcessState.ExitCode() != 1) {
		g.t.Fatalf("git %v: %v: %s", args, err, stderr.Bytes())
	}
	return string(out)
}

// gitVersion returns the first two numbers of git's version.
func gitVersion(t testing.TB) (major, minor int) {
	t.Helper()
	out, err := exec.Command("git", "version").Output()
	if err != nil {
		t.Skip("git is not installed: nothing to compare with")
	}
	if _, err := fmt.Sscanf(string(out), "git version %d.%d", &major, &minor); err != nil {
		t.Fatalf("cannot read the version in %q", out)
	}
	return major, minor
}
