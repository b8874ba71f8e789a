package gitignore

import "strings"

// A Glob is a compiled pattern in the syntax of git's wildmatch, with the
// meaning that it has for paths (WM_PATHNAME): "*" and "?" stop at slashes,
// "**" crosses them where it stands alone between slashes. Against a text
// without slashes it means the same as without WM_PATHNAME.
//
// A Glob is immutable and safe for concurrent use.
type Glob struct {
	tokens []token
	wilds  int  // tokens that match any number of bytes
	min    int  // bytes in the shortest match
	fold   bool // match against the lower-case text
	never  bool // malformed: matches nothing
}

type op uint8

const (
	opLiteral op = iota // the bytes of lit
	opAny               // one byte, no slash
	opClass             // one byte of set, no slash
	opStar              // any bytes but slashes
	opDeep              // any bytes: "**" at the end or before an escaped slash
	opDirs              // nothing, or any bytes and a slash: "**/"
)

type token struct {
	op   op
	wild int // number of this token among those that match any number of bytes
	lit  string
	set  *byteSet
}

// literals returns what each match begins with, holds and ends with.
func (g *Glob) literals() (head, mid, tail string) {
	if n := len(g.tokens); n > 0 {
		head, tail = g.tokens[0].lit, g.tokens[n-1].lit
	}
	for _, t := range g.tokens {
		if len(t.lit) > len(mid) {
			mid = t.lit
		}
	}
	return head, mid, tail
}

// Match reports whether the whole of text matches.
func (g *Glob) Match(text string) bool {
	if g.never || len(text) < g.min {
		return false
	}
	if g.fold {
		text = lowerString(text)
	}
	var small [8]uint64
	m := globMatch{tokens: g.tokens, text: text, seen: small[:]}
	if bits := (g.wilds - 1) * (len(text) + 1); bits > 64*len(small) {
		m.seen = make([]uint64, bits/64+1)
	}
	return m.from(0, 0)
}

// A globMatch is one run of a Glob over a text: it backtracks, but never twice
// from the same token at the same place, so it takes at most a step for each
// pair of token and byte.
type globMatch struct {
	tokens []token
	text   string
	seen   []uint64 // bit set: pairs of wild token, but the first, and place
}

// from reports whether the tokens from t on match the text from p on.
func (m *globMatch) from(t, p int) bool {
	for ; t < len(m.tokens); t++ {
		tok := &m.tokens[t]
		switch tok.op {
		case opLiteral:
			if !strings.HasPrefix(m.text[p:], tok.lit) {
				return false
			}
			p += len(tok.lit)
		case opAny:
			if p == len(m.text) || m.text[p] == '/' {
				return false
			}
			p++
		case opClass:
			if p == len(m.text) || !tok.set.has(m.text[p]) {
				return false
			}
			p++
		default:
			return m.wild(t, p)
		}
	}
	return p == len(m.text)
}

// wild is from for a token that matches any number of bytes.
func (m *globMatch) wild(t, p int) bool {
	tok := &m.tokens[t]
	if t == len(m.tokens)-1 && tok.op != opDirs {
		return tok.op == opDeep || strings.IndexByte(m.text[p:], '/') < 0
	}
	for {
		if m.visited(tok.wild, p) {
			return false
		}
		if m.from(t+1, p) {
			return true
		}
		switch {
		case p == len(m.text), tok.op == opStar && m.text[p] == '/':
			return false
		case tok.op == opDirs:
			slash := strings.IndexByte(m.text[p:], '/')
			if slash < 0 {
				return false
			}
			p += slash + 1
		default:
			p++
		}
	}
}

// visited reports whether it was called before with the same arguments. The
// first wild token is entered once only and needs no record.
func (m *globMatch) visited(wild, p int) bool {
	if wild == 0 {
		return false
	}
	i := (wild-1)*(len(m.text)+1) + p
	word, bit := &m.seen[i/64], uint64(1)<<(i%64)
	if *word&bit != 0 {
		return true
	}
	*word |= bit
	return false
}
