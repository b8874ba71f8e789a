package pack

import (
	"cmp"
	"errors"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// A Node is the number of an object in a [Forest].
type Node int32

// None is no node.
const None Node = -1

// A Forest is all objects of a store by their delta bases: objects that are
// stored whole are roots, a delta is the child of its base. An object that is
// stored more than once is in it once.
//
// It is immutable and safe for concurrent use.
type Forest struct {
	store    *Store
	nodes    []node
	table    idTable
	roots    []Node
	children []Node // those of node i are children[first[i]:first[i+1]], the smallest family first
	first    []int32
	problems []Problem
}

type node struct {
	id     ID
	at     int64 // offset in the pack
	pack   int32 // index in Store.packs; -1 for a loose object
	parent Node  // the base; None for roots
	stored Kind  // as stored, a delta too; 0 for what cannot be read
	kind   Kind  // of the object
}

// loose is the pack of loose objects.
const loose = -1

// Forest reads the headers of all entries, with jobs workers, and finds the
// bases. Entries that cannot be read, or whose base is missing, are among its
// problems, which a walk returns.
func (s *Store) Forest(jobs int) *Forest {
	b := forestBuilder{store: s, jobs: workers(jobs)}
	b.nodes = make([]node, 0, s.Len())
	b.table = newIDTable(s.Len(), s.format)
	b.places = make([][]place, len(s.packs))
	for i, p := range s.packs {
		if err := safely(func() error { return b.addPack(i) }); err != nil {
			b.problem(Problem{Path: p.path, Err: err})
		}
	}
	for _, id := range sortedIDs(s.loose) {
		b.add(node{id: id, pack: loose, parent: None})
	}
	b.link()
	return b.finish()
}

// workers returns the number of workers that jobs asks for: 0 means one a core.
func workers(jobs int) int {
	if jobs <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return jobs
}

// Len returns the number of distinct objects.
func (f *Forest) Len() int { return len(f.nodes) }

// ID returns the ID of n.
func (f *Forest) ID(n Node) ID { return f.nodes[n].id }

// Kind returns the kind of n, 0 when it cannot be read.
func (f *Forest) Kind(n Node) Kind { return f.nodes[n].kind }

// Find returns the object with an ID, None if there is none.
func (f *Forest) Find(id []byte) Node { return f.table.find(f.nodes, id) }

// FindLikely is Find without a last look at the whole ID, at half the cost: once
// in four thousand million it finds another object. It is for a first look at
// very many.
func (f *Forest) FindLikely(id []byte) Node { return f.table.likely(id) }

// Deltas returns the objects that are stored as deltas on n. Callers must not
// change it.
func (f *Forest) Deltas(n Node) []Node { return f.children[f.first[n]:f.first[n+1]] }

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
	jobs     int
	nodes    []node
	table    idTable
	places   [][]place // of each pack, in order of offset
	mu       sync.Mutex
	problems []Problem // guarded by mu
}

// A place is an entry of a pack: its offset and the node that its object is.
type place struct {
	at   int64
	node Node
}

// add makes n a node unless there is one with its ID, and returns it.
func (b *forestBuilder) add(n node) Node {
	at, have := b.table.insert(b.nodes, n.id, Node(len(b.nodes)))
	if !have {
		b.nodes = append(b.nodes, n)
	}
	return at
}

func (b *forestBuilder) problem(p Problem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, p)
}

// addPack makes nodes of the entries of a pack, in the order of their offsets.
func (b *forestBuilder) addPack(i int) error {
	p := b.store.packs[i]
	entries := make([]place, 0, p.index.count) // node is the number in the index
	for k := range p.index.count {
		at, err := p.index.offset(k)
		if err != nil {
			b.problem(Problem{Path: p.path, ID: p.index.format.id(p.index.name(k)), Err: err})
			continue
		}
		entries = append(entries, place{at, Node(k)})
	}
	sortPlaces(entries)
	for k, e := range entries {
		id := p.index.format.id(p.index.name(int(e.node)))
		if k > 0 && e.at == entries[k-1].at { // so another entry has no line in the index
			b.problem(Problem{Path: p.path, ID: id, Err: errIndex})
		}
		entries[k].node = b.add(node{id: id, pack: int32(i), at: e.at, parent: None})
	}
	b.places[i] = entries
	return nil
}

// sortPlaces sorts by offset: a radix sort, as offsets are large and many.
func sortPlaces(list []place) {
	const digit = 11
	var max int64
	for _, p := range list {
		max |= p.at
	}
	from, to := list, make([]place, len(list))
	for shift := 0; shift < bits.Len64(uint64(max)); shift += digit {
		var count [1<<digit + 1]int
		for _, p := range from {
			count[p.at>>shift&(1<<digit-1)+1]++
		}
		for i := range 1 << digit {
			count[i+1] += count[i]
		}
		for _, p := range from {
			d := p.at >> shift & (1<<digit - 1)
			to[count[d]] = p
			count[d]++
		}
		from, to = to, from
	}
	if len(list) > 0 && &from[0] != &list[0] {
		copy(list, from)
	}
}

// inParallel calls f for all numbers below n, in jobs workers.
func inParallel(jobs, n int, f func(i int)) {
	const batch = 1024
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(jobs, n/batch+1) {
		wg.Go(func() {
			for {
				to := int(next.Add(batch))
				for i := to - batch; i < min(to, n); i++ {
					f(i)
				}
				if to >= n {
					return
				}
			}
		})
	}
	wg.Wait()
}

