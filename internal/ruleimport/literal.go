package ruleimport

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

const (
	minKeyword  = 3  // the least length of a keyword in bytes
	maxKeywords = 64 // of one rule
	maxRunes    = 16 // of a class that is written out
)

// keywords returns texts one of which stands in every match, in lower case; nil
// when there are none.
func (p *pattern) keywords() []string { return required(p.re) }

// required is keywords for a part of a pattern.
func required(re *syntax.Regexp) []string {
	if set, ok := exact(re); ok && usable(set) {
		return set
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		return requiredConcat(flat(re))
	case syntax.OpAlternate:
		var all []string
		for _, s := range re.Sub {
			set := required(s)
			if set == nil || len(all)+len(set) > maxKeywords {
				return nil
			}
			all = append(all, set...)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	return nil
}

// flat returns the parts of a concatenation, groups opened.
func flat(re *syntax.Regexp) []*syntax.Regexp {
	var out []*syntax.Regexp
	for _, s := range re.Sub {
		for s.Op == syntax.OpCapture {
			s = s.Sub[0]
		}
		if s.Op == syntax.OpConcat {
			out = append(out, flat(s)...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// requiredConcat returns the best texts of a concatenation: those of a run of
// parts that can be written out, or of one part.
func requiredConcat(parts []*syntax.Regexp) []string {
	var best []string
	run := []string{""}
	take := func(set []string) {
		if usable(set) && (best == nil || shortest(set) > shortest(best) || shortest(set) == shortest(best) && len(set) < len(best)) {
			best = set
		}
	}
	for _, s := range parts {
		set, ok := exact(s)
		if next, fits := cross(run, set); ok && fits {
			run = next
			continue
		}
		take(run)
		run = []string{""}
		if ok {
			run = set
		}
		take(required(s))
	}
	take(run)
	return best
}

// exact returns all texts that re matches, in lower case; ok is false when they
// are many.
func exact(re *syntax.Regexp) (set []string, ok bool) { return texts(re, strings.ToLower) }

// texts is exact with letters in the case that fold gives them.
func texts(re *syntax.Regexp, fold func(string) string) (set []string, ok bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}, true
	case syntax.OpLiteral:
		return []string{fold(string(re.Rune))}, true
	case syntax.OpCharClass:
		return exactClass(re, fold)
	case syntax.OpCapture:
		return texts(re.Sub[0], fold)
	case syntax.OpQuest:
		set, ok = texts(re.Sub[0], fold)
		return unique(append(set, "")), ok
	case syntax.OpConcat:
		set, ok = []string{""}, true
		for _, s := range re.Sub {
			next, fits := texts(s, fold)
			if set, ok = cross(set, next); !ok || !fits {
				return nil, false
			}
		}
		return set, true
	case syntax.OpAlternate:
		for _, s := range re.Sub {
			next, fits := texts(s, fold)
			if set = unique(append(set, next...)); !fits || len(set) > maxKeywords {
				return nil, false
			}
		}
		return set, true
	}
	return nil, false
}

// exactClass is texts for a class of a few ASCII characters.
func exactClass(re *syntax.Regexp, fold func(string) string) ([]string, bool) {
	var set []string
	for i := 0; i+1 < len(re.Rune); i += 2 {
		if re.Rune[i+1]-re.Rune[i] >= maxRunes || re.Rune[i+1] > unicode.MaxASCII {
			return nil, false
		}
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			set = append(set, fold(string(r)))
		}
	}
	set = unique(set)
	return set, len(set) > 0 && len(set) <= maxRunes
}

// cross returns each of a followed by each of b; ok is false when that is many.
func cross(a, b []string) (set []string, ok bool) {
	if len(a)*len(b) > maxKeywords {
		return nil, false
	}
	for _, x := range a {
		for _, y := range b {
			set = append(set, x+y)
		}
	}
	return unique(set), true
}

func unique(set []string) []string {
	set = slices.Sorted(slices.Values(set))
	return slices.Compact(set)
}

// usable reports whether set can be a list of keywords.
func usable(set []string) bool {
	return len(set) > 0 && len(set) <= maxKeywords && shortest(set) >= minKeyword &&
		!slices.ContainsFunc(set, func(s string) bool { return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) })
}

// shortest returns the length of the shortest text of set, which is not empty.
func shortest(set []string) int {
	n := len(set[0])
	for _, s := range set {
		n = min(n, len(s))
	}
	return n
}
