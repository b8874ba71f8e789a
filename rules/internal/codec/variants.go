package codec

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// A Step is one layer of encoding of a [Variant].
type Step struct {
	Encoding Encoding
	// Phase is, for base64, the number of bytes before the literal modulo 3:
	// it decides which sextets the literal falls into.
	Phase int
}

// A Variant is a literal as it looks when the text around it was encoded.
type Variant struct {
	Text  string
	Fold  bool   // ASCII case does not matter
	Gap   bool   // line breaks may stand between any two bytes
	Steps []Step // how to undo it, outermost first
	Inner string // what stands there once Steps are undone
}

// minCore is the least length of a variant. Shorter ones would be found
// everywhere; so literals of three bytes are found in one of the three phases of
// base64 only.
const minCore = 4

// Variants returns the forms of lit under up to depth layers of base64 and hex
// and, where depth is more than 1, with every character escaped. With
// fold, the casings that people write are tried: as given, lower, upper,
// first letter upper, first letter lower.
func Variants(lit string, fold bool, depth int) []Variant {
	if depth <= 0 {
		return nil
	}
	all := make([]Variant, 0, 4*depth*depth)
	for _, s := range casings(lit, fold) {
		layer := binary(Variant{Text: s, Inner: s})
		all = append(all, layer...)
		if depth > 1 {
			all = append(all, escaped(s)...)
		}
		for range depth - 1 {
			var next []Variant
			for _, v := range layer {
				next = append(next, binary(v)...)
			}
			all = append(all, next...)
			layer = next
		}
	}
	return all
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

// binary returns v under one more layer of base64 or hex.
func binary(v Variant) []Variant {
	out := make([]Variant, 0, 4)
	for phase := range 3 {
		for _, core := range base64Cores(v.Text, phase) {
			if len(core) >= minCore {
				out = append(out, Variant{Text: core, Gap: true, Inner: v.Inner, Steps: prepend(Step{Base64, phase}, v.Steps)})
			}
		}
	}
	return append(out, Variant{Text: hex.EncodeToString([]byte(v.Text)), Fold: true, Inner: v.Inner, Steps: prepend(Step{Hex, 0}, v.Steps)})
}

func prepend(s Step, steps []Step) []Step { return append([]Step{s}, steps...) }

// base64Cores returns the characters of the base64 form of lit that depend on
// lit alone when phase bytes stand before it, in the standard and, if it
// differs, in the URL-safe alphabet.
func base64Cores(lit string, phase int) []string {
	padded := strings.Repeat("\x00", phase) + lit
	enc := base64.RawStdEncoding.EncodeToString([]byte(padded))
	lo := (phase*8 + 5) / 6
	hi := len(padded) * 8 / 6
	std := enc[lo:hi]
	if !strings.ContainsAny(std, "+/") {
		return []string{std}
	}
	return []string{std, strings.ReplaceAll(strings.ReplaceAll(std, "+", "-"), "/", "_")}
}

// escaped returns s with every character escaped, in each style.
func escaped(s string) []Variant {
	return []Variant{
		escapedAs(s, Escape, `\x`, 16, ""),
		escapedAs(s, Escape, `\u00`, 16, ""),
		escapedAs(s, Percent, "%", 16, ""),
		escapedAs(s, HTML, "&#", 10, ";"),
		escapedAs(s, HTML, "&#x", 16, ";"),
	}
}

// escapedAs returns s with every byte, which is ASCII, as a number in base
// between two texts.
func escapedAs(s string, enc Encoding, before string, base int, after string) Variant {
	out := make([]byte, 0, len(s)*(len(before)+3+len(after)))
	for i := range len(s) {
		out = append(out, before...)
		if base == 16 && s[i] < 16 {
			out = append(out, '0')
		}
		out = strconv.AppendUint(out, uint64(s[i]), base)
		out = append(out, after...)
	}
	return Variant{Text: string(out), Fold: true, Inner: s, Steps: []Step{{Encoding: enc}}}
}
