package scanner

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner/internal/delta"
)

// A TextScanner scans texts many of which are small changes of another one,
// such as the revisions of a file. Of a change it looks only at what is new:
//
//   - Keyword hits depend on their own bytes alone, so those inside a run that
//     was copied are those of the other text, moved.
//   - What the rules make of a hit depends on the hit's window alone, so it is
//     the same when the whole window was copied.
//
// The result is that of a scan of the whole text. A TextScanner holds buffers
// and is for one goroutine; texts may pass from one to another.
type TextScanner struct {
	blob   *blobScanner
	set    *rules.Set
	spare  []*Scanned
	fresh  []rules.Hit
	copied []rules.Hit
	again  []rules.Hit
	lines  []int
}

// NewTextScanner returns a scanner for the rules of o.
func NewTextScanner(o Options) *TextScanner {
	return &TextScanner{blob: newBlobScanner(o), set: o.Rules}
}

// A Scanned text is what scanning it led to.
type Scanned struct {
	form    form
	size    int
	hits    []rules.Hit   // in order of position; of plain text only
	context rules.Context // among hits
	asked   rules.Context // the file-level conditions under which cands were looked for
	cands   []sourced     // of plain text only
	decoded *Evidence     // of UTF-16 and UTF-32, and of what was read as a stream
}

// A sourced candidate knows the span that decided on it.
type sourced struct {
	rules.Candidate
	window rules.Span
}

// Binary reports whether the text is none.
func (t *Scanned) Binary() bool { return t.form == formBinary }

// Scan scans data. When data is made of runs of another text, base is what
// Scan returned for that; else base is nil. The result does not refer to data.
func (s *TextScanner) Scan(data []byte, runs []delta.Run, base *Scanned) *Scanned {
	t := s.get()
	t.form, t.size = detect(data), len(data)
	switch {
	case t.form == formBinary:
	case t.form != formText:
		t.decoded = s.Framed(data)
	case base != nil && base.form == formText && base.decoded == nil:
		s.change(t, data, runs, base)
	default:
		t.hits = s.blob.matcher.Hits(t.hits, data, 0, len(data))
		sortHits(t.hits)
		t.context = s.blob.matcher.Context(t.hits)
		t.asked = t.context
		s.ask(t, data, t.hits)
	}
	return t
}

// Framed returns what is found in data, with the lines around each key.
func (s *TextScanner) Framed(data []byte) *Evidence {
	f := fileScan{lines: lineCounter{line: 1}}
	f.form = detect(data)
	if f.form != formBinary {
		s.blob.piece(&piece{raw: data, hi: len(data), last: true, whole: true}, &f)
	}
	return &f.Evidence
}

// Matcher returns the matcher of the scanner, for use between its other calls.
func (s *TextScanner) Matcher() *rules.Matcher { return s.blob.matcher }

// Stream scans what r yields, size bytes, piece by piece. No text can be a
// change of the result.
func (s *TextScanner) Stream(ctx context.Context, r io.Reader, size int64) (*Scanned, error) {
	f := fileScan{lines: lineCounter{line: 1}}
	p := pieceReader{r: r, size: size, chunk: s.blob.chunk, margin: s.blob.margin, buf: s.blob.buf[:0]}
	err := s.blob.pieces(ctx, &p, &f)
	s.blob.buf = p.buf
	return &Scanned{form: f.form, decoded: &f.Evidence}, err
}

// Free takes back a text that is not needed any more.
func (s *TextScanner) Free(t *Scanned) {
	const most = 64
	if len(s.spare) < most {
		clear(t.cands) // secrets
		*t = Scanned{hits: t.hits[:0], cands: t.cands[:0]}
		s.spare = append(s.spare, t)
	}
}

func (s *TextScanner) get() *Scanned {
	n := len(s.spare)
	if n == 0 {
		return &Scanned{}
	}
	t := s.spare[n-1]
	s.spare = s.spare[:n-1]
	return t
}

// sortHits sorts hits, which are mostly in order, by position.
func sortHits(hits []rules.Hit) {
	byPos := func(a, b rules.Hit) int { return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End)) }
	if !slices.IsSortedFunc(hits, byPos) {
		slices.SortStableFunc(hits, byPos)
	}
}

// ask adds what the rules make of hits.
func (s *TextScanner) ask(t *Scanned, data []byte, hits []rules.Hit) {
	m := s.blob.matcher
	for i := range hits {
		s.blob.cands = m.Candidates(s.blob.cands[:0], data, hits[i:i+1], t.asked)
		for _, c := range s.blob.cands {
			t.cands = append(t.cands, sourced{c, m.Window(hits[i])})
		}
	}
}

