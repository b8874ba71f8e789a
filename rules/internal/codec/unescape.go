package codec

import (
	"html"
	"unicode/utf8"
)

// Unescape undoes one layer of character escapes in v: \uXXXX, \u{X}, \xXX,
// \n, \", percent-encoding and HTML character references. It reports whether
// there was any; if not, it returns v itself.
func Unescape(v *View) (View, bool) {
	i := nextEscape(v.Text, 0)
	if i < 0 {
		return *v, false
	}
	b := newBuilder(v)
	done := 0
	changed := false
	for ; i >= 0; i = nextEscape(v.Text, max(done, i+1)) {
		s, n, enc := escapeAt(v.Text[i:])
		if n == 0 {
			continue
		}
		changed = true
		b.copy(done, i)
		b.add(s, i, i+n, enc)
		done = i + n
	}
	if !changed {
		return *v, false
	}
	b.copy(done, len(v.Text))
	return b.View, true
}

// nextEscape returns the index of the next byte, from i on, that can begin an
// escape, or -1.
func nextEscape(text []byte, i int) int {
	for ; i < len(text); i++ {
		if c := text[i]; c == '\\' || c == '%' || c == '&' {
			return i
		}
	}
	return -1
}

// escapeAt decodes the escape that begins text. n is its length, 0 when there
// is none.
func escapeAt(text []byte) (s string, n int, enc Encoding) {
	switch text[0] {
	case '%':
		if r, ok := hexRune(text, 1, 2); ok {
			return string([]byte{byte(r)}), 3, Percent
		}
	case '&':
		s, n = reference(text)
		return s, n, HTML
	case '\\':
		s, n = backslash(text)
		return s, n, Escape
	}
	return "", 0, ""
}

// backslash decodes the backslash escape that begins text: those that JSON (RFC
// 8259, section 7), JavaScript, Python, Go and C have in common.
func backslash(text []byte) (string, int) {
	if len(text) < 2 {
		return "", 0
	}
	switch c := text[1]; c {
	case '"', '\'', '\\', '/', '`':
		return string(c), 2
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'x':
		if r, ok := hexRune(text, 2, 2); ok {
			return string([]byte{byte(r)}), 4
		}
	case 'u':
		if r, ok := hexRune(text, 2, 4); ok {
			return string(r), 6
		}
		return bracedRune(text)
	}
	return "", 0
}

// bracedRune decodes the \u{X} of JavaScript, Rust, Swift and PHP.
func bracedRune(text []byte) (string, int) {
	if len(text) < 4 || text[2] != '{' {
		return "", 0
	}
	for n := 1; n <= 6 && 3+n < len(text); n++ {
		if text[3+n] != '}' {
			continue
		}
		if r, ok := hexRune(text, 3, n); ok && utf8.ValidRune(r) {
			return string(r), 4 + n
		}
		break
	}
	return "", 0
}

// hexRune returns the value of the n hexadecimal digits at text[i:].
func hexRune(text []byte, i, n int) (rune, bool) {
	if i+n > len(text) {
		return 0, false
	}
	var r rune
	for _, c := range text[i : i+n] {
		d := hexDigit(c)
		if d < 0 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

// maxReference is the longest character reference that is decoded, in bytes.
// All that stand for ASCII are shorter.
const maxReference = 12

// reference decodes the HTML character reference that begins text, if it
// stands for ASCII. A reference without its semicolon is left alone.
func reference(text []byte) (string, int) {
	for n := 2; n < len(text) && n < maxReference; n++ {
		c := text[n]
		if c == ';' {
			s := html.UnescapeString(string(text[:n+1]))
			if len(s) == 1 && s[0] < utf8.RuneSelf {
				return s, n + 1
			}
			return "", 0
		}
		if c != '#' && c != 'x' && c != 'X' && hexDigit(c) < 0 && !('a' <= c|0x20 && c|0x20 <= 'z') {
			return "", 0
		}
	}
	return "", 0
}

// Join undoes the joining of string pieces in v: a closing quote, an operator
// (+ . .. & <> or none) and an opening quote are left out. Pieces may stand on
// different lines when an operator says so. It reports whether there was any;
// if not, it returns v itself.
func Join(v *View) (View, bool) {
	var b *builder
	done := 0
	for i := 0; i < len(v.Text); i++ {
		if c := v.Text[i]; c != '"' && c != '\'' && c != '`' {
			continue
		}
		n := seam(v.Text[i:])
		if n == 0 {
			continue
		}
		if b == nil {
			b = newBuilder(v)
		}
		b.copy(done, i)
		done = i + n
		if len(b.segs) > 0 && b.segs[len(b.segs)-1].enc == "" {
			b.segs[len(b.segs)-1].enc = Concat
		}
		i = done - 1
	}
	if b == nil {
		return *v, false
	}
	b.copy(done, len(v.Text))
	return b.View, true
}

// SeamAt reports whether the seam between two string pieces begins at text[i].
func SeamAt(text []byte, i int) bool {
	return i < len(text) && (text[i] == '"' || text[i] == '\'' || text[i] == '`') && seam(text[i:]) > 0
}

// maxSeam is the most bytes between two string pieces.
const maxSeam = 48

// seam returns the length of the seam between two string pieces that begins
// text, which starts with a quote, or 0 when it is none.
func seam(text []byte) int {
	operator, broken := false, false
	for i := 1; i < len(text) && i < maxSeam; i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r':
		case '\n':
			broken = true
		case '+', '.', '&':
			operator = true
		case '\\': // a line continuation
			if i+1 >= len(text) || text[i+1] != '\n' {
				return 0
			}
			operator = true
		case '"', '\'', '`':
			if i == 1 || broken && !operator || !operator && !isPiece(text[i:]) {
				return 0 // an empty string, or two strings
			}
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

// isPiece reports whether the literal that begins text can continue the one
// before it although no operator says so: pieces of a key hold no blanks and no
// operators, and are not as short as a name.
func isPiece(text []byte) bool {
	n := 1
	for n < len(text) && (isWordByte(text[n]) || text[n] == '-') {
		n++
	}
	for n < len(text) && text[n] == '=' {
		n++
	}
	return n > 4 && (n == len(text) || text[n] == text[0])
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '+' || c == '/' || c == '.'
}
