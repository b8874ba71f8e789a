package rules

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// NaiveHits finds the keywords of the set without the prefilter: it compares
// each literal at each position. Literals across line breaks are left out.
func (m *Matcher) NaiveHits(text []byte) []Hit {
	var hits []Hit
	for i, l := range m.set.index.Literals() {
		for p := 0; p+len(l.Text) <= len(text); p++ {
			b := string(text[p : p+len(l.Text)])
			if b == l.Text || l.Fold && asciiLower(b) == asciiLower(l.Text) {
				hits = append(hits, Hit{p, p + len(l.Text), i})
			}
		}
	}
	return SortHits(hits)
}

// Contiguous drops the hits that have line breaks in them.
func (m *Matcher) Contiguous(hits []Hit) []Hit {
	lits := m.set.index.Literals()
	return SortHits(slices.DeleteFunc(slices.Clone(hits), func(h Hit) bool { return h.End-h.Pos != len(lits[h.literal].Text) }))
}

// SortHits sorts hits by position.
func SortHits(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(a.Pos-b.Pos, a.literal-b.literal) })
	return hits
}

// asciiLower folds ASCII letters only.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// Compiled returns the regular expression of r, nil for other rules.
func (r *Rule) Compiled() *regexp.Regexp {
	if r.Def.Regex == "" {
		return nil
	}
	return r.regex.of(r.Regex)
}

// RejectKey exposes the checks of a key.
func (r *Rule) RejectKey(key []byte) string { return r.rejectKey(key) }

// ExpandSigned exposes the expansion of examples.
func (r *Rule) ExpandSigned(template string, seed uint64) (string, error) {
	return r.expandSigned(template, seed)
}
