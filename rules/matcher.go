package rules

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/names"
	"github.com/agcloud/keylint/rules/internal/prefilter"
	"github.com/agcloud/keylint/rules/internal/score"
)

// A Matcher matches the rules of a [Set]. It holds buffers and is for one
// goroutine at a time.
//
// Matching has three stages, so that callers who know what changed can skip
// work: [Matcher.Hits] finds keywords, [Matcher.Candidates] applies rules
// around them, [Matcher.Resolve] applies what concerns the whole file.
// [Matcher.Match] does all three.
type Matcher struct {
	set   *Set
	hits  []Hit
	raw   []prefilter.Hit
	cands []Candidate
	// judged has what is known of names; see strength.
	judged map[judgedName]names.Strength
	// Trace, if set, is told what became of each keyword hit: the rule, where
	// the hit was, why it led to nothing, "" if it led to a candidate, and the parts
	// of the score where there is one.
	Trace func(rule *Rule, at Span, reason, score string)
}

// A Hit is a keyword in a text. It depends on its own bytes alone.
type Hit struct {
	Pos, End int
	literal  int
}

// A Candidate is a match before file-level conditions.
type Candidate struct {
	Match
	rule  int
	score score.Parts // zero when there is none
}

// A Context is the set of file-level texts ([Def].Requires) that were seen. The
// zero Context is empty.
type Context uint64

// Matcher returns a new matcher for the set.
func (s *Set) Matcher() *Matcher { return &Matcher{set: s} }

// Match returns the matches in text, a whole file, in order of position. The
// result is valid until the next call.
func (m *Matcher) Match(text []byte) []Match {
	m.hits = m.Hits(m.hits[:0], text, 0, len(text))
	if len(m.hits) == 0 {
		return nil
	}
	ctx := m.Context(m.hits)
	m.cands = m.Candidates(m.cands[:0], text, m.hits, ctx)
	return m.Resolve(m.cands, ctx)
}

// Hits appends the keywords that begin in text[lo:hi] to dst.
func (m *Matcher) Hits(dst []Hit, text []byte, lo, hi int) []Hit {
	m.raw = m.set.index.AppendHits(m.raw[:0], text, lo, hi)
	return m.appendRaw(dst)
}

// HitsInside appends the keywords that lie in text[lo:hi] to dst.
func (m *Matcher) HitsInside(dst []Hit, text []byte, lo, hi int) []Hit {
	m.raw = m.set.index.AppendInside(m.raw[:0], text, lo, hi)
	return m.appendRaw(dst)
}

// HitsAcross appends to dst the keywords that begin at lo or later and span at.
func (m *Matcher) HitsAcross(dst []Hit, text []byte, lo, at int) []Hit {
	m.raw = m.set.index.AppendAcross(m.raw[:0], text, lo, at)
	return m.appendRaw(dst)
}

func (m *Matcher) appendRaw(dst []Hit) []Hit {
	for _, h := range m.raw {
		dst = append(dst, Hit{h.Pos, h.End, h.Lit})
	}
	return dst
}

// Window returns the span of text that decides what hit h leads to. It may
// reach beyond the text.
func (m *Matcher) Window(h Hit) Span {
	r := m.set.literals[h.literal].window()
	return Span{h.Pos - r.before, h.End + r.after}
}

// WindowIn returns the span of text that decides what hit h, which Hits found in
// it, leads to. It lies in [Matcher.Window], and is narrower where text near the
// hit shows that it leads to nothing.
func (m *Matcher) WindowIn(text []byte, h Hit) Span {
	lit := &m.set.literals[h.literal]
	if lit.known >= 0 {
		return m.Window(h)
	}
	narrow := Span{h.Pos, h.End}
	for _, i := range lit.rules {
		r := m.set.rules[i]
		if !r.isGeneric() {
			return m.Window(h)
		}
		w, reason := m.settled(text, h, r)
		if reason == "" {
			return m.Window(h)
		}
		narrow = Span{min(narrow.Start, w.Start), max(narrow.End, w.End)}
	}
	return narrow
}

// Context returns the file-level texts among hits.
func (m *Matcher) Context(hits []Hit) Context {
	var c Context
	for _, h := range hits {
		c |= Context(m.set.literals[h.literal].context)
	}
	return c
}

// Allows appends to dst the spans of the marks of allow directives among hits.
func (m *Matcher) Allows(dst []Span, hits []Hit) []Span {
	for _, h := range hits {
		if m.set.literals[h.literal].allow {
			dst = append(dst, Span{h.Pos, h.End})
		}
	}
	return dst
}

// Candidates appends what the rules make of hits, which Hits found in text.
// Rules whose file-level conditions ctx does not meet are passed over; callers
// who do not know the whole file yet give AnyContext.
func (m *Matcher) Candidates(dst []Candidate, text []byte, hits []Hit, ctx Context) []Candidate {
	for _, h := range hits {
		lit := &m.set.literals[h.literal]
		if lit.known >= 0 {
			dst = m.knownKey(dst, text, h, lit)
			continue
		}
		for _, i := range lit.rules {
			r := m.set.rules[i]
			if needs := m.set.needs[i]; needs != 0 && needs&ctx == 0 {
				if m.Trace != nil {
					m.trace(r, h, "the file has none of: "+strings.Join(r.Requires, ", "), score.Parts{})
				}
				continue
			}
			if c, ok := m.candidate(text, h, lit, r); ok {
				c.rule = i
				dst = append(dst, c)
			}
		}
	}
	return dst
}

// AnyContext meets every file-level condition.
const AnyContext = ^Context(0)

