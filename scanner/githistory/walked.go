package githistory

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// walked is the objects of a whole repository, read in one pass: commits and
// tags, then blobs, then trees, of which only what leads to evidence is kept.
type walked struct {
	progress *Progress
	forest   *pack.Forest
	format   pack.Format
	commits  dense[*commit]
	tags     map[handle]handle // what they point to
	found    dense[*scanner.Evidence]
	views    *views
	inNames  bool // a name of an entry holds a key
	missing  *missing
	names    *names
	blobs    []counted // of each object; 0 for what was not scanned
	problems []pack.Problem
}

// Sizes in bytes: objects of more than streamFrom are scanned as a stream, and
// read as one when nothing is a delta on them; of the others none of more than
// maxObject is held. Git itself stores objects of more than 512 MiB whole
// (core.bigFileThreshold).
const (
	streamFrom = 16 << 20
	maxObject  = 256 << 20
)

// walk reads all objects of f; of the blobs those that the cache does not know.
func walk(ctx context.Context, f *pack.Forest, format pack.Format, n *names, o scanner.Options, files *Watch, c *cache, p *Progress) *walked {
	w := &walked{
		progress: p,
		forest:   f, format: format, names: n, tags: map[handle]handle{},
		missing: &missing{first: handle(f.Len()), have: map[string]handle{}},
	}
	w.problems = f.Problems()
	p.total.Store(int64(f.Len()))
	w.blobs = make([]counted, f.Len())
	w.texts(ctx, o, nil, pack.Commit, pack.Tag)
	want := w.know(c)
	for n, unknown := range want {
		if !unknown && f.Kind(pack.Node(n)) == pack.Blob {
			p.done.Add(1)
		}
	}
	w.texts(ctx, o, want, pack.Blob)
	if ctx.Err() == nil {
		w.trees(ctx, o, files)
	}
	return w
}

// texts scans the objects of some kinds.
func (w *walked) texts(ctx context.Context, o scanner.Options, want []bool, kinds ...pack.Kind) {
	var readers []*textReader
	run := pack.Walk{Kinds: kinds, Jobs: o.Jobs, Limit: maxObject, Stream: streamFrom, Want: want}
	w.problems = append(w.problems, run.Run(ctx, w.forest, func() pack.Visitor {
		r := &textReader{ctx: ctx, w: w, scan: scanner.NewTextScanner(o)}
		readers = append(readers, r)
		return r
	})...)
	for _, r := range readers {
		for _, f := range r.found {
			w.found.set(f.object, f.evidence)
		}
		for i := range r.commits {
			w.addCommit(&r.commits[i])
		}
		for _, t := range r.tags {
			w.tags[t.object] = w.named(t.target)
		}
		w.problems = append(w.problems, r.problems...)
	}
}

// A textReader scans blobs, commits and tags. It is a pack.Visitor of one
// worker.
type textReader struct {
	ctx      context.Context
	w        *walked
	scan     *scanner.TextScanner
	found    []found
	commits  []parsedCommit
	tags     []parsedTag
	problems []pack.Problem
}

type found struct {
	object   handle
	evidence *scanner.Evidence
}

type parsedTag struct {
	object handle
	target []byte // id
}

type parsedCommit struct {
	object handle
	header header
}

// Visit implements pack.Visitor. A panic becomes a problem of the object; its
// value is not shown, as it could hold bytes of it.
func (r *textReader) Visit(o *pack.Object) (state any) {
	defer func() {
		if v := recover(); v != nil {
			r.problems = append(r.problems, pack.Problem{ID: r.w.forest.ID(o.Node), Err: fmt.Errorf("internal error (%T): please report it", v)})
			state = nil // what is a change of it is scanned whole
		}
	}()
	return r.visit(o)
}

func (r *textReader) visit(o *pack.Object) *scanner.Scanned {
	var t *scanner.Scanned
	large := o.Large
	if large == nil && o.Size > streamFrom { // others are changes of it
		large = bytes.NewReader(o.Data)
	}
	if large != nil {
		var err error
		if t, err = r.scan.Stream(r.ctx, large, int64(o.Size)); err != nil {
			r.problems = append(r.problems, pack.Problem{ID: r.w.forest.ID(o.Node), Err: err})
		}
	} else {
		base, _ := o.Base.(*scanner.Scanned)
		t = r.scan.Scan(o.Data, o.Runs, base)
	}
	if e := r.scan.Evidence(t, o.Data); e != nil {
		r.found = append(r.found, found{handle(o.Node), e})
	}
	r.w.progress.add(o.Size)
	switch o.Kind {
	case pack.Blob:
		r.w.blobs[o.Node] = count(t, o.Data, o.Size) // no other worker has it
	case pack.Commit:
		h, err := parseCommit(o.Data, r.w.format)
		r.broke(o, err)
		if err == nil {
			r.commits = append(r.commits, parsedCommit{handle(o.Node), h.clone()})
		}
	case pack.Tag:
		h, err := parseTag(o.Data, r.w.format)
		r.broke(o, err)
		if err == nil {
			r.tags = append(r.tags, parsedTag{handle(o.Node), bytes.Clone(h.object)})
		}
	}
	return t
}

// broke notes that an object cannot be parsed.
func (r *textReader) broke(o *pack.Object, err error) {
	if err != nil {
		r.problems = append(r.problems, pack.Problem{ID: r.w.forest.ID(o.Node), Err: err})
	}
}

