package ruleimport

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// keyLength is how many characters an example takes where a key may be of any
// length.
const keyLength = 32

// findExample gives the rule an example: a template made from its pattern, or
// else one of the texts of the foreign file. It fails when the rule finds none of
// them, as it then may find nothing at all.
func (d *draft) findExample(p *pattern) error {
	var last error
	for variant := range 12 {
		g := generator{variant: variant}
		text := g.text(p.re, false)
		if g.failed {
			continue
		}
		if last = d.try(d.around(text)); last == nil {
			return nil
		}
	}
	for i, text := range d.positive {
		if d.try(escapeTemplate(text)) == nil {
			p.notes = append(p.notes, fmt.Sprintf("the example is number %d of the foreign file, as it stands there: it may look like a key", i+1))
			return nil
		}
	}
	if last == nil {
		last = errors.New("no text that it matches could be made")
	}
	return fmt.Errorf("the converted rule finds none of its examples: %w", last)
}

// around returns text, an example of the pattern, with what composite rules need
// near it.
func (d *draft) around(text string) string {
	if d.def.Regex == anyOf(d.def.Keywords) {
		return escapeTemplate(d.def.Keywords[0]) + " = " + text
	}
	for _, w := range d.def.With {
		if re, err := syntax.Parse(w.Regex, syntax.Perl); err == nil {
			g := generator{}
			text = g.text(re, false) + "\n" + text
		}
	}
	return text
}

// try tests the rule with one example.
func (d *draft) try(example string) error {
	d.def.Examples = []string{example}
	r, err := rules.NewRule(d.def)
	if err != nil {
		return err
	}
	return r.TestExamples()
}

// escapeTemplate returns text as a template that stands for itself.
func escapeTemplate(text string) string { return strings.ReplaceAll(text, "%{", "%%{") }

// A generator makes templates of texts that a pattern matches.
type generator struct {
	variant int // which of several ways is gone, from 0
	failed  bool
}

// text returns a template for re; key says that re is in the group of the key.
func (g *generator) text(re *syntax.Regexp, key bool) string {
	switch re.Op {
	case syntax.OpLiteral:
		return escapeTemplate(string(re.Rune))
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return g.random(re, 1, key)
	case syntax.OpCapture:
		return g.text(re.Sub[0], key || re.Name == "secret")
	case syntax.OpConcat:
		var b strings.Builder
		for _, s := range re.Sub {
			b.WriteString(g.text(s, key))
		}
		return b.String()
	case syntax.OpAlternate:
		return g.text(re.Sub[g.variant/2%len(re.Sub)], key)
	case syntax.OpQuest:
		return g.repeat(re.Sub[0], 0, 1, key)
	case syntax.OpRepeat:
		return g.repeat(re.Sub[0], re.Min, re.Max, key)
	case syntax.OpNoMatch, syntax.OpStar, syntax.OpPlus:
		g.failed = true
	}
	return ""
}

// repeat returns a template for least to most times re: enough for a key, and
// otherwise as few as the variant has.
func (g *generator) repeat(re *syntax.Regexp, least, most int, key bool) string {
	n := least
	switch {
	case key && isSingle(re) && most > 1:
		n = max(least, min(most, keyLength))
	case g.variant%2 == 1:
		n = max(least, min(most, 1))
	}
	if isSingle(re) && re.Op != syntax.OpLiteral {
		return g.random(re, n, key)
	}
	return strings.Repeat(g.text(re, key), n)
}

// random returns a template for n characters of re. Around a key, every other
// variant takes a separator if there is one.
func (g *generator) random(re *syntax.Regexp, n int, key bool) string {
	class := classOf(re)
	for _, c := range "= :-" {
		if !key && g.variant/2%2 == 1 && (re.Op != syntax.OpCharClass || inClass(re, c)) {
			class = string(c)
			break
		}
	}
	switch {
	case n == 0:
		return ""
	case class == "":
		g.failed = true
		return ""
	case len(class) == 1:
		return escapeTemplate(strings.Repeat(class, n))
	}
	return fmt.Sprintf("%%{[%s]%d}", escapeClass(class), n)
}

// classOf returns characters of re: its letters and digits, or else what else is
// printable in it, or else a line break.
func classOf(re *syntax.Regexp) string {
	var plain, other strings.Builder
	for c := '!'; c <= '~'; c++ {
		if re.Op == syntax.OpCharClass && !inClass(re, c) {
			continue
		}
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			plain.WriteRune(c)
		} else if other.Len() == 0 {
			other.WriteRune(c)
		}
	}
	for _, s := range []string{plain.String(), other.String()} {
		if s != "" {
			return s
		}
	}
	for _, c := range " \n\t" {
		if inClass(re, c) {
			return string(c)
		}
	}
	return ""
}

// escapeClass returns class, which has letters and digits only, with the ranges
// that are whole written short.
func escapeClass(class string) string {
	return strings.NewReplacer("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A-Z", "abcdefghijklmnopqrstuvwxyz", "a-z", "0123456789", "0-9").Replace(class)
}
