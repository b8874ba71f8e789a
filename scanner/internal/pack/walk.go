package pack

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// An Object is an object as a walk meets it.
type Object struct {
	ID   ID
	Kind Kind
	// Data is the content. It is valid until the visit returns.
	Data []byte
	// Ops tells, for an object that is stored as a delta, where each run of
	// Data comes from; nil for an object that is stored whole.
	Ops []Op
	// Base is what the visit of the base object returned; nil without a base.
	Base any
}

// A Visitor takes the objects of a walk. Each worker has one of its own; what
// Visit returns is handed to the visits of the objects that are deltas on this
// one, on the same worker.
type Visitor interface {
	Visit(o *Object) any
}

// Walk reads every object of the store once, bases before their deltas, and
// passes it to a visitor. newVisitor is called once for each worker; jobs is
// their number, 0 for one a core. Objects of more than limit bytes, and what
// cannot be read, are returned as problems, those of the store included; in
// order of pack and offset.
//
// Families of deltas are shared out over the workers. A worker holds the
// objects on the way from a root to the current one that have more deltas to
// come, so memory is bounded by the shape of the chains and limit, and not by
// the size of the repository.
func (s *Store) Walk(ctx context.Context, jobs int, limit uint64, newVisitor func() Visitor) []Problem {
	f, problems := s.forest()
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	reached := make([]bool, len(f.nodes)) // each node is written by the worker that has its root
	var next atomic.Int64
	workers := make([]*walker, jobs)
	var wg sync.WaitGroup // guards problems of the workers and reached
	for i := range workers {
		w := &walker{store: s, forest: f, limit: limit, visitor: newVisitor(), reader: s.Reader(limit), reached: reached}
		workers[i] = w
		wg.Add(1)
		go func() {
			defer wg.Done()
			for ctx.Err() == nil {
				r := int(next.Add(1)) - 1
				if r >= len(f.roots) {
					return
				}
				w.root(f.roots[r])
			}
		}()
	}
	wg.Wait()
	for _, w := range workers {
		problems = append(problems, w.problems...)
	}
	problems = append(slices.Clone(s.problems), problems...)
	if ctx.Err() == nil {
		problems = append(problems, s.unreached(f, reached, problems)...)
	}
	return problems
}

// unreached returns a problem for each object that no walk came to: its chain
// has no root.
func (s *Store) unreached(f *forest, reached []bool, known []Problem) []Problem {
	have := map[ID]bool{}
	for _, p := range known {
		have[p.ID] = true
	}
	var out []Problem
	for i, n := range f.nodes {
		if !reached[i] && !have[n.id] {
			out = append(out, Problem{Path: s.packs[n.pack].path, ID: n.id, Err: fmt.Errorf("its chain of deltas cannot be read: %w", errPack)})
		}
	}
	return out
}

// A walker walks families of deltas. It is for one goroutine.
type walker struct {
	store    *Store
	forest   *forest
	limit    uint64
	visitor  Visitor
	reader   *Reader
	reached  []bool
	problems []Problem
	free     [][]byte // buffers that are not in use
	delta    []byte
	ops      []Op
}

// A frame is an object whose deltas are being walked.
type frame struct {
	node  int32
	kind  Kind
	data  []byte
	state any
	next  int // index of the next child
}

// root walks the family of a root.
func (w *walker) root(i int32) {
	kind, data, err := w.readRoot(i)
	if err != nil {
		w.fail(i, err)
		return
	}
	w.reached[i] = true
	state := w.visitor.Visit(&Object{ID: w.forest.nodes[i].id, Kind: kind, Data: data})
	stack := []frame{{node: i, kind: kind, data: data, state: state}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		children := w.forest.of(top.node)
		if top.next == len(children) {
			w.put(top.data)
			stack = stack[:len(stack)-1]
			continue
		}
		child := children[top.next]
		top.next++
		if f, ok := w.child(child, top); ok {
			if top.next == len(children) { // the base is not needed any more
				w.put(top.data)
				stack = stack[:len(stack)-1]
			}
			stack = append(stack, f)
		}
	}
}

// readRoot reads an object that is stored whole.
func (w *walker) readRoot(i int32) (Kind, []byte, error) {
	n := &w.forest.nodes[i]
	if n.pack == noNode {
		return w.reader.readLoose(w.store.loose[n.id])
	}
	p := w.store.packs[n.pack]
	h, err := p.header(n.at)
	if err != nil {
		return 0, nil, err
	}
	data, err := w.reader.inf.inflate(w.get(), p.data[h.content:p.size], h.size, w.limit)
	return h.kind, data, err
}

// child reads and visits an object that is a delta on the one of top.
func (w *walker) child(i int32, top *frame) (frame, bool) {
	n := &w.forest.nodes[i]
	p := w.store.packs[n.pack]
	data, err := w.applyAt(p, n.at, top.data)
	if err != nil {
		w.fail(i, err)
		return frame{}, false
	}
	w.reached[i] = true
	state := w.visitor.Visit(&Object{ID: n.id, Kind: top.kind, Data: data, Ops: w.ops, Base: top.state})
	return frame{node: i, kind: top.kind, data: data, state: state}, true
}

// applyAt applies the delta at an offset of p to base.
func (w *walker) applyAt(p *packfile, at int64, base []byte) ([]byte, error) {
	h, err := p.header(at)
	if err != nil {
		return nil, err
	}
	if w.delta, err = w.reader.inf.inflate(w.delta, p.data[h.content:p.size], h.size, w.limit); err != nil {
		return nil, err
	}
	var data []byte
	data, w.ops, err = applyDelta(w.get(), w.ops, base, w.delta, w.limit)
	return data, err
}

// fail notes that node i cannot be read. What is a delta on it cannot be read
// either and is found by Walk.
func (w *walker) fail(i int32, err error) {
	n := &w.forest.nodes[i]
	path := w.store.loose[n.id]
	if n.pack != noNode {
		path = w.store.packs[n.pack].path
	}
	w.problems = append(w.problems, Problem{Path: path, ID: n.id, Err: err})
}

// get returns an empty buffer.
func (w *walker) get() []byte {
	if n := len(w.free); n > 0 {
		b := w.free[n-1]
		w.free = w.free[:n-1]
		return b[:0]
	}
	return nil
}

// put takes back a buffer. Large ones are let go.
func (w *walker) put(b []byte) {
	const most = 4 << 20
	if cap(b) > 0 && cap(b) <= most && len(w.free) < 64 {
		w.free = append(w.free, b)
	}
}