// change scans data, which is made of runs of base.
func (s *TextScanner) change(t *Scanned, data []byte, runs []delta.Run, base *Scanned) {
	s.freshHits(data, runs)
	s.inheritHits(data, runs, base)
	t.hits = mergeHits(t.hits, s.copied, s.fresh)
	t.context = s.blob.matcher.Context(t.hits)
	t.asked = base.asked
	if t.context&^base.asked != 0 { // rules apply that were not tried on the base
		t.asked = t.context
		s.ask(t, data, t.hits)
		return
	}
	for _, r := range runs {
		if r.Base != delta.Inserted && len(base.cands) > 0 {
			t.inheritCandidates(r, base)
		}
	}
	s.ask(t, data, s.fresh)
	s.ask(t, data, s.again)
}

// freshHits finds the hits that no copied run holds whole: those in inserted
// runs, and those across the end of a run.
func (s *TextScanner) freshHits(data []byte, runs []delta.Run) {
	m := s.blob.matcher
	s.fresh = s.fresh[:0]
	for _, r := range runs {
		if r.Base == delta.Inserted {
			s.fresh = m.HitsInside(s.fresh, data, r.Start, r.End)
		}
		if r.End < len(data) {
			s.fresh = m.HitsAcross(s.fresh, data, r.Start, r.End)
		}
	}
	sortHits(s.fresh)
}

// inheritHits moves the hits of base that lie in copied runs into s.copied, and
// those of them whose window was not copied whole into s.again.
func (s *TextScanner) inheritHits(data []byte, runs []delta.Run, base *Scanned) {
	m := s.blob.matcher
	s.copied, s.again = s.copied[:0], s.again[:0]
	first := 0 // of the hits in the run: runs mostly follow each other in the base
	for _, r := range runs {
		if r.Base == delta.Inserted {
			continue
		}
		first = seek(base.hits, first, r.Base)
		end, move := r.Base+r.End-r.Start, r.Start-r.Base
		for _, h := range base.hits[first:] {
			if h.Pos >= end {
				break
			}
			if h.End > end {
				continue
			}
			whole := copiedWhole(m.Window(h), r, base.size, len(data))
			h.Pos += move
			h.End += move
			s.copied = append(s.copied, h)
			if whole {
				continue
			}
			w := m.WindowIn(data, h)
			if !copiedWhole(rules.Span{Start: w.Start - move, End: w.End - move}, r, base.size, len(data)) {
				s.again = append(s.again, h)
			}
		}
	}
}

// seek returns the index of the first of hits, which are in order, at pos or
// later. It is quick when that is near the index from.
func seek(hits []rules.Hit, from, pos int) int {
	const near = 8
	if from == 0 || hits[from-1].Pos < pos {
		for i := from; i < min(from+near, len(hits)); i++ {
			if hits[i].Pos >= pos {
				return i
			}
		}
	}
	i, _ := slices.BinarySearchFunc(hits, pos, func(h rules.Hit, at int) int { return h.Pos - at })
	return i
}

// inheritCandidates moves the candidates whose window lies in r.
func (t *Scanned) inheritCandidates(r delta.Run, base *Scanned) {
	move := r.Start - r.Base
	for _, c := range base.cands {
		if c.window.End > r.Base && copiedWhole(c.window, r, base.size, t.size) {
			c.window.Start += move
			c.window.End += move
			c.Span.Start += move
			c.Span.End += move
			t.cands = append(t.cands, c)
		}
	}
}

// copiedWhole reports whether r copies the span w of a base of baseSize bytes
// into a text of size bytes. What reaches over an end of the base must do so
// at the same end of the text.
func copiedWhole(w rules.Span, r delta.Run, baseSize, size int) bool {
	end := r.Base + r.End - r.Start
	return (w.Start >= r.Base || r.Base == 0 && r.Start == 0) && (w.End <= end || end == baseSize && r.End == size)
}

// mergeHits appends two lists in order of position to dst, in order.
func mergeHits(dst, a, b []rules.Hit) []rules.Hit {
	for len(a) > 0 && len(b) > 0 {
		if a[0].Pos <= b[0].Pos {
			dst, a = append(dst, a[0]), a[1:]
		} else {
			dst, b = append(dst, b[0]), b[1:]
		}
	}
	return append(append(dst, a...), b...)
}

// Evidence returns what was found in data, which t is the result of scanning;
// nil when there is nothing.
func (s *TextScanner) Evidence(t *Scanned, data []byte) *Evidence {
	if t.decoded != nil {
		if len(t.decoded.cands) == 0 {
			return nil
		}
		return t.decoded
	}
	cands := s.blob.cands[:0]
	for _, c := range t.cands {
		if s.set.Met(c.Rule, t.context) {
			cands = append(cands, c.Candidate)
		}
	}
	s.blob.cands = cands
	if len(cands) == 0 {
		return nil
	}
	e := &Evidence{form: t.form, context: t.context}
	d := decoded{text: data, hi: len(data), whole: true}
	counter := lineCounter{line: 1}
	lines := counter.index(&d, s.lines)
	s.lines = lines.starts
	s.blob.spans = s.blob.matcher.Allows(s.blob.spans[:0], t.hits)
	e.allows = s.blob.directives(nil, data, s.blob.spans, lines)
	e.add(cands, lines, 0, false)
	return e
}
