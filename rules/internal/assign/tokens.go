package assign

import (
	"bytes"
	"strings"
)

// maxTokens bounds the tokens read between a name and its value.
const maxTokens = 40

// tokens reads on until something cannot belong to the name any more, and
// collects the values it meets.
func (r *reader) tokens() {
	for range maxTokens {
		r.skipBlanks()
		if r.pos >= len(r.text) || len(r.out) >= 3 || !r.token() {
			return
		}
	}
}

// token reads one token and reports whether to go on.
func (r *reader) token() bool {
	switch c := r.text[r.pos]; {
	case c == '\n' || c == '\r':
		return r.lineBreak()
	case isQuote(c):
		return r.literal()
	case c == '!' && strings.IndexByte(" );", r.at(r.pos+1)) >= 0: // TypeScript: not null
		r.pos++
		return true
	case strings.IndexByte("=:|?~>!+", c) >= 0 || c == '<' && r.at(r.pos+1) == '-' || c == '-' && r.at(r.pos+1) == '>':
		return r.operator()
	case c == ',' || c == ';' && !r.op && r.at(r.pos+1) > ' ':
		return r.comma()
	case c == '\\' && (r.at(r.pos+1) == '\n' || r.at(r.pos+1) == '\r'): // the line goes on
		r.pos++
		return r.skipSpace(1) && (r.op || isQuote(r.at(r.pos)))
	case c == '(' || c == '[' || c == '{':
		return r.open()
	case c == ')' || c == ']' || c == '}':
		return r.close()
	case c == '/' && r.at(r.pos+1) == '/': // Perl's defined-or
		r.pos += 2
		r.skipBlanks()
		r.op, r.done, r.fresh = true, false, true
		return isQuote(r.at(r.pos))
	case r.op && r.fresh && !r.done:
		return r.bare()
	case isWord(c) || c == '.' || c == '&' || c == '*' || c == '@':
		return r.word()
	}
	return false
}

// lineBreak crosses the end of a line where the syntax allows it.
func (r *reader) lineBreak() bool {
	if !r.wrap || r.breaks == 3 {
		return false
	}
	for r.at(r.pos) == '\r' || r.at(r.pos) == '\n' {
		if r.at(r.pos) == '\n' {
			r.breaks++
		}
		r.pos++
	}
	r.skipBlanks()
	if !r.op || r.depth > 0 || isQuote(r.at(r.pos)) {
		return true
	}
	// NAME:\n  value: x. The key of the next line must mean "value".
	if !r.colon {
		return false
	}
	if !r.valueWord() {
		r.fresh = false
		return r.soleWord()
	}
	return true
}

// soleWord reads a bare value that has a line of its own.
func (r *reader) soleWord() bool {
	lo, hi := r.bareSpan()
	if bytes.ContainsAny(bytes.TrimRight(r.text[lo:hi], "="), "=:") {
		return false // the next entry
	}
	if c := r.at(hi); hi > lo && (c == '\n' || c == '\r' || c == 0) {
		r.out = append(r.out, Value{lo, hi, false})
	}
	return false
}

// literal reads a string literal and takes it as a value when an operator
// introduced it or it stands directly behind the name.
func (r *reader) literal() bool {
	q := r.text[r.pos]
	lo := r.pos + 1
	closer := string(q)
	if r.at(lo) == q && r.at(lo+1) == q { // """ and '''
		closer = strings.Repeat(closer, 3)
		lo += 2
	}
	hi := endOfLiteral(r.text, lo, closer)
	if hi < 0 {
		r.pos++ // a lone quote: Rust's 'static, an apostrophe
		return true
	}
	if r.sigil && !r.op || r.done {
		return false
	}
	r.pos = hi + len(closer)
	r.out = append(r.out, Value{lo, hi, true})
	r.op, r.fresh, r.done, r.wrap = true, false, true, false
	return true
}

// endOfLiteral returns where the literal that begins at lo ends, or -1 when it
// does not end in its line (or, for ` and triple quotes, in the text).
func endOfLiteral(text []byte, lo int, closer string) int {
	multi := closer[0] == '`' || len(closer) == 3
	for i := lo; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '\n' && !multi:
			return -1
		case text[i] == closer[0] && strings.HasPrefix(string(text[i:min(len(text), i+3)]), closer):
			return i
		}
	}
	return -1
}

