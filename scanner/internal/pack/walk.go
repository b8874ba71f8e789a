package pack

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zlib"

	"github.com/agcloud/keylint/scanner/internal/delta"
)

// An Object is an object as a walk meets it.
type Object struct {
	Node Node
	Kind Kind
	// Data is the content. It is valid until the visit returns.
	Data []byte
	// Large is the content of an object that is too large to be held, Data is
	// then nil. It is valid until the visit returns, and its errors are the
	// visitor's to report.
	Large io.Reader
	// Size is the length of the content in bytes.
	Size uint64
	// Runs tells, for an object that is stored as a delta, where each run of
	// Data comes from; nil for an object that is stored whole.
	Runs []delta.Run
	// Base is what the visit of the base object returned; nil without a base.
	Base any
}

// A Visitor takes the objects of a walk. Each worker has one of its own.
type Visitor interface {
	// Visit takes an object. What it returns is handed to the visits of the
	// objects that are deltas on this one. These may be on other workers, so
	// it must not be changed afterwards.
	Visit(o *Object) any
	// Done takes back what Visit returned, unless nil, when no visit needs it
	// any more.
	Done(state any)
}

// A Walk says how objects are walked.
type Walk struct {
	Kinds []Kind // of the objects to visit; others are passed over
	Jobs  int    // workers; 0 means one a core
	// Limit is the most bytes of an object that are held in memory. A larger
	// one is visited as a stream if nothing is a delta on it, else it is a
	// problem, with all that are deltas on it.
	Limit uint64
	// Stream is the size in bytes from which on an object that nothing is a
	// delta on is visited as a stream; 0 means Limit.
	Stream uint64
	// Want tells of each object whether it is to be visited; nil means all.
	// Others are read only as far as wanted ones are deltas on them.
	Want []bool
}

// Run reads every object of the forest once, bases before their deltas, and
// passes it to the visitor of a worker, made by newVisitor. It returns what
// could not be read.
//
// Families of deltas are shared out over the workers, and parts of families to
// those that have no family left. A worker holds the objects on the way from a
// root to the current one that have more deltas to come.
func (w Walk) Run(ctx context.Context, f *Forest, newVisitor func() Visitor) []Problem {
	s := &sharing{forest: f, jobs: workers(w.Jobs)}
	s.wake = sync.NewCond(&s.mu)
	read := f.needed(w.Want)
	for _, r := range f.roots {
		if slices.Contains(w.Kinds, f.nodes[r].kind) && (read == nil || read[r]) {
			s.roots = append(s.roots, r)
		}
	}
	list := make([]*walker, s.jobs)
	var wg sync.WaitGroup
	for i := range list {
		w := &walker{Walk: w, forest: f, shared: s, visitor: newVisitor(), reader: f.store.Reader(w.Limit), read: read}
		list[i] = w
		wg.Go(func() { w.run(ctx) })
	}
	wg.Wait()
	var problems []Problem
	for _, w := range list {
		problems = append(problems, w.problems...)
	}
	return problems
}

// Problems returns what could not be opened or has no readable base.
func (f *Forest) Problems() []Problem { return f.problems }

// needed returns the wanted objects and those that they are deltas on, nil when
// all are wanted.
func (f *Forest) needed(want []bool) []bool {
	if want == nil {
		return nil
	}
	read := make([]bool, len(f.nodes))
	for i := range f.nodes {
		for n := Node(i); want[i] && n != None && !read[n]; n = f.nodes[n].parent {
			read[n] = true
		}
	}
	return read
}

// A walker walks families of deltas. It is for one goroutine.
type walker struct {
	Walk
	read     []bool // the objects that are read; nil for all
	forest   *Forest
	shared   *sharing
	visitor  Visitor
	reader   *Reader
	problems []Problem
	stack    []frame
	spare    [][]byte // buffers that are not in use
	spared   int      // bytes in spare
	delta    []byte
	runs     []delta.Run
	rescues  int
}

// A held is an object that deltas are still to be applied to.
type held struct {
	kind  Kind
	data  []byte
	state any
	users atomic.Int32 // frames, on any worker
}

// A frame is the deltas on an object that are still to be walked.
type frame struct {
	*held
	deltas []Node
}

// run walks families until there are no more, then parts of those of others.
func (w *walker) run(ctx context.Context) {
	for ctx.Err() == nil {
		i := int(w.shared.next.Add(1)) - 1
		if i >= len(w.shared.roots) {
			break
		}
		w.root(w.shared.roots[i])
		w.drain(ctx)
	}
	for {
		f, ok := w.shared.take()
		if !ok {
			return
		}
		w.stack = append(w.stack, f)
		w.drain(ctx)
	}
}

