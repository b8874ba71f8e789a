// Package gitindex finds what the next commit would change: the blobs in git's
// index that no parent of the commit has at the same path. It reads the index
// and the object store, and never the files of the working tree, which may hold
// something else.
//
// The parents are HEAD and, while a merge is in progress, the commits that
// MERGE_HEAD names (https://git-scm.com/docs/git-merge#_true_merge). Whoever
// wants to know whether something is new asks for both sides: [Changes.Staged]
// is what would be there, [Changes.Before] what the parents have in its place.
//
// Directories that the index remembers the tree of, when that is the tree of a
// parent, are passed over unread, so that the cost follows the change and not
// the repository.
package gitindex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// SourceName is the Source of the blobs.
const SourceName = "index"

// maxHeld is the size in bytes of the largest object that is read as a change of
// another one, and so held in memory. Others are of any size.
const maxHeld = 256 << 20

// Changes are what the next commit would change. They are immutable but for
// Close, and safe for concurrent use.
type Changes struct {
	head     string
	index    *gitrepo.Index
	store    *pack.Store
	staged   []change
	gone     []place
	unmerged []string
	links    int // submodules that point to another commit
	problems []scanner.Problem
}

// A change is a path of the index that no parent has with this content.
type change struct {
	place
	before []pack.ID // what the parents have at the path
}

// A place is an object at a path.
type place struct {
	path string
	id   pack.ID
	tree bool
}

