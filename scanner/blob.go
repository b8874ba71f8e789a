package scanner

import (
	"context"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// A blobScanner scans one blob after the other. It holds buffers and is for
// one goroutine.
type blobScanner struct {
	opts    Options
	matcher *rules.Matcher
	chunk   int // most stored bytes in buf
	margin  int // W: how far a decision can look
	buf     []byte
	text    textBuffer
	hits    []rules.Hit
	cands   []rules.Candidate
	spans   []rules.Span
}

func newBlobScanner(o Options) *blobScanner {
	w := &blobScanner{opts: o, matcher: o.Rules.Matcher(), margin: o.Rules.Footprint()}
	w.chunk = o.ChunkSize
	if w.chunk == 0 {
		w.chunk = defaultChunk
	}
	w.chunk = max(w.chunk, 4*w.margin)
	return w
}

// scan scans b, piece by piece if it is large.
func (w *blobScanner) scan(ctx context.Context, b Blob) result {
	rc, err := b.Open()
	if err != nil {
		f := fileScan{blob: b, path: w.maskedPath(b.Path)}
		res := result{problem: &Problem{Path: f.path, Reason: reasonOf(err)}}
		w.scanName(&f, &res)
		return res
	}
	defer rc.Close()
	f := fileScan{blob: b, path: w.maskedPath(b.Path), lines: lineCounter{line: 1}}
	r := pieceReader{r: rc, size: b.Size, chunk: w.chunk, margin: w.margin, buf: w.buf[:0]}
	err = w.pieces(ctx, &r, &f)
	w.buf = r.buf
	if f.form == formBinary {
		res := result{skipped: "binary"}
		w.scanName(&f, &res)
		return res
	}
	res := w.finish(&f)
	res.bytes = r.read
	if err != nil {
		res.problem = &Problem{Path: f.path, Reason: reasonOf(err)}
	}
	return res
}

// pieces scans one piece of a file after the other.
func (w *blobScanner) pieces(ctx context.Context, r *pieceReader, f *fileScan) error {
	for first := true; ; first = false {
		if err := r.fill(); err != nil {
			return err
		}
		if first {
			if f.form = detect(r.buf); f.form == formBinary {
				return nil
			}
			r.widen(f.form.width())
		}
		p := r.cut()
		w.piece(&p, f)
		if p.last {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// A fileScan gathers what the pieces of a file hold.
type fileScan struct {
	blob     Blob
	path     string // of the blob, masked
	form     form
	context  rules.Context
	cands    []rules.Candidate // with offsets in the text of the whole file
	places   map[rules.Span]place
	allows   []directive
	textBase int // offset of the current piece in the text of the file
	lines    lineCounter
}

// A place is where a candidate stands, worked out while its piece is in memory.
type place struct {
	loc   Location
	frame []FrameLine
}

// piece matches the rules in one piece.
func (w *blobScanner) piece(p *piece, f *fileScan) {
	t := w.text.decode(p, f.form)
	w.hits = w.matcher.Hits(w.hits[:0], t.text, t.lo, t.hi)
	if len(w.hits) > 0 {
		w.around(t, f)
	}
	if !p.last {
		f.lines.advance(t)
		f.textBase += t.next
	}
}

// around evaluates the hits of a piece.
func (w *blobScanner) around(t *decoded, f *fileScan) {
	ctx := w.matcher.Context(w.hits)
	f.context |= ctx
	if !t.whole {
		ctx = rules.AnyContext // the rest of the file may hold what is required
	}
	w.cands = w.matcher.Candidates(w.cands[:0], t.text, w.hits, ctx)
	w.spans = w.matcher.Allows(w.spans[:0], w.hits)
	if len(w.cands) == 0 && len(w.spans) == 0 {
		return
	}
	lines := f.lines.index(t)
	for _, s := range w.spans {
		if isDirective(t.text, s.End) {
			f.allows = append(f.allows, lines.directive(s))
		}
	}
	if f.places == nil {
		f.places = map[rules.Span]place{}
	}
	hide := masksOf(w.cands)
	for _, c := range w.cands {
		if !c.Rule.AppliesTo(f.blob.Path) || c.Known != nil && c.Known.Origin == f.blob.Path {
			continue
		}
		at := rules.Span{Start: c.Span.Start + f.textBase, End: c.Span.End + f.textBase}
		if _, ok := f.places[at]; !ok { // another rule's
			f.places[at] = place{lines.location(c.Span), lines.frame(c.Span, hide)}
		}
		c.Span = at
		f.cands = append(f.cands, c)
	}
}

// finish turns the candidates of a file into findings: one for each key and
// rule, the first place in front.
func (w *blobScanner) finish(f *fileScan) result {
	var res result
	byID := map[string]*Finding{}
	used := allowances{list: f.allows, path: f.path}
	for _, m := range w.matcher.Resolve(f.cands, f.context) {
		pl := f.places[m.Span]
		if used.allow(m.Rule.ID, pl.loc) {
			res.allowed++
			continue
		}
		finding := NewFinding(m, f.path, f.blob.Source)
		if f.form.encoding() != "" {
			finding.Encoding = append([]rules.Encoding{f.form.encoding()}, finding.Encoding...)
		}
		finding.Location, finding.Frame = pl.loc, pl.frame
		if have := byID[finding.ID]; have != nil {
			have.Occurrences = append(have.Occurrences, Occurrence{Path: f.path, Line: pl.loc.Line, Column: pl.loc.Column})
			continue
		}
		byID[finding.ID] = finding
		res.findings = append(res.findings, finding)
	}
	used.report(&res, f.blob.Source)
	w.scanName(f, &res)
	return res
}

// NewFinding returns the finding for a match at path, without its location.
func NewFinding(m rules.Match, path, source string) *Finding {
	f := &Finding{
		ID:   Fingerprint(m.Rule.ID, path, m.Secret),
		Rule: m.Rule.ID, Category: m.Rule.Category, Severity: m.Rule.Severity, Confidence: m.Confidence,
		Message: m.Rule.Title, Help: m.Rule.Help, Name: m.Name,
		Secret: &SecretInfo{Redacted: m.Secret.Redacted(), Length: m.Secret.Len(), Hash: m.Secret.Hash(), Secret: m.Secret},
		Source: source, Path: path, Encoding: m.Encodings,
	}
	if k := m.Known; k != nil {
		f.Message = "the key of " + k.Origin + " stands in this file too"
		if k.Name != "" {
			f.Message = "the value of " + k.Name + " in " + k.Origin + " stands in this file too"
		}
	}
	return f
}

// Fingerprint identifies a finding by rule, path and key, so that it outlives
// edits, moves within the file, rebases and squashes.
func Fingerprint(rule, path string, s rules.Secret) string {
	return rules.Digest("keylint/fingerprint/v1", s, rule, path)
}

// scanName looks for keys in the name of the file itself.
func (w *blobScanner) scanName(f *fileScan, res *result) {
	if f.path == f.blob.Path {
		return // maskedPath found none
	}
	for _, m := range w.matcher.Match([]byte(f.blob.Path)) {
		finding := NewFinding(m, f.path, f.blob.Source)
		finding.Origin = OriginFileName
		finding.Message += " in a file name"
		res.findings = append(res.findings, finding)
	}
}

// maskedPath returns path with the keys in it masked, so that reports can show
// it.
func (w *blobScanner) maskedPath(path string) string { return maskedPath(w.matcher, path) }

func maskedPath(matcher *rules.Matcher, path string) string {
	ms := matcher.Match([]byte(path))
	if len(ms) == 0 {
		return path
	}
	var b strings.Builder
	done := 0
	for _, m := range ms {
		b.WriteString(path[done:m.Span.Start])
		b.WriteString(m.Secret.Redacted())
		done = m.Span.End
	}
	return b.String() + path[done:]
}
