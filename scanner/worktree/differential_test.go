package worktree

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gitFiles returns what git lists below a directory: what is tracked and what
// is neither tracked nor ignored, of regular files that are there, and the
// same of the repositories inside.
func (s *sandbox) gitFiles(dir string) []string {
	s.t.Helper()
	out := s.git(dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	var files []string
	for _, name := range strings.Split(strings.TrimSuffix(out, "\x00"), "\x00") {
		info, err := os.Lstat(s.path(dir + "/" + name))
		switch {
		case name == "" || err != nil:
		case info.Mode().IsRegular():
			files = append(files, name)
		case info.IsDir():
			name = strings.TrimSuffix(name, "/")
			if _, err := os.Lstat(s.path(dir + "/" + name + "/.git")); err != nil {
				continue
			}
			for _, inner := range s.gitFiles(dir + "/" + name) {
				files = append(files, name+"/"+inner)
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// same compares a walk with what git lists.
func (s *sandbox) same(dir string) {
	s.t.Helper()
	r := walk(s.t, s.open(s.options(), dir))
	if diff := cmp.Diff(s.gitFiles(dir), r.blobs); diff != "" {
		s.t.Errorf("%s: files differ from git's (-git +ours):\n%s", dir, diff)
	}
	if len(r.problems) > 0 {
		s.t.Errorf("%s: problems: %q", dir, r.problems)
	}
}

// TestAgainstGit compares scenarios with git ls-files.
func TestAgainstGit(t *testing.T) {
	for name, build := range map[string]func(s *sandbox) []string{
		"no commit": func(s *sandbox) []string {
			s.git(".", "init", "-q", "r")
			s.write("r/.gitignore", "*.log\n")
			s.files("r/a", "r/b.log")
			return []string{"r"}
		},
		"tracked wins": func(s *sandbox) []string {
			s.repo("r", "keep.log", "build/deep/tracked", "src/a.go")
			s.write("r/.gitignore", "*.log\nbuild/\n/src/*\n")
			s.files("r/other.log", "r/build/untracked", "r/build/deep/untracked", "r/src/new.go")
			return []string{"r", "r/src"}
		},
		"nested rules": func(s *sandbox) []string {
			s.repo("r", "a")
			s.write("r/.gitignore", "*.tmp\n/out\n!important.tmp\n")
			s.write("r/sub/.gitignore", "!x.tmp\nlocal\n")
			s.write("r/.git/info/exclude", "secret*\n")
			s.write("home/.config/git/ignore", "*~\n")
			s.files("r/a.tmp", "r/important.tmp", "r/out/x", "r/sub/x.tmp", "r/sub/y.tmp", "r/sub/local", "r/sub/out", "r/secrets", "r/b~", "r/sub/deep/c~")
			return []string{"r", "r/sub", "r/sub/deep"}
		},
		"ignored deleted files": func(s *sandbox) []string {
			s.repo("r", "a", "gone", "dir/gone")
			s.write("r/.gitignore", "dir\n")
			if err := os.RemoveAll(s.path("r/dir")); err != nil {
				s.t.Fatal(err)
			}
			if err := os.Remove(s.path("r/gone")); err != nil {
				s.t.Fatal(err)
			}
			return []string{"r"}
		},
		"ignoreCase": func(s *sandbox) []string {
			s.repo("r", "Tracked.LOG", "Build/Tracked")
			s.git("r", "config", "core.ignoreCase", "true")
			s.write("r/.gitignore", "*.log\nbuild/\n")
			s.files("r/x.Log", "r/Build/untracked")
			return []string{"r"}
		},
		"submodules": func(s *sandbox) []string {
			s.repo("lib", "lib.go", "sub/x")
			s.repo("r", "a", "z")
			s.write("r/.gitignore", "*.o\nignored/\n")
			s.git("r", "submodule", "-q", "add", s.path("lib"), "mods/lib")
			s.git("r", "submodule", "-q", "add", "-f", s.path("lib"), "ignored/lib")
			s.commit("r")
			s.write("r/mods/lib/.gitignore", "*.a\n")
			s.files("r/mods/lib/x.o", "r/mods/lib/x.a", "r/ignored/lib/new", "r/ignored/new")
			s.git(".", "clone", "-q", "r", "clone") // submodules not checked out
			return []string{"r", "r/mods", "r/mods/lib", "r/mods/lib/sub", "clone"}
		},
		"repositories inside": func(s *sandbox) []string {
			s.repo("r", "a", "inner/tracked-by-outer")
			s.repo("r/inner", "b")
			s.write("r/.gitignore", "*.log\n.worktrees/\n")
			s.write("r/inner/.gitignore", "*.o\n")
			s.repo("r/dir/other", "c", "d")
			s.files("r/inner/x.o", "r/dir/other/y.log")
			s.git("r", "worktree", "add", "-q", "-b", "wt", ".worktrees/wt")
			s.git("r", "worktree", "add", "-q", "-b", "wt2", "visible")
			s.files("r/visible/new", "r/.worktrees/wt/new")
			return []string{"r", "r/visible", "r/inner"}
		},
		"linked working tree": func(s *sandbox) []string {
			s.repo("r", "a", "b/c")
			s.write("r/.git/info/exclude", "*.skip\n")
			s.git("r", "worktree", "add", "-q", "../linked")
			s.git("linked", "rm", "-q", "--cached", "b/c")
			s.write("linked/.gitignore", "b/\n")
			s.files("linked/x.skip", "linked/new")
			return []string{"r", "linked"}
		},
		"sparse checkout": func(s *sandbox) []string {
			s.repo("r", "a", "in/x", "in/.env", "out/y", "out/deep/z")
			s.write("r/.gitignore", ".env\n")
			s.git("r", "sparse-checkout", "set", "--cone", "--sparse-index", "in")
			s.files("r/in/new")
			return []string{"r"}
		},
		"split index, version 4, sha256": func(s *sandbox) []string {
			s.git(".", "init", "-q", "--object-format=sha256", "r")
			s.files("r/a", "r/b.log", "r/c/d.log")
			s.commit("r")
			s.git("r", "update-index", "--index-version", "4")
			s.git("r", "update-index", "--split-index")
			s.write("r/.gitignore", "*.log\n")
			s.files("r/new.log", "r/c/added.log")
			s.git("r", "add", "-f", "c/added.log")
			return []string{"r", "r/c"}
		},
		"conflict and intent to add": func(s *sandbox) []string {
			s.repo("r", "a")
			s.write("r/.gitignore", "*.log\n")
			s.files("r/x.log", "r/y.log")
			s.git("r", "add", "-f", "-N", "x.log")
			return []string{"r"}
		},
		"names": func(s *sandbox) []string {
			s.repo("r", "a.b", "a/b", "a-b", "a0", " x", "ü", "A/B")
			s.files("r/a/.b", "r/a!/c", "r/a.c/d")
			return []string{"r", "r/a"}
		},
		"empty .git": func(s *sandbox) []string {
			s.repo("r", "a")
			s.files("r/dir/b")
			if err := os.Mkdir(s.path("r/dir/.git"), 0o755); err != nil {
				s.t.Fatal(err)
			}
			return []string{"r"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSandbox(t)
			for _, dir := range build(s) {
				s.same(dir)
			}
		})
	}
}

// TestGeneratedAgainstGit compares repositories that are put together at
// random, the same ones on each run.
func TestGeneratedAgainstGit(t *testing.T) {
	s := newSandbox(t)
	for i := range 40 {
		r := rand.New(rand.NewPCG(2, uint64(i)))
		dir := fmt.Sprint("r", i)
		s.generate(r, dir)
		s.same(dir)
		if t.Failed() {
			t.Fatalf("repository %d of the generator", i)
		}
	}
}

// generate makes a repository in which some files are tracked, some of them
// although they are ignored.
func (s *sandbox) generate(r *rand.Rand, dir string) {
	s.git(".", "init", "-q", dir)
	names := []string{"a", "b", "c.log", "d.o", ".env", "build", "src", "x"}
	var files []string
	for range 40 {
		depth := 1 + r.IntN(4)
		parts := make([]string, depth)
		for i := range parts {
			parts[i] = names[r.IntN(len(names))]
		}
		path := strings.Join(parts, "/")
		full := s.path(dir + "/" + path)
		if os.MkdirAll(filepath.Dir(full), 0o755) != nil {
			continue // a file is in the way
		}
		if info, err := os.Lstat(full); err == nil && info.IsDir() {
			continue
		}
		s.files(dir + "/" + path)
		files = append(files, path)
	}
	s.generateRules(r, dir, files)
	for _, path := range files {
		if r.IntN(3) == 0 {
			s.git(dir, "add", "-f", path)
		}
	}
}

func (s *sandbox) generateRules(r *rand.Rand, dir string, files []string) {
	lines := []string{"*.log", "*.o", "build/", "/src", "!x", "a/*", "**/b", "src/**", "!*.log", "/a/", ".env*", "x/", "!src/", "b", "*", "!*/"}
	places := []string{""}
	for range 4 {
		if parent := filepath.ToSlash(filepath.Dir(files[r.IntN(len(files))])); parent != "." {
			places = append(places, parent+"/")
		}
	}
	for _, place := range places {
		var text strings.Builder
		for range 1 + r.IntN(3) {
			text.WriteString(lines[r.IntN(len(lines))] + "\n")
		}
		s.write(dir+"/"+place+".gitignore", text.String())
	}
}
