package codec

import (
	"strings"

	"github.com/agcloud/keylint/rules/internal/prefilter"
)

// PlainWidth returns how many stored bytes can stand for n decoded ones in text
// of which only a part is escaped, such as a key of up to 256 bytes.
func PlainWidth(n int) int { return min(6*n, n+6*256) }

// Width returns how many stored bytes can stand for n decoded ones under the
// steps of f: the margin that [Undo] needs on each side.
func Width(f Form, n int) int {
	if !f.Encoded() {
		return n
	}
	n = Width(f.inner(), n)
	switch f.outermost() {
	case hexStep:
		return 2*n + 2
	case escapeStep:
		return 6 * n
	}
	n = n*4/3 + 8
	return n + n/16 + 128 // line breaks
}

// Undo undoes the steps of form f of a literal, found at text[lo:hi], for about n
// decoded bytes on each side. It returns the decoded view and where inner, which
// is f's, stands in it; ok is false when the place turns out not to hold it.
func Undo(text []byte, lo, hi int, f Form, inner string, n int) (view View, at int, ok bool) {
	reach := Width(f, n)
	view = Plain(text, lo-reach, hi+reach)
	for ; f.Encoded(); f = f.inner() {
		a, b := view.Index(lo), view.Index(hi)
		reach = Width(f.inner(), n)
		switch s := f.outermost(); s {
		case hexStep:
			view = undoHex(&view, a, b, reach)
		case escapeStep:
			view, _ = Unescape(&view)
		default:
			view = undoBase64(&view, a, b, int(s-base64Step), reach)
		}
	}
	at, ok = Locate(&view, lo, inner)
	return view, at, ok
}

// Locate finds want in v near the place that came from the stored offset pos.
// It returns the index of its first byte, and whether it is there.
func Locate(v *View, pos int, want string) (int, bool) {
	i := max(0, v.Index(pos)-3)
	window := v.Text[i:min(len(v.Text), i+len(want)+6)]
	at := strings.Index(string(window), want)
	return i + at, at >= 0
}

// undoBase64 decodes the run of base64 around from.Text[lo:hi], whose first
// character belongs to phase, at most n bytes to each side.
func undoBase64(from *View, lo, hi, phase, n int) View {
	text := from.Text
	chars := n*4/3 + 4
	idx := walkBack(text, lo, chars)
	// The position of the first character within its group of four.
	first := ([3]int{0, 2, 3}[phase] - len(idx)%4 + 4) % 4
	idx = idx[min(len(idx), (4-first)%4):]
	if first != 0 && len(idx) == 0 {
		return View{}
	}
	idx = walk(text, idx, lo, hi, chars)
	b := newBuilder(from)
	b.Chain = append(b.Chain[:len(b.Chain):len(b.Chain)], Base64)
	b.segs = make([]segment, 0, len(idx))
	for i := 0; i+1 < len(idx); i += 4 {
		group := idx[i:min(i+4, len(idx))]
		var bits uint32
		for _, j := range group {
			bits = bits<<6 | uint32(sextet(text[j]))
		}
		bits <<= 6 * (4 - len(group))
		for k := range len(group) - 1 {
			b.addByte(byte(bits>>(16-8*k)), group[k], group[k+1]+1)
		}
	}
	return b.View
}

// walkBack returns the indexes, ascending, of up to n base64 characters that
// run without interruption but line breaks up to text[:lo].
func walkBack(text []byte, lo, n int) []int {
	var idx []int
	for j := lo; j > 0 && len(idx) < n; {
		if sextet(text[j-1]) >= 0 && !isEscapedBreak(text, j-1) {
			j--
			idx = append(idx, j)
			continue
		}
		g := prefilter.GapStart(text, j)
		if g == j {
			break
		}
		j = g
	}
	for i, j := 0, len(idx)-1; i < j; i, j = i+1, j-1 {
		idx[i], idx[j] = idx[j], idx[i]
	}
	return idx
}

// isEscapedBreak reports whether text[i] is the letter of a written \n or \r.
func isEscapedBreak(text []byte, i int) bool {
	return i > 0 && text[i-1] == '\\' && (text[i] == 'n' || text[i] == 'r')
}

// walk appends to idx the indexes of the base64 characters from text[lo:] on:
// all up to hi and at most n more.
func walk(text []byte, idx []int, lo, hi, n int) []int {
	for j := lo; j < len(text) && n > 0; {
		if sextet(text[j]) >= 0 {
			idx = append(idx, j)
			if j >= hi {
				n--
			}
			j++
			continue
		}
		g := prefilter.GapEnd(text, j)
		if g == j {
			break
		}
		j = g
	}
	return idx
}

// sextet returns the value of a base64 character of either alphabet, or -1.
func sextet(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return -1
}

// undoHex decodes the run of hexadecimal digits around from.Text[lo:hi], of
// which a byte begins at lo, at most n bytes to each side.
func undoHex(from *View, lo, hi, n int) View {
	text := from.Text
	isByte := func(i int) bool {
		return i >= 0 && i+2 <= len(text) && hexDigit(text[i]) >= 0 && hexDigit(text[i+1]) >= 0
	}
	a := lo
	for lo-a < 2*n && isByte(a-2) {
		a -= 2
	}
	out := newBuilder(from)
	out.Chain = append(out.Chain[:len(out.Chain):len(out.Chain)], Hex)
	for i := a; i-hi < 2*n && isByte(i); i += 2 {
		out.addByte(byte(hexDigit(text[i])<<4|hexDigit(text[i+1])), i, i+2)
	}
	return out.View
}

// hexDigit returns the value of a hexadecimal digit, or -1.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
