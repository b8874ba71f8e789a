// Package bind reads the literal that a text gives to a name, where the syntax
// leaves little doubt: an assignment, an entry of a configuration, an argument, an
// element, a flag, a part of a connection string. It is strict where package assign
// is generous: the names that it serves, such as "password" and "token", are
// frequent, and most of what stands behind them is no secret.
//
// It looks at no more than [Before] bytes before and [After] bytes behind the
// name, and reads each byte a bounded number of times.
package bind

import (
	"bytes"
	"strings"
)

// The bounds of what is looked at around a name, in bytes.
const (
	Before = 160
	After  = 640
)

// A Syntax is the way in which a text gives a value to a name.
type Syntax int

// The syntaxes.
const (
	Entry    Syntax = iota // a line of its own: key: value, KEY=value
	Literal                // a string literal behind an operator
	Argument               // a literal behind a comma or in a call: put("key", "value"), setKey("value")
	Fallback               // a default for what the environment may lack
	Compare                // a literal that the name is compared with
	Element                // markup: <key>value</key>, <x name="key" value="value"/>
	Part                   // a part of a string: Key=value; in a connection string, key=value& in a query
	Flag                   // --key value, key value
	Bare                   // an unquoted word in code
)

// String returns the name of s that explanations use.
func (s Syntax) String() string {
	return [...]string{"entry", "literal", "argument", "fallback", "comparison", "element", "part of a string", "flag", "bare word"}[s]
}

// A Value is the literal text[Start:End].
type Value struct {
	Start, End int
	Syntax     Syntax
	Quoted     bool
	// Joined says that the literal is only a piece of the value: something is
	// added to it.
	Joined bool
}

// A reader reads behind a name.
type reader struct {
	text  []byte // ends at the limit of what may be looked at
	start int    // of the name
	end   int
	pos   int
}

// Read returns the value of the name text[start:end]; ok is false when the text
// gives it none.
func Read(text []byte, start, end int) (v Value, ok bool) {
	r := reader{text: text[:min(len(text), end+After)], start: start, end: end, pos: end}
	if v, ok = r.expansion(); ok {
		return v, v.End > v.Start
	}
	if r.at(r.pos) == '<' && r.prev(1) == '>' {
		return r.listEntry()
	}
	quote := r.closeQuote()
	if c := r.at(r.pos); c == ',' || c == ')' {
		save := r.pos
		if v, ok = r.column(); ok {
			return v, true
		}
		r.pos = save
	}
	switch {
	case r.at(r.pos) == '>' && (quote != 0 || r.prev(1) == '<' || r.prev(1) == ':'):
		return r.element()
	case r.prev(1) == '<', r.prev(1) == '{' && r.prev(2) == '{', r.prev(1) == '%' && r.at(r.pos) == '%':
		return v, false // a placeholder
	}
	r.closeIndex()
	spaced := r.blanks()
	return r.afterName(quote, spaced)
}

// at returns the byte at i, or 0 outside the text.
func (r *reader) at(i int) byte {
	if i < 0 || i >= len(r.text) {
		return 0
	}
	return r.text[i]
}

// prev returns the n-th byte before the name.
func (r *reader) prev(n int) byte { return r.at(r.start - n) }

// blanks skips blanks and reports whether there were any.
func (r *reader) blanks() bool {
	lo := r.pos
	for r.at(r.pos) == ' ' || r.at(r.pos) == '\t' {
		r.pos++
	}
	return r.pos > lo
}

// closeQuote skips the quote that closes a literal which ends in the name, and
// returns it; 0 when there is none. A backslash before it is skipped with it.
func (r *reader) closeQuote() byte {
	i := r.pos
	for r.at(i) == '\\' && i-r.pos < 4 {
		i++
	}
	q := r.at(i)
	if !isQuote(q) {
		return 0
	}
	for j := r.start - 1; j >= 0 && r.start-j < maxPrefix; j-- {
		switch c := r.text[j]; {
		case c == q:
			r.pos = i + 1
			return q
		case c <= ' ' || isQuote(c) || c == '=' || c == ',' || c == ';' || c == '&' || c == '?':
			return 0
		}
	}
	return 0
}

