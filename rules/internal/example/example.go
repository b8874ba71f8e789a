// Package example expands the templates of a rule's examples, in which the
// random parts of keys are left out, so that no rule file holds anything that
// looks like a key.
//
// A template is literal text with placeholders:
//
//	%{[class]n}      n random bytes of a class, such as %{[A-Za-z0-9_-]20}
//	%{[class]n-m}    n to m random bytes of a class
//	%{b64:text}      the base64 of text, with padding
//	%{b64url:text}   the base64url of text, without padding
//	%{hex:text}      the lower-case hexadecimal of text
//	%%{              a literal %{
//
// A class lists printable ASCII characters and ranges of them as a regular
// expression does. A backslash takes the next character literally, and \n, \r
// and \t are the control characters. There is no negation.
//
// The text of an encoding is a template of its own, expanded before it is
// encoded; braces in it must balance, as those of JSON do. A percent sign that
// does not precede an opening brace is literal, and so is a brace outside of an
// encoding.
package example

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

const (
	maxRandom  = 1 << 16 // the most bytes that one placeholder may ask for
	maxNesting = 8       // of encodings: each makes the text longer
)

// Expand returns template with its placeholders expanded. The random bytes are
// rng's, drawn again until they look random: with many distinct bytes, high
// entropy, and letters as well as digits, as far as class and length allow. So
// an example never misses a rule's thresholds by bad luck. Errors name the byte
// offset in template.
func Expand(template string, rng *rand.Rand) (string, error) {
	e := expander{template: template, rng: rng}
	return e.text()
}

// An expander reads a template once, from its start.
type expander struct {
	template string
	pos      int // of the next byte
	nesting  int // of encodings around pos
	rng      *rand.Rand
}

// errorf returns an error that names an offset.
func (e *expander) errorf(offset int, format string, args ...any) error {
	return fmt.Errorf("template offset %d: %s", offset, fmt.Sprintf(format, args...))
}

// skip consumes s if it is next, and reports whether it was.
func (e *expander) skip(s string) bool {
	ok := strings.HasPrefix(e.template[e.pos:], s)
	if ok {
		e.pos += len(s)
	}
	return ok
}

// text expands up to the end of the template, or, in an encoding, up to and
// including the brace that closes it.
func (e *expander) text() (string, error) {
	var out strings.Builder
	start, depth, nested := e.pos, 0, e.nesting > 0
	for e.pos < len(e.template) {
		switch {
		case e.skip("%%{"):
			out.WriteString("%{")
			depth++ // it counts as a brace, as it will in the text
		case strings.HasPrefix(e.template[e.pos:], "%{"):
			s, err := e.placeholder()
			if err != nil {
				return "", err
			}
			out.WriteString(s)
		default:
			c := e.template[e.pos]
			e.pos++
			switch {
			case c == '{':
				depth++
			case c == '}' && depth > 0:
				depth--
			case c == '}' && nested:
				return out.String(), nil
			}
			out.WriteByte(c)
		}
	}
	if nested {
		return "", e.errorf(start, "no closing brace")
	}
	return out.String(), nil
}

// placeholder expands the placeholder that starts at pos.
func (e *expander) placeholder() (string, error) {
	start := e.pos
	e.pos += len("%{")
	var encode func([]byte) string
	switch {
	case e.skip("["):
		return e.random(start)
	case e.skip("b64:"):
		encode = base64.StdEncoding.EncodeToString
	case e.skip("b64url:"):
		encode = base64.RawURLEncoding.EncodeToString
	case e.skip("hex:"):
		encode = hex.EncodeToString
	default:
		return "", e.errorf(start, "unknown placeholder: want %%{[class]n}, %%{b64:text}, %%{b64url:text} or %%{hex:text}")
	}
	if e.nesting == maxNesting {
		return "", e.errorf(start, "over %d encodings nested", maxNesting)
	}
	e.nesting++
	text, err := e.text()
	e.nesting--
	return encode([]byte(text)), err
}

// random expands a placeholder for random bytes, from after its bracket.
func (e *expander) random(start int) (string, error) {
	class, err := e.class()
	if err != nil {
		return "", err
	}
	i := e.pos
	end := strings.IndexByte(e.template[i:], '}')
	if end < 0 {
		return "", e.errorf(start, "no closing brace")
	}
	e.pos += end + 1
	low, high, isRange := strings.Cut(e.template[i:i+end], "-")
	least, err := strconv.ParseUint(low, 10, 32)
	most := least
	if err == nil && isRange {
		most, err = strconv.ParseUint(high, 10, 32)
	}
	switch {
	case err != nil:
		return "", e.errorf(i, "bad length %q: want a number or two with a hyphen", e.template[i:i+end])
	case least > most:
		return "", e.errorf(i, "lengths %d-%d descend", least, most)
	case most > maxRandom:
		return "", e.errorf(i, "length %d is over %d", most, maxRandom)
	}
	n := least + e.rng.Uint64N(most-least+1)
	return fill(class, int(n), e.rng), nil
}

// class parses a class from after its opening to after its closing bracket and
// returns its bytes, each once.
func (e *expander) class() (string, error) {
	start := e.pos - 1
	if e.skip("^") {
		return "", e.errorf(start, "a class cannot be negated: list its characters, or write \\^")
	}
	var has [128]bool
	for !e.skip("]") {
		from := e.pos
		low, err := e.classByte(start)
		if err != nil {
			return "", err
		}
		high := low
		if rest := e.template[e.pos:]; len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			e.pos++
			if high, err = e.classByte(start); err != nil {
				return "", err
			}
		}
		if low > high {
			return "", e.errorf(from, "range %q descends", e.template[from:e.pos])
		}
		for c := low; c <= high; c++ {
			has[c] = true
		}
	}
	var class []byte
	for c, ok := range has {
		if ok {
			class = append(class, byte(c))
		}
	}
	if len(class) == 0 {
		return "", e.errorf(start, "empty class")
	}
	return string(class), nil
}

// classByte parses one character of the class that starts at start.
func (e *expander) classByte(start int) (byte, error) {
	if e.pos >= len(e.template) {
		return 0, e.errorf(start, "no closing bracket")
	}
	at := e.pos
	c := e.template[e.pos]
	e.pos++
	if c == '\\' && e.pos < len(e.template) {
		c = e.template[e.pos]
		e.pos++
		if i := strings.IndexByte("nrt", c); i >= 0 {
			return "\n\r\t"[i], nil
		}
	}
	if c < ' ' || c > '~' {
		return 0, e.errorf(at, "a class holds printable ASCII characters only")
	}
	return c, nil
}
