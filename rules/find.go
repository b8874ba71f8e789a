package rules

import (
	"fmt"
	"strings"

	"github.com/agcloud/keylint/rules/internal/assign"
	"github.com/agcloud/keylint/rules/internal/bind"
	"github.com/agcloud/keylint/rules/internal/checksum"
	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/names"
	"github.com/agcloud/keylint/rules/internal/score"
	"github.com/agcloud/keylint/rules/internal/value"
)

// The reasons why a keyword hit leads to nothing, beside those of
// rules/internal/value.
const (
	noMatch  = "the text around the keyword does not have the form"
	noName   = "the name is not that of a key"
	noValue  = "nothing is assigned to the name"
	noSecret = "the key is empty"
	notNear  = "what the rule needs nearby is not there"
)

// find applies r to view, in which one of its keywords is at view.Text[at:end].
// The reason is "" when there is a candidate.
func (r *Rule) find(view *codec.View, at, end int) (Candidate, string) {
	find := r.findRegex
	if r.Name != "" {
		find = r.findAssigned
	}
	c, reason := find(view, at, end)
	if reason == "" && len(r.With) > 0 {
		return r.findWith(c, view, at, end)
	}
	return c, reason
}

// findRegex looks for a match of the regex that contains the keyword.
func (r *Rule) findRegex(view *codec.View, at, end int) (Candidate, string) {
	lo := max(0, at-r.footprint.before)
	hi := min(len(view.Text), end+r.footprint.after)
	if r.footprint.before <= maxNear && !r.near.made(r.nearRegex).Match(view.Text[lo:hi]) {
		return Candidate{}, noMatch
	}
	re := r.regex.of(r.Regex)
	group := re.SubexpIndex("secret")
	reason := noMatch
	for _, loc := range re.FindAllSubmatchIndex(view.Text[lo:hi], -1) {
		if loc[0]+lo > at || loc[1]+lo < end {
			continue
		}
		if group < 0 { // the key is that of a companion
			return Candidate{}, ""
		}
		if loc[2*group] < 0 {
			continue
		}
		i, j := loc[2*group]+lo, loc[2*group+1]+lo
		var c Candidate
		if c, reason = r.accept(view, i, j); reason == "" {
			if r.Whole {
				c.Span.Start, _ = view.Source(loc[0]+lo, i)
			}
			return c, ""
		}
	}
	return Candidate{}, reason
}

// maxNear is the most bytes before a keyword for which nearRegex pays.
const maxNear = 32

// nearRegex returns a regular expression that matches text which begins at most
// r.footprint.before bytes before a keyword if the regex has a match that holds
// the keyword. It is quick to fail, which is the common case: the regex itself
// would be tried at every byte up to the end of the text.
func (r *Rule) nearRegex() string {
	return fmt.Sprintf(`\A(?s:.{0,%d}?)(?:%s)`, r.footprint.before, r.Regex)
}

// accept returns the candidate whose key is view.Text[i:j], as a regex found it,
// or why it is none.
func (r *Rule) accept(view *codec.View, i, j int) (Candidate, string) {
	key := view.Text[i:j]
	if r.Class != "" {
		return r.judge(view, i, j, score.Evidence{Value: r.judged(key), Strength: names.Strong, Syntax: bind.Part, Quoted: true})
	}
	if reason := r.rejectKey(key); reason != "" {
		return Candidate{}, reason
	}
	return r.at(view, i, j), ""
}

// rejectKey is reject for the key of a regex.
func (r *Rule) rejectKey(key []byte) string {
	if r.Opaque {
		return r.rejectValue(key, true)
	}
	return r.reject(key)
}

// at returns the candidate whose key is view.Text[i:j].
func (r *Rule) at(view *codec.View, i, j int) Candidate {
	if i >= j {
		return Candidate{}
	}
	lo, hi := view.Source(i, j)
	return Candidate{Match: Match{
		Rule: r, Span: Span{lo, hi}, Secret: NewSecret(view.Text[i:j]),
		Encodings: view.Encodings(i, j), Severity: r.Severity, Confidence: r.Confidence,
	}}
}