// maxPrefix is how much of a literal may stand before the name in it, in bytes.
const maxPrefix = 60

// closeIndex skips what closes an index or a look-up around a quoted name: the
// bracket in config["key"] = and in getenv("KEY") || .
func (r *reader) closeIndex() {
	switch r.at(r.pos) {
	case ']':
		r.pos++
	case ')':
		rest := bytes.TrimLeft(r.text[r.pos+1:min(len(r.text), r.pos+8)], " ")
		for _, op := range []string{"||", "??", "?:", "or "} {
			if isQuote(r.at(r.pos-1)) && bytes.HasPrefix(rest, []byte(op)) {
				r.pos++
				return
			}
		}
	}
}

// expansion reads the default in ${KEY:-value} of shells and ${key:value} of
// Spring.
func (r *reader) expansion() (v Value, ok bool) {
	if r.prev(1) != '{' || r.prev(2) != '$' {
		lo := r.start - 1
		for lo >= 0 && r.start-lo < maxPrefix && (isWord(r.text[lo]) || r.text[lo] == '.') {
			lo--
		}
		if r.at(lo) != '{' || r.at(lo-1) != '$' {
			return v, false
		}
	}
	i := r.pos
	if r.at(i) == ':' {
		i++
	}
	switch c := r.at(i); {
	case c == '-' || c == '=':
		i++
	case i == r.pos || c == '?' || c == '+':
		return v, true // a mention
	}
	quoted := isQuote(r.at(i))
	if quoted {
		i++
	}
	j := i
	for j < len(r.text) && r.text[j] > ' ' && !isQuote(r.text[j]) && r.text[j] != '}' {
		j++
	}
	if r.at(j) != '}' && !quoted {
		return v, true
	}
	return Value{Start: i, End: j, Syntax: Fallback, Quoted: quoted}, true
}

// element reads the text between the tag that ends at r.pos and the next, which may
// have a line of its own.
func (r *reader) element() (v Value, ok bool) {
	lo := r.skipLine(r.pos + 1)
	hi := lo
	for hi < len(r.text) && r.text[hi] != '<' && r.text[hi] != '\n' && hi-lo < 400 {
		hi++
	}
	next := r.skipLine(hi)
	if r.at(next) != '<' || r.at(next+1) != '/' {
		return v, false
	}
	hi = lo + len(bytes.TrimRight(r.text[lo:hi], " \t\r"))
	return Value{Start: lo, End: hi, Syntax: Element, Quoted: true}, hi > lo
}

// skipLine returns where the text behind i begins when i is at the end of a line, and
// i otherwise.
func (r *reader) skipLine(i int) int {
	at := i
	for r.at(at) == '\r' || r.at(at) == ' ' || r.at(at) == '\t' {
		at++
	}
	if r.at(at) != '\n' {
		return i
	}
	for at++; r.at(at) == ' ' || r.at(at) == '\t'; at++ {
	}
	return at
}

// schemes are what stands before the token in a header of authorization (RFC 9110,
// section 11.6.2), as services name it, in lower case.
var schemes = []string{"bearer ", "token ", "api-token ", "api-key ", "apikey ", "apikey-v1 ", "aivenv1 ", "flyv1 ", "klaviyo-api-key "}

// SchemeLength returns the length of the authorization scheme, with its blank, that
// begins text; 0 when there is none.
func SchemeLength(text []byte) int {
	for _, s := range schemes {
		if len(text) > len(s) && strings.EqualFold(string(text[:len(s)]), s) {
			return len(s)
		}
	}
	return 0
}

func isQuote(c byte) bool  { return c == '"' || c == '\'' || c == '`' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }
