package bind

import (
	"bytes"
	"strings"
)

// isValueByte reports whether an unquoted value can begin with c.
func isValueByte(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte("=:,;(){}[]<>\"'`|&", c) < 0
}

// bare reads an unquoted value if it is assigned. quote is the quote around the name,
// if any; tight says that no blanks stand around the operator.
func (r *reader) bare(assigned bool, quote byte, tight bool) (Value, bool) {
	if !assigned || quote != 0 && quote != '"' {
		return Value{}, false
	}
	r.pos += SchemeLength(r.text[r.pos:])
	if r.isEntry() {
		if v, ok := r.entry(); ok {
			return v, true
		}
	}
	v, ok := r.word(Bare)
	if !ok {
		return v, false
	}
	if tight && r.isPart(v.End) {
		v.Syntax = Part
	}
	return v, true
}

// isEntry reports whether the name begins a line, behind what marks an item or
// exports a variable, and is no member of something in code.
func (r *reader) isEntry() bool {
	lo := r.start
	for lo > 0 && r.start-lo < Before && r.text[lo-1] != '\n' {
		lo--
	}
	head := strings.TrimSpace(string(r.text[lo:r.start]))
	switch head = strings.TrimRight(head, "\"'"); head {
	case "", "-", "export", "set", "ENV", "ARG", "#", "//", ";", "env", "- -", "SET", "*", "#export", "# export", "declare -x", "readonly", "+", "- name:":
		return true
	}
	// The rest of a dotted or dashed name.
	return strings.TrimLeft(head, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-[]/") == ""
}

// entry reads a value that takes up the rest of the line, but for a comment.
func (r *reader) entry() (Value, bool) {
	lo, hi := r.pos, r.pos
	for hi < len(r.text) && r.text[hi] > ' ' && r.text[hi] < 0x7f {
		hi++
	}
	rest := hi
	for r.at(rest) == ' ' || r.at(rest) == '\t' || r.at(rest) == '\r' {
		rest++
	}
	if c := r.at(rest); hi == lo || rest < len(r.text) && c != '\n' && !(rest > hi && (c == '#' || c == '\\')) {
		return Value{}, false
	}
	v := r.text[lo:hi]
	if bytes.ContainsAny(v, "()[]{}<>\"'`;,|\\") && !bytes.ContainsAny(v, "0123456789") || bytes.ContainsAny(v, "\"'`(){}[]<>\\") || v[len(v)-1] == ',' || v[len(v)-1] == ';' || v[len(v)-1] == ':' {
		return Value{}, false
	}
	return Value{Start: lo, End: hi, Syntax: Entry}, true
}

// word reads an unquoted value up to what ends one in most languages.
func (r *reader) word(s Syntax) (Value, bool) {
	if v, ok := r.line(); ok {
		return v, true
	}
	lo, hi := r.pos, r.pos
	for isValueByte(r.at(hi)) || hi > lo && r.isListed() && r.isInnerSign(hi) {
		hi++
	}
	hi = r.padding(hi)
	switch c := r.at(hi); c {
	case '"', '\'', '`':
		return Value{Start: lo, End: hi, Syntax: Part}, hi > lo && r.isInside(c)
	case '(', '[', '{', '<', ':', '=', '|':
		return Value{}, false // an expression
	case ' ':
		if next := r.at(hi + 1); s == Bare && next != 0 && strings.IndexByte("=+-*/?.", next) >= 0 && (next == '=' || r.at(hi+2) == ' ') {
			return Value{}, false
		}
	}
	return Value{Start: lo, End: hi, Syntax: s}, hi > lo
}

// isListed reports whether the name stands behind a semicolon, as those in connection
// strings do.
func (r *reader) isListed() bool {
	return r.prev(1) == ';' || r.prev(1) == ' ' && r.prev(2) == ';'
}

// isVariable reports whether the name is that of a variable which a command is given:
// docker run -e NAME=value.
func (r *reader) isVariable() bool {
	lo := r.start
	for lo > 0 && r.start-lo < maxPrefix && isWord(r.text[lo-1]) {
		lo--
	}
	head := r.text[:lo]
	return bytes.HasSuffix(head, []byte(" -e ")) || bytes.HasSuffix(head, []byte(" --env ")) || bytes.HasSuffix(head, []byte(" --from-literal="))
}

// isInnerSign reports whether an equals sign is at i that is no operator of code.
func (r *reader) isInnerSign(i int) bool {
	return r.at(i) == '=' && r.at(i+1) != '=' && strings.IndexByte("=!<>+-*/%&|^", r.at(i-1)) < 0
}

// padding returns where the padding of base64 at i ends, or i when there is none.
func (r *reader) padding(i int) int {
	end := i
	for r.at(end) == '=' && end-i < 2 {
		end++
	}
	if c := r.at(end); end >= len(r.text) || c == '\n' || isQuote(c) {
		return end
	}
	return i
}

// line reads an unquoted value up to a line break that is escaped in a literal, as in
// "KEY=value\nKEY=value".
func (r *reader) line() (Value, bool) {
	lo, hi := r.pos, r.pos
	for c := r.at(hi); (isValueByte(c) || c == '=' || c == ':' || c == ',') && c != '\\'; c = r.at(hi) {
		hi++
	}
	next := r.at(hi + 1)
	if hi == lo || r.at(hi) != '\\' || next != 'n' && next != 'r' || !r.isInside('"') && !r.isInside('\'') && !r.isInside('`') {
		return Value{}, false
	}
	return Value{Start: lo, End: hi, Syntax: Part}, true
}

// isInside reports whether the name stands in a literal that begins with the quote q on
// its line.
func (r *reader) isInside(q byte) bool {
	for i := r.start - 1; i >= 0 && r.start-i < Before && r.text[i] != '\n'; i-- {
		if r.text[i] == q {
			return i == 0 || !isWord(r.text[i-1])
		}
	}
	return false
}

// isPart reports whether the value that ends at i is one of several in a string:
// what parts them stands before the name or behind the value.
func (r *reader) isPart(i int) bool {
	before, after := r.prev(1), r.at(i)
	return r.isListed() || r.isVariable() || before == '&' || before == '?' || after == '&' || after == ';' && r.at(i+1) > ' '
}

// takesWord reports whether the name takes an unquoted value behind white space,
// and how: a flag, a directive that begins a line, a word of netrc.
func (r *reader) takesWord() (Syntax, bool) {
	if r.prev(1) == '-' && (r.prev(2) == '-' || r.prev(2) == ' ') {
		return Flag, true // -Password x is of PowerShell
	}
	lo := r.start
	for lo > 0 && r.start-lo < Before && r.text[lo-1] != '\n' {
		lo--
	}
	words := strings.Fields(strings.ToLower(string(r.text[lo:r.start])))
	if len(words) == 0 {
		return Flag, r.endsLine()
	}
	if words[0] == "set" && len(words) == 2 && words[1][0] == '-' {
		return Entry, true // of fish
	}
	switch words[len(words)-1] {
	case "env", "arg", "setx", "setenv", "config:set":
		return Entry, true
	}
	return Entry, len(words) >= 2 && (words[0] == "machine" || words[0] == "login" || words[0] == "default" || words[len(words)-2] == "login")
}

// endsLine reports whether a single word stands between r.pos and the end of the
// line.
func (r *reader) endsLine() bool {
	i := r.pos
	for r.at(i) > ' ' {
		i++
	}
	for r.at(i) == ' ' || r.at(i) == '\r' {
		i++
	}
	return i == len(r.text) || r.at(i) == '\n'
}
