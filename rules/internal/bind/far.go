package bind

import (
	"bytes"
	"strings"
)

// Here are values that do not stand right behind the name: those of options and of
// methods, in the columns of statements, in property lists and in prose.

// maxOption is how far behind an option its default may stand, in bytes.
const maxOption = 200

// options are the words before the value of an option or a field that was named.
var options = []string{"default", "default_value", "defaultvalue", "with", "value", "initial"}

// option reads the value in the arguments behind a name:
// option("--password", default="x"), fill_in 'Password', with: 'x'.
func (r *reader) option() (Value, bool) {
	stop := min(len(r.text), r.pos+maxOption)
	for r.pos < stop {
		for r.pos < stop && !isWord(r.at(r.pos)) {
			switch c := r.at(r.pos); {
			case c == '(' || c == ')' || c == ';' || c == '{' || c == '}':
				return Value{}, false
			case isQuote(c):
				end := r.endOfLiteral(r.pos+1, c, 0)
				if end < 0 {
					return Value{}, false
				}
				r.pos = end
			}
			r.pos++
		}
		lo := r.pos
		for r.pos < stop && isWord(r.at(r.pos)) {
			r.pos++
		}
		word := strings.ToLower(string(r.text[lo:r.pos]))
		r.blanks()
		if c := r.at(r.pos); c != '=' && c != ':' || r.at(r.pos+1) == c || r.at(lo-1) == '.' {
			continue
		}
		r.pos++
		for _, o := range options {
			if word == o {
				return r.literal(Fallback)
			}
		}
	}
	return Value{}, false
}

// setters are the methods that give a value to a field of a form.
var setters = []string{"type", "send_keys", "sendKeys", "fill", "setValue", "set", "val", "clear_and_type"}

// setter reads the argument of a method of what was looked up by the name:
// get("#password").type("x").
func (r *reader) setter() (Value, bool) {
	rest := r.text[r.pos+1:]
	for _, n := range setters {
		if bytes.HasPrefix(rest, []byte(n)) && len(rest) > len(n) && rest[len(n)] == '(' {
			r.pos += 1 + len(n)
			return r.call()
		}
	}
	return Value{}, false
}

// braced reads a literal in braces: apiKey{"x"}, let(:password) { 'x' }.
func (r *reader) braced() (Value, bool) {
	r.pos++
	v, ok := r.literal(Literal)
	i := v.End + 1
	for r.at(i) == ' ' || r.at(i) == ')' {
		i++
	}
	return v, ok && r.at(i) == '}'
}

// property reads what the getter of a property returns: Password { get { return "x"; } }.
func (r *reader) property() (Value, bool) {
	for _, word := range []string{"{", "get", "{", "return"} {
		r.space()
		if !bytes.HasPrefix(r.text[r.pos:], []byte(word)) {
			return Value{}, false
		}
		r.pos += len(word)
	}
	return r.literal(Literal)
}

// choice reads the first literal of a choice by a condition:
// secret = prod ? "x" : "y". The condition is no longer than maxOption bytes.
func (r *reader) choice() (Value, bool) {
	stop := min(len(r.text), r.pos+maxOption)
	for i := r.pos; i < stop && r.text[i] != '\n' && r.text[i] != ';'; i++ {
		if r.text[i] == '?' && r.at(i+1) == ' ' && r.at(i-1) == ' ' {
			r.pos = i + 1
			v, ok := r.literal(Literal)
			v.Joined = false // the other choice follows
			return v, ok
		}
	}
	return Value{}, false
}

// listEntry reads the string behind a key of a property list:
// <key>token</key><string>x</string>.
func (r *reader) listEntry() (Value, bool) {
	const closing, opening = "</key>", "<string>"
	if !bytes.HasPrefix(r.text[r.pos:], []byte(closing)) {
		return Value{}, false
	}
	i := r.pos + len(closing)
	for c := r.at(i); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = r.at(i) {
		i++
	}
	if !bytes.HasPrefix(r.text[i:], []byte(opening)) {
		return Value{}, false
	}
	r.pos = i + len(opening) - 1
	return r.element()
}

