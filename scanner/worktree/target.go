package worktree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
)

// A target is a path that the user names.
type target struct {
	path string
	mode fs.FileMode
}

// resolveTargets returns what the paths lead to. Symbolic links are resolved:
// the user named them.
func resolveTargets(paths []string) ([]target, error) {
	targets := make([]target, 0, len(paths))
	for _, path := range paths {
		t, err := resolveTarget(path)
		if err != nil {
			return nil, &PathError{Path: path, Err: err, Next: nextSpelling}
		}
		targets = append(targets, t)
	}
	return targets, nil
}

func resolveTarget(path string) (target, error) {
	if path == "" {
		return target{}, fs.ErrNotExist
	}
	info, err := os.Stat(path)
	if err != nil {
		return target{}, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return target{}, err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil { // fails on some kinds of mounts
		abs = real
	}
	return target{path: filepath.ToSlash(abs), mode: info.Mode()}, nil
}

// dir returns the directory that a target is or lies in.
func (t target) dir() string {
	if t.mode.IsDir() {
		return t.path
	}
	return parent(t.path)
}

// locate sets the root of the tree and its repository.
func (l *lister) locate(targets []target) error {
	l.root = targets[0].dir()
	for _, t := range targets[1:] {
		l.root = commonDir(l.root, t.dir())
	}
	l.base = l.root
	if l.repo = l.discover(l.root); l.repo != nil {
		l.base = l.repo.root
		if l.o.RepoPaths || len(targets) > 1 || !targets[0].mode.IsDir() {
			l.root = l.repo.root
		}
	}
	return l.setExclude()
}

// setExclude parses Options.Exclude.
func (l *lister) setExclude() error {
	dir := l.root
	if l.o.ExcludeDir != "" {
		t, err := resolveTarget(l.o.ExcludeDir)
		if err == nil && !t.mode.IsDir() {
			err = errors.New("not a directory")
		}
		if err != nil {
			return &PathError{Path: l.o.ExcludeDir, Err: err, Next: nextSpelling}
		}
		dir = t.path
	}
	l.exclude = l.exclude.Push(dir, gitignore.ParseLines(l.o.Exclude, gitignore.ParseOptions{}))
	return nil
}

// discover returns the repository that a directory is in the working tree of,
// or nil. It is called before the listing begins.
func (l *lister) discover(dir string) *repo {
	if r, ok := l.found[dir]; ok {
		return r
	}
	r, err := gitrepo.Discover(native(dir), l.o.Git)
	var found *repo
	switch {
	case errors.Is(err, gitrepo.ErrNotFound):
	case err != nil:
		l.problem(dir, brokenRepo(err))
	case r.WorkTree != "" && holds(filepath.ToSlash(r.WorkTree), dir): // not bare, nor elsewhere
		if i := slices.IndexFunc(l.repos, func(k *repo) bool { return k.GitDir == r.GitDir }); i >= 0 {
			found = l.repos[i]
		} else {
			found = l.addRepo(r, nil)
		}
	}
	l.found[dir] = found
	return found
}

// start returns the listing of a target: a directory that is yet to be read,
// or an item.
func (l *lister) start(t target) item {
	s, excluded := l.approach(l.discover(t.dir()), t.path, t.mode.IsDir())
	switch {
	case excluded:
		return item{path: t.path, kind: kindSkip, reason: reasonExcluded}
	case t.mode.IsDir():
		return item{path: t.path, kind: kindDir, sub: &dir{path: t.path, scope: s}}
	case !t.mode.IsRegular():
		return item{path: t.path, kind: kindSkip, reason: reasonSpecial}
	}
	return item{path: t.path, kind: kindFile}
}

// approach returns the scope of a path that the user names: the rules of the
// directories above it, as far as the repository reaches, or nil, and whether
// an exclusion rule matches it or a directory on the way.
func (l *lister) approach(repo *repo, path string, isDir bool) (s scope, excluded bool) {
	if path == l.base || !holds(l.base, path) { // or on another volume
		if repo != nil {
			s = scope{repo: repo, git: repo.rules}
		}
		return s, false
	}
	s, excluded = l.enter(repo, parent(path))
	if excluded || l.excludes(&s, path, isDir) {
		return s, true
	}
	if isDir && s.git.Match(path, true).Ignored {
		// The user names what git ignores: its rules do not count in there.
		s.repo, s.git = nil, nil
	}
	return s, false
}

// An approached directory is one on the way to a target.
type approached struct {
	scope    scope // inside of the directory
	excluded bool
}

// enter is approach for a directory on the way to a target, with the rules in
// it.
func (l *lister) enter(repo *repo, dir string) (scope, bool) {
	key := approachKey{repo, dir}
	if a, ok := l.approached[key]; ok {
		return a.scope, a.excluded
	}
	s, excluded := l.approach(repo, dir, true)
	if s.repo != nil && holds(s.repo.root, dir) {
		s.git = l.pushRules(s.git, dir, gitrepo.IgnoreFile, s.repo.fold)
	}
	s.own = l.pushRules(s.own, dir, IgnoreFile, false)
	l.approached[key] = approached{s, excluded}
	return s, excluded
}

type approachKey struct {
	repo *repo
	dir  string
}
