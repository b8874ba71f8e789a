package githistory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// lazy is objects that are read one by one when they are asked for. It is the
// way for a few commits, and the plain way that the fast one is checked
// against. It is for one goroutine.
type lazy struct {
	ctx       context.Context
	store     *pack.Store
	reader    *pack.Reader
	format    pack.Format
	names     localNames
	scan      *scanner.TextScanner
	ids       []pack.ID
	handles   map[pack.ID]handle
	parsed    map[handle]*parsed // commits, tags and blobs
	contrasts map[pair]contrast
	kept      int // entries in contrasts
	blobs     []counted
	problems  []pack.Problem
	absent    []handle
}

// parsed is what is kept of an object.
type parsed struct {
	kind     pack.Kind
	commit   *commit
	target   handle
	evidence *scanner.Evidence
}

// maxKept is the most entries of trees that are kept in memory.
const maxKept = 2_000_000

func newLazy(ctx context.Context, s *pack.Store, f pack.Format, n *names, o scanner.Options) *lazy {
	return &lazy{
		ctx: ctx, store: s, reader: s.Reader(maxObject), format: f, names: localNames{shared: n, have: map[string]name{}},
		scan: scanner.NewTextScanner(o), handles: map[pack.ID]handle{}, parsed: map[handle]*parsed{}, contrasts: map[pair]contrast{},
		problems: s.Problems(),
	}
}

// id implements objects.
func (l *lazy) id(h handle) pack.ID { return l.ids[h] }

// find implements objects.
func (l *lazy) find(id []byte) handle {
	var full pack.ID
	copy(full[:], id)
	if !l.store.Has(full) {
		return none
	}
	return l.named(id)
}

// named returns the object with an id, which may be missing.
func (l *lazy) named(id []byte) handle {
	var full pack.ID
	copy(full[:], id)
	h, ok := l.handles[full]
	if !ok {
		h = handle(len(l.ids))
		l.ids = append(l.ids, full)
		l.handles[full] = h
	}
	return h
}

// read reads an object.
func (l *lazy) read(h handle) (pack.Kind, []byte) {
	kind, data, err := l.reader.Read(l.ids[h])
	switch {
	case err == pack.ErrMissing:
		l.absent = append(l.absent, h)
	case err != nil:
		l.problems = append(l.problems, pack.Problem{ID: l.ids[h], Err: err})
	}
	return kind, data
}

// parse reads an object that is no tree, once.
func (l *lazy) parse(h handle) *parsed {
	if p, ok := l.parsed[h]; ok {
		return p
	}
	kind, data := l.read(h)
	p := &parsed{kind: kind, target: none}
	l.parsed[h] = p
	if kind == 0 || kind == pack.Tree {
		return p
	}
	var err error
	switch kind {
	case pack.Commit:
		var c header
		if c, err = parseCommit(data, l.format); err == nil {
			p.commit = &commit{tree: l.named(c.tree), time: c.time}
			for _, id := range c.parents {
				p.commit.parents = append(p.commit.parents, l.named(id))
			}
		}
	case pack.Tag:
		var t tagHeader
		if t, err = parseTag(data, l.format); err == nil {
			p.target = l.named(t.object)
		}
	}
	if err != nil {
		l.problems = append(l.problems, pack.Problem{ID: l.ids[h], Err: err})
	}
	var c counted
	if p.evidence, c = evidenceIn(l.scan, data); kind == pack.Blob {
		l.blobs = append(l.blobs, c)
	}
	return p
}

// evidenceIn scans an object by itself.
func evidenceIn(s *scanner.TextScanner, data []byte) (*scanner.Evidence, counted) {
	t := s.Scan(data, nil, nil)
	defer s.Free(t)
	return s.Evidence(t, data), count(t, data, uint64(len(data)))
}

// prefetch reads and scans blobs that will be asked for, with several workers.
func (l *lazy) prefetch(o scanner.Options, blobs []handle) {
	type result struct {
		evidence *scanner.Evidence
		counted  counted
		ok       bool
	}
	results := make([]result, len(blobs))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(workers(o.Jobs), len(blobs)/8)) {
		wg.Go(func() {
			scan, reader := scanner.NewTextScanner(o), l.store.Reader(maxObject)
			const batch = 16 // neighbours are often changes of one another
			for from := int(next.Add(batch)) - batch; from < len(blobs) && l.ctx.Err() == nil; from = int(next.Add(batch)) - batch {
				for i := from; i < min(from+batch, len(blobs)); i++ {
					// What cannot be read is left to parse, which says so.
					if kind, data, err := reader.Read(l.ids[blobs[i]]); err == nil && kind == pack.Blob {
						e, c := evidenceIn(scan, data)
						results[i] = result{e, c, true}
					}
				}
			}
		})
	}
	wg.Wait()
	for i, r := range results {
		if r.ok {
			l.parsed[blobs[i]] = &parsed{kind: pack.Blob, target: none, evidence: r.evidence}
			l.blobs = append(l.blobs, r.counted)
		}
	}
}