// prose reads what a text says of the name: the password is "x", **Password**: x,
// and the next cell of a table.
func (r *reader) prose() (Value, bool) {
	for r.at(r.pos) == '*' {
		r.pos++
	}
	if r.at(r.pos-1) == '*' && r.at(r.pos) > ' ' && r.at(r.pos) != ':' {
		return r.bold()
	}
	if r.at(r.pos) == ':' {
		r.pos++
		for r.at(r.pos) == '*' {
			r.pos++
		}
		r.blanks()
		if isQuote(r.at(r.pos)) {
			return r.literal(Flag)
		}
		return r.entry()
	}
	r.blanks()
	if rest := r.text[r.pos:]; bytes.HasPrefix(rest, []byte("is ")) || bytes.HasPrefix(rest, []byte("is: ")) {
		r.pos += bytes.IndexByte(rest, ' ')
		r.blanks()
		if r.at(r.pos) == '*' && r.at(r.pos+1) == '*' {
			r.pos += 2
			return r.bold()
		}
		return r.literal(Flag)
	}
	return Value{}, false
}

// bold reads the text up to the end of what is bold.
func (r *reader) bold() (Value, bool) {
	lo := r.pos
	for c := r.at(r.pos); c > ' ' && c < 0x7f && c != '*'; c = r.at(r.pos) {
		r.pos++
	}
	return Value{Start: lo, End: r.pos, Syntax: Flag, Quoted: true}, r.pos > lo && r.at(r.pos) == '*' && r.at(r.pos+1) == '*'
}

// startsCell reports whether nothing but signs of markup stands between the name and
// the sign before it that begins a cell of a table.
func (r *reader) startsCell() bool {
	i := r.start - 1
	for i >= 0 && r.start-i < maxPrefix && strings.IndexByte(" *_`", r.text[i]) >= 0 {
		i--
	}
	return r.at(i) == '|'
}

// cell reads the next cell of a table in which the name is one.
func (r *reader) cell() (Value, bool) {
	r.pos++
	r.blanks()
	code := r.at(r.pos) == '`'
	if code {
		r.pos++
	}
	lo := r.pos
	for c := r.at(r.pos); c > ' ' && c < 0x7f && c != '|' && c != '`'; c = r.at(r.pos) {
		r.pos++
	}
	hi := r.pos
	if code && r.at(r.pos) == '`' {
		r.pos++
	}
	r.blanks()
	return Value{Start: lo, End: hi, Syntax: Flag, Quoted: code}, hi > lo && r.at(r.pos) == '|'
}

// column reads the value of the name in a statement that inserts rows, of the first
// row: INSERT INTO users (name, password) VALUES ('joe', 'x').
func (r *reader) column() (Value, bool) {
	n, ok := r.columnsBefore()
	if !ok {
		return Value{}, false
	}
	end := bytes.IndexByte(r.text[r.pos:], ')')
	if end < 0 {
		return Value{}, false
	}
	r.pos += end + 1
	r.space()
	const values = "values"
	if !bytes.EqualFold(r.text[r.pos:min(len(r.text), r.pos+len(values))], []byte(values)) {
		return Value{}, false
	}
	r.pos += len(values)
	r.space()
	if r.at(r.pos) != '(' {
		return Value{}, false
	}
	r.pos++
	for ; n > 0; n-- {
		if !r.skipItem() {
			return Value{}, false
		}
	}
	r.space()
	return r.literal(Argument)
}

// columnsBefore returns how many columns stand before the name in the list of a
// statement that inserts rows.
func (r *reader) columnsBefore() (n int, ok bool) {
	i := r.start - 1
	for ; i >= 0 && r.start-i < Before; i-- {
		switch c := r.text[i]; {
		case c == ',':
			n++
		case c == '(':
			head := bytes.ToLower(r.text[max(0, i-80, r.start-Before):i])
			return n, bytes.Contains(head, []byte("into "))
		case c != ' ' && c != '\n' && c != '\t' && c != '\r' && !isWord(c) && !isQuote(c) && c != '[' && c != ']':
			return 0, false
		}
	}
	return 0, false
}

// skipItem moves behind the next item of a list in parentheses and its comma.
func (r *reader) skipItem() bool {
	depth := 0
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case isQuote(c):
			end := r.endOfLiteral(r.pos+1, c, 0)
			if end < 0 {
				return false
			}
			r.pos = end
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			r.pos++
			return true
		}
		if depth < 0 {
			return false
		}
		r.pos++
	}
	return false
}

// space skips white space.
func (r *reader) space() {
	for c := r.at(r.pos); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = r.at(r.pos) {
		r.pos++
	}
}