// Open compares the index with the parents of the next commit: HEAD, those of a
// merge in progress, and those named by id in merged, as git tells a hook that
// runs before MERGE_HEAD is written. Objects that
// cannot be read are problems, which the walks report; an index, a HEAD or an
// object directory that cannot be read is an error.
func Open(r *gitrepo.Repo, merged ...string) (*Changes, error) {
	x, err := r.ReadIndex()
	if err != nil {
		return nil, err
	}
	ids, err := parents(r, merged)
	if err != nil {
		return nil, err
	}
	format := pack.SHA1
	if r.Format == gitrepo.SHA256 {
		format = pack.SHA256
	}
	dir, alternates := r.ObjectDirs()
	store, err := pack.Open(dir, format, alternates...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	c := &comparison{Changes: &Changes{index: x, store: store}, reader: store.Reader(maxHeld), format: format}
	for _, p := range store.Problems() {
		c.problem(p.Path, p.ID, p.Err)
	}
	if len(ids) > 0 {
		c.head = ids[0]
	}
	c.directory("", c.merged(x), x.Cached, c.trees(ids))
	return c.Changes, nil
}

// parents returns the ids of the commits that the next one would follow.
func parents(r *gitrepo.Repo, merged []string) ([]string, error) {
	head, err := r.Head()
	if err != nil || head == "" {
		return nil, err
	}
	more, err := r.MergeHeads()
	return slices.Concat([]string{head}, more, merged), err
}

// Close gives the object store back. The blobs of the walks must have been read
// before.
func (c *Changes) Close() { c.store.Close() }

// Head returns the id of the last commit, "" when there is none.
func (c *Changes) Head() string { return c.head }

// Len returns the number of blobs that the commit would bring in.
func (c *Changes) Len() int { return len(c.staged) }

// Submodules returns how many submodules would point to another commit. What is
// in them is a matter of their own repositories.
func (c *Changes) Submodules() int { return c.links }

// Gone returns how many files or directories of a parent would not be there any
// more under their names.
func (c *Changes) Gone() int { return len(c.gone) }

// Paths returns the paths of the blobs that the commit would bring in, sorted.
func (c *Changes) Paths() []string {
	out := make([]string, len(c.staged))
	for i, s := range c.staged {
		out[i] = s.path
	}
	return out
}

// Tracks reports whether the index has a file at a path.
func (c *Changes) Tracks(path string) bool {
	_, ok := c.index.Find(path)
	return ok
}

// Unclear reports whether there is something that keeps the changes from being
// known: files in conflict, or objects that cannot be read. The walk of Staged
// reports it.
func (c *Changes) Unclear() bool { return len(c.unmerged)+len(c.problems) > 0 }

// Only returns the changes of the paths that keep reports true for. It shares
// the store with c.
func (c *Changes) Only(keep func(path string) bool) *Changes {
	out := *c
	out.staged = slices.DeleteFunc(slices.Clone(c.staged), func(s change) bool { return !keep(s.path) })
	return &out
}

// Staged is what the commit would bring in.
func (c *Changes) Staged() scanner.Source { return walk(c.walkStaged) }

// Before is what the parents have in the place of what would change: the former
// content of the paths of Staged, and what would be gone.
func (c *Changes) Before() scanner.Source { return walk(c.walkBefore) }

// ReadStaged returns the content of a path of Staged, ReadBefore what the first
// parent that has the path has there: nil without one, and when it has more than
// limit bytes or cannot be read.
func (c *Changes) ReadStaged(path string, limit int64) []byte {
	if i, ok := c.find(path); ok {
		return c.read(c.staged[i].id, limit)
	}
	return nil
}

// ReadBefore is described at [Changes.ReadStaged].
func (c *Changes) ReadBefore(path string, limit int64) []byte {
	if i, ok := c.find(path); ok && len(c.staged[i].before) > 0 {
		return c.read(c.staged[i].before[0], limit)
	}
	return nil
}

func (c *Changes) find(path string) (int, bool) {
	return slices.BinarySearchFunc(c.staged, path, func(s change, path string) int { return strings.Compare(s.path, path) })
}

func (c *Changes) read(id pack.ID, limit int64) []byte {
	_, data, err := c.store.Reader(uint64(limit)).Read(id)
	if err != nil || int64(len(data)) > limit {
		return nil
	}
	return data
}

// A walk implements [scanner.Source].
type walk func(ctx context.Context, v scanner.Visitor) error

// Walk implements [scanner.Source].
func (w walk) Walk(ctx context.Context, v scanner.Visitor) error { return w(ctx, v) }

func (c *Changes) walkStaged(ctx context.Context, v scanner.Visitor) error {
	if n := len(c.unmerged); n > 0 {
		p := scanner.Problem{Path: c.unmerged[0], Reason: "git has this file in a conflict, so it is not known what would be committed: resolve it, run git add on it, and try again"}
		if n > 1 {
			p.Reason = fmt.Sprintf("git has this file and %d more in conflicts, so it is not known what would be committed: resolve them, run git add on them, and try again", n-1)
		}
		if err := v.Problem(p); err != nil {
			return err
		}
	}
	for _, p := range c.problems {
		if err := v.Problem(p); err != nil {
			return err
		}
	}
	for _, s := range c.staged {
		if err := c.visit(ctx, v, s.place); err != nil {
			return err
		}
	}
	return nil
}

func (c *Changes) walkBefore(ctx context.Context, v scanner.Visitor) error {
	for _, s := range c.staged {
		for _, id := range s.before {
			if err := c.visit(ctx, v, place{path: s.path, id: id}); err != nil {
				return err
			}
		}
	}
	below := &comparison{Changes: &Changes{store: c.store}, reader: c.store.Reader(maxHeld), format: c.store.Format()}
	for _, g := range c.gone {
		list := []place{g}
		if g.tree {
			list = below.files(g)
		}
		for _, p := range list {
			if err := c.visit(ctx, v, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// visit passes a blob to v.
func (c *Changes) visit(ctx context.Context, v scanner.Visitor, p place) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return v.Blob(scanner.Blob{Path: p.path, Source: SourceName, Size: -1, Open: func() (io.ReadCloser, error) {
		content, err := c.store.Content(p.id, maxHeld)
		switch {
		case errors.Is(err, pack.ErrMissing):
			return nil, fmt.Errorf("%w: fetch it, or add the file again", err)
		case err != nil:
			return nil, err
		case content.Kind != pack.Blob:
			content.Close()
			return nil, errors.New("the object is no blob: run git fsck")
		}
		return content, nil
	}})
}

// problem notes what could not be read.
func (c *Changes) problem(file string, id pack.ID, err error) {
	p := scanner.Problem{Reason: err.Error()}
	if id != (pack.ID{}) {
		p.Object = c.store.Format().String(id)
	}
	if file != "" {
		p.Path = filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file)))
	}
	c.problems = append(c.problems, p)
}