// link finds the base of each node.
func (b *forestBuilder) link() {
	for pack, places := range b.places {
		inParallel(b.jobs, len(places), func(i int) { b.linkEntry(pack, places, i) })
	}
	first := len(b.nodes)
	for first > 0 && b.nodes[first-1].pack == loose {
		first--
	}
	inParallel(b.jobs, len(b.nodes)-first, func(i int) {
		n := &b.nodes[first+i]
		kind, err := looseKind(b.store.loose[n.id])
		if err != nil {
			b.problem(Problem{Path: b.store.loose[n.id], ID: n.id, Err: err})
		}
		n.stored = kind
	})
}

// linkEntry finds the base of the entry at places[i] of a pack, if it is the one
// that its node stands for.
func (b *forestBuilder) linkEntry(pack int, places []place, i int) {
	n, p := &b.nodes[places[i].node], b.store.packs[pack]
	if int(n.pack) != pack || n.at != places[i].at {
		return
	}
	var h header
	err := safely(func() (err error) {
		h, err = p.header(n.at)
		return err
	})
	base := None
	switch {
	case err != nil:
	case h.kind == ofsDelta:
		if base = nodeAt(places[:i], h.baseAt); base == None {
			err = errPack
		}
	case h.kind == refDelta:
		if base = b.table.find(b.nodes, h.baseID[:p.index.format.Size()]); base == None {
			err = ErrMissing
		}
	}
	if err != nil {
		b.problem(Problem{Path: p.path, ID: n.id, Err: err})
		return
	}
	n.stored, n.parent = h.kind, base
}

// nodeAt returns the node whose entry begins at an offset. Bases are mostly
// near, so it searches in steps that double.
func nodeAt(places []place, at int64) Node {
	hi, step := len(places), 1
	for hi-step >= 0 && places[hi-step].at > at {
		hi -= step
		step *= 2
	}
	lo := max(0, hi-step)
	i, ok := slices.BinarySearchFunc(places[lo:hi], at, func(p place, at int64) int { return cmp.Compare(p.at, at) })
	if !ok {
		return None
	}
	return places[lo+i].node
}

// finish makes the lists of roots and children, and passes the kinds of roots
// on to their families. Nodes that cannot be read are in neither list.
func (b *forestBuilder) finish() *Forest {
	f := &Forest{store: b.store, nodes: b.nodes, table: b.table, first: make([]int32, len(b.nodes)+1)}
	for i, n := range b.nodes {
		switch {
		case n.parent != None:
			f.first[n.parent+1]++
		case n.stored != 0:
			f.roots = append(f.roots, Node(i))
		}
	}
	for i := range b.nodes {
		f.first[i+1] += f.first[i]
	}
	f.children = make([]Node, f.first[len(b.nodes)])
	next := slices.Clone(f.first)
	for i, n := range b.nodes {
		if n.parent != None {
			f.children[next[n.parent]] = Node(i)
			next[n.parent]++
		}
	}
	f.orderFamilies()
	f.problems = append(slices.Clone(b.store.problems), b.problems...)
	f.problems = append(f.problems, f.unrooted(b.problems)...)
	return f
}

// orderFamilies sets the kind of every node and sorts the children of each by
// the size of their families. The largest comes last: by then its base is
// needed no more, so a walk holds no more objects than the logarithm of the
// size of a family, however long the chains are.
func (f *Forest) orderFamilies() {
	order := make([]Node, 0, len(f.nodes)) // parents before children
	for _, r := range f.roots {
		f.nodes[r].kind = f.nodes[r].stored
		order = append(order, r)
	}
	for i := 0; i < len(order); i++ {
		for _, c := range f.Deltas(order[i]) {
			f.nodes[c].kind = f.nodes[order[i]].kind
			order = append(order, c)
		}
	}
	size := make([]int32, len(f.nodes))
	for _, n := range slices.Backward(order) {
		size[n]++
		if p := f.nodes[n].parent; p != None {
			size[p] += size[n]
		}
		if list := f.Deltas(n); len(list) > 1 {
			slices.SortFunc(list, func(a, b Node) int { return cmp.Or(cmp.Compare(size[a], size[b]), cmp.Compare(a, b)) })
		}
	}
	slices.SortStableFunc(f.roots, func(a, b Node) int { return cmp.Compare(min(size[b], largeFamily), min(size[a], largeFamily)) })
}

// largeFamily is the size from which on a family is begun before smaller ones,
// so that no worker is left alone with it; below it the order of the pack is
// kept, which is the order that reads best.
const largeFamily = 1000

// unrooted returns a problem for each object whose chain of deltas does not
// end at a root: it is a loop, or its base has a problem.
func (f *Forest) unrooted(known []Problem) []Problem {
	have := map[ID]bool{}
	for _, p := range known {
		have[p.ID] = true
	}
	var out []Problem
	for i := range f.nodes {
		if n := &f.nodes[i]; n.kind == 0 && !have[n.id] {
			out = append(out, Problem{Path: f.path(Node(i)), ID: n.id, Err: errChain})
		}
	}
	return out
}

var errChain = errors.New("the object is stored as a change of one that cannot be read: run git fsck")

// path returns the file that holds n.
func (f *Forest) path(n Node) string {
	if f.nodes[n].pack == loose {
		return f.store.loose[f.nodes[n].id]
	}
	return f.store.packs[f.nodes[n].pack].path
}
