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

// literal reads a string literal at r.pos, in the wrappings that keep it what it
// is.
func (r *reader) literal(s Syntax) (Value, bool) {
	r.blanks()
	for range 3 {
		if !r.wrapping() {
			break
		}
	}
	escapes := 0
	for r.at(r.pos) == '\\' && escapes < 4 {
		escapes++
		r.pos++
	}
	q := r.at(r.pos)
	if !isQuote(q) {
		return Value{}, false
	}
	lo := r.pos + 1
	if r.at(lo) == q && r.at(lo+1) == q {
		lo += 2 // """ and '''
	}
	hi := r.endOfLiteral(lo, q, escapes)
	if hi <= lo {
		return Value{}, false
	}
	v := Value{Syntax: s, Quoted: true, Joined: r.joined(hi + escapes + 1)}
	v.Start, v.End = r.inner(r.trim(lo, hi))
	return v, true
}

// trim leaves out the blanks around text[lo:hi], which copying brought in.
func (r *reader) trim(lo, hi int) (start, end int) {
	for hi-lo > 1 && r.at(lo) == ' ' {
		lo++
	}
	for hi-lo > 1 && r.at(hi-1) == ' ' {
		hi--
	}
	return lo, hi
}

// inner returns the literal in the literal text[lo:hi], such as '"x"' and "\"x\"", which
// generators of code are given; lo and hi when there is none.
func (r *reader) inner(lo, hi int) (start, end int) {
	n := 0
	for n < 4 && r.at(lo+n) == '\\' {
		n++
	}
	quote := r.text[lo:min(hi, lo+n+1)]
	if hi-lo <= 2*len(quote) || !isQuote(quote[n]) || !bytes.HasSuffix(r.text[lo:hi], quote) {
		return lo, hi
	}
	return lo + n + 1, hi - n - 1
}

// endOfLiteral returns where the literal that begins at lo ends, or -1 when it
// does not end on its line.
func (r *reader) endOfLiteral(lo int, q byte, escapes int) int {
	for i := lo; i < len(r.text) && r.text[i] != '\n'; i++ {
		switch c := r.text[i]; {
		case c == q:
			return i
		case c == '\\' && escapes > 0:
			n := 0
			for r.at(i+n) == '\\' {
				n++
			}
			if r.at(i+n) == q {
				if n > escapes {
					i += n
					continue
				}
				return i
			}
			i += n - 1
		case c == '\\':
			i++
		}
	}
	return -1
}

// joined reports whether something is added to the literal that ends before i,
// or is done with it.
func (r *reader) joined(i int) bool {
	for r.at(i) == ' ' || r.at(i) == '\t' {
		i++
	}
	switch c := r.at(i); c {
	case '+', '%', '?', '[':
		return true
	case '.':
		rest := string(r.text[i:min(len(r.text), i+12)])
		for _, keep := range []string{".to", ".into", ".encode", ".get", ".strip", ".trim", ".chars", ".as", ".freeze", ".b", ".html", ".n"} {
			if strings.HasPrefix(rest, keep) {
				return false
			}
		}
		return isLetter(r.at(i+1)) || r.at(i+1) == ' '
	case ':':
		return r.at(i+1) == ' '
	}
	return false
}

// wrappers are the calls and prefixes around a literal that leave it what it is.
var wrappers = []string{"[]byte(", "string(", "str(", "bytes(", "String(", "Some(", "SecretString(", "SecretStr(", "Secret(", "String::from(", "String.valueOf(", "text(", "Buffer.from(",
	"toCharArray(", "Base64.urlsafe_decode64(", "Base64.decode64(", "Data(fromHexEncodedString: ", "Data(base64Encoded: ", "base64.b64decode(", "b64decode(", "Base64.decode(", "quote(", "new ", "b", "r", "u", "L", "N", "@", "rb", "br", "(", "[", "!!str ", "&"}

// maxWrapper is more than the length of any wrapper, in bytes.
const maxWrapper = 32

// wrapping skips one of the wrappers and reports whether there was one.
func (r *reader) wrapping() bool {
	rest := r.text[r.pos:min(len(r.text), r.pos+maxWrapper)]
	for _, w := range wrappers {
		if !bytes.HasPrefix(rest, []byte(w)) || len(w) >= len(rest) {
			continue
		}
		if next := rest[len(w)]; len(w) <= 2 && !isQuote(next) && !(w == "(" && (isLetter(next) || next == '[')) {
			continue
		}
		r.pos += len(w)
		return true
	}
	return false
}
