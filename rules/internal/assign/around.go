package assign

import (
	"bytes"
	"strings"

	"github.com/agcloud/keylint/rules/internal/wordset"
)

// attribute reads a value from the tag that the name is an attribute of:
// <x name="NAME" other="…" ns:value="value"/>, <x name="NAME" other="…">value.
// It returns nil when the name is no such attribute, and no values when the tag
// gives none.
func (r *reader) attribute() []Value {
	if !r.quoted || r.at(r.pos) != ' ' && r.at(r.pos) != '\n' || !r.inTag() {
		return nil
	}
	at := *r
	for range maxAttributes {
		if !at.skipSpace(2) {
			return nil
		}
		if at.at(at.pos) == '/' {
			return []Value{}
		}
		if at.at(at.pos) == '>' {
			if vals := elementText(at.text, at.pos+1); len(vals) > 0 {
				return vals
			}
			return []Value{}
		}
		lo := at.pos
		for c := at.at(at.pos); isWord(c) || c == ':' || c == '-' || c == '.'; c = at.at(at.pos) {
			at.pos++
		}
		key := strings.ToLower(string(at.text[lo:at.pos]))
		key = key[strings.LastIndexByte(key, ':')+1:]
		q := at.at(at.pos + 1)
		if at.at(at.pos) != '=' || !isQuote(q) {
			return nil
		}
		end := endOfLiteral(at.text, at.pos+2, string(q))
		if end < 0 {
			return nil
		}
		if valueWords.Has(key) {
			return []Value{{at.pos + 2, end, true}}
		}
		at.pos = end + 1
	}
	return nil
}

// inTag reports whether the name stands in a tag of markup, as far as the text
// before it on its line tells.
func (r *reader) inTag() bool {
	before := r.text[max(0, r.start-Before):r.start]
	return bytes.LastIndexByte(before, '<') > max(bytes.LastIndexByte(before, '>'), bytes.LastIndexByte(before, '\n'))
}

// flag reads a value that a flag on the same line gives: --name NAME --value x,
// set NAME -b x. It returns nil when there is none.
func (r *reader) flag() []Value {
	rest := r.text[r.pos:]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	if !bytes.HasPrefix(rest, []byte(" -")) {
		return nil
	}
	for i := 0; i+1 < len(rest); i++ {
		if rest[i] != ' ' || rest[i+1] != '-' {
			continue
		}
		word := rest[i+1:]
		if n := bytes.IndexAny(word, " ="); n > 0 && n+1 < len(word) && valueFlags.Has(strings.ToLower(string(word[:n]))) {
			at := reader{text: r.text, pos: r.pos + i + 1 + n + 1, op: true, fresh: true}
			at.tokens()
			return at.out
		}
	}
	return nil
}

// valueFlags are the flags that give a variable named before them its value.
var valueFlags = wordset.Of("-value --value --body -b -w --secret-string --secret --plaintext --data --content")

// before reads a value that stands before the name: value: x, name: NAME, or
// SET value = 'x' WHERE name = 'NAME'. It returns nil when there is none.
func (r *reader) before() []Value {
	text := r.text[max(0, r.start-Before):r.start]
	offset := r.start - len(text)
	rest, ok := cutNameKey(text)
	if !ok {
		return nil
	}
	q := byte(0)
	hi := len(rest)
	if hi > 0 && isQuote(rest[hi-1]) {
		q = rest[hi-1]
		hi--
	}
	lo := hi
	for lo > 0 && rest[lo-1] > ' ' && rest[lo-1] != q && (q != 0 || !isQuote(rest[lo-1])) {
		lo--
	}
	key := rest[:lo]
	if q != 0 {
		key = bytes.TrimSuffix(key, []byte{q})
	}
	if key, ok = cutOperator(key); !ok || lo == hi {
		return nil
	}
	i := len(key)
	for i > 0 && isWord(key[i-1]) {
		i--
	}
	if !valueWords.Has(strings.ToLower(string(key[i:]))) {
		return nil
	}
	return []Value{{offset + lo, offset + hi, q != 0}}
}

