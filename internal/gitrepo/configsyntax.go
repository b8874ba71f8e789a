package gitrepo

import (
	"fmt"
	"strings"
)

// A Variable is a line of git's configuration.
type Variable struct {
	// Name is section, subsection if any, and key, joined by dots. Section and
	// key are in lower case, the subsection is as written.
	Name  string
	Value string
	// NoValue reports that the line has no "=", which means true.
	NoValue bool
	File    string
	Line    int
}

// parseConfig parses a configuration file. The syntax is that of
// https://git-scm.com/docs/git-config#_syntax.
func parseConfig(text, file string) ([]Variable, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	p := configParser{text: strings.ReplaceAll(text, "\r\n", "\n"), file: file, line: 1}
	for {
		c, ok := p.next()
		switch {
		case !ok:
			return p.vars, nil
		case isSpace(c):
		case c == '#' || c == ';':
			p.skipLine()
		case c == '[':
			if err := p.section(); err != nil {
				return nil, err
			}
		case isLetter(c):
			p.back()
			if err := p.variable(); err != nil {
				return nil, err
			}
		default:
			return nil, p.errorf("unexpected %q", c)
		}
	}
}

type configParser struct {
	text   string
	file   string
	pos    int
	line   int
	prefix string // the current section with a dot at the end, or ""
	vars   []Variable
}

func (p *configParser) next() (byte, bool) {
	if p.pos == len(p.text) {
		return 0, false
	}
	c := p.text[p.pos]
	p.pos++
	if c == '\n' {
		p.line++
	}
	return c, true
}

// back undoes next for a byte that is no line feed.
func (p *configParser) back() { p.pos-- }

func (p *configParser) skipLine() {
	for c, ok := p.next(); ok && c != '\n'; c, ok = p.next() {
	}
}

func (p *configParser) errorf(format string, args ...any) error {
	line := p.line
	if p.pos > 0 && p.text[p.pos-1] == '\n' {
		line-- // it is the end of that line that is wrong
	}
	return fmt.Errorf("%s:%d: bad git configuration: %s: mend the line", p.file, line, fmt.Sprintf(format, args...))
}

// section parses a header behind its "[".
func (p *configParser) section() error {
	start := p.pos
	for {
		c, ok := p.next()
		switch {
		case !ok || c == '\n':
			return p.errorf("section without ]")
		case c == ']' && p.pos-1 == start:
			return p.errorf("section without name")
		case c == ']':
			p.prefix = strings.ToLower(p.text[start:p.pos-1]) + "."
			return nil
		case c == ' ' || c == '\t':
			p.prefix = strings.ToLower(p.text[start:p.pos-1]) + "."
			return p.subsection()
		case !isKeyByte(c) && c != '.':
			return p.errorf("unexpected %q in a section", c)
		}
	}
}

// subsection parses the quoted part of a header, and its "]".
func (p *configParser) subsection() error {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t') {
		p.pos++
	}
	if c, _ := p.next(); c != '"' {
		return p.errorf("subsection without quotation marks")
	}
	var name strings.Builder
	for {
		c, ok := p.next()
		if c == '\\' {
			c, ok = p.next()
		} else if c == '"' {
			break
		}
		if !ok || c == '\n' {
			return p.errorf("subsection without end")
		}
		name.WriteByte(c)
	}
	if c, _ := p.next(); c != ']' {
		return p.errorf("section without ]")
	}
	p.prefix += name.String() + "."
	return nil
}

// variable parses a key, and what follows it on the line.
func (p *configParser) variable() error {
	start := p.pos
	for p.pos < len(p.text) && isKeyByte(p.text[p.pos]) {
		p.pos++
	}
	v := Variable{Name: p.prefix + strings.ToLower(p.text[start:p.pos]), File: p.file, Line: p.line}
	c, ok := p.next()
	for c == ' ' || c == '\t' {
		c, ok = p.next()
	}
	switch {
	case !ok || c == '\n':
		v.NoValue = true
	case c == '=':
		var err error
		if v.Value, err = p.value(); err != nil {
			return err
		}
	default:
		return p.errorf("unexpected %q behind a key", c)
	}
	p.vars = append(p.vars, v)
	return nil
}

// value parses a value to the end of its line, or lines.
func (p *configParser) value() (string, error) {
	var b []byte
	keep := 0 // bytes of b that are no trailing white space
	quoted := false
	for {
		c, ok := p.next()
		switch {
		case !ok || c == '\n':
			if quoted {
				return "", p.errorf("value without closing quotation mark")
			}
			return string(b[:keep]), nil
		case isSpace(c) && !quoted:
			if len(b) > 0 {
				b = append(b, c)
			}
			continue
		case (c == '#' || c == ';') && !quoted:
			p.skipLine()
			return string(b[:keep]), nil
		case c == '"':
			quoted = !quoted
		case c == '\\':
			escaped, err := p.escape()
			if err != nil {
				return "", err
			}
			b = append(b, escaped...)
		default:
			b = append(b, c)
		}
		keep = len(b)
	}
}

// escape parses what follows a backslash in a value.
func (p *configParser) escape() (string, error) {
	c, ok := p.next()
	if !ok {
		return "", nil
	}
	switch c {
	case '\n':
		return "", nil
	case 't':
		return "\t", nil
	case 'b':
		return "\b", nil
	case 'n':
		return "\n", nil
	case '\\', '"':
		return string(c), nil
	}
	return "", p.errorf("unknown escape in a value")
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isKeyByte(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' || c == '-' }
