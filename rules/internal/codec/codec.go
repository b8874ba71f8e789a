// Package codec knows the forms in which a text can be stored: base64, hex,
// escapes, string pieces. It works both ways. An [Encoder] tells what a literal
// looks like once encoded, so that one search for literals finds encoded text
// as well; a [View] undoes an encoding around such a place and maps every
// decoded byte back to the bytes it was stored in.
//
// Everything is local: a view depends on a bounded number of bytes around the
// place that was asked for, and on nothing else.
package codec

import "slices"

// An Encoding names a form in which text was stored.
type Encoding string

// The encodings that a view can undo.
const (
	Base64  Encoding = "base64"  // RFC 4648, sections 4 and 5; padding optional, lines may be wrapped
	Hex     Encoding = "hex"     // RFC 4648, section 8; both cases
	Percent Encoding = "percent" // RFC 3986, section 2.1
	Escape  Encoding = "escape"  // \uXXXX, \u{X}, \xXX and single-letter escapes
	HTML    Encoding = "html"    // character references
	Concat  Encoding = "concat"  // string pieces joined by an operator
)

// A View is decoded text with the offsets of its bytes in the stored text.
type View struct {
	Text []byte
	// segs maps Text to the stored text, in order; segs[0].text is 0.
	segs []segment
	// Chain lists the encodings that cover the whole view, outermost first.
	Chain []Encoding
}

// A segment is a run of decoded bytes, up to where the next one begins.
type segment struct {
	text     int // offset of its first byte in View.Text
	src, end int // the stored bytes it came from
	// enc is the encoding of the run, if it is one of single characters. All
	// its bytes then came from all its stored bytes. Otherwise, and when enc is
	// Concat, which only says that a seam follows, the bytes are stored as they
	// are, one for one, unless one is set.
	enc Encoding
	one bool // the bytes came from all stored bytes of the segment together
}

// Plain returns a view of text[lo:hi], clamped to the text, as it is.
func Plain(text []byte, lo, hi int) View {
	lo, hi = max(lo, 0), min(hi, len(text))
	return View{Text: text[lo:hi], segs: []segment{{src: lo, end: hi}}}
}

// seg returns the index of the segment that holds Text[i].
func (v *View) seg(i int) int {
	lo, hi := 0, len(v.segs)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; v.segs[mid].text <= i {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// Source returns the bounds of the stored bytes that v.Text[i:j], which must
// not be empty, came from.
func (v *View) Source(i, j int) (lo, hi int) {
	a, b := v.segs[v.seg(i)], v.segs[v.seg(j-1)]
	lo, hi = a.src, b.end
	if !a.one {
		lo = a.src + i - a.text
	}
	if !b.one {
		hi = b.src + j - b.text
	}
	return lo, hi
}

// Index returns the index of the first byte of v that came from the stored
// offset pos or one behind it; len(v.Text) when there is none.
func (v *View) Index(pos int) int {
	lo, hi := 0, len(v.segs)
	for lo < hi {
		if mid := (lo + hi) / 2; v.segs[mid].end <= pos {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(v.segs) {
		return len(v.Text)
	}
	s := v.segs[lo]
	if s.one || pos <= s.src {
		return s.text
	}
	return s.text + pos - s.src
}

// Encodings returns the encodings that v.Text[i:j] is stored in: those of the
// whole view, outermost first, then those of single characters.
func (v *View) Encodings(i, j int) []Encoding {
	encs := v.Chain[:len(v.Chain):len(v.Chain)]
	for k := v.seg(i); k < len(v.segs) && v.segs[k].text < j; k++ {
		s := v.segs[k]
		// A seam counts only when the text goes on behind it.
		last := k+1 == len(v.segs) || v.segs[k+1].text >= j
		if s.enc != "" && !(s.enc == Concat && last) && !slices.Contains(encs[len(v.Chain):], s.enc) {
			encs = append(encs, s.enc)
		}
	}
	return encs
}

// A builder collects a view that is decoded from another one.
type builder struct {
	from *View
	View
}

func newBuilder(from *View) *builder {
	return &builder{from: from, View: View{Text: make([]byte, 0, len(from.Text)), Chain: from.Chain}}
}

// copy appends from.Text[i:j] as it is.
func (b *builder) copy(i, j int) {
	if i >= j {
		return
	}
	for k := b.from.seg(i); k < len(b.from.segs) && b.from.segs[k].text < j; k++ {
		s := b.from.segs[k]
		if !s.one && s.text < i {
			s.src += i - s.text
		}
		s.text = len(b.Text) + max(s.text-i, 0)
		b.segs = append(b.segs, s)
	}
	b.Text = append(b.Text, b.from.Text[i:j]...)
	if last := &b.segs[len(b.segs)-1]; !last.one {
		last.end = last.src + len(b.Text) - last.text
	}
}

// add appends s, which was decoded from from.Text[i:j] under e.
func (b *builder) add(s string, i, j int, e Encoding) {
	lo, hi := b.from.Source(i, j)
	b.segs = append(b.segs, segment{text: len(b.Text), src: lo, end: hi, enc: e, one: true})
	b.Text = append(b.Text, s...)
}

// addByte appends c, which was decoded from from.Text[i:j] under an encoding of
// the whole view.
func (b *builder) addByte(c byte, i, j int) {
	lo, hi := b.from.Source(i, j)
	b.segs = append(b.segs, segment{text: len(b.Text), src: lo, end: hi, one: true})
	b.Text = append(b.Text, c)
}
