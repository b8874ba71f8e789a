package codec

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// A Variant is a literal as it looks when the text around it was encoded.
type Variant struct {
	Text string
	Fold bool // ASCII case does not matter
	Gap  bool // line breaks may stand between any two bytes
	Form Form
}

// A Form is how a literal was encoded: a casing of it, and up to three steps.
// The zero Form is that of the literal as given, in plain text.
type Form uint16

// A step is one layer of encoding: three bits of a Form, the outermost in the
// lowest.
type step uint16

const (
	base64Step step = 1 + iota // and the number of bytes before the literal modulo 3: it decides which sextets the literal falls into
	_
	_
	hexStep
	escapeStep // of any style
)

const (
	stepBits   = 3
	maxSteps   = 3
	casingBits = stepBits * maxSteps // where the number of the casing begins
)

// outermost returns the outermost step of f, or 0.
func (f Form) outermost() step { return step(f & (1<<stepBits - 1)) }

// inner returns f without its outermost step.
func (f Form) inner() Form {
	steps := f & (1<<casingBits - 1)
	return f&^steps | steps>>stepBits
}

// under returns f, which has fewer than three steps, with s as its outermost.
func (f Form) under(s step) Form {
	steps := f & (1<<casingBits - 1)
	return f&^steps | steps<<stepBits | Form(s)
}

// Encoded reports whether f has steps that are to be undone.
func (f Form) Encoded() bool { return f.outermost() != 0 }

// Inner returns what stands where lit has form f, once its steps are undone.
func (f Form) Inner(lit string) string {
	if f>>casingBits == 0 {
		return lit
	}
	return casings(lit, true)[f>>casingBits]
}

// minCore is the least length of a variant. Shorter ones would be found
// everywhere; so literals of three bytes are found in one of the three phases of
// base64 only.
const minCore = 4

// An Encoder makes the variants of many literals and keeps their texts in one
// place. The zero Encoder is ready for use.
type Encoder struct {
	texts strings.Builder // every text is written once and never moved
	list  []Variant
	buf   []byte
}

// Variants returns the forms of lit under up to depth layers of base64 and hex,
// at most three, and, where depth is more than 1, with every character escaped. With
// fold, the casings that people write are tried: as given, lower, upper,
// first letter upper, first letter lower. The result is valid until the next
// call.
func (e *Encoder) Variants(lit string, fold bool, depth int) []Variant {
	if depth <= 0 {
		return nil
	}
	e.list = e.list[:0]
	for i, s := range casings(lit, fold) {
		lo := len(e.list)
		f := Form(i << casingBits)
		e.binary(s, f)
		hi := len(e.list)
		if depth > 1 {
			e.list = append(e.list, escaped(s, f)...)
		}
		for range min(depth, maxSteps) - 1 {
			next := len(e.list)
			for _, v := range e.list[lo:hi] {
				e.binary(v.Text, v.Form)
			}
			lo, hi = next, len(e.list)
		}
	}
	return e.list
}

// keep returns b as a string among the texts.
func (e *Encoder) keep(b []byte) string {
	const chunk = 16 << 10
	if e.texts.Cap()-e.texts.Len() < len(b) {
		e.texts = strings.Builder{} // what was returned keeps the old one
		e.texts.Grow(max(chunk, len(b)))
	}
	at := e.texts.Len()
	e.texts.Write(b)
	return e.texts.String()[at:]
}

// casings returns the distinct ways in which people write lit.
func casings(lit string, fold bool) []string {
	if !fold {
		return []string{lit}
	}
	low := strings.ToLower(lit)
	var list []string
	for _, s := range []string{lit, low, strings.ToUpper(lit), strings.ToUpper(low[:1]) + low[1:], strings.ToLower(lit[:1]) + lit[1:]} {
		dup := false
		for _, have := range list {
			dup = dup || have == s
		}
		if !dup {
			list = append(list, s)
		}
	}
	return list
}

// binary adds text, which has form f, under one more layer of base64 or hex.
func (e *Encoder) binary(text string, f Form) {
	for phase := range 3 {
		core := e.base64Core(text, phase)
		if len(core) < minCore {
			continue
		}
		out := Variant{Text: e.keep(core), Gap: true, Form: f.under(base64Step + step(phase))}
		e.list = append(e.list, out)
		if urlSafe(core) {
			out.Text = e.keep(core)
			e.list = append(e.list, out)
		}
	}
	e.buf = hex.AppendEncode(e.buf[:0], []byte(text))
	e.list = append(e.list, Variant{Text: e.keep(e.buf), Fold: true, Form: f.under(hexStep)})
}

// base64Core returns the characters of the base64 form of lit, in the standard
// alphabet, that depend on lit alone when phase bytes stand before it. They are
// valid until the next call.
func (e *Encoder) base64Core(lit string, phase int) []byte {
	e.buf = append(append(e.buf[:0], "\x00\x00"[:phase]...), lit...)
	n := len(e.buf)
	e.buf = base64.RawStdEncoding.AppendEncode(e.buf, e.buf)
	return e.buf[n:][(phase*8+5)/6 : n*8/6]
}

// urlSafe rewrites core in the URL-safe alphabet and reports whether that
// changed it.
func urlSafe(core []byte) bool {
	changed := false
	for i, c := range core {
		switch c {
		case '+':
			core[i], changed = '-', true
		case '/':
			core[i], changed = '_', true
		}
	}
	return changed
}

// escaped returns s, a casing of form f, with every character escaped, in each
// style.
func escaped(s string, f Form) []Variant {
	f = f.under(escapeStep)
	return []Variant{
		escapedAs(s, f, `\x`, 16, ""),
		escapedAs(s, f, `\u00`, 16, ""),
		escapedAs(s, f, "%", 16, ""),
		escapedAs(s, f, "&#", 10, ";"),
		escapedAs(s, f, "&#x", 16, ";"),
	}
}

// escapedAs returns s with every byte, which is ASCII, as a number in base
// between two texts.
func escapedAs(s string, f Form, before string, base int, after string) Variant {
	out := make([]byte, 0, len(s)*(len(before)+3+len(after)))
	for i := range len(s) {
		out = append(out, before...)
		if base == 16 && s[i] < 16 {
			out = append(out, '0')
		}
		out = strconv.AppendUint(out, uint64(s[i]), base)
		out = append(out, after...)
	}
	return Variant{Text: string(out), Fold: true, Form: f}
}
