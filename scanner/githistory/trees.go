package githistory

import (
	"cmp"
	"slices"

	"github.com/agcloud/keylint/scanner/internal/delta"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// Trees are read as changes of one another, as blobs are: an entry inside a
// copied run was looked at in the base. What a walk keeps of them is a list of
// changes: in this tree, a subtree or a wanted blob appears under this name, or
// does not stand any more. Which trees hold an object is found from that: those
// where it appears, and all that are stored as deltas on them, down to those
// where it does not stand any more.

// A change is the appearance or disappearance of an entry in a tree, compared
// with the tree that it is stored as a delta on.
type change struct {
	child handle
	tree  handle
	name  name
	gone  bool
}

// A treeReader finds the changes of trees. It is a pack.Visitor of one worker.
type treeReader struct {
	progress *Progress
	shared   *treeWalk
	names    localNames
	filter   *nameFilter
	changes  []change
	named    []handle // entries whose names hold keys or are asked for
	inNames  bool     // a name holds a key
	problems []pack.Problem
	spare    []*treeState
	kept     []bool
}

// treeWalk is what the workers of a walk share. Only missing changes during
// the walk.
type treeWalk struct {
	forest  *pack.Forest
	idSize  int
	roles   []role // of each object
	missing *missing
	files   *Watch
}

// A role is the kind of an object, and whether places of it are looked for.
type role uint8

const wanted role = 1 << 7

func (r role) kind() pack.Kind { return pack.Kind(r &^ wanted) }

// A treeState is what is known of a tree while others are stored as deltas on
// it.
type treeState struct {
	starts []int32 // offsets of the entries, and of the end
	kids   []kid   // the entries that are kept, in order
}

// A kid is an entry that may lead to something wanted.
type kid struct {
	at    int32 // number of the entry
	child handle
	name  name
}

// Visit implements pack.Visitor.
func (r *treeReader) Visit(o *pack.Object) any {
	r.progress.add(o.Size)
	var base *treeState
	if o.Runs != nil {
		base, _ = o.Base.(*treeState)
	}
	s := r.get()
	if base == nil {
		base = &treeState{}
	}
	if err := r.read(s, o, base); err != nil {
		r.problems = append(r.problems, pack.Problem{ID: r.shared.forest.ID(o.Node), Err: err})
	}
	return s
}

// Done implements pack.Visitor.
func (r *treeReader) Done(state any) {
	s := state.(*treeState)
	s.starts, s.kids = s.starts[:0], s.kids[:0]
	r.spare = append(r.spare, s)
}

func (r *treeReader) get() *treeState {
	n := len(r.spare)
	if n == 0 {
		return &treeState{}
	}
	s := r.spare[n-1]
	r.spare = r.spare[:n-1]
	return s
}

// read fills s with the entries of o, and notes what changed from base. It
// returns an error when the tree is damaged; what comes before the damage counts,
// and entries that name an object of another kind do not.
func (r *treeReader) read(s *treeState, o *pack.Object, base *treeState) (failed error) {
	r.kept = append(r.kept[:0], make([]bool, len(base.kids))...)
	runs := o.Runs
	for at := 0; at < len(o.Data); {
		for len(runs) > 0 && runs[0].End <= at {
			runs = runs[1:]
		}
		if len(runs) > 0 && runs[0].Base != delta.Inserted {
			if end := r.inherit(s, base, runs[0], at); end > at {
				at = end
				continue
			}
		}
		e, err := parseEntry(o.Data, at, r.shared.idSize)
		if err != nil {
			failed = err
			break
		}
		if err := r.entry(s, handle(o.Node), &e); err != nil {
			failed = err
		}
		s.starts = append(s.starts, int32(at))
		at = e.end
	}
	s.starts = append(s.starts, int32(len(o.Data)))
	for i, k := range base.kids {
		if !r.kept[i] {
			r.changes = append(r.changes, change{k.child, handle(o.Node), k.name, true})
		}
	}
	return failed
}

// inherit takes over the entries that run copies whole, from offset at on. It
// returns the offset behind them, which is at when there are none.
func (r *treeReader) inherit(s *treeState, base *treeState, run delta.Run, at int) int {
	from := int32(run.Base + at - run.Start)
	first, ok := slices.BinarySearch(base.starts, from)
	if !ok {
		return at // the copy does not begin with an entry
	}
	end, ok := slices.BinarySearch(base.starts, int32(run.Base+run.End-run.Start))
	if !ok {
		end--
	}
	if end <= first {
		return at
	}
	move, number := int32(at)-from, int32(len(s.starts)-first)
	for _, start := range base.starts[first:end] {
		s.starts = append(s.starts, start+move)
	}
	i, _ := slices.BinarySearchFunc(base.kids, int32(first), func(k kid, at int32) int { return cmp.Compare(k.at, at) })
	for ; i < len(base.kids) && int(base.kids[i].at) < end; i++ {
		k := base.kids[i]
		r.kept[i] = true
		k.at += number
		s.kids = append(s.kids, k)
	}
	return int(base.starts[end] + move)
}

// entry looks at an entry that is new.
func (r *treeReader) entry(s *treeState, tree handle, e *treeEntry) error {
	if e.mode&modeType == modeGitlink {
		return nil // the commit is in another repository
	}
	child := handle(r.shared.forest.FindLikely(e.id))
	as := kindOfMode(e.mode)
	secret := r.filter.hasKey(e.name)
	r.inNames = r.inNames || secret
	named := secret || as == pack.Blob && r.shared.files.watches(e.name)
	if child != none {
		role := r.shared.roles[child]
		if err := checkKind(role.kind(), as); err != nil {
			return err
		}
		if as == pack.Blob && role&wanted == 0 && !named {
			return nil
		}
	}
	if child = handle(r.shared.forest.Find(e.id)); child == none {
		child = r.shared.missing.add(e.id)
	}
	if named {
		r.named = append(r.named, child)
	}
	n := r.names.number(e.name)
	s.kids = append(s.kids, kid{int32(len(s.starts)), child, n})
	r.changes = append(r.changes, change{child: child, tree: tree, name: n})
	return nil
}
