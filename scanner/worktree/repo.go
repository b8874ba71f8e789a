package worktree

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
)

// A repo is a repository whose working tree is walked.
type repo struct {
	*gitrepo.Repo
	root  string // of the working tree
	fold  bool   // core.ignoreCase
	outer *repo  // the repository around it, which may track files in it too

	rules *gitignore.Matcher // those that are not in the working tree

	once  sync.Once // guards what follows
	index *gitrepo.Index
	lower []string // with fold: the paths in lower case, sorted
	err   error
}

func newRepo(r *gitrepo.Repo, outer *repo) *repo {
	return &repo{Repo: r, root: filepath.ToSlash(r.WorkTree), fold: r.IgnoreCase(), outer: outer}
}

// load reads the index. That is left until something ignored is met: before,
// it makes no difference what is tracked.
func (r *repo) load() {
	r.once.Do(func() {
		r.index, r.err = r.ReadIndex()
		if r.err != nil {
			r.index = &gitrepo.Index{}
		}
		if !r.fold {
			return
		}
		for i := range r.index.Entries {
			r.lower = append(r.lower, strings.ToLower(r.index.Entries[i].Path))
		}
		slices.Sort(r.lower)
	})
}

// tracks reports whether the repository, or one around it, has a file in its
// index.
func (r *repo) tracks(path string) bool {
	if r == nil {
		return false
	}
	if rel, ok := r.rel(path); ok && r.has(rel) {
		return true
	}
	return r.outer.tracks(path)
}

// rel returns a path relative to the working tree.
func (r *repo) rel(path string) (string, bool) {
	r.load()
	return relative(r.root, path), path != r.root && holds(r.root, path)
}

func (r *repo) has(rel string) bool {
	if r.fold {
		_, ok := slices.BinarySearch(r.lower, strings.ToLower(rel))
		return ok
	}
	_, ok := r.index.Find(rel)
	return ok
}

// tracksUnder reports whether there are tracked files, or submodules, in a
// directory.
func (r *repo) tracksUnder(path string) bool {
	if r == nil {
		return false
	}
	if rel, ok := r.rel(path); ok && r.hasUnder(rel) {
		return true
	}
	return r.outer.tracksUnder(path)
}

func (r *repo) hasUnder(rel string) bool {
	if r.fold {
		prefix := strings.ToLower(rel) + "/"
		i, _ := slices.BinarySearch(r.lower, prefix)
		return i < len(r.lower) && strings.HasPrefix(r.lower[i], prefix)
	}
	return slices.ContainsFunc(r.index.Under(rel), func(e gitrepo.Entry) bool {
		return e.Mode != gitrepo.ModeSparseDir
	})
}
