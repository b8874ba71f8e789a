// Package assign reads what a text assigns to a name. It knows the syntaxes in
// which names get values: assignments, map entries, arguments and fallbacks of
// programming languages; shell, Docker and PowerShell forms; YAML, JSON, TOML,
// INI, HCL, XML, property lists, tables; and name/value pairs on two lines.
//
// It does not parse a language. It reads the few tokens that can stand between
// a name and its value, so that it works in any file, in comments, in
// strings, and on half a file. It looks at no more than [Before] bytes before
// and [After] bytes behind the name.
package assign

import "bytes"

// The bounds of what is looked at around the place given to [Identifier] and
// [Values], in bytes.
const (
	MaxName = 96  // an identifier reaches at most so far to each side
	Before  = 160 // of the text before a name
	After   = 768 // of the text behind a name
)

// A Value is a candidate for the value of a name: text[Start:End].
type Value struct {
	Start, End int
	Quoted     bool // it is the content of a string literal
}

// Identifier returns the bounds of the identifier, with its dots and dashes,
// around text[lo:hi].
func Identifier(text []byte, lo, hi int) (start, end int) {
	start, end = lo, hi
	joint := isJoint
	for start > 0 && lo-start < MaxName && (isWord(text[start-1]) || isJoint(text, start-1)) {
		start--
	}
	if start > 1 && text[start-1] == '{' && text[start-2] == '$' {
		joint = isDot // ${NAME-value}
	}
	for end < len(text) && end-hi < MaxName && (isWord(text[end]) || joint(text, end)) {
		end++
	}
	return start, end
}

// Phrases returns where the name that begins with the identifier text[:end]
// ends if words that follow it belong to the name: "AGCloud API key",
// "AgCloud:ApiKey". At most three words of at most twelve letters are taken;
// the shortest name comes first.
func Phrases(text []byte, end int) []int {
	var ends []int
	for len(ends) < 3 && end < len(text) && (text[end] == ' ' || text[end] == ':') {
		e := end + 1
		for e < len(text) && e-end <= 12 && isLetter(text[e]) {
			e++
		}
		if e == end+1 || e < len(text) && isWord(text[e]) {
			break
		}
		ends = append(ends, e)
		end = e
	}
	return ends
}

// isJoint reports whether text[i] is a dot or dash between two word bytes.
func isJoint(text []byte, i int) bool {
	return (text[i] == '.' || text[i] == '-') && i > 0 && i+1 < len(text) && isWord(text[i-1]) && isWord(text[i+1])
}

// isDot is isJoint for dots alone.
func isDot(text []byte, i int) bool { return text[i] == '.' && isJoint(text, i) }

// Values returns the candidates for the value of the name text[start:end], the
// likeliest first. The caller takes the first that looks like a key.
func Values(text []byte, start, end int) []Value {
	r := reader{text: text[:min(len(text), end+After)], start: start, pos: end}
	r.text = r.text[:len(r.text):len(r.text)]
	switch {
	case r.isReference():
		return nil
	case r.prev(1) == '{' && r.prev(2) == '$':
		return r.shellDefault()
	}
	r.closeName()
	for _, form := range []func() []Value{r.element, r.attribute, r.pair, r.flag} {
		vals := form()
		if vals == nil {
			continue
		}
		if len(vals) == 0 {
			vals = r.before()
		}
		return trimAll(text, vals)
	}
	if r.takesArgument() {
		return trimAll(text, r.argument())
	}
	r.tokens()
	if len(r.out) == 0 {
		r.out = r.before()
	}
	return trimAll(text, r.out)
}

// Paired returns the value that goes with the name text[start:end] where that is
// a value itself, of a key that means "name", or names a block: name: NAME, value:
// x; <x name="NAME" value="x"/>; variable "NAME" { default = x }.
func Paired(text []byte, start, end int) []Value {
	r := reader{text: text[:min(len(text), end+After)], start: start, pos: end}
	r.text = r.text[:len(r.text):len(r.text)]
	r.closeName()
	forms := []func() []Value{r.attribute, r.before}
	if isNamed(text, start) || r.quoted && r.at(r.pos+1) == '{' {
		forms = []func() []Value{r.attribute, r.pair, r.before}
	}
	for _, form := range forms {
		if vals := form(); len(vals) > 0 {
			return trimAll(text, vals)
		}
	}
	return nil
}

