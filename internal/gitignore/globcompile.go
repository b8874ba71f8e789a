package gitignore

import "strings"

// maxGlob is the length in bytes from which on no path can match, on any
// platform. It bounds the memory of hostile patterns.
const maxGlob = 1 << 16

// CompileGlob compiles a pattern. Patterns that git takes for malformed (a
// class without end, an unknown [:name:], a backslash at the end) compile to a
// Glob that matches nothing. With fold, ASCII letters match in both cases the
// way core.ignoreCase has it: not where the pattern's letter is escaped, or
// stands in a class outside of a range.
func CompileGlob(pattern string, fold bool) *Glob {
	c := globCompiler{g: Glob{fold: fold}, pattern: pattern}
	for c.pos < len(pattern) && !c.g.never {
		c.next()
		c.g.never = c.g.never || c.g.min >= maxGlob
	}
	c.flush()
	if c.g.never {
		return &Glob{never: true}
	}
	return &c.g
}

type globCompiler struct {
	g       Glob
	pattern string
	pos     int
	lit     []byte // literal bytes that are not yet a token
}

// next compiles the element at pos and moves behind it.
func (c *globCompiler) next() {
	switch b := c.pattern[c.pos]; b {
	case '*':
		c.stars()
	case '?':
		c.pos++
		c.one(token{op: opAny})
	case '[':
		set, end, ok := parseClass(c.pattern, c.pos, c.g.fold)
		if !ok {
			c.g.never = true
			return
		}
		c.pos = end
		c.one(token{op: opClass, set: set})
	case '\\':
		if c.pos+1 == len(c.pattern) {
			c.g.never = true
			return
		}
		c.literal(c.pattern[c.pos+1])
		c.pos += 2
	default:
		if c.g.fold {
			b = lower(b)
		}
		c.literal(b)
		c.pos++
	}
}

// stars compiles a run of asterisks. Two or more are special only as a whole
// path segment.
func (c *globCompiler) stars() {
	start, end := c.pos, c.pos
	for end < len(c.pattern) && c.pattern[end] == '*' {
		end++
	}
	c.pos = end
	rest := c.pattern[end:]
	begins := start == 0 || c.pattern[start-1] == '/'
	switch {
	case end-start == 1 || !begins:
		c.wild(opStar)
	case rest == "" || strings.HasPrefix(rest, `\/`):
		c.wild(opDeep)
	case rest[0] == '/':
		c.pos++
		c.wild(opDirs)
	default:
		c.wild(opStar)
	}
}

func (c *globCompiler) literal(b byte) {
	c.lit = append(c.lit, b)
	c.g.min++
}

func (c *globCompiler) one(t token) {
	c.flush()
	c.g.tokens = append(c.g.tokens, t)
	c.g.min++
}

func (c *globCompiler) wild(o op) {
	c.flush()
	if n := len(c.g.tokens); o == opDirs && n > 0 && c.g.tokens[n-1].op == opDirs {
		return // "**/**/" means "**/"
	}
	c.g.tokens = append(c.g.tokens, token{op: o, wild: c.g.wilds})
	c.g.wilds++
}

func (c *globCompiler) flush() {
	if len(c.lit) > 0 {
		c.g.tokens = append(c.g.tokens, token{op: opLiteral, lit: string(c.lit)})
		c.lit = c.lit[:0]
	}
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// lowerString folds ASCII letters and leaves all other bytes alone.
func lowerString(s string) string {
	for i := range len(s) {
		if lower(s[i]) == s[i] {
			continue
		}
		b := []byte(s)
		for ; i < len(b); i++ {
			b[i] = lower(b[i])
		}
		return string(b)
	}
	return s
}
