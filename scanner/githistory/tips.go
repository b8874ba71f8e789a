package githistory

import (
	"cmp"
	"slices"
)

// A class says what kind of reference a tip is. The order is that of what a
// user wants to read first.
type class int

const (
	branch class = iota
	remote
	tag
	other
	stash
	pseudo // ORIG_HEAD, FETCH_HEAD and the like
	reflog
	dangling // no reference leads to it
	note
)

// A tip is where a walk of the history begins.
type tip struct {
	name     string // as git shows it: main, origin/main, v1.0, stash@{0}
	class    class
	id       string // in hexadecimal digits
	tracking bool   // it follows a remote
}

// shownRefs is the most references that a finding names.
const shownRefs = 50

// A root is a tip with the commit that it leads to.
type root struct {
	tip
	commit handle   // none when it leads to a blob or tree
	object handle   // behind all tags: the commit, or what is none
	tags   []handle // on the way
	keys   set      // those that can be reached from it
}

// sortRoots puts what a user looks for first in front.
func sortRoots(list []root) {
	slices.SortStableFunc(list, func(a, b root) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.name, b.name))
	})
}

// A reach is the references from which a key can be reached.
type reach struct {
	refs   []string // the first of them
	total  int
	pushed bool // one is remote-tracking
	// dangling says that no reference leads to the key.
	dangling bool
}

// reaches returns the reach of each key. Reflogs and the like are named only
// where nothing else leads to a key.
func (a *attribution) reaches(roots []root) []reach {
	out := make([]reach, len(a.keys))
	for _, r := range roots {
		for _, k := range r.keys {
			x := &out[k]
			x.pushed = x.pushed || r.tracking
			if r.class == dangling {
				x.dangling = len(x.refs) == 0
				continue
			}
			if r.class > stash && len(x.refs) > 0 {
				continue
			}
			x.total++
			if len(x.refs) < shownRefs {
				x.refs = append(x.refs, r.name)
			}
		}
	}
	return out
}
