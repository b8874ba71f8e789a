package gitignore

import "strings"

// A byteSet is a set of bytes, one bit each.
type byteSet [4]uint64

func (s *byteSet) has(b byte) bool { return s[b>>6]&(1<<(b&63)) != 0 }

func (s *byteSet) add(b byte) { s[b>>6] |= 1 << (b & 63) }

func (s *byteSet) addRange(lo, hi byte) {
	for b := int(lo); b <= int(hi); b++ {
		s.add(byte(b))
	}
}

// parseClass parses the bracket expression at pattern[start] and returns the
// bytes that it matches and the offset behind it. It is false for expressions
// that git gives up on: without end, or with an unknown [:name:]. With fold
// the set is meant for lower-case text.
func parseClass(pattern string, start int, fold bool) (set *byteSet, end int, ok bool) {
	p := classParser{pattern: pattern, pos: start + 1, fold: fold}
	negated := p.peek() == '!' || p.peek() == '^'
	if negated {
		p.pos++
	}
	for first := true; first || p.peek() != ']'; first = false {
		if p.pos >= len(pattern) || !p.element() {
			return nil, 0, false
		}
	}
	if negated {
		for i := range p.set {
			p.set[i] = ^p.set[i]
		}
	}
	p.set['/'>>6] &^= 1 << ('/' & 63) // a class never matches a slash
	return &p.set, p.pos + 1, true
}

type classParser struct {
	pattern string
	pos     int
	fold    bool
	prev    byte // the byte that a "-" would begin a range at; 0 when it would not
	set     byteSet
}

// peek returns the byte at pos, or 0 at the end.
func (p *classParser) peek() byte { return p.at(0) }

func (p *classParser) at(i int) byte {
	if p.pos+i < len(p.pattern) {
		return p.pattern[p.pos+i]
	}
	return 0
}

// element parses one element and reports whether it is well formed.
func (p *classParser) element() bool {
	b := p.peek()
	switch {
	case b == '\\':
		p.pos++
		if p.pos == len(p.pattern) {
			return false
		}
		b = p.peek()
	case b == '-' && p.prev != 0 && p.at(1) != 0 && p.at(1) != ']':
		return p.rangeEnd()
	case b == '[' && p.at(1) == ':':
		if done, ok := p.named(); done || !ok {
			return ok
		}
	}
	p.set.add(b)
	p.prev = b
	p.pos++
	return true
}

// rangeEnd parses "-x" after the byte in prev.
func (p *classParser) rangeEnd() bool {
	p.pos++
	if p.peek() == '\\' {
		p.pos++
	}
	if p.pos == len(p.pattern) {
		return false
	}
	lo, hi := p.prev, p.peek()
	p.set.addRange(lo, hi)
	if p.fold {
		for b := max(lo, 'A'); b <= min(hi, 'Z'); b++ {
			p.set.add(lower(b))
		}
	}
	p.pos++
	p.prev = 0
	return true
}

// named parses "[:name:]". It is not done when the text at pos is no such
// thing but an ordinary "[", and not ok when it is malformed.
func (p *classParser) named() (done, ok bool) {
	name, _, found := strings.Cut(p.pattern[p.pos+2:], "]")
	if !found {
		return false, false
	}
	trimmed, colon := strings.CutSuffix(name, ":")
	if !colon {
		return false, true
	}
	if !p.addNamed(trimmed) {
		return false, false
	}
	p.pos += len("[:]") + len(name)
	p.prev = 0
	return true, true
}

// addNamed adds the ASCII bytes of a POSIX class, as git's own ctype tables
// have them: no form feed or vertical tab among the spaces.
func (p *classParser) addNamed(name string) bool {
	s := &p.set
	switch name {
	case "alnum":
		return p.addNamed("alpha") && p.addNamed("digit")
	case "alpha":
		s.addRange('A', 'Z')
		s.addRange('a', 'z')
	case "blank":
		s.add(' ')
		s.add('\t')
	case "cntrl":
		s.addRange(0, 0x1f)
		s.add(0x7f)
	case "digit":
		s.addRange('0', '9')
	case "graph":
		s.addRange('!', '~')
	case "lower":
		s.addRange('a', 'z')
	case "print":
		s.addRange(' ', '~')
	case "punct":
		s.addRange('!', '/')
		s.addRange(':', '@')
		s.addRange('[', '`')
		s.addRange('{', '~')
	case "space":
		s.add(' ')
		s.addRange('\t', '\n')
		s.add('\r')
	case "upper":
		s.addRange('A', 'Z')
		if p.fold {
			s.addRange('a', 'z')
		}
	case "xdigit":
		s.addRange('0', '9')
		s.addRange('A', 'F')
		s.addRange('a', 'f')
	default:
		return false
	}
	return true
}
