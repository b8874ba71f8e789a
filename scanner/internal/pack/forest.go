package pack

import (
	"cmp"
	"slices"
)

// A node is an object of the forest: packed objects that are stored whole, and
// loose objects, are roots; a delta is the child of its base.
type node struct {
	id     ID
	pack   int32 // index in Store.packs; -1 for a loose object
	at     int64 // offset in the pack
	parent int32 // index of the base; -1 for roots
	kind   Kind  // as stored
}

// A forest is all objects of a store by their delta bases. An object that is
// stored more than once is in it once.
type forest struct {
	nodes    []node
	roots    []int32
	children []int32 // those of node i are children[first[i]:first[i+1]]
	first    []int32
}

// noNode says that there is no node.
const noNode = -1

// forest reads the headers of all entries and finds the bases. Entries that
// cannot be read, or whose base is missing, are problems.
func (s *Store) forest() (*forest, []Problem) {
	b := forestBuilder{store: s, byID: make(map[ID]int32, s.Len())}
	for i := range s.packs {
		b.addPack(i)
	}
	for _, id := range sortedIDs(s.loose) {
		if _, have := b.byID[id]; !have {
			b.add(node{id: id, pack: noNode, parent: noNode})
		}
	}
	b.link()
	return b.finish(), b.problems
}

func sortedIDs(m map[ID]string) []ID {
	ids := make([]ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

type forestBuilder struct {
	store    *Store
	nodes    []node
	byID     map[ID]int32
	offsets  [][]place // of each pack, sorted
	problems []Problem
}

// A place is an entry of a pack: its offset and the node that its object is.
type place struct {
	at   int64
	node int32
}

func (b *forestBuilder) add(n node) int32 {
	i := int32(len(b.nodes))
	b.nodes = append(b.nodes, n)
	b.byID[n.id] = i
	return i
}

// addPack makes nodes of the entries of a pack, in the order of their offsets.
func (b *forestBuilder) addPack(i int) {
	p := b.store.packs[i]
	type entry struct {
		at int64
		id ID
	}
	entries := make([]entry, 0, p.index.count)
	for k := range p.index.count {
		id := p.index.format.id(p.index.name(k))
		at, err := p.index.offset(k)
		if err != nil {
			b.problems = append(b.problems, Problem{Path: p.path, ID: id, Err: err})
			continue
		}
		entries = append(entries, entry{at, id})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	places := make([]place, 0, len(entries))
	for _, e := range entries {
		n, have := b.byID[e.id]
		if !have {
			n = b.add(node{id: e.id, pack: int32(i), at: e.at, parent: noNode})
		}
		places = append(places, place{e.at, n})
	}
	b.offsets = append(b.offsets, places)
}

// link finds the base of each packed node.
func (b *forestBuilder) link() {
	for i := range b.nodes {
		n := &b.nodes[i]
		if n.pack == noNode {
			continue
		}
		p := b.store.packs[n.pack]
		h, err := p.header(n.at)
		if err != nil {
			b.problems = append(b.problems, Problem{Path: p.path, ID: n.id, Err: err})
			n.kind = 0
			continue
		}
		n.kind = h.kind
		base, ok := int32(noNode), true
		switch h.kind {
		case ofsDelta:
			base, ok = b.nodeAt(n.pack, h.baseAt)
		case refDelta:
			base, ok = b.byID[h.baseID]
		}
		if !ok {
			b.problems = append(b.problems, Problem{Path: p.path, ID: n.id, Err: ErrMissing})
			n.kind = 0
			continue
		}
		if h.kind.isDelta() {
			n.parent = base
		}
	}
}

// nodeAt returns the node whose entry begins at an offset of a pack.
func (b *forestBuilder) nodeAt(pack int32, at int64) (int32, bool) {
	list := b.offsets[pack]
	i, ok := slices.BinarySearchFunc(list, at, func(p place, at int64) int { return cmp.Compare(p.at, at) })
	if !ok {
		return noNode, false
	}
	return list[i].node, true
}

// finish makes the lists of roots and children. Nodes of kind 0, which have a
// problem, are in neither.
func (b *forestBuilder) finish() *forest {
	f := &forest{nodes: b.nodes, first: make([]int32, len(b.nodes)+1)}
	for i, n := range b.nodes {
		switch {
		case n.parent != noNode:
			f.first[n.parent+1]++
		case n.pack == noNode || n.kind != 0:
			f.roots = append(f.roots, int32(i))
		}
	}
	for i := range b.nodes {
		f.first[i+1] += f.first[i]
	}
	f.children = make([]int32, f.first[len(b.nodes)])
	next := slices.Clone(f.first)
	for i, n := range b.nodes {
		if n.parent != noNode {
			f.children[next[n.parent]] = int32(i)
			next[n.parent]++
		}
	}
	return f
}

// of returns the children of node i.
func (f *forest) of(i int32) []int32 { return f.children[f.first[i]:f.first[i+1]] }
