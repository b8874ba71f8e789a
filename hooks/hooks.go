// Package hooks installs, removes and reports what runs keylint when git, a hook
// manager or a coding agent is about to let a key out. It never scans; what it
// installs runs “keylint hook run”.
//
// Whatever is there stays: a hook of another program is kept beside ours and runs
// before it, a file that people edit gets a few lines added, and removal puts back
// what was there byte for byte. What was changed since is left alone with a
// message.
//
// A hook that finds no keylint fails: one that scanned nothing and passed would
// be worse than none. How git runs hooks is at https://git-scm.com/docs/githooks.
package hooks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
)

// A Hook is a hook of git that keylint has something to do in.
type Hook struct {
	Name   string
	Input  bool   // git writes to its standard input
	Server bool   // it runs where is pushed to
	Does   string // what keylint does in it
}

var known = []Hook{
	{Name: "pre-commit", Does: "scans what is staged"},
	{Name: "pre-merge-commit", Does: "scans what a merge brings in by itself; git does not run pre-commit then"},
	{Name: "commit-msg", Does: "scans the message of the commit"},
	{Name: "pre-push", Input: true, Does: "scans the commits that the remote lacks"},
	{Name: "pre-receive", Input: true, Server: true, Does: "scans, on a server, the commits that are pushed"},
}

// Known returns the hooks that can be installed.
func Known() []Hook { return slices.Clone(known) }

// Default returns the names of the hooks that are installed where none is named.
func Default() []string { return []string{"pre-commit", "pre-merge-commit"} }

// Find returns the hook of a name.
func Find(name string) (Hook, error) {
	var names []string
	for _, h := range known {
		if h.Name == name {
			return h, nil
		}
		names = append(names, h.Name)
	}
	return Hook{}, fmt.Errorf("keylint has no hook %q: name one of %s", name, strings.Join(names, ", "))
}

// A Dir is a directory in which git looks for hooks.
type Dir struct {
	Path   string
	Binary string // the keylint that hooks run
	// Global says that the directory is for all repositories of a user, so that
	// the hooks of each repository are run from it.
	Global bool
}

// A Manager is a program that owns a repository's hooks.
type Manager struct {
	Name string // pre-commit, husky, lefthook
	File string // the file that says what runs, relative to the working tree
	// Snippet is what the file needs.
	Snippet string
}

// managers are the files by which hook managers are told. See
// https://pre-commit.com/#adding-pre-commit-plugins-to-your-project,
// https://typicode.github.io/husky/get-started.html and
// https://lefthook.dev/configuration/.
var managers = []Manager{
	{Name: "pre-commit", File: ".pre-commit-config.yaml"},
	{Name: "pre-commit", File: ".pre-commit-config.yml"},
	{Name: "husky", File: ".husky"},
	{Name: "lefthook", File: "lefthook.yml"},
	{Name: "lefthook", File: "lefthook.yaml"},
	{Name: "lefthook", File: ".lefthook.yml"},
	{Name: "lefthook", File: ".lefthook.yaml"},
}

// Managed returns the managers whose files lie in a working tree, with what each
// needs for a hook. The snippet for pre-commit names a version of keylint and is
// the same for all hooks.
func Managed(worktree, version, hook string) []Manager {
	var out []Manager
	for _, m := range managers {
		if worktree == "" {
			break
		}
		info, err := os.Stat(filepath.Join(worktree, m.File))
		if err != nil || info.IsDir() != (m.Name == "husky") {
			continue
		}
		switch m.Name {
		case "pre-commit":
			m.Snippet = fmt.Sprintf("- repo: https://github.com/agcloud/keylint\n  rev: %s\n  hooks:\n    - id: keylint\n", version)
		case "husky":
			m.File = ".husky/" + hook
			m.Snippet = "keylint hook run " + hook + "\n"
			if takesArguments(hook) {
				m.Snippet = "keylint hook run " + hook + " \"$@\"\n"
			}
		case "lefthook":
			m.Snippet = hook + ":\n  commands:\n    keylint:\n      run: keylint hook run " + hook + "\n"
			if takesArguments(hook) {
				m.Snippet = hook + ":\n  commands:\n    keylint:\n      run: keylint hook run " + hook + " {0}\n      use_stdin: true\n"
			}
		}
		out = append(out, m)
	}
	return out
}

// takesArguments reports whether git gives arguments to a hook.
func takesArguments(hook string) bool { return hook == "commit-msg" || hook == "pre-push" }

// Of returns the directory in which git looks for the hooks of a repository. It is
// an error when the user's or the system's configuration moves it to a place that
// other repositories share, or any to no place at all.
func Of(r *gitrepo.Repo, binary string) (Dir, error) {
	path, set := r.HooksDir()
	if set.File != "" && set.Value == "" {
		return Dir{}, fmt.Errorf("%s:%d sets core.hooksPath to nothing, so git runs no hooks here: take the setting out, or give this repository its own with “git config core.hooksPath .git/hooks”", set.File, set.Line)
	}
	if set.File != "" && !within(r.CommonDir, set.File) && !within(r.GitDir, set.File) && !within(r.WorkTree, path) {
		return Dir{}, fmt.Errorf("%s:%d sets core.hooksPath to %s, so git runs the hooks of all repositories from there and none of this one: run “keylint hook install --global” to install there, or give this repository its own with “git config core.hooksPath .git/hooks”", set.File, set.Line, set.Value)
	}
	return Dir{Path: path, Binary: binary}, nil
}

// within reports whether path is dir or lies below it.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return dir != "" && err == nil && filepath.IsLocal(rel)
}

// ErrChanged is the error of a file of ours that somebody has changed since.
var ErrChanged = errors.New("it was changed since keylint wrote it, and is left as it is")