// Met reports whether ctx meets the file-level condition of r.
func (s *Set) Met(r *Rule, ctx Context) bool {
	return len(r.Requires) == 0 || s.contextOf(r)&ctx != 0
}

// contextOf returns the contexts of which r requires one; 0 when it requires none.
func (s *Set) contextOf(r *Rule) Context {
	var c Context
	for _, text := range r.Requires {
		c |= 1 << s.contexts[strings.ToLower(text)]
	}
	return c
}

func (m *Matcher) trace(r *Rule, h Hit, reason string, parts score.Parts) {
	if m.Trace == nil {
		return
	}
	text := ""
	if parts != (score.Parts{}) {
		text = parts.String()
	}
	m.Trace(r, Span{h.Pos, h.End}, reason, text)
}

// candidate applies rule r around hit h.
func (m *Matcher) candidate(text []byte, h Hit, lit *literal, r *Rule) (Candidate, bool) {
	if r.isGeneric() {
		return m.generic(text, h, r)
	}
	fp := r.reach()
	if lit.form.Encoded() {
		inner := lit.form.Inner(lit.text)
		view, at, ok := codec.Undo(text, h.Pos, h.End, lit.form, inner, max(fp.before, fp.after)+decodeMargin)
		if !ok {
			return Candidate{}, false
		}
		x := exploration{rule: r, pos: h.Pos}
		x.run(view, at, at+len(inner))
		m.trace(r, h, x.reason, x.best.score)
		return x.best, x.reason == ""
	}
	x := exploration{rule: r, pos: h.Pos}
	wide := codec.Plain(text, h.Pos-codec.PlainWidth(fp.before), h.End+codec.PlainWidth(fp.after))
	at := wide.Index(h.Pos)
	x.run(wide, at, at+h.End-h.Pos)
	m.trace(r, h, x.reason, x.best.score)
	return x.best, x.reason == ""
}

// An exploration applies a rule to the text around a keyword as it is, with
// escapes undone, and with string pieces joined. A decoded form replaces the
// plain one when it reaches at least as far and the key itself was encoded.
type exploration struct {
	rule   *Rule
	pos    int // of the keyword in the stored text
	best   Candidate
	reason string // why there is no best; "" when there is one
}

// maxUnescape is how many layers of character escapes are undone: JSON in JSON
// in JSON has two.
const maxUnescape = 3

// run explores view, in which the keyword is at view.Text[at:end].
func (x *exploration) run(view codec.View, at, end int) {
	keyword := string(view.Text[at:end])
	x.best, x.reason = x.rule.find(&view, at, end)
	if x.rule.Class != "" || x.reason == "" && x.isPlain(&view) {
		return // the rules of classes read escaped quotes themselves
	}
	for range maxUnescape {
		if joined, ok := codec.Join(&view); ok {
			x.improve(&joined, keyword)
		}
		next, ok := codec.Unescape(&view)
		if !ok {
			return
		}
		view = next
		x.improve(&view, keyword)
	}
}

// isPlain reports whether best has no escape in it and no string piece behind
// it, so that no other reading can improve on it.
func (x *exploration) isPlain(view *codec.View) bool {
	lo, hi := view.Index(x.best.Span.Start), view.Index(x.best.Span.End)
	near := view.Text[max(0, lo-2):min(len(view.Text), hi+2)]
	return !bytes.ContainsAny(near, "\\%&") && !codec.SeamAt(view.Text, hi)
}

// improve takes what the rule finds in view instead of best, if it is better.
func (x *exploration) improve(view *codec.View, keyword string) {
	at, ok := codec.Locate(view, x.pos, keyword)
	if !ok {
		return
	}
	c, reason := x.rule.find(view, at, at+len(keyword))
	if reason != "" {
		return
	}
	covers := c.Span.Start <= x.best.Span.Start && c.Span.End >= x.best.Span.End
	if x.reason != "" || covers && decodes(c) {
		x.best, x.reason = c, ""
	}
}

// decodes reports whether c is rightly read as encoded where a plain reading
// exists too: a few percent signs may belong to a key.
func decodes(c Candidate) bool {
	if len(c.Encodings) == 0 {
		return false
	}
	only := len(c.Encodings) == 1 && c.Encodings[0] == Percent
	return !only || (c.Span.End-c.Span.Start)*4 >= c.Secret.Len()*5
}

// Resolve applies file-level conditions to candidates and returns the matches
// that are left, in order of position: of those that overlap the one whose
// rule has the highest priority, and of equals the longest, then the first.
// The order of the candidates does not matter.
func (m *Matcher) Resolve(cands []Candidate, ctx Context) []Match {
	kept := slices.DeleteFunc(slices.Clone(cands), func(c Candidate) bool { return !m.set.Met(c.Rule, ctx) })
	slices.SortFunc(kept, func(a, b Candidate) int {
		return cmp.Or(b.Rule.Priority-a.Rule.Priority, spanLen(b)-spanLen(a), a.Span.Start-b.Span.Start, a.rule-b.rule, len(a.Encodings)-len(b.Encodings))
	})
	var out taken
	for _, c := range kept {
		out.add(c.Match)
	}
	return out.list
}

func spanLen(c Candidate) int { return c.Span.End - c.Span.Start }

// taken is a list of matches that do not overlap, in order of position.
type taken struct{ list []Match }

// add inserts x unless it overlaps a match that is there.
func (t *taken) add(x Match) {
	i, _ := slices.BinarySearchFunc(t.list, x, func(a, b Match) int { return a.Span.Start - b.Span.Start })
	if i < len(t.list) && t.list[i].Span.Start < x.Span.End || i > 0 && t.list[i-1].Span.End > x.Span.Start {
		return
	}
	t.list = slices.Insert(t.list, i, x)
}
