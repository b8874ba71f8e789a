package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
)

// list reads a directory and sorts out what is in it.
func (l *lister) list(d *dir, r *dirReader) {
	entries, err := r.read(d.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // not one removed meanwhile
		d.add(item{path: d.path, kind: kindProblem, reason: fmt.Sprintf("cannot be listed: %v: %s", cause(err), nextRead)})
	}
	d.items = slices.Grow(d.items, len(entries))
	l.applyRules(d, entries)
	for i := range entries {
		switch e := &entries[i]; {
		case d.scope.isDotGit(e.name):
		case e.mode.IsDir():
			l.addDir(d, e)
		default:
			l.addFile(d, e)
		}
	}
}

func (d *dir) add(it item) { d.items = append(d.items, it) }

// isDotGit reports whether an entry is what makes a directory a working tree.
func (s *scope) isDotGit(name string) bool {
	return name == ".git" || s.repo != nil && s.repo.fold && strings.EqualFold(name, ".git")
}

// applyRules adds the rules in the directory to its scope.
func (l *lister) applyRules(d *dir, entries []entry) {
	var dotGit, gitIgnore, ownIgnore bool
	for _, e := range entries {
		switch e.name {
		case ".git":
			dotGit = true
		case gitrepo.IgnoreFile:
			gitIgnore = true
		case IgnoreFile:
			ownIgnore = true
		}
	}
	s := &d.scope
	if dotGit && !s.ignored && (s.repo == nil || s.repo.root != d.path) {
		l.enterRepo(d)
	}
	if gitIgnore && s.repo != nil && !s.ignored {
		s.git = l.pushRules(s.git, d.path, gitrepo.IgnoreFile, s.repo.fold)
	}
	if ownIgnore {
		s.own = l.pushRules(s.own, d.path, IgnoreFile, false)
	}
}

// enterRepo changes the rules to those of the repository whose working tree
// the directory is, if it is one.
func (l *lister) enterRepo(d *dir) {
	r, err := gitrepo.Open(native(d.path), l.o.Git)
	switch {
	case errors.Is(err, gitrepo.ErrNotFound):
	case err != nil:
		d.add(item{path: d.path, kind: kindProblem, reason: brokenRepo(err)})
		d.scope.repo, d.scope.git = nil, nil
	case filepath.ToSlash(r.WorkTree) == d.path:
		d.scope.repo = l.addRepo(r, d.scope.repo)
		d.scope.git = d.scope.repo.rules
	}
}

// addFile sorts out an entry that is no directory.
func (l *lister) addFile(d *dir, e *entry) {
	s := &d.scope
	ignored := (s.ignored || s.git.Match(e.path, false).Ignored) && !s.repo.tracks(e.path)
	excluded := l.excludes(s, e.path, false)
	if ignored && !excluded && e.mode.IsRegular() && s.searched() && isEnvName(e.name) {
		d.add(item{path: e.path, kind: kindEnv})
	}
	switch {
	case ignored && !l.o.IncludeIgnored:
	case excluded:
		d.add(item{path: e.path, kind: kindSkip, reason: reasonExcluded})
	case e.mode.IsRegular():
		d.add(item{path: e.path, kind: kindFile})
	case e.mode&fs.ModeSymlink != 0:
		d.add(item{path: e.path, kind: kindSkip, reason: reasonSymlink})
	default:
		d.add(item{path: e.path, kind: kindSkip, reason: reasonSpecial})
	}
}

// searched reports whether .env files that git ignores are looked for.
func (s *scope) searched() bool { return !s.ignored || s.levels > 0 }

// addDir sorts out an entry that is a directory.
func (l *lister) addDir(d *dir, e *entry) {
	s := d.scope
	s.enter(e.name, e.path)
	wanted := !s.ignored || l.o.IncludeIgnored || s.repo.tracksUnder(e.path)
	switch excluded := l.excludes(&s, e.path, true); {
	case excluded && wanted:
		d.add(item{path: e.path, kind: kindSkip, reason: reasonExcluded})
	case !excluded && (wanted || s.searched()):
		d.add(item{path: e.path, kind: kindDir, sub: &dir{path: e.path, scope: s}})
	}
}

// enter makes a scope that of a subdirectory, but for the rules in it.
func (s *scope) enter(name, path string) {
	if s.ignored {
		s.levels--
	} else if s.git.Match(path, true).Ignored {
		s.ignored, s.levels = true, envLevels
	}
	if s.ignored && isDependencies(name) {
		s.levels = 0
	}
	if s.ignored && s.repo.tracks(path) {
		s.ignored = false // a submodule: its own rules apply
	}
}
