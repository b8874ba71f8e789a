package assign

import (
	"bytes"
	"math"
	"strings"

	"github.com/agcloud/keylint/rules/internal/wordset"
)

// takesArgument reports whether line, the text before a name on its line, ends
// in a word that takes a name and, after white space, a value.
func takesArgument(line []byte) bool {
	words := strings.Fields(strings.ToLower(string(line)))
	n := len(words)
	for n > 0 && strings.HasPrefix(words[n-1], "-") {
		n-- // set -gx NAME value
	}
	if n == 0 {
		return false
	}
	w := strings.TrimLeft(words[n-1], "#(>$@ ")
	if n < len(words) {
		return w == "set" || w == "config"
	}
	switch w {
	case "export", "env:set", "passenger_env_var", "config", "env", "arg", "setx", "setenv", "set", "fastcgi_param", "uwsgi_param", "config:set", "define", "put", "add":
		return true
	}
	return false
}

// element reads a value in markup: <NAME>value</NAME>, <key>NAME</key>
// <string>value</string>, <entry key="NAME">value</entry>, cells of a table.
// It returns nil when the name is not in markup of that kind.
func (r *reader) element() []Value {
	i := r.pos
	switch c := r.at(i); {
	case c == '>' && (r.quoted || r.prev(1) == '<'):
		i++
	case c == '<' && (r.at(i+1) == '/' || r.at(i+1) == 'b'):
	default:
		return nil
	}
	return elementText(r.text, i)
}

// elementText returns the text of the element that begins behind the tags at
// i; it is empty but not nil when there is none.
func elementText(text []byte, i int) []Value {
	r := reader{text: text}
	i = skipTags(r.text, i)
	for c := r.at(i); c == ':' || c == '=' || c == ' '; c = r.at(i) {
		i++ // <code>NAME</code>: <code>value</code>
	}
	i = skipTags(r.text, i)
	j := i
	for j < len(r.text) && r.text[j] != '<' && r.text[j] != '\n' {
		j++
	}
	if r.at(j) != '<' {
		return []Value{}
	}
	v := bytes.TrimSpace(r.text[i:j])
	lo := i + bytes.Index(r.text[i:j], v)
	return []Value{{lo, lo + len(v), true}}
}

// skipTags skips up to eight tags and the white space between them.
func skipTags(text []byte, i int) int {
	for range 8 {
		for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
			i++
		}
		if i >= len(text) || text[i] != '<' {
			return i
		}
		end := bytes.IndexByte(text[i:min(len(text), i+80)], '>')
		if end < 0 {
			return i
		}
		i += end + 1
	}
	return i
}

// pair reads a value that has a key of its own: name: NAME, value: x, on one
// line or several, in YAML, JSON, HCL, XML attributes; and the block of
// variable "NAME" { default = x }. It returns nil when there is none.
func (r *reader) pair() []Value {
	save := *r
	r.skipBlanks()
	c := r.at(r.pos)
	if c == '{' {
		if r.accessors() {
			return nil
		}
		return r.orElse(save, r.block())
	}
	if c == ':' {
		r.pos++ // NAME: with keys of its own
	}
	for range maxAttributes {
		key := r.entry()
		switch {
		case valueWords.Has(key) && (c != ':' || r.lineBreaks(save.pos)):
			r.op, r.sigil = false, false
			r.tokens()
			return r.orElse(save, r.out)
		case !sideWords.Has(key) || !r.skipScalar():
			return r.orElse(save, nil)
		}
	}
	return r.orElse(save, nil)
}

// maxAttributes is how many entries are read behind a name in search of its value.
const maxAttributes = 6

// entry moves to the operator of the entry that begins at r.pos, behind a comma
// or white space, and returns its key in lower case; "" when there is none.
func (r *reader) entry() string {
	lo := r.pos
	if r.at(r.pos) == ',' {
		r.pos++
	}
	if !r.skipSpace(2) || r.pos == lo {
		return ""
	}
	quote := r.at(r.pos)
	if isQuote(quote) {
		r.pos++
	}
	lo = r.pos
	for isWord(r.at(r.pos)) {
		r.pos++
	}
	key := strings.ToLower(string(r.text[lo:r.pos]))
	if isQuote(quote) && r.at(r.pos) == quote {
		r.pos++
	}
	r.skipBlanks()
	if c := r.at(r.pos); c != '=' && c != ':' {
		return ""
	}
	return key
}

// lineBreaks reports whether there is a line break between lo and r.pos.
func (r *reader) lineBreaks(lo int) bool { return bytes.IndexByte(r.text[lo:r.pos], '\n') >= 0 }

// skipScalar skips an operator and the value behind it on its line, and reports
// whether the value ends there.
func (r *reader) skipScalar() bool {
	r.pos++
	r.skipBlanks()
	if q := r.at(r.pos); isQuote(q) {
		end := endOfLiteral(r.text, r.pos+1, string(q))
		r.pos = end + 1
		return end > 0
	}
	lo := r.pos
	for r.pos < len(r.text) && strings.IndexByte(",\n{}[]", r.text[r.pos]) < 0 {
		r.pos++
	}
	return r.pos > lo
}

// accessors skips the { get; set; } of a C# property and reports whether there
// was one.
func (r *reader) accessors() bool {
	body := r.text[r.pos:min(len(r.text), r.pos+60)]
	end := bytes.IndexByte(body, '}')
	if end < 0 || !bytes.HasPrefix(bytes.TrimLeft(body[1:], " "), []byte("get;")) {
		return false
	}
	r.pos += end + 1
	return true
}

// orElse puts the reader back to saved when there are no values.
func (r *reader) orElse(saved reader, vals []Value) []Value {
	if len(vals) == 0 {
		*r = saved
		return nil
	}
	return vals
}

