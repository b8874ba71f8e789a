package bind

import (
	"bytes"
	"strings"
)

// afterName reads on behind the name, its quote and blanks. quote is the quote
// that closed the name, 0 for none.
func (r *reader) afterName(quote byte, spaced bool) (Value, bool) {
	switch c := r.at(r.pos); {
	case c == '(' && quote == 0 && !spaced:
		return r.call()
	case c == ',' && (quote != 0 || r.prev(1) == ':' || r.isConstant()):
		r.pos++
		if v, ok := r.literal(Argument); ok {
			return v, true
		}
		return r.option()
	case c == '{' && quote == 0 && !spaced:
		return r.braced()
	case c == '{' && quote == 0:
		return r.property()
	case c == ')' && r.prev(1) == ':' && r.at(r.pos+1) == ' ' && r.at(r.pos+2) == '{':
		r.pos += 2
		return r.braced()
	case c == ')' && quote != 0 && r.at(r.pos+1) == '.':
		r.pos++
		return r.setter()
	case (c == '*' || c == ':') && quote == 0 && r.at(r.pos+1) == '*':
		return r.prose()
	case c == '|' && spaced && quote == 0 && r.at(r.pos+1) != '|' && r.startsCell():
		return r.cell()
	case c == 'i' && spaced && quote == 0 && r.at(r.pos+1) == 's' && (r.at(r.pos+2) == ' ' || r.at(r.pos+2) == ':'):
		return r.prose()
	case isQuote(c) && spaced && quote == 0, c == '\\' && isQuote(r.at(r.pos+1)) && spaced && quote == 0:
		return r.literal(Flag)
	case c == ')' && r.at(r.pos+1) == ',':
		return Value{}, false
	case spaced && quote == 0 && isValueByte(c):
		if s, ok := r.takesWord(); ok {
			return r.word(s)
		}
	case c == ':' && r.prev(1) == ':':
		return Value{}, false // a part of a path with colons
	}
	r.typeOf(quote)
	op := r.pos
	syntax, ok := r.operator()
	if !ok {
		return Value{}, false
	}
	tight := r.at(r.pos-1) == '='
	r.blanks()
	if c := r.at(r.pos); c == '\n' || c == '\\' && r.at(r.pos+1) == '\n' {
		if r.nextLine(); !isQuote(r.at(r.pos)) {
			return Value{}, false
		}
	}
	if quote == '"' && r.text[op] == ':' {
		syntax = Entry // of JSON
	}
	if v, ok := r.literal(syntax); ok {
		if quote == 0 && r.text[op] == ':' && r.text[op+1] != '=' && r.endsAt(v.End+1) && r.isEntry() {
			v.Syntax = Entry // of YAML
		}
		return v, true
	}
	if v, ok := r.bare(syntax == Literal || syntax == Entry, quote, tight && !spaced); ok {
		return v, true
	}
	if syntax == Literal {
		return r.choice()
	}
	return Value{}, false
}

// isConstant reports whether the name is written as constants are, such as that of an
// option: setopt(h, OPT_PASSWORD, "x"), or is defined as one.
func (r *reader) isConstant() bool {
	if bytes.HasSuffix(r.text[:r.start], []byte("define(")) {
		return true
	}
	name := r.text[r.start:r.end]
	return bytes.IndexByte(name, '_') > 0 && bytes.Equal(bytes.ToUpper(name), name)
}

// endsAt reports whether a line ends at i, but for blanks and a comment.
func (r *reader) endsAt(i int) bool {
	for r.at(i) == ' ' || r.at(i) == '\t' || r.at(i) == '\r' {
		i++
	}
	return i >= len(r.text) || r.at(i) == '\n' || r.at(i) == '#'
}

// nextLine moves to the first byte of the next line that is no blank.
func (r *reader) nextLine() {
	for i := 0; i < 2 && (r.at(r.pos) == '\\' || r.at(r.pos) == '\r' || r.at(r.pos) == '\n'); i++ {
		r.pos++
	}
	r.blanks()
}

