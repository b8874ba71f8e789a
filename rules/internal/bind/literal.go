package bind

import (
	"bytes"
	"strings"
)

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
