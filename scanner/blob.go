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
			if err := r.fill(); err != nil { // up to the wider margin
				return err
			}
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
	Evidence
	blob     Blob
	path     string // of the blob, masked
	textBase int    // offset of the current piece in the text of the file
	lines    lineCounter
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
	lines := f.lines.index(t, nil)
	f.allows = w.directives(f.allows, t.text, w.spans, lines)
	f.add(w.cands, lines, f.textBase, true)
}

// finish turns the candidates of a file into findings: one for each key and
// rule, the first place in front.
func (w *blobScanner) finish(f *fileScan) result {
	var res result
	byID := map[string]*Finding{}
	keys, allows := f.at(w.matcher, f.blob.Path)
	for _, k := range keys {
		if k.Allowed {
			res.allowed++
			continue
		}
		finding := k.Finding(f.path, f.blob.Source)
		if have := byID[finding.ID]; have != nil {
			have.Occurrences = append(have.Occurrences, Occurrence{Path: f.path, Line: k.Line, Column: k.Column})
			continue
		}
		byID[finding.ID] = finding
		res.findings = append(res.findings, finding)
	}
	used := allowances{list: allows, path: f.path}
	used.report(&res, f.blob.Source)
	w.scanName(f, &res)
	return res
}

// Finding returns the finding of s at path.
func (s *Sighting) Finding(path, source string) *Finding {
	f := NewFinding(s.Match, path, source)
	f.Location, f.Frame = s.Location, s.Frame
	return f
}

// NewFinding returns the finding for a match at path, without its location.
func NewFinding(m rules.Match, path, source string) *Finding {
	f := &Finding{
		ID:   Fingerprint(m.Rule.ID, path, m.Secret),
		Rule: m.Rule.ID, Category: m.Rule.Category, Severity: m.SeverityAt(path), Confidence: m.Confidence,
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

func (w *blobScanner) maskedPath(path string) string { return MaskPath(w.matcher, path) }

// MaskPath returns path with the keys in it masked, so that reports can show
// it.
func MaskPath(matcher *rules.Matcher, path string) string {
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