// call reads the argument of a call of the name, setPassword("x"), or of its method
// that compares: password.equals("x").
func (r *reader) call() (Value, bool) {
	syntax := Argument
	if bytes.HasSuffix(bytes.ToLower(r.text[r.start:r.end]), []byte("equals")) {
		syntax = Compare
	}
	r.pos++
	r.blanks()
	v, ok := r.literal(syntax)
	i := v.End + 1
	for c := r.at(i); ok && (c == ' ' || c == ')' && r.at(i+1) == ')' || c == '.' || isLetter(c) || c == '('); c = r.at(i) {
		i++ // "x".getBytes())
	}
	return v, ok && (r.at(i) == ')' || r.at(i) == '\\')
}

// typeOf skips a type between a name and its operator: password string = "x",
// password: str = "x", char password[20] = "x", password VARCHAR(20) DEFAULT 'x'.
func (r *reader) typeOf(quote byte) {
	if quote != 0 {
		return
	}
	save := r.pos
	for r.at(r.pos) == '[' || isDigit(r.at(r.pos)) || r.at(r.pos) == ']' {
		r.pos++
	}
	if r.at(r.pos) == ':' && r.at(r.pos+1) == ' ' || r.at(r.pos) == '?' && r.at(r.pos+1) == ':' {
		r.pos += 2
	}
	r.blanks()
	lo := r.pos
	for r.pos-lo < 40 && (isWord(r.at(r.pos)) || r.pos > lo && strings.IndexByte(".<>[]&*'?!| ", r.at(r.pos)) >= 0 || r.at(r.pos) == '&' || r.at(r.pos) == '*') {
		r.pos++
	}
	if r.pos == lo && r.at(r.pos) == '=' && r.at(r.pos+1) != '=' && r.at(r.pos+1) != '>' {
		return
	}
	word := bytes.TrimSpace(r.text[lo:r.pos])
	if r.at(r.pos) != '=' || r.at(r.pos+1) == '=' || r.at(r.pos+1) == '>' || !isTypeName(word) {
		r.pos = save
	}
}

// isTypeName reports whether word is what stands for a type of strings.
func isTypeName(word []byte) bool {
	low := strings.ToLower(string(word))
	return strings.Contains(low, "str") || strings.Contains(low, "char") || strings.Contains(low, "bytes") || strings.Contains(low, "text") || low == "any" || low == "final" || low == "auto" || low == "uint8" || low == "byte"
}

// operator reads the operator that gives a name its value, or adds to it.
func (r *reader) operator() (Syntax, bool) {
	lo := r.pos
	if r.at(lo) == '.' && r.at(lo+1) == '=' {
		r.pos++ // of PHP and Perl
	}
	for r.pos-lo < len(":::=") && strings.IndexByte("=:|?>!<-~+", r.at(r.pos)) >= 0 && r.at(r.pos) != 0 {
		if r.pos > lo && r.text[r.pos] == '-' && r.text[r.pos-1] != '<' {
			break // a value that begins with a dash
		}
		r.pos++
	}
	switch op := string(r.text[lo:r.pos]); op {
	case "=", ":=", "=>", "?=", "||=", "??=", "->", "<-", "=~", ":", "::=", ":::=", ".=", "+=":
		return Literal, true
	case "==", "===", "!=", "!==":
		return Compare, true
	case "||", "??", "?:":
		return Fallback, true
	case "=\"", "":
		return r.wordOperator()
	}
	return Literal, false
}

// wordOperator reads the operators that are words: or of Python and Lua, DEFAULT, TO
// and AS of SQL and templates.
func (r *reader) wordOperator() (Syntax, bool) {
	rest := r.text[r.pos:min(len(r.text), r.pos+12)]
	for _, w := range []string{"or ", "DEFAULT ", "default ", "TO ", "AS "} {
		if bytes.HasPrefix(rest, []byte(w)) {
			r.pos += len(w)
			if w == "or " {
				return Fallback, true
			}
			return Literal, true
		}
	}
	return Literal, false
}