// drain walks what is on the stack.
func (w *walker) drain(ctx context.Context) {
	for len(w.stack) > 0 {
		if w.shared.idle.Load() > 0 {
			w.share()
		}
		top := &w.stack[len(w.stack)-1]
		if len(top.deltas) == 0 || ctx.Err() != nil {
			w.release(top.held)
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		child := top.deltas[0]
		top.deltas = top.deltas[1:]
		if w.read == nil || w.read[child] {
			w.child(child, top)
		}
	}
}

// share gives half of the deltas on the object that is nearest to the root and
// has several left to a worker that has none.
func (w *walker) share() {
	for i := range w.stack {
		f := &w.stack[i]
		if n := len(f.deltas); n > 1 || n == 1 && i < len(w.stack)-1 {
			f.users.Add(1)
			w.shared.give(frame{f.held, f.deltas[n/2:]})
			f.deltas = f.deltas[:n/2]
			return
		}
	}
}

// release gives up a frame's hold.
func (w *walker) release(h *held) {
	if h.users.Add(-1) == 0 {
		if h.state != nil {
			w.visitor.Done(h.state)
		}
		w.put(h.data)
	}
}

// visited visits an object, if it is wanted, and puts it on the stack when there
// are deltas on it.
func (w *walker) visited(o *Object) {
	var state any
	if w.Want == nil || w.Want[o.Node] {
		state = w.visitor.Visit(o)
	}
	deltas := w.forest.Deltas(o.Node)
	if len(deltas) == 0 {
		if state != nil {
			w.visitor.Done(state)
		}
		w.put(o.Data)
		return
	}
	h := &held{kind: o.Kind, data: o.Data, state: state}
	h.users.Store(1)
	w.stack = append(w.stack, frame{h, deltas})
}

// root reads and visits an object that is stored whole.
func (w *walker) root(n Node) {
	o := Object{Node: n, Kind: w.forest.nodes[n].kind}
	var done func()
	err := safely(func() (err error) {
		done, err = w.readRoot(&o)
		return err
	})
	if err != nil {
		w.fail(n, err)
		return
	}
	w.visited(&o)
	done()
}

// readRoot reads an object that is stored whole, or opens it when it is large.
// done is to be called when it was visited.
func (w *walker) readRoot(o *Object) (done func(), err error) {
	n := &w.forest.nodes[o.Node]
	if n.pack == loose {
		return w.readLoose(o)
	}
	p := w.forest.store.packs[n.pack]
	h, err := p.header(n.at)
	if err != nil {
		return nil, err
	}
	o.Size = h.size
	if w.streams(o) {
		z, err := zlib.NewReader(bytes.NewReader(p.data[h.content:p.size]))
		if err != nil {
			return nil, errObject
		}
		o.Large = safeReader{exactly(z, h.size)}
		return func() {}, nil
	}
	o.Data, err = w.reader.inf.inflate(w.get(), p.data[h.content:p.size], h.size, w.Limit)
	return func() {}, err
}

// streams reports whether o is to be visited as a stream.
func (w *walker) streams(o *Object) bool {
	stream := w.Stream
	if stream == 0 {
		stream = w.Limit
	}
	return o.Size > stream && len(w.forest.Deltas(o.Node)) == 0
}

func (w *walker) readLoose(o *Object) (done func(), err error) {
	path := w.forest.path(o.Node)
	l, err := openLoose(path)
	if err != nil {
		return nil, err
	}
	if o.Size = l.size; w.streams(o) {
		o.Large = exactly(l.content, l.size)
		return func() { l.file.Close() }, nil
	}
	defer l.file.Close()
	o.Data, err = l.read(w.get(), w.Limit)
	return func() {}, err
}

// child reads and visits an object that is a delta on that of top, the last
// frame on the stack.
func (w *walker) child(n Node, top *frame) {
	base := *top
	if len(base.deltas) == 0 { // nobody else needs the base
		w.stack = w.stack[:len(w.stack)-1]
		defer w.release(base.held)
	}
	o := Object{Node: n, Kind: base.kind, Base: base.state}
	err := safely(func() (err error) {
		o.Data, err = w.apply(n, base.data)
		return err
	})
	if err != nil {
		w.fail(n, err)
		return
	}
	o.Runs, o.Size = w.runs, uint64(len(o.Data))
	w.visited(&o)
}

// apply applies the delta that n is stored as to base.
func (w *walker) apply(n Node, base []byte) ([]byte, error) {
	at := &w.forest.nodes[n]
	p := w.forest.store.packs[at.pack]
	h, err := p.header(at.at)
	if err != nil {
		return nil, err
	}
	change, err := w.reader.inf.inflate(w.delta, p.data[h.content:p.size], h.size, w.Limit)
	if err != nil {
		return nil, err
	}
	w.delta = change
	data, runs, err := delta.Apply(w.get(), w.runs, base, change, w.Limit)
	if err != nil {
		return nil, err
	}
	w.runs = runs
	return data, nil
}

// maxRescues bounds the objects that a worker looks for elsewhere when the copy
// that it knows is damaged, as each costs a whole chain of deltas.
const maxRescues = 1000

// fail deals with an object that cannot be read, and with all that are deltas
// on it: those of which there is another copy are visited whole, the others
// are problems.
func (w *walker) fail(n Node, err error) {
	for list := []Node{n}; len(list) > 0; err = errChain {
		n = list[len(list)-1]
		list = append(list[:len(list)-1], w.forest.Deltas(n)...)
		if w.Want != nil && !w.Want[n] {
			continue
		}
		if w.rescues < maxRescues {
			w.rescues++
			if kind, data, err := w.reader.Read(w.forest.ID(n)); err == nil && kind == w.forest.Kind(n) {
				if state := w.visitor.Visit(&Object{Node: n, Kind: kind, Data: data, Size: uint64(len(data))}); state != nil {
					w.visitor.Done(state)
				}
				continue
			}
		}
		w.problems = append(w.problems, Problem{Path: w.forest.path(n), ID: w.forest.ID(n), Err: err})
	}
}
