package scanner

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/agcloud/keylint/rules"
)

// A lineCounter knows where a piece begins in terms of lines.
type lineCounter struct {
	line   int // number of the line in which the piece begins
	before int // stored bytes of that line that lie before the piece
}

// advance moves the counter to the piece after t.
func (c *lineCounter) advance(t *decoded) {
	skipped := t.text[:t.next]
	n := bytes.Count(skipped, newline)
	if n == 0 {
		c.before += t.stored(t.next)
		return
	}
	c.line += n
	c.before = t.stored(t.next) - t.stored(bytes.LastIndexByte(skipped, '\n')+1)
}

var newline = []byte("\n")

// index returns the lines of t. It uses buf, which may be nil.
func (c *lineCounter) index(t *decoded, buf []int) *lineIndex {
	x := &lineIndex{text: t, first: *c, starts: append(buf[:0], 0)}
	for i := 0; ; {
		n := bytes.IndexByte(t.text[i:], '\n')
		if n < 0 {
			return x
		}
		i += n + 1
		x.starts = append(x.starts, i)
	}
}

// A lineIndex finds the lines of a piece.
type lineIndex struct {
	text   *decoded
	first  lineCounter
	starts []int // offsets in the text at which the lines begin
}

// number returns the index in starts of the line that holds the offset i.
func (x *lineIndex) number(i int) int {
	n, found := slices.BinarySearch(x.starts, i)
	if !found {
		n--
	}
	return n
}

// line returns the bounds of the n-th line of the piece without its ending.
func (x *lineIndex) line(n int) (lo, hi int) {
	lo, hi = x.starts[n], len(x.text.text)
	if n+1 < len(x.starts) {
		hi = x.starts[n+1] - 1
	}
	if hi > lo && x.text.text[hi-1] == '\r' {
		hi--
	}
	return lo, hi
}

// location returns the place of s, in stored bytes.
func (x *lineIndex) location(s rules.Span) Location {
	var l Location
	l.Line, l.Column = x.point(s.Start)
	l.EndLine, l.EndColumn = x.point(s.End)
	return l
}

// point returns line and column of the offset i in the text.
func (x *lineIndex) point(i int) (line, column int) {
	n := x.number(i)
	column = x.text.stored(i) - x.text.stored(x.starts[n]) + 1
	if n == 0 {
		column += x.first.before
	}
	return x.first.line + n, column
}

// maxFrameLines bounds the lines that a frame shows of a long secret.
const maxFrameLines = 3

// frame returns the lines of s with one line of context on each side. What is
// to be hidden is masked, and so is whatever else looks like a key.
func (x *lineIndex) frame(s rules.Span, hide masks) []FrameLine {
	first, last := x.number(s.Start), x.number(max(s.Start, s.End-1))
	var out []FrameLine
	for n := max(0, first-1); n <= min(last+1, len(x.starts)-1) && len(out) < maxFrameLines+2; n++ {
		lo, hi := x.line(n)
		if n == len(x.starts)-1 && lo == hi && n > last {
			break // the end of the file
		}
		fl := frameLine(x.text.text, lo, hi, s, hide)
		fl.Number = x.first.line + n
		out = append(out, fl)
	}
	return out
}

// maxFrameText is the most bytes of a line that a frame shows.
const maxFrameText = 160

// frameLine returns the line text[lo:hi], masked and cut around s.
func frameLine(text []byte, lo, hi int, s rules.Span, hide masks) FrameLine {
	from := lo
	if s.Start < hi {
		from = max(lo, s.Start-maxFrameText/3)
	}
	to := min(hi, from+2*maxFrameText)
	m := masker{text: text, focus: s}
	for _, k := range hide.in(from, to) {
		if k.End > from {
			m.copy(from, min(k.Start, to))
			m.mask(max(k.Start, from), min(k.End, to), k)
			from = max(from, min(k.End, to))
		}
	}
	m.copy(from, to)
	return m.line()
}

// masks are the spans of all candidates of a piece, in order of position.
type masks struct {
	list    []rules.Span
	longest int
}

func masksOf(cands []rules.Candidate) masks {
	var m masks
	for _, c := range cands {
		m.list = append(m.list, c.Span)
		m.longest = max(m.longest, c.Span.End-c.Span.Start)
	}
	slices.SortFunc(m.list, func(a, b rules.Span) int { return a.Start - b.Start })
	return m
}

// in returns the masks that may touch text[from:to].
func (m masks) in(from, to int) []rules.Span {
	first, _ := slices.BinarySearchFunc(m.list, from-m.longest, func(k rules.Span, i int) int { return k.Start - i })
	last := first
	for last < len(m.list) && m.list[last].Start < to {
		last++
	}
	return m.list[first:last]
}

// A masker builds a line of a frame.
type masker struct {
	text       []byte
	focus      rules.Span
	out        []byte
	start, end int
}

// copy appends text[i:j], in which runs that look like a key are masked: they
// may be one that no rule knows.
func (m *masker) copy(i, j int) {
	for i < j {
		n := i
		for n < j && isOpaque(m.text[n]) {
			n++
		}
		if run := m.text[i:n]; len(run) >= 16 && rules.PlausibleKey(run) {
			m.out = append(m.out, maskedRun...)
		} else {
			m.out = append(m.out, run...)
		}
		for i = n; i < j && !isOpaque(m.text[i]); i++ {
			m.out = append(m.out, m.text[i])
		}
	}
}

const maskedRun = "********"

// isOpaque reports whether c stands in keys.
func isOpaque(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '_' || c == '-' || c == '='
}

// mask appends the masked form of text[i:j], a part of the secret at k. The
// secret that the frame is about is underlined.
func (m *masker) mask(i, j int, k rules.Span) {
	if i >= j {
		return
	}
	start := len(m.out)
	secret := rules.NewSecret(m.text[k.Start:min(k.End, len(m.text))])
	if s := secret.Redacted(); i == k.Start && j == k.End {
		m.out = append(m.out, s...)
	} else {
		m.out = append(m.out, maskedRun...)
	}
	if k.Start < m.focus.End && m.focus.Start < k.End && m.end == 0 {
		m.start, m.end = start, len(m.out)
	}
}

// line returns what was built, as valid UTF-8 of at most maxFrameText bytes.
func (m *masker) line() FrameLine {
	text := m.out
	if len(text) > maxFrameText {
		cut := maxFrameText
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	f := FrameLine{Text: string(bytes.ToValidUTF8(text, []byte("?")))}
	if len(f.Text) == len(text) {
		f.Start, f.End = min(m.start, len(text)), min(m.end, len(text))
	}
	return f
}
