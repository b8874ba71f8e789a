package gitrepo

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Where references are stored: the values of extensions.refStorage.
const (
	formatFiles    = "files"
	formatReftable = "reftable"
)

// A refStorage is how and where references are stored.
type refStorage struct {
	format string
	dir    string // instead of the common directory; "" for that one
}

// setRefStorage reads extensions.refStorage: a format, or a URI of format and
// directory. See https://git-scm.com/docs/git-config#Documentation/git-config.txt-extensionsrefStorage.
func (r *Repo) setRefStorage(c *Config) {
	r.refStorage = refStorage{format: formatFiles}
	v, ok := c.Get("extensions.refstorage")
	if !ok {
		return
	}
	format, dir, _ := strings.Cut(v.Value, "://")
	r.refStorage.format = strings.ToLower(format)
	if dir == "" {
		return
	}
	if dir = filepath.FromSlash(dir); !filepath.IsAbs(dir) {
		dir = filepath.Join(r.CommonDir, dir)
	}
	r.refStorage.dir = resolve(dir)
}

// unknownStorage is the error where references cannot be read at all.
func (r *Repo) unknownStorage() error {
	return fmt.Errorf("%s stores references in the format %q, which keylint cannot read: %w: update keylint", r.CommonDir, r.refStorage.format, errors.ErrUnsupported)
}

// A place is a git directory, which holds the references of a working tree, and
// if it is the main one those that all share.
type place struct {
	gitDir string
	refDir string // where refs, packed-refs, logs and reftable lie
	prefix string // of the names outside, "" for the repository's own working tree
	linked bool   // its working tree is a linked one
}

// holds reports whether a reference belongs in the place.
func (p place) holds(name string) bool { return !p.linked || !isShared(name) }

// global returns the name by which a reference is known outside.
func (p place) global(name string) string {
	if p.prefix == "" || isShared(name) {
		return name
	}
	return p.prefix + name
}

// mainPlace is the place of the main working tree.
func (r *Repo) mainPlace() place {
	p := place{gitDir: r.CommonDir, refDir: r.CommonDir}
	if r.refStorage.dir != "" {
		p.refDir = r.refStorage.dir
	}
	if r.GitDir != r.CommonDir {
		p.prefix = "main-worktree/"
	}
	return p
}

// linkedPlace is the place of a linked working tree.
func (r *Repo) linkedPlace(gitDir string) place {
	id := filepath.Base(gitDir)
	p := place{gitDir: gitDir, refDir: gitDir, prefix: "worktrees/" + id + "/", linked: true}
	if r.refStorage.dir != "" {
		p.refDir = filepath.Join(r.refStorage.dir, "worktrees", id)
	}
	if r.isOwn(gitDir) {
		p.prefix = ""
	}
	return p
}

// isOwn reports whether gitDir is the git directory of this working tree.
func (r *Repo) isOwn(gitDir string) bool { return resolve(gitDir) == resolve(r.GitDir) }

// ownPlace is the place of this working tree.
func (r *Repo) ownPlace() place {
	if r.GitDir == r.CommonDir {
		return r.mainPlace()
	}
	return r.linkedPlace(r.GitDir)
}

// places returns the places of all working trees.
func (r *Repo) places() ([]place, []Problem) {
	places := []place{r.mainPlace()}
	own := r.GitDir == r.CommonDir
	dirs, problems := r.linkedDirs()
	for _, dir := range dirs {
		places = append(places, r.linkedPlace(dir))
		own = own || r.isOwn(dir)
	}
	if !own { // GIT_COMMON_DIR says so
		places = append(places, r.linkedPlace(r.GitDir))
	}
	return places, problems
}