// operator reads an operator that gives a name its value, or a fallback.
func (r *reader) operator() bool {
	lo := r.pos
	for r.pos < len(r.text) && r.pos-lo < 3 && strings.IndexByte("=:|?~>!<-+", r.text[r.pos]) >= 0 {
		if r.pos > lo && (r.text[r.pos] == '<' || r.text[r.pos] == '+') {
			break
		}
		if r.text[r.pos] == '-' && (r.text[lo] == ':' || r.text[lo] == '=') && r.at(r.pos+1) != '>' {
			break // a value that begins with a dash
		}
		r.pos++
	}
	op := string(r.text[lo:r.pos])
	if r.sigil && !r.op && op != "=" && op != "||=" && op != ":" && op != "." && op != "==" && op != "===" && op != "??" && op != "||" {
		return false
	}
	switch op {
	case "|", "|-", "|+", ">", ">-", ">+":
		if r.op {
			return r.blockScalar()
		}
		if op[0] == '>' {
			return false
		}
	case "||", "??", "?:", "?", "||=", "??=":
		r.done = false // a fallback
	case "+", "!", "~", "-", "<-", "::":
		if op != "<-" && op != "::" {
			return false
		}
	default:
		if r.done {
			return false
		}
	}
	r.op, r.fresh, r.wrap, r.sigil = true, true, true, false
	r.colon = op == ":"
	return true
}

// blockScalar reads the first line of a YAML block scalar (YAML 1.2, section
// 8.1) whose header was just read.
func (r *reader) blockScalar() bool {
	for isDigit(r.at(r.pos)) || r.at(r.pos) == '-' || r.at(r.pos) == '+' {
		r.pos++
	}
	r.skipBlanks()
	if r.at(r.pos) == '\r' {
		r.pos++
	}
	if r.at(r.pos) != '\n' {
		r.op, r.fresh = true, true // a table: | NAME | value |
		return true
	}
	if !r.skipSpace(2) {
		return false
	}
	return r.soleWord()
}

// comma reads a comma between a name and its value: ("NAME", "value").
func (r *reader) comma() bool {
	if r.sigil || r.done && r.depth <= 0 || r.op && r.depth == 0 {
		return false
	}
	r.pos++
	r.op, r.fresh, r.done, r.wrap = true, true, false, true
	return true
}

func (r *reader) open() bool {
	if r.sigil || r.done {
		return false
	}
	r.pos++
	r.depth++
	r.fresh, r.wrap = false, true
	return true
}

// close reads a closing bracket. Behind it only an operator may follow: the
// assignment of ["NAME"] = or the fallback of getenv("NAME") ||.
func (r *reader) close() bool {
	if r.sigil && r.text[r.pos] != ']' {
		return false
	}
	r.pos++
	r.depth--
	r.fresh, r.wrap = false, false
	if r.op && r.depth < 0 {
		r.done = true
	}
	return true
}

// word reads an identifier: a type, a function, a connecting word.
func (r *reader) word() bool {
	if r.sigil {
		return false
	}
	lo := r.pos
	for r.pos < len(r.text) && (isWord(r.text[r.pos]) || strings.IndexByte(".&*@!", r.text[r.pos]) >= 0) {
		r.pos++
	}
	r.fresh = false
	w := strings.ToLower(string(r.text[lo:r.pos]))
	if w == "from" && r.at(r.pos) == '(' {
		w = "" // String::from("…")
	}
	switch w {
	case "or", "else", "default", "is", "to", "value":
		r.op, r.done, r.fresh = true, false, w == "is" || w == "to"
		return true
	case "and", "if", "not", "in", "from", "with", "the", "a", "for", "when", "where":
		return false
	default:
		if strings.HasPrefix(w, ".") && r.at(r.pos) == '(' { // .unwrap_or("…"), .getOrElse(…)
			r.done = false
			return true
		}
	}
	if r.done {
		return false
	}
	r.words++
	r.wrap = false
	return r.words <= 4
}

