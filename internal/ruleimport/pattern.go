package ruleimport

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// The limits that repetitions without one get. Go's regexp takes counts up to
// 1,000.
const (
	maxRepeat = 1000 // of a character of the key
	maxFiller = 256  // of a character around the key
	maxSpace  = 64   // of white space
	maxGroup  = 16   // of anything longer
	blockRuns = 3    // runs of maxRepeat for keys over several lines
)

// A pattern is a foreign pattern with the group of the key named secret.
type pattern struct {
	re    *syntax.Regexp
	notes []string // what was changed
}

// newPattern reads a pattern and names the group of the key: name, or else group,
// or else the first one, or else the whole.
func newPattern(text string, group int, name string) (*pattern, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("it has no pattern: keylint has rules for contents only, not for names of files")
	}
	re, err := syntax.Parse(plainFlags(text), syntax.Perl)
	if err != nil {
		return nil, parseError(err)
	}
	groups := re.CapNames()
	switch i := slices.Index(groups, name); {
	case name != "" && i > 0:
		group = i
	case group >= len(groups):
		return nil, fmt.Errorf("the key is to be group %d, and the pattern has %d", group, len(groups)-1)
	case group == 0 && len(groups) > 1:
		group = 1
	}
	p := &pattern{}
	if group > 0 && !always(re, group) {
		p.notes = append(p.notes, "the group of the key is not in every match: the whole match is the key")
		group = 0
	}
	limits := map[string]bool{}
	p.re = rebuild(re, group, group == 0, limits)
	if group == 0 {
		p.re = named(p.re)
	}
	for _, l := range sortedKeys(limits) {
		p.notes = append(p.notes, "a repetition without a limit has one now: "+l)
	}
	if _, err := regexp.Compile(p.text()); err != nil {
		return nil, parseError(err)
	}
	return p, nil
}

// parseError says what can be done about a pattern that Go does not take.
func parseError(err error) error {
	var e *syntax.Error
	if errors.As(err, &e) && e.Code == syntax.ErrInvalidPerlOp {
		return fmt.Errorf("the pattern has %s, which RE2 has not, as look-around and atomic groups: write it without", e.Expr)
	}
	if errors.As(err, &e) && e.Code == syntax.ErrInvalidRepeatSize {
		return fmt.Errorf("the repetition %s, with those that stand in it or around it, counts to more than 1,000: write smaller limits", e.Expr)
	}
	return fmt.Errorf("the pattern cannot be read: %w", err)
}

// text returns the pattern in the syntax of Go's regexp.
func (p *pattern) text() string { return p.re.String() }

// always reports whether group n takes part in every match of re.
func always(re *syntax.Regexp, n int) bool {
	switch re.Op {
	case syntax.OpCapture:
		return re.Cap == n || always(re.Sub[0], n)
	case syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, func(s *syntax.Regexp) bool { return always(s, n) })
	case syntax.OpPlus:
		return always(re.Sub[0], n)
	case syntax.OpRepeat:
		return re.Min > 0 && always(re.Sub[0], n)
	}
	return false
}

// named returns re as the group of the key.
func named(re *syntax.Regexp) *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpCapture, Name: "secret", Cap: 1, Sub: []*syntax.Regexp{re}}
}

// rebuild returns re with group n as the only one and with a limit on every
// repetition. inside says that re is in the key.
func rebuild(re *syntax.Regexp, n int, inside bool, limits map[string]bool) *syntax.Regexp {
	if re.Op == syntax.OpCapture {
		key := re.Cap == n
		sub := rebuild(re.Sub[0], n, inside || key, limits)
		if key {
			return named(sub)
		}
		return sub
	}
	out := *re
	out.Sub = nil
	for _, s := range re.Sub {
		out.Sub = append(out.Sub, rebuild(s, n, inside, limits))
	}
	switch {
	case re.Op == syntax.OpCharClass:
		return asciiFold(&out)
	case re.Op == syntax.OpStar:
		return limited(&out, 0, inside, limits)
	case re.Op == syntax.OpPlus:
		return limited(&out, 1, inside, limits)
	case re.Op == syntax.OpRepeat && re.Max < 0:
		return limited(&out, re.Min, inside, limits)
	}
	return &out
}

// asciiFold returns the class re without the two characters that case folding
// adds to the ASCII letters s and k: no key has them.
func asciiFold(re *syntax.Regexp) *syntax.Regexp {
	const longS, kelvin = '\u017f', '\u212a'
	var kept []rune
	for i := 0; i+1 < len(re.Rune); i += 2 {
		lo, hi := re.Rune[i], re.Rune[i+1]
		if lo == hi && (lo == longS && inClass(re, 's') || lo == kelvin && inClass(re, 'k')) {
			continue
		}
		kept = append(kept, lo, hi)
	}
	re.Rune = kept
	return re
}

// limited returns the repetition re with an upper limit.
func limited(re *syntax.Regexp, least int, inside bool, limits map[string]bool) *syntax.Regexp {
	sub := re.Sub[0]
	most, runs := maxGroup, 1
	switch single := isSingle(sub); {
	case single && inside:
		most = maxRepeat
		if spansLines(sub) {
			runs = blockRuns
		}
	case single && isSpace(sub):
		most = maxSpace
	case single:
		most = maxFiller
	}
	most = max(most, least)
	limits[fmt.Sprintf("%s to {%d,%d}", re, least, least+runs*most-least)] = true
	first := &syntax.Regexp{Op: syntax.OpRepeat, Flags: re.Flags, Sub: re.Sub, Min: least, Max: most}
	if runs == 1 {
		return first
	}
	list := []*syntax.Regexp{first}
	for range runs - 1 {
		list = append(list, &syntax.Regexp{Op: syntax.OpRepeat, Flags: re.Flags, Sub: re.Sub, Min: 0, Max: most})
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: list}
}

// isSingle reports whether re matches one character.
func isSingle(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		return len(re.Rune) == 1
	}
	return false
}

// spansLines reports whether re, a single character, can be a line break.
func spansLines(re *syntax.Regexp) bool { return re.Op == syntax.OpAnyChar || inClass(re, '\n') }

// isSpace reports whether re is white space or a little more.
func isSpace(re *syntax.Regexp) bool {
	return (inClass(re, ' ') || inClass(re, '\t')) && !inClass(re, 'a') && !inClass(re, '0')
}

// inClass reports whether c is in re, a class or a single character.
func inClass(re *syntax.Regexp, c rune) bool {
	if re.Op == syntax.OpLiteral {
		return len(re.Rune) == 1 && re.Rune[0] == c
	}
	if re.Op != syntax.OpCharClass {
		return false
	}
	for i := 0; i+1 < len(re.Rune); i += 2 {
		if re.Rune[i] <= c && c <= re.Rune[i+1] {
			return true
		}
	}
	return false
}

func sortedKeys(m map[string]bool) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// unnamed returns the pattern without the group, as companions need it.
func (p *pattern) unnamed() string { return strings.Replace(p.text(), "(?P<secret>", "(?:", 1) }

// anyOf returns a pattern of any of texts, ASCII case ignored.
func anyOf(texts []string) string {
	var quoted []string
	for _, t := range texts {
		quoted = append(quoted, regexp.QuoteMeta(t))
	}
	return "(?i:" + strings.Join(quoted, "|") + ")"
}