// Done implements pack.Visitor.
func (r *textReader) Done(state any) {
	r.scan.Free(state.(*scanner.Scanned))
}

// addCommit enters a commit in the graph.
func (w *walked) addCommit(c *parsedCommit) {
	k := &commit{tree: w.named(c.header.tree), time: c.header.time}
	w.expect(c.object, k.tree, pack.Tree)
	for _, p := range c.header.parents {
		parent := w.named(p)
		k.parents = append(k.parents, parent)
		w.expect(c.object, parent, pack.Commit)
	}
	w.commits.set(c.object, k)
}

// named returns the object with an id that another object names, and which may
// be missing.
func (w *walked) named(id []byte) handle {
	if n := w.forest.Find(id); n != pack.None {
		return handle(n)
	}
	return w.missing.add(id)
}

// expect notes a problem of the object by when what it names is of another kind
// than it says.
func (w *walked) expect(by, h handle, as pack.Kind) {
	if err := checkKind(w.kind(h), as); err != nil {
		w.problems = append(w.problems, pack.Problem{ID: w.id(by), Err: err})
	}
}

// trees reads all trees and finds those that lead to evidence, to a name that holds a
// key, or to files that are asked for.
func (w *walked) trees(ctx context.Context, o scanner.Options, files *Watch) {
	shared := &treeWalk{forest: w.forest, idSize: w.format.Size(), roles: make([]role, w.forest.Len()), missing: w.missing, files: files}
	var places []handle
	for i := range shared.roles {
		kind := w.forest.Kind(pack.Node(i))
		shared.roles[i] = role(kind)
		if kind == pack.Blob && w.found.get(handle(i)) != nil {
			shared.roles[i] |= wanted
			places = append(places, handle(i))
		}
	}
	var readers []*treeReader
	run := pack.Walk{Kinds: []pack.Kind{pack.Tree}, Jobs: o.Jobs, Limit: maxTree}
	w.problems = append(w.problems, run.Run(ctx, w.forest, func() pack.Visitor {
		r := &treeReader{progress: w.progress, shared: shared, names: localNames{shared: w.names, have: map[string]name{}}, filter: newNameFilter(o.Rules.Matcher())}
		readers = append(readers, r)
		return r
	})...)
	lists := make([][]change, len(readers))
	for i, r := range readers {
		lists[i] = r.changes
		places = append(places, r.named...)
		w.inNames = w.inNames || r.inNames
		w.problems = append(w.problems, r.problems...)
	}
	slices.Sort(places)
	w.views = viewsOf(w.forest, indexChanges(lists, w.forest.Len()+w.missing.count()), slices.Compact(places))
}

// maxTree is the most bytes of a tree.
const maxTree = math.MaxInt32

// id implements objects.
func (w *walked) id(h handle) pack.ID {
	if int(h) < w.forest.Len() {
		return w.forest.ID(pack.Node(h))
	}
	return w.missing.id(h)
}

// find implements objects.
func (w *walked) find(id []byte) handle { return handle(w.forest.Find(id)) }

// target implements objects.
func (w *walked) target(h handle) handle {
	if t, ok := w.tags[h]; ok {
		return t
	}
	return none
}

// kind implements objects.
func (w *walked) kind(h handle) pack.Kind {
	if h == none || int(h) >= w.forest.Len() {
		return 0
	}
	return w.forest.Kind(pack.Node(h))
}

// commit implements objects.
func (w *walked) commit(h handle) *commit { return w.commits.get(h) }

// entries returns what of a tree leads to a key.
func (w *walked) entries(tree handle) []entry {
	if tree == none || int(tree) >= len(w.views.entries) {
		return nil
	}
	return w.views.entries[tree]
}

// child implements objects.
func (w *walked) child(tree handle, n name) handle {
	return childIn(w.entries(tree), n)
}

// differ implements objects.
func (w *walked) differ(from, to handle) (old, now []entry) {
	return w.entries(from), w.entries(to)
}

// evidence implements objects.
func (w *walked) evidence(h handle) *scanner.Evidence { return w.found.get(h) }

// dangling returns roots for the commits and tags that neither reachable commits
// nor the roots of history and notes lead to.
func (w *walked) dangling(reachable []handle, history, notes []root) []root {
	seen := make(map[handle]bool, len(reachable))
	for _, r := range slices.Concat(history, notes) {
		for _, t := range r.tags {
			seen[t] = true
		}
	}
	for _, h := range append(reachable, parentsFirst(w, commitsOf(notes), nil)...) {
		seen[h] = true
	}
	var out []root
	for n := range w.forest.Len() {
		h := handle(n)
		if seen[h] {
			continue
		}
		if w.commits.get(h) != nil {
			out = append(out, root{tip: tip{class: dangling}, commit: h, object: h})
		} else if w.target(h) != none {
			out = append(out, root{tip: tip{class: dangling}, commit: none, object: h, tags: []handle{h}})
		}
	}
	slices.SortFunc(out, func(a, b root) int { return w.compareIDs(a.object, b.object) })
	return out
}

func (w *walked) compareIDs(a, b handle) int {
	ida, idb := w.id(a), w.id(b)
	return bytes.Compare(ida[:], idb[:])
}

// sortedFound returns the objects with evidence in order of their ids.
func (w *walked) sortedFound() []handle {
	var out []handle
	for i, e := range w.found {
		if e != nil {
			out = append(out, handle(i))
		}
	}
	slices.SortFunc(out, w.compareIDs)
	return out
}
