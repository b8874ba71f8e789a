package githistory

import (
	"context"
	"fmt"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// Commits answers questions about single commits, before a scan. It is for one
// goroutine; close it after use.
type Commits struct {
	history *History
	store   *pack.Store
	revs    *revisions
}

// A CommitInfo is a commit with its parents, which need not be in the clone.
type CommitInfo struct {
	ID      string // in hexadecimal digits
	Parents []string
}

// Commits opens the objects of the history. Of the options only the rules matter.
func (h *History) Commits(ctx context.Context, o scanner.Options) (*Commits, error) {
	s := scan{History: h}
	store, err := s.openStore()
	if err != nil {
		return nil, err
	}
	l := newLazy(ctx, store, h.format, newNames(), o)
	return &Commits{h, store, &revisions{objects: l, store: store, format: h.format, head: h.headID, refs: h.names}}, nil
}

// Close releases the objects.
func (c *Commits) Close() { c.store.Close() }

// Find returns the commit that rev names, as --range takes it. The error says
// what to do when it is not in the clone.
func (c *Commits) Find(rev string) (CommitInfo, error) {
	h, err := c.revs.commit(rev)
	if err != nil {
		return CommitInfo{}, err
	}
	info := CommitInfo{ID: c.hex(h)}
	for _, p := range c.revs.objects.commit(h).parents {
		info.Parents = append(info.Parents, c.hex(p))
	}
	return info, nil
}

// Between counts the commits that to leads to and from does not, and how many of
// them have parents that are not here because the clone is shallow.
func (c *Commits) Between(from, to string) (commits, cut int, err error) {
	list, err := Range{Revisions: from + ".." + to}.limited(c.revs.objects, c.revs, nil, nil)
	if err != nil {
		return 0, 0, fmt.Errorf("the range cannot be read: %w", err)
	}
	for _, h := range list {
		if c.history.shallow[c.hex(h)] {
			cut++
		}
	}
	return len(list), cut, nil
}

// Shallow reports whether the clone lacks a part of its history.
func (h *History) Shallow() bool { return len(h.shallow) > 0 }

func (c *Commits) hex(h handle) string {
	return c.history.format.String(c.revs.objects.id(h))
}
