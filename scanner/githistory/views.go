package githistory

import (
	"cmp"
	"slices"

	"github.com/agcloud/keylint/scanner/internal/pack"
)

// A changeIndex finds the changes that concern an object.
type changeIndex struct {
	changes []change // by child
	first   []int32
}

// indexChanges sorts the changes of n objects by their child.
func indexChanges(lists [][]change, n int) *changeIndex {
	x := &changeIndex{first: make([]int32, n+1)}
	total := 0
	for _, list := range lists {
		total += len(list)
		for i := range list {
			x.first[list[i].child+1]++
		}
	}
	for i := range n {
		x.first[i+1] += x.first[i]
	}
	next := slices.Clone(x.first[:n])
	x.changes = make([]change, total)
	for _, list := range lists {
		for _, c := range list {
			x.changes[next[c.child]] = c
			next[c.child]++
		}
	}
	return x
}

func (x *changeIndex) of(child handle) []change {
	return x.changes[x.first[child]:x.first[child+1]]
}

// views are the entries of trees that lead to wanted objects.
type views struct {
	forest  *pack.Forest
	index   *changeIndex
	entries [][]entry // of each object; nil for what leads nowhere
	listed  []bool    // of each object: it was or will be followed
	stamp   []int32   // of each object: the search that may not enter it
	search  int32
}

// viewsOf follows wanted objects up to all trees that lead to them.
func viewsOf(f *pack.Forest, x *changeIndex, wanted []handle) *views {
	v := &views{forest: f, index: x, entries: make([][]entry, f.Len()), stamp: make([]int32, f.Len()), listed: make([]bool, len(x.first))}
	var list []handle
	for _, h := range wanted {
		list = v.enlist(list, h)
	}
	for len(list) > 0 {
		child := list[len(list)-1]
		list = v.holders(list[:len(list)-1], child)
	}
	for _, e := range v.entries {
		slices.SortFunc(e, compareEntries)
	}
	return v
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.child, b.child))
}

// enlist appends h to list unless it was on it before.
func (v *views) enlist(list []handle, h handle) []handle {
	if v.listed[h] {
		return list
	}
	v.listed[h] = true
	return append(list, h)
}

// holders enters child in all trees that hold it, and appends those that led
// nowhere before to list.
func (v *views) holders(list []handle, child handle) []handle {
	v.each(child, func(tree handle, n name) bool {
		list = v.enlist(list, tree)
		isTree := int(child) < v.forest.Len() && v.forest.Kind(pack.Node(child)) == pack.Tree
		v.entries[tree] = append(v.entries[tree], entry{n, child, isTree})
		return true
	})
	return list
}

// each calls f for all trees that hold child, under each of its names, until f
// returns false.
func (v *views) each(child handle, f func(tree handle, n name) bool) {
	changes := v.index.of(child)
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.name, b.name) })
	var stack []pack.Node
	for len(changes) > 0 {
		same := 1
		for same < len(changes) && changes[same].name == changes[0].name {
			same++
		}
		v.search++
		for _, c := range changes[:same] {
			if c.gone {
				v.stamp[c.tree] = v.search
			}
		}
		for _, c := range changes[:same] {
			if c.gone {
				continue
			}
			stack = append(stack[:0], pack.Node(c.tree))
			for len(stack) > 0 {
				tree := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if !f(handle(tree), c.name) {
					return
				}
				for _, d := range v.forest.Deltas(tree) {
					if v.stamp[d] != v.search {
						stack = append(stack, d)
					}
				}
			}
		}
		changes = changes[same:]
	}
}
