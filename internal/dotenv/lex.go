package dotenv

import (
	"bytes"
	"strings"
)

// isName reports whether c can be part of the name of a variable.
func isName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

// isBlank reports whether c is white space within a line.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\v' || c == '\f' }

// peek returns the byte at pos, which is not at the end of data.
func (p *parser) peek() byte { return p.data[p.pos] }

// atEnd reports whether the line ends here.
func (p *parser) atEnd() bool {
	return p.pos == len(p.data) || p.data[p.pos] == '\n' || p.data[p.pos] == '\r'
}

// blankAt reports whether white space or the end of the line is at i.
func (p *parser) blankAt(i int) bool {
	return i >= len(p.data) || isBlank(p.data[i]) || p.data[i] == '\n' || p.data[i] == '\r'
}

// blanks skips white space within the line and reports whether there was any.
func (p *parser) blanks() bool {
	start := p.pos
	for p.pos < len(p.data) && isBlank(p.data[p.pos]) {
		p.pos++
	}
	return p.pos > start
}

// lineEnd returns the offset of the line's end at or after i.
func (p *parser) lineEnd(i int) int {
	if n := bytes.IndexAny(p.data[i:], "\r\n"); n >= 0 {
		return i + n
	}
	return len(p.data)
}

// skipLine goes to the start of the next line.
func (p *parser) skipLine() {
	p.pos = p.lineEnd(p.pos)
	if p.pos < len(p.data) {
		p.newline()
	}
}

// newline skips the line ending at pos.
func (p *parser) newline() {
	if bytes.HasPrefix(p.data[p.pos:], []byte("\r\n")) {
		p.pos++
	}
	p.pos++
	p.line++
}

// closing returns the offset of the quote that closes the one at pos.
//
// A quote on a later line closes only when nothing but a comment follows it:
// otherwise it opens the value of another line, and this one was left open.
// The search is over at the first quote that is not escaped, and each line
// that starts a search has one, so that parsing takes linear time.
func (p *parser) closing(q byte) (int, bool) {
	first := p.lineEnd(p.pos)
	for i := p.pos + 1; i < len(p.data); i++ {
		switch p.data[i] {
		case '\\':
			if q == '"' || i+1 < len(p.data) && p.data[i+1] == q && !p.restIsComment(i+2) {
				i++ // 'C:\dir\' at the end of a line is closed, 'it\'s' goes on
			}
		case q:
			return i, i < first || p.restIsComment(i+1)
		}
	}
	return 0, false
}

// restIsComment reports whether the line holds only white space and a comment
// from i on.
func (p *parser) restIsComment(i int) bool {
	for i < len(p.data) && isBlank(p.data[i]) {
		i++
	}
	return i >= len(p.data) || p.data[i] == '#' || p.data[i] == '\n' || p.data[i] == '\r'
}

// escapes maps the byte behind a backslash in double quotes to its meaning.
func escapes(c byte) (byte, bool) {
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'a':
		return '\a', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'v':
		return '\v', true
	case '\\', '"', '\'', '$', '`':
		return c, true
	}
	return 0, false
}

// unescape undoes the escapes of double quotes.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if c, ok := escapes(s[i+1]); ok {
				b.WriteByte(c)
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// interpolated reports whether raw refers to a variable or a command.
func interpolated(raw string) bool {
	for i := 0; i+1 < len(raw); i++ {
		switch c := raw[i+1]; {
		case raw[i] == '\\':
			i++
		case raw[i] == '$' && (c == '{' || c == '(' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'):
			return true
		}
	}
	return false
}