// valueWord skips a key that means "value" and reports whether there was one.
func (r *reader) valueWord() bool {
	i := r.pos
	for isWord(r.at(i)) {
		i++
	}
	if !valueWords.Has(strings.ToLower(string(r.text[r.pos:i]))) {
		return false
	}
	r.pos = i
	return true
}

// valueWords are the keys that mean "value".
var valueWords = wordset.Of("value val default defaultvalue default_value parametervalue stringvalue string_value " +
	"secret secretvalue secret_value secret_data secretstring secret_string content plaintext token current_value initial_value currentvalue initialvalue")

// sideWords are the keys that say something else about a variable and may stand
// between its name and its value.
var sideWords = wordset.Of("type description desc enabled disabled noecho sensitive expand required scope id label title comment note notes env environment " +
	"environments environment_scope masked protected variable_type raw hidden target kind readonly slotsetting slot_setting encrypted issecret is_secret " +
	"allowedpattern minlength maxlength constraintdescription prompt help overwrite tier locked")

// block reads the default of an HCL block: variable "NAME" { default = "x" }.
func (r *reader) block() []Value {
	body := r.text[r.pos:endOfBlock(r.text, r.pos)]
	for i := range body {
		if i > 0 && isWord(body[i-1]) || !isLetter(body[i]) {
			continue
		}
		at := reader{text: r.text[:r.pos+len(body)], pos: r.pos + i, start: r.pos + i}
		if !at.valueWord() {
			continue
		}
		at.skipBlanks()
		if c := at.at(at.pos); c == '=' || c == ':' {
			at.tokens()
			if len(at.out) > 0 {
				return at.out
			}
		}
	}
	return nil
}

// endOfBlock returns where the brace that closes the block around text[i:]
// stands, or the end of the text. Braces in string literals do not count.
func endOfBlock(text []byte, i int) int {
	for ; i < len(text) && text[i] != '}'; i++ {
		if text[i] != '"' {
			continue
		}
		if end := endOfLiteral(text, i+1, `"`); end > 0 {
			i = end
		}
	}
	return i
}

// Section returns the identifiers in the lines behind text[start:end], which is
// the name of a section such as [agcloud], agcloud: { … } or name: agcloud, that
// may belong to it: those followed by an operator, up to 8 lines on or the end of the
// section.
func Section(text []byte, start, end int) []Value {
	text = text[:min(len(text), end+After/2)]
	i := skipSectionHead(text, end)
	if rest := bytes.TrimLeft(text[end:], "\"'\r"); i < 0 && bytes.HasPrefix(rest, []byte("\n")) && isObject(text, start) {
		i = len(text) - len(rest)
	}
	if i < 0 || isNamed(text, start) && bytes.IndexByte(text[end:i], ',') >= 0 {
		return nil
	}
	var names []Value
	lines, indent := 0, -1
	for i < len(text) && lines < 8 {
		switch c := text[i]; {
		case c == '\n':
			lines++
			i++
			n := indentation(text[i:])
			if n < indent || i < len(text) && (text[i] == '[' || text[i] == '}') {
				return names
			}
			if indent < 0 && n < math.MaxInt {
				indent = n
			}
		case c == '}':
			return names
		case isWord(c):
			lo, hi := Identifier(text, i, i+1)
			if lo == i && isNameOfValue(text, hi) {
				names = append(names, Value{Start: lo, End: hi})
			}
			i = max(hi, i+1)
		default:
			i++
		}
	}
	return names
}

// indentation returns how many blanks begin the line that begins text; for an
// empty line and a comment, very many.
func indentation(text []byte) int {
	n := 0
	for n < len(text) && (text[n] == ' ' || text[n] == '\t') {
		n++
	}
	if n == len(text) || text[n] == '\n' || text[n] == '\r' || text[n] == '#' {
		return math.MaxInt
	}
	return n
}

// skipSectionHead returns where the body of the section begins whose name ends
// at i, or -1 when it is no name of a section.
func skipSectionHead(text []byte, i int) int {
	lo := i
	if strings.HasPrefix(string(text[i:min(len(text), i+2)]), "</") {
		if n := bytes.IndexByte(text[i:], '>'); n > 0 {
			return i + n + 1 // <key>agcloud</key><dict>…
		}
		return -1
	}
	if strings.HasPrefix(string(text[i:min(len(text), i+2)]), "::") { // Agcloud::builder().key(…)
		for i += 2; i < len(text) && isWord(text[i]); i++ {
		}
	}
	for i < len(text) && i-lo < 40 && strings.IndexByte("\"'`] \t\r:={([,>", text[i]) >= 0 {
		i++
	}
	if i < len(text) && bytes.ContainsAny(text[lo:i], "]>,") && strings.IndexByte("\"'`[ :", text[i-1]) >= 0 && text[i] != '\n' {
		return lo // ['agcloud']['key'] = …; config :agcloud, key: …; => array(…)
	}
	if i < len(text) && i > lo && text[i-1] == '>' && text[i] == '<' {
		return i // <agcloud><key>…
	}
	if i == lo || i >= len(text) || text[i] != '\n' && !bytes.ContainsAny(text[lo:i], "{(") {
		return -1
	}
	return i
}

// isNameOfValue reports whether an operator follows the identifier that ends at i.
func isNameOfValue(text []byte, i int) bool {
	if i+1 < len(text) && text[i] == ' ' && text[i+1] == '"' {
		return true // :key "value"
	}
	for i < len(text) && (isQuote(text[i]) || text[i] == ' ' || text[i] == '\t' || text[i] == ']') {
		i++
	}
	return i < len(text) && strings.IndexByte("=:(<>", text[i]) >= 0
}
