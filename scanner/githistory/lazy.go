package githistory

import (
	"bytes"
	"context"
	"slices"

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
	kept      int              // entries in contrasts
	kinds     dense[pack.Kind] // of the objects that were read
	roles     dense[uint8]     // as what others name each object: bits 1<<kind
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
	l.kinds.set(h, kind)
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
			p.commit = &commit{tree: l.namedAs(c.tree, pack.Tree), time: c.time}
			for _, id := range c.parents {
				p.commit.parents = append(p.commit.parents, l.namedAs(id, pack.Commit))
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
	if p.evidence, c = l.evidenceIn(l.scan, data); kind == pack.Blob {
		l.blobs = append(l.blobs, c)
	}
	return p
}

// evidenceIn scans an object by itself; a large one piece by piece, as a walk does.
func (l *lazy) evidenceIn(s *scanner.TextScanner, data []byte) (*scanner.Evidence, counted) {
	size := uint64(len(data))
	if size > streamFrom {
		t, err := s.Stream(l.ctx, bytes.NewReader(data), int64(size))
		if err != nil { // interrupted
			return nil, 0
		}
		return s.Evidence(t, nil), count(t, nil, size)
	}
	t := s.Scan(data, nil, nil)
	defer s.Free(t)
	return s.Evidence(t, data), count(t, data, size)
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