// reject applies the thresholds of r to a key. It returns "" for a good one.
func (r *Rule) reject(key []byte) string {
	switch {
	case len(key) == 0:
		return noSecret
	case len(key) < r.MinLength:
		return "shorter than the rule's min_length"
	case r.Variety > 0 && value.Distinct(key) < r.Variety:
		return "fewer distinct characters than the rule's variety"
	case r.Entropy > 0 && value.Entropy(key) < r.Entropy:
		return "entropy below the rule's threshold"
	case r.Checksum != "" && !validChecksum(r.Checksum, key):
		return "the checksum is wrong"
	}
	if word := r.stopWord(key); word != "" {
		return "contains the stop word " + word
	}
	return value.Placeholder(key)
}

// validChecksum reports whether key has a right checksum of a kind that is
// known, which NewRule has seen to.
func validChecksum(kind string, key []byte) bool {
	ok, err := checksum.Verify(kind, string(key))
	return ok && err == nil
}

func (r *Rule) stopWord(key []byte) string {
	if len(r.StopWords) == 0 {
		return ""
	}
	low := strings.ToLower(string(key))
	for _, w := range r.StopWords {
		if strings.Contains(low, strings.ToLower(w)) {
			return w
		}
	}
	return ""
}

// findAssigned looks for the value that is assigned to the name around the
// keyword, or to a field of the section that the keyword names.
func (r *Rule) findAssigned(view *codec.View, at, end int) (Candidate, string) {
	text := view.Text
	s, e := assign.Identifier(text, at, end)
	phrase := strings.NewReplacer(" ", "_", ":", "_")
	reason := noName
	if r.name.of(r.Name).Match(text[s:e]) && !isPublic(text[end:e]) {
		c, why := r.assigned(view, s, e)
		if why == "" {
			return c, ""
		}
		reason = why
	}
	for _, p := range assign.Phrases(text, e) {
		if !r.name.of(r.Name).MatchString(phrase.Replace(string(text[s:p]))) {
			continue
		}
		c, why := r.assigned(view, s, p)
		if why == "" {
			return c, ""
		}
		reason = why
	}
	if r.Section == "" || !r.section.of(r.Section).Match(text[s:e]) {
		return Candidate{}, reason
	}
	for _, v := range assign.Call(text, e) {
		c, why := r.value(view, v)
		if why == "" {
			c.Name = string(text[s:e])
			return c, ""
		}
		reason = why
	}
	for _, f := range assign.Section(text, s, e) {
		if !r.field.of(r.Field).Match(text[f.Start:f.End]) {
			continue
		}
		c, why := r.assigned(view, f.Start, f.End)
		if why == "" {
			return c, ""
		}
		reason = why
	}
	return Candidate{}, reason
}

// isPublic reports whether a name that ends in name is that of a public key.
func isPublic(name []byte) bool {
	letters := strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(string(name)))
	return strings.HasSuffix(letters, "publickey")
}

// assigned takes the first value assigned to the name view.Text[s:e] that can
// be a key.
func (r *Rule) assigned(view *codec.View, s, e int) (Candidate, string) {
	reason := noValue
	for _, v := range assign.Values(view.Text, s, e) {
		c, why := r.value(view, v)
		if reason = why; why == "" {
			c.Name = string(view.Text[s:e])
			return c, ""
		}
	}
	return Candidate{}, reason
}

// value returns the candidate that v is, decoded when it is encoded as a whole.
func (r *Rule) value(view *codec.View, v assign.Value) (Candidate, string) {
	raw := view.Text[v.Start:v.End]
	if reason := r.rejectValue(raw, v.Quoted); reason != "" {
		return Candidate{}, reason
	}
	c := r.at(view, v.Start, v.End)
	if key, enc, ok := value.Decode(raw); ok {
		if reason := r.rejectValue(key, true); reason != "" {
			return Candidate{}, reason
		}
		c.Secret = NewSecret(key)
		c.Encodings = append(c.Encodings[:len(c.Encodings):len(c.Encodings)], Encoding(enc))
	}
	return c, ""
}

// rejectValue applies the checks of values of unknown format and those of r.
func (r *Rule) rejectValue(v []byte, quoted bool) string {
	if reason := value.Reject(v, quoted); reason != "" {
		return reason
	}
	return r.reject(v)
}

// PlausibleKey reports whether v looks like a key of unknown format, as
// opposed to a placeholder, a reference, a path, words or a number.
func PlausibleKey(v []byte) bool { return value.Reject(v, true) == "" }
