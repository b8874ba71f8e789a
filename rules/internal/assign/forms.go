package assign

import (
	"bytes"
	"strings"
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
		return w == "set"
	}
	switch w {
	case "env", "arg", "setx", "setenv", "set", "fastcgi_param", "uwsgi_param", "config:set", "define", "put", "add":
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
	if c := r.at(r.pos); c == '{' {
		if r.accessors() {
			return nil
		}
		return r.orElse(save, r.block())
	}
	if r.at(r.pos) == ',' {
		r.pos++
	}
	if !r.skipSpace(2) || r.pos == save.pos {
		return r.orElse(save, nil)
	}
	quote := r.at(r.pos)
	if isQuote(quote) {
		r.pos++
	}
	if !r.valueWord() {
		return r.orElse(save, nil)
	}
	if isQuote(quote) && r.at(r.pos) == quote {
		r.pos++
	}
	r.skipBlanks()
	if c := r.at(r.pos); c != '=' && c != ':' {
		return r.orElse(save, nil)
	}
	r.op, r.sigil = false, false
	r.tokens()
	return r.orElse(save, r.out)
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
	switch w := strings.ToLower(string(r.text[r.pos:i])); w {
	case "value", "val", "default", "defaultvalue", "default_value", "parametervalue", "stringvalue", "string_value",
		"secret", "secretvalue", "secret_value", "secret_data", "content", "plaintext", "token", "current_value", "initial_value":
		r.pos = i
		return true
	}
	return false
}

// block reads the default of an HCL block: variable "NAME" { default = "x" }.
func (r *reader) block() []Value {
	body := r.text[r.pos:]
	if end := bytes.IndexByte(body, '}'); end >= 0 {
		body = body[:end]
	}
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

// Section returns the identifiers in the lines behind text[:end], which is the
// name of a section such as [agcloud] or agcloud: { … }, that may belong to
// it: those followed by an operator, up to 8 lines on or the end of the
// section.
func Section(text []byte, end int) []Value {
	text = text[:min(len(text), end+After/2)]
	i := skipSectionHead(text, end)
	if i < 0 {
		return nil
	}
	var names []Value
	lines := 0
	for i < len(text) && lines < 8 {
		switch c := text[i]; {
		case c == '\n':
			lines++
			i++
			if i < len(text) && (text[i] == '[' || text[i] == '}') {
				return names
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

// skipSectionHead returns where the body of the section begins whose name ends
// at i, or -1 when it is no name of a section.
func skipSectionHead(text []byte, i int) int {
	lo := i
	for i < len(text) && i-lo < 24 && strings.IndexByte("\"'`] \t\r:={(,>", text[i]) >= 0 {
		i++
	}
	if i == lo || i >= len(text) || text[i] != '\n' && !bytes.ContainsAny(text[lo:i], "{(") {
		return -1
	}
	return i
}

// isNameOfValue reports whether an operator follows the identifier that ends at i.
func isNameOfValue(text []byte, i int) bool {
	for i < len(text) && (isQuote(text[i]) || text[i] == ' ' || text[i] == '\t') {
		i++
	}
	return i < len(text) && (text[i] == '=' || text[i] == ':')
}