// Call returns the literal that is the first argument of the call of the name
// that ends at text[:end], or of a function of it: name("x"), Name::new("x").
func Call(text []byte, end int) []Value {
	r := reader{text: text[:min(len(text), end+After)], pos: end}
	if r.at(end) == ':' && r.at(end+1) == ':' {
		for r.pos += 2; isWord(r.at(r.pos)); r.pos++ {
		}
	}
	if r.at(r.pos) != '(' {
		return nil
	}
	r.pos++
	if !r.skipSpace(1) || !isQuote(r.at(r.pos)) {
		return nil
	}
	hi := endOfLiteral(r.text, r.pos+1, string(r.at(r.pos)))
	if hi < 0 {
		return nil
	}
	return []Value{{r.pos + 1, hi, true}}
}

// isObject reports whether text[start:] is the name of an object whose other
// entries stand behind it: of an item of a list, or in metadata.
func isObject(text []byte, start int) bool {
	before := text[max(0, start-maxPrefix):start]
	return isNamed(text, start) && (bytes.Contains(before, []byte("- ")) || bytes.Contains(before, []byte("metadata:")))
}

// isNamed reports whether text[start:] is the value of a key that means "name".
func isNamed(text []byte, start int) bool {
	before, ok := cutOperator(bytes.TrimRight(text[max(0, start-maxPrefix):start], "\"'"))
	return ok && nameWord(before) > 0
}

// nameWord returns the length of the word at the end of text if it is a key
// that means "name", or 0.
func nameWord(text []byte) int {
	i := len(text)
	for i > 0 && isWord(text[i-1]) {
		i--
	}
	switch strings.ToLower(string(text[i:])) {
	case "name", "key", "k", "id":
		return len(text) - i
	}
	return 0
}

// cutNameKey removes from the end of text, which stands before a name, the key
// and the operator that introduce the name, and what parts them from the entry
// before.
func cutNameKey(text []byte) ([]byte, bool) {
	text, ok := cutOperator(bytes.TrimRight(text, "\"'"))
	if !ok {
		return nil, false
	}
	n := nameWord(text)
	if n == 0 {
		return nil, false
	}
	text = bytes.TrimRight(text[:len(text)-n], "\"'")
	rest := bytes.TrimRight(text, " \t\r\n")
	if len(rest) == len(text) && !bytes.HasSuffix(text, []byte(",")) {
		return nil, false
	}
	if w := len(rest) - len("where"); w > 0 && strings.EqualFold(string(rest[w:]), "where") {
		rest = bytes.TrimRight(rest[:w], " \n")
	}
	return bytes.TrimSuffix(rest, []byte(",")), true
}

// cutOperator removes an operator, the blanks around it and the quote before it
// from the end of text, and reports whether it was there.
func cutOperator(text []byte) ([]byte, bool) {
	text = bytes.TrimRight(text, " \t")
	n := len(text)
	if n == 0 || text[n-1] != ':' && text[n-1] != '=' {
		return nil, false
	}
	return bytes.TrimRight(text[:n-1], " \t\"'"), true
}

// trimAll removes from values what belongs to the text around a key.
func trimAll(text []byte, vals []Value) []Value {
	for i := range vals {
		vals[i] = trim(text, vals[i])
	}
	return vals
}

// trim removes quotes inside the quotes, the name of the Bearer scheme, and the
// stop at the end of a sentence.
func trim(text []byte, v Value) Value {
	for _, q := range []string{`\"`, `\'`, `"`, "'"} {
		s := text[v.Start:v.End]
		if v.Quoted && len(s) > 2*len(q) && bytes.HasPrefix(s, []byte(q)) && bytes.HasSuffix(s, []byte(q)) {
			v.Start, v.End = v.Start+len(q), v.End-len(q)
		}
	}
	const scheme = "bearer "
	if n := len(scheme); v.End-v.Start > n && strings.EqualFold(string(text[v.Start:v.Start+n]), scheme) {
		v.Start += n
	}
	s := text[v.Start:v.End]
	if n := len(s); !v.Quoted && n > 1 && strings.IndexByte(".:!?", s[n-1]) >= 0 && s[n-2] != '.' {
		v.End-- // not dots that stand for what was left out
	}
	return v
}