// A reader reads the tokens behind a name.
type reader struct {
	text  []byte // ends at the limit of what may be looked at
	start int    // of the name
	pos   int
	out   []Value

	sigil  bool // the name has a $ before it: only an assignment may follow
	quoted bool // the name is in quotes
	op     bool // an operator or comma that introduces a value was read
	fresh  bool // nothing was read since that operator
	done   bool // an expression was read: only a fallback may follow
	depth  int  // of brackets opened since the name
	words  int  // words read without an operator
	breaks int  // line breaks crossed
	wrap   bool // the last token lets the next stand on another line
	colon  bool // the last operator was a colon
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

// isReference reports whether the name is only mentioned: %NAME%, {{NAME}}, $NAME
// with no assignment behind it.
func (r *reader) isReference() bool {
	next := r.at(r.pos)
	switch {
	case r.prev(1) == '%' && next == '%':
		return true
	case r.prev(1) == '$':
		r.sigil = true
	case r.prev(1) == '{' && r.prev(2) == '{':
		return true
	}
	return false
}

// closeName skips the quote that closes a literal which ends in the name, as
// in "NAME", "--name" and "/path/name".
func (r *reader) closeName() {
	q := r.at(r.pos)
	if !isQuote(q) {
		return
	}
	for i := r.start - 1; i >= 0 && r.start-i <= maxPrefix && r.text[i] > ' '; i-- {
		if c := r.text[i]; isQuote(c) {
			if r.quoted = c == q; r.quoted {
				r.pos++
			}
			return
		}
		if r.text[i] == '=' || r.text[i] == ',' {
			return
		}
	}
}

// maxPrefix is how much of a literal may stand before the name in it, in bytes.
const maxPrefix = 40

// shellDefault reads ${NAME:-value}, ${NAME-value}, ${NAME:=value} of shells and
// ${name:value} of Spring.
func (r *reader) shellDefault() []Value {
	i := r.pos
	colon := r.at(i) == ':'
	if colon {
		i++
	}
	switch c := r.at(i); {
	case c == '-' || c == '=':
		i++
	case !colon || c == '?' || c == '+':
		return nil
	}
	quoted := isQuote(r.at(i))
	if quoted {
		i++
	}
	j := i
	for j < len(r.text) && !isQuote(r.text[j]) && r.text[j] != '}' && r.text[j] != '\n' {
		j++
	}
	return []Value{{i, j, quoted}}
}

// takesArgument reports whether the name stands where a space separates it from
// its value: after ENV, ARG, setx, set -x, SetEnv and the like, or as a
// command-line flag.
func (r *reader) takesArgument() bool {
	c := r.at(r.pos)
	if r.prev(1) == '-' && r.prev(2) == '-' && (c == ' ' || r.nextItem()) {
		return true
	}
	if c != ' ' && c != '\t' {
		return false
	}
	if c == '\t' && isLiteralByte(r.at(r.pos+1)) {
		return true // a cell of a table
	}
	line := bytes.TrimSuffix(r.text[max(0, r.start-40):r.start], []byte("$"))
	for i := len(line) - 1; i >= 0; i-- {
		if line[i] == '\n' {
			line = line[i+1:]
			break
		}
	}
	return takesArgument(line)
}

// argument reads the value of a name that takes it after white space.
func (r *reader) argument() []Value {
	r.skipBlanks()
	if r.at(r.pos) == '=' {
		r.tokens()
		return r.out
	}
	r.op, r.fresh, r.sigil = true, true, false
	r.tokens()
	return r.out
}

// nextItem moves to the content of the next item of a YAML list, if one begins
// on the next line, and reports whether it did.
func (r *reader) nextItem() bool {
	rest := r.text[r.pos:]
	line := bytes.TrimLeft(rest, "\r\n \t")
	if len(rest)-len(line) > 40 || len(rest) == len(line) || !bytes.HasPrefix(line, []byte("- ")) {
		return false
	}
	r.pos += len(rest) - len(line) + 1
	return true
}

func (r *reader) skipBlanks() {
	for r.at(r.pos) == ' ' || r.at(r.pos) == '\t' {
		r.pos++
	}
}

// skipSpace skips white space with at most n line breaks and reports whether
// it did not meet more.
func (r *reader) skipSpace(n int) bool {
	for ; r.pos < len(r.text); r.pos++ {
		switch r.text[r.pos] {
		case '\n':
			if n--; n < 0 {
				return false
			}
		case ' ', '\t', '\r':
		default:
			return true
		}
	}
	return true
}

// isLiteralByte reports whether c can begin a key or a string literal.
func isLiteralByte(c byte) bool { return isQuote(c) || isWord(c) }

func isQuote(c byte) bool  { return c == '"' || c == '\'' || c == '`' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }
