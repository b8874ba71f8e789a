// Package dotenv reads .env files, with positions.
//
// There is no standard. The package reads what these dialects have in common,
// and where they differ takes the reading that keeps more of a value:
//
//   - dotenv for Node.js, https://github.com/motdotla/dotenv (lib/main.js, LINE)
//   - python-dotenv, https://github.com/theskumar/python-dotenv (src/dotenv/parser.py)
//   - Docker Compose, https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
//   - dotenv for Ruby, https://github.com/bkeepers/dotenv (lib/dotenv/parser.rb)
//
// Differences that matter:
//
//   - A # begins a comment only after white space (Python, Compose); Node.js and
//     Ruby cut KEY=a#b after the a.
//   - Quoted values may span lines, in all kinds of quotes (Node.js, Python, Ruby).
//   - In single quotes and backticks only the quote itself can be escaped; in
//     double quotes the escapes of Python and \$ of Ruby count, and other
//     backslashes stay.
//   - A quote that is not closed is part of an unquoted value (Node.js).
package dotenv

import (
	"bytes"
	"strings"
)

// An Entry is a variable and its value.
type Entry struct {
	Key   string
	Value string // unquoted and unescaped; CRLF in it has become LF; may be empty
	Line  int    // on which the key stands, from 1; LF, CRLF and CR end lines
	// ValueStart and ValueEnd are the byte range of the value as stored,
	// without quotes. Both are the place where it would stand when it is empty.
	ValueStart, ValueEnd int
	Quote                byte // ', " or `; 0 for none
	Export               bool // the line begins with export
	// Interpolated reports whether the value refers to other variables or
	// commands ($X, ${X}, $(x)). They stay in Value as they are.
	Interpolated bool
}

// Parse returns the entries of data, in order, and the numbers of the lines
// that it did not understand, ascending. A line with text behind a closing
// quote yields its entry and counts as not understood too. A name alone, which
// passes a variable through, is neither.
//
// data has to be in an encoding that extends ASCII; a UTF-8 BOM is skipped.
func Parse(data []byte) (entries []Entry, invalid []int) {
	p := parser{data: data, line: 1}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		p.pos = len("\ufeff")
	}
	for p.pos < len(p.data) {
		line := p.line
		e, ok, clean := p.statement()
		if ok {
			entries = append(entries, e)
		}
		if !clean {
			invalid = append(invalid, line)
		}
		p.skipLine()
	}
	return entries, invalid
}

// A parser stands at a place in data. line is the number of the line there.
type parser struct {
	data []byte
	pos  int
	line int
}

// statement reads an entry from the start of a line and stays on the line that
// it ends on. clean reports whether all was understood.
func (p *parser) statement() (e Entry, ok, clean bool) {
	p.blanks()
	if p.atEnd() || p.peek() == '#' {
		return e, false, true
	}
	e.Line = p.line
	e.Export = p.export()
	if e.Key = p.key(); e.Key == "" {
		return e, false, false
	}
	end := p.pos
	spaces := p.blanks()
	switch {
	case p.atEnd() || spaces && p.peek() == '#':
		return e, false, true // a name alone
	case p.peek() == '=':
		p.pos++
	case p.peek() == ':' && p.pos == end && p.blankAt(p.pos+1):
		p.pos++
	default:
		return e, false, false
	}
	return e, true, p.value(&e)
}

// export skips the word export when a name follows.
func (p *parser) export() bool {
	const word = "export"
	if !bytes.HasPrefix(p.data[p.pos:], []byte(word)) {
		return false
	}
	start := p.pos
	p.pos += len(word)
	if p.blanks() && !p.atEnd() && (isName(p.peek()) || p.peek() == '\'') {
		return true
	}
	p.pos = start
	return false
}

// key reads a name, which may stand in single quotes (Python). It returns ""
// when there is none.
func (p *parser) key() string {
	quoted := p.peek() == '\''
	if quoted {
		p.pos++
	}
	start := p.pos
	for p.pos < len(p.data) && isName(p.data[p.pos]) {
		p.pos++
	}
	key := string(p.data[start:p.pos])
	if quoted {
		if p.pos == len(p.data) || p.peek() != '\'' {
			return ""
		}
		p.pos++
	}
	return key
}

// value reads the value of e and reports whether nothing but a comment follows.
func (p *parser) value(e *Entry) (clean bool) {
	before := p.pos
	p.blanks()
	if !p.atEnd() {
		switch q := p.peek(); q {
		case '\'', '"', '`':
			if end, ok := p.closing(q); ok {
				p.quoted(e, q, end)
				return p.restIsComment(p.pos)
			}
		}
	}
	p.unquoted(e, before)
	return true
}

// unquoted takes the rest of the line up to a comment. before is the place
// behind the equals sign.
func (p *parser) unquoted(e *Entry, before int) {
	start, end := p.pos, p.lineEnd(p.pos)
	for i := start; i < end; i++ {
		if p.data[i] == '#' && i > before && isBlank(p.data[i-1]) {
			end = i
			break
		}
	}
	for end > start && isBlank(p.data[end-1]) {
		end--
	}
	e.ValueStart, e.ValueEnd = start, end
	e.Value = string(p.data[start:end])
	e.Interpolated = interpolated(e.Value)
	p.pos = end
}

// quoted takes the value from the quote at pos to the one at end.
func (p *parser) quoted(e *Entry, q byte, end int) {
	e.ValueStart, e.ValueEnd, e.Quote = p.pos+1, end, q
	raw := strings.ReplaceAll(string(p.data[e.ValueStart:end]), "\r\n", "\n")
	e.Interpolated = q != '\'' && interpolated(raw)
	if q == '"' {
		e.Value = unescape(raw)
	} else {
		e.Value = strings.ReplaceAll(raw, `\`+string(q), string(q))
	}
	for p.pos < end {
		if n := p.lineEnd(p.pos); n < end {
			p.pos = n
			p.newline()
		} else {
			break
		}
	}
	p.pos = end + 1
}
