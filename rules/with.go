package rules

import (
	"bytes"
	"cmp"
	"regexp/syntax"
	"slices"

	"github.com/agcloud/keylint/rules/internal/codec"
)

// A Companion is what a composite rule needs near its keyword, such as the id
// that belongs to a secret, or the host that a token is for.
type Companion struct {
	// Regex is matched (RE2 syntax); it must have a bounded width. If it has the
	// group named "secret", that is the key, and the nearest one is taken.
	Regex string `toml:"regex"`
	// Within is how far from the keyword the match may reach, in bytes to each
	// side: 1 to 2,048.
	Within int `toml:"within"`
	// Line confines it to the line of the keyword, with the lines that a backslash
	// joins to it.
	Line bool `toml:"line" json:",omitempty"`
}

// maxWithin bounds the text that is searched for a companion. It keeps the
// footprint, and so the cost of a change, small.
const maxWithin = 2048

// checkWith checks the companions of a rule.
func checkWith(r *Rule) *fieldError {
	secrets := 0
	if hasSecret(r.Regex) || r.Name != "" {
		secrets++
	}
	for _, w := range r.With {
		if w.Within < 1 || w.Within > maxWithin {
			return failed("within", "%d is not between 1 and %d bytes", w.Within, maxWithin)
		}
		re, err := syntax.Parse(w.Regex, syntax.Perl)
		if err != nil {
			return &fieldError{"with", err}
		}
		if _, err := width(re); err != nil {
			return &fieldError{"with", err}
		}
		if w.Regex == "" {
			return failed("with", "regex is missing: say what has to stand near the keyword")
		}
		if hasSecret(w.Regex) {
			secrets++
		}
	}
	if len(r.With) > 0 && secrets > 1 {
		return failed("with", "more than one pattern has the key: name one group secret")
	}
	return nil
}

// reach returns how far around a keyword the rule looks, companions included.
func (r *Rule) reach() footprint {
	fp := r.footprint
	for _, w := range r.With {
		fp = fp.widened(footprint{w.Within, w.Within})
	}
	return fp
}

// findWith completes c, which r found around the keyword view.Text[at:end],
// with its companions.
func (r *Rule) findWith(c Candidate, view *codec.View, at, end int) (Candidate, string) {
	for i := range r.With {
		var reason string
		if c, reason = r.findCompanion(i, c, view, at, end); reason != "" {
			return Candidate{}, reason
		}
	}
	return c, ""
}

// findCompanion looks for the i-th companion. It returns c, or the companion's
// key if it has one. The bytes of c are no companion of themselves.
func (r *Rule) findCompanion(i int, c Candidate, view *codec.View, at, end int) (Candidate, string) {
	lo := max(0, at-r.With[i].Within)
	hi := min(len(view.Text), end+r.With[i].Within)
	if r.With[i].Line {
		lo, hi = lo+startOfLine(view.Text[lo:at]), end+endOfLine(view.Text[end:hi])
	}
	re := r.with[i].of(r.With[i].Regex)
	group := re.SubexpIndex("secret")
	found := re.FindAllSubmatchIndex(view.Text[lo:hi], -1)
	slices.SortStableFunc(found, func(a, b []int) int {
		return cmp.Or(distance(a, at-lo, end-lo)-distance(b, at-lo, end-lo), a[0]-b[0])
	})
	reason := notNear
	for _, loc := range found {
		if group < 0 {
			if from, to := view.Source(loc[0]+lo, max(loc[0]+1, loc[1])+lo); to <= c.Span.Start || from >= c.Span.End {
				return c, ""
			}
			continue
		}
		if loc[2*group] < 0 {
			continue
		}
		var found Candidate
		if found, reason = r.accept(view, loc[2*group]+lo, loc[2*group+1]+lo); reason == "" {
			return found, ""
		}
	}
	return Candidate{}, reason
}

// startOfLine returns where the last line of text starts.
func startOfLine(text []byte) int {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '\n' && !joined(text, i) {
			return i + 1
		}
	}
	return 0
}

// endOfLine returns where the first line of text ends.
func endOfLine(text []byte) int {
	for i, c := range text {
		if c == '\n' && !joined(text, i) {
			return i
		}
	}
	return len(text)
}

// joined reports whether a backslash joins the line that ends at text[i] to the
// next.
func joined(text []byte, i int) bool {
	before := bytes.TrimSuffix(text[:i], []byte("\r"))
	return bytes.HasSuffix(before, []byte("\\"))
}

// distance returns how many bytes lie between the match loc and [at, end).
func distance(loc []int, at, end int) int { return max(0, at-loc[1], loc[0]-end) }