// bare reads an unquoted value directly behind an operator.
func (r *reader) bare() bool {
	if r.at(r.pos) == '*' && r.at(r.pos+1) == '*' { // **NAME:** value
		r.pos += 2
		return true
	}
	if r.at(r.pos) == '$' && r.at(r.pos+1) == '{' {
		return r.expansion()
	}
	if r.skipPrefix(); r.pos >= len(r.text) {
		return false
	}
	if isQuote(r.at(r.pos)) {
		return r.literal()
	}
	lo, hi := r.bareSpan()
	if hi == lo {
		if c := r.text[r.pos]; isWord(c) || c == '&' || c == '*' || c == '@' || c == '$' && isQuote(r.at(r.pos+1)) {
			r.fresh = false
			r.pos++
			return true
		}
		return false
	}
	r.fresh = false
	switch c := r.at(hi); {
	case isQuote(c) && hi-lo <= 2: // a prefix of a literal: f"…", rb"…", L"…", @"…"
		r.pos = hi
		return true
	case c == '[' && string(r.text[lo:hi]) == "ENC": // an encrypted value of sops
		return false
	case c == '(' || c == '[' || c == '{':
		return r.word()
	case c == '<' && r.at(hi+1) != '/': // a type with parameters
		end := bytes.IndexByte(r.text[hi:min(len(r.text), hi+60)], '>')
		r.pos = hi + end + 1
		r.words++
		return end > 0
	case c == ' ' || c == '\t':
		if r.wordFollows(hi) {
			return r.word()
		}
	}
	r.out = append(r.out, Value{lo, hi, false})
	if bytes.ContainsAny(r.text[lo:hi], ":-+/=%") { // no type and no expression
		r.pos, r.done = hi, true
		return true
	}
	return isWord(r.text[lo]) && r.word()
}

// expansion reads the default in ${x:-value}, where x is some other variable.
func (r *reader) expansion() bool {
	r.pos += 2
	for isWord(r.at(r.pos)) {
		r.pos++
	}
	r.out = append(r.out, r.shellDefault()...)
	return false
}

// skipPrefix skips what stands before a value without being part of it: the
// anchor or tag of a YAML node, the scheme of an Authorization header, a command
// of PowerShell such as ConvertTo-SecureString with its flags, the opening of
// Perl's and Ruby's q{…}, the rest of a format such as %s with its quote.
func (r *reader) skipPrefix() {
	i := r.pos
	for isLiteralByte(r.at(i)) && !isQuote(r.at(i)) || r.at(i) > ' ' && strings.IndexByte("&!-%", r.at(i)) >= 0 {
		i++
	}
	word, c := strings.ToLower(string(r.text[r.pos:i])), r.at(i)
	switch {
	case word == "":
	case c == ' ' && isLiteralByte(r.at(i+1)) && (word[0] == '&' || strings.HasPrefix(word, "!!") || word == "bearer"):
		r.pos = i + 1
	case (c == '(' || c == '{') && (word == "q" || word == "qq" || word == "%q"):
		r.pos = i + 1
	case strings.HasPrefix(word, "convertto-"):
		for isLetter(r.at(i)) || r.at(i) == '-' || r.at(i) == ' ' {
			i++
		}
		r.pos = i
	case word == "%s" || word == "%v":
		for range 3 { // \n and the quote
			if isQuote(r.at(i)) {
				r.pos = i + 1
				r.skipBlanks()
			}
			i++
		}
	}
}

// wordFollows reports whether what stands behind the blanks at i shows that
// the token before them was a type or an expression and no value.
func (r *reader) wordFollows(i int) bool {
	for r.at(i) == ' ' || r.at(i) == '\t' {
		i++
	}
	c := r.at(i)
	return c == '=' || c == '|' && r.at(i+1) == '|' || c == '?' || strings.HasPrefix(string(r.text[i:min(len(r.text), i+3)]), "or ")
}

// bareSpan returns the bounds of the unquoted token at r.pos.
func (r *reader) bareSpan() (lo, hi int) {
	hi = r.pos
	for hi < len(r.text) && r.text[hi] > ' ' && r.text[hi] < 0x7f && strings.IndexByte("\"'`,;<>(){}[]|&\\", r.text[hi]) < 0 {
		hi++
	}
	return r.pos, hi
}
