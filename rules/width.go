package rules

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A footprint is how many bytes before and behind a keyword a match that
// contains it can reach, with one byte more on each side so that \b, ^ and $
// see what is there.
type footprint struct{ before, after int }

// widened returns the footprint that covers f and g.
func (f footprint) widened(g footprint) footprint {
	return footprint{max(f.before, g.before), max(f.after, g.after)}
}

// maxWidth bounds what one match may span, in bytes. It keeps windows, and so
// the cost of a keyword hit, small.
const maxWidth = 16 << 10

// regexFootprint returns the footprint of pattern around any of the keywords.
// It fails when the width of the pattern is not bounded.
func regexFootprint(pattern string, keywords []string) (footprint, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return footprint{}, err
	}
	total, err := width(re)
	if err != nil {
		return footprint{}, err
	}
	if total > maxWidth {
		return footprint{}, fmt.Errorf("it can match %d bytes; the limit is %d", total, maxWidth)
	}
	if before, after, ok := around(re, keywords); ok {
		return footprint{before + 1, after + 1}, nil
	}
	return footprint{total + 1, total + 1}, nil
}

// width returns the greatest number of bytes that re matches.
func width(re *syntax.Regexp) (int, error) {
	switch re.Op {
	case syntax.OpStar, syntax.OpPlus:
		return 0, unbounded(re)
	case syntax.OpRepeat:
		if re.Max < 0 {
			return 0, unbounded(re)
		}
		n, err := width(re.Sub[0])
		return n * re.Max, err
	case syntax.OpLiteral:
		return literalWidth(re), nil
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return 0, nil
		}
		return utf8.RuneLen(min(re.Rune[len(re.Rune)-1], unicode.MaxRune)), nil
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax, nil
	}
	sum := 0
	for _, sub := range re.Sub {
		n, err := width(sub)
		if err != nil {
			return 0, err
		}
		if re.Op == syntax.OpAlternate {
			sum = max(sum, n)
		} else {
			sum += n
		}
	}
	return sum, nil
}

func unbounded(re *syntax.Regexp) error {
	return fmt.Errorf("%s is unbounded: give it an upper limit, as in {1,64}", re)
}

// literalWidth returns the width of a literal. Under (?i) letters such as k
// also match wider ones.
func literalWidth(re *syntax.Regexp) int {
	n := 0
	for _, r := range re.Rune {
		w := utf8.RuneLen(r)
		if re.Flags&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				w = max(w, utf8.RuneLen(f))
			}
		}
		n += w
	}
	return n
}

// around returns how far a match of re can reach before and behind a place
// where one of the keywords stands in every match; ok is false when no such
// place is evident.
func around(re *syntax.Regexp, keywords []string) (before, after int, ok bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return aroundLiteral(re, keywords)
	case syntax.OpCapture:
		return around(re.Sub[0], keywords)
	case syntax.OpConcat:
		for i, sub := range re.Sub {
			b, a, found := around(sub, keywords)
			if found {
				return b + widths(re.Sub[:i]), a + widths(re.Sub[i+1:]), true
			}
			if i+1 == len(re.Sub) {
				break
			}
			if b, a, found = aroundFactored(sub, re.Sub[i+1], keywords); found {
				return b + widths(re.Sub[:i]), a + widths(re.Sub[i+2:]), true
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			b, a, found := around(sub, keywords)
			if !found {
				return 0, 0, false
			}
			before, after = max(before, b), max(after, a)
		}
		return before, after, len(re.Sub) > 0
	}
	return 0, 0, false
}

// aroundFactored is around for what the parser makes of alternatives that begin
// alike: a literal, and alternatives for what follows it.
func aroundFactored(head, rest *syntax.Regexp, keywords []string) (before, after int, ok bool) {
	if head.Op != syntax.OpLiteral || rest.Op != syntax.OpAlternate {
		return 0, 0, false
	}
	for _, branch := range rest.Sub {
		first, more := branch, []*syntax.Regexp(nil)
		if branch.Op == syntax.OpConcat {
			first, more = branch.Sub[0], branch.Sub[1:]
		}
		if first.Op != syntax.OpLiteral {
			return 0, 0, false
		}
		whole := *head
		whole.Rune = slices.Concat(head.Rune, first.Rune)
		whole.Flags |= first.Flags & syntax.FoldCase
		b, a, found := aroundLiteral(&whole, keywords)
		if !found {
			return 0, 0, false
		}
		before, after = max(before, b), max(after, a+widths(more))
	}
	return before, after, len(rest.Sub) > 0
}

// aroundLiteral is around for a literal.
func aroundLiteral(re *syntax.Regexp, keywords []string) (before, after int, ok bool) {
	text := strings.ToLower(string(re.Rune))
	for _, k := range keywords {
		if i := strings.Index(text, strings.ToLower(k)); i >= 0 {
			n := literalWidth(re) // at least len(text): folding can widen
			return i + n - len(text), n - i - len(k), true
		}
	}
	return 0, 0, false
}

// widths returns the sum of the widths of subs, which are bounded.
func widths(subs []*syntax.Regexp) int {
	sum := 0
	for _, sub := range subs {
		n, _ := width(sub) // the whole expression was found to be bounded before
		sum += n
	}
	return sum
}