func workers(jobs int) int {
	if jobs <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return jobs
}

// commit implements objects.
func (l *lazy) commit(h handle) *commit {
	if h == none {
		return nil
	}
	return l.parse(h).commit
}

// target implements objects.
func (l *lazy) target(h handle) handle {
	if h == none {
		return none
	}
	return l.parse(h).target
}

// kind implements objects.
func (l *lazy) kind(h handle) pack.Kind {
	if h == none {
		return 0
	}
	return l.parse(h).kind
}

// evidence implements objects.
func (l *lazy) evidence(h handle) *scanner.Evidence { return l.parse(h).evidence }

// child implements objects.
func (l *lazy) child(tree handle, n name) handle {
	want := l.names.shared.text(n)
	for t := l.lines(tree); t.next(); t.take(nil) {
		if string(t.entry.name) == want && t.entry.mode&modeType != modeGitlink {
			return l.named(t.entry.id)
		}
	}
	return none
}

// A pair of trees.
type pair struct{ from, to handle }

// A contrast is the entries that two trees do not share.
type contrast struct{ old, now []entry }

// differ implements objects.
func (l *lazy) differ(from, to handle) (old, now []entry) {
	c, ok := l.contrasts[pair{from, to}]
	if !ok {
		c.old, c.now = l.compare(from, to)
		if l.kept += len(c.old) + len(c.now); l.kept > maxKept {
			clear(l.contrasts)
			l.kept = len(c.old) + len(c.now)
		}
		l.contrasts[pair{from, to}] = c
	}
	return c.old, c.now
}

// compare reads two trees.
func (l *lazy) compare(from, to handle) (old, now []entry) {
	a, b := l.lines(from), l.lines(to)
	a.skipCommon(b)
	for !bytes.Equal(a.data, b.data) && a.next() && b.next() {
		switch c := a.compare(b); {
		case c == 0 && bytes.Equal(a.line, b.line):
			a.take(nil)
			b.take(nil)
		case c == 0:
			a.take(&old)
			b.take(&now)
		case c < 0:
			a.take(&old)
		default:
			b.take(&now)
		}
	}
	if !bytes.Equal(a.data, b.data) {
		for a.next() {
			a.take(&old)
		}
		for b.next() {
			b.take(&now)
		}
	}
	slices.SortFunc(old, compareEntries)
	slices.SortFunc(now, compareEntries)
	return old, now
}

// lines returns the lines of a tree, none for no tree.
func (l *lazy) lines(tree handle) *treeLines {
	t := &treeLines{lazy: l, tree: tree}
	if tree != none {
		_, t.data = l.read(tree)
	}
	return t
}

// treeLines goes through the lines of a tree.
type treeLines struct {
	*lazy
	tree  handle
	data  []byte // what is left
	line  []byte // the current line
	entry treeEntry
}

// skipCommon takes the lines with which both trees begin.
func (t *treeLines) skipCommon(u *treeLines) {
	same := 0
	for n := min(len(t.data), len(u.data)); same+8 <= n && binary.LittleEndian.Uint64(t.data[same:]) == binary.LittleEndian.Uint64(u.data[same:]); {
		same += 8
	}
	done := 0
	for {
		n := bytes.IndexByte(t.data[done:same], 0)
		if n < 0 || done+n+1+t.format.Size() > same {
			break
		}
		done += n + 1 + t.format.Size()
	}
	t.data, u.data = t.data[done:], u.data[done:]
}

// next makes the next line the current one if that was taken.
func (t *treeLines) next() bool {
	if t.line != nil || len(t.data) == 0 {
		return t.line != nil
	}
	var err error
	if t.entry, err = parseEntry(t.data, 0, t.format.Size()); err != nil {
		t.problems = append(t.problems, pack.Problem{ID: t.ids[t.tree], Err: err})
		t.data = nil
		return false
	}
	t.line = t.data[:t.entry.end]
	return true
}

// take appends the current line to list, which may be nil, and goes on.
func (t *treeLines) take(list *[]entry) {
	if list != nil && t.entry.mode&modeType != modeGitlink {
		*list = append(*list, entry{t.names.number(t.entry.name), t.named(t.entry.id), t.entry.mode&modeType == modeTree})
	}
	t.data, t.line = t.data[t.entry.end:], nil
}

// compare compares the names of the current lines in the order of trees, in
// which that of a tree counts as if it ended with a slash (base_name_compare in
// git's read-cache.c).
func (t *treeLines) compare(u *treeLines) int {
	a, b := t.entry.name, u.entry.name
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return cmp.Compare(t.behind(n), u.behind(n))
}

// behind returns the byte of the name at n, or what ends it.
func (t *treeLines) behind(n int) byte {
	switch {
	case n < len(t.entry.name):
		return t.entry.name[n]
	case t.entry.mode&modeType == modeTree:
		return '/'
	}
	return 0
}
