package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/prefilter"
)

// A KnownKey is a key whose bytes are known and are looked for exactly.
type KnownKey struct {
	Secret Secret
	Name   string // the variable that held it, if any
	Origin string // where it comes from: a path, or the flag that gave it
}

// minKnown is the least length of a known key, in bytes. Shorter values, such
// as true or 8080, stand everywhere.
const minKnown = 12

// A Set is a list of rules compiled for matching. It is immutable and safe for
// concurrent use.
type Set struct {
	rules    []*Rule
	byID     map[string]*Rule
	known    []KnownKey
	knownID  int // index in rules of the rule that reports known keys; -1 without one
	literals []literal
	index    *prefilter.Index
	contexts map[string]uint // bit of each text of a Requires list
	needs    []Context       // of each rule; see contextOf
	reach    footprint       // of the widest literal, in stored bytes
	hash     string
}

// A literal is a text that the prefilter looks for, and what it means.
type literal struct {
	*meaning
	form   codec.Form
	offset int32 // of the literal in the known key
}

// window returns how many stored bytes around l decide what it leads to.
func (l *literal) window() footprint {
	fp := l.reach
	switch {
	case fp == (footprint{}):
		return fp // it counts wherever it stands
	case !l.form.Encoded():
		return footprint{codec.PlainWidth(fp.before), codec.PlainWidth(fp.after)}
	}
	n := codec.Width(l.form, max(fp.before, fp.after)+decodeMargin)
	return footprint{n, n}
}

// A meaning is what the literals that are forms of one text stand for.
type meaning struct {
	text    string    // the keyword; "" for the others
	rules   []int     // the rules that have the text as a keyword
	context uint64    // the bits of the contexts that it is
	known   int       // index of a known key, or -1
	allow   bool      // it is one of AllowMarks
	reach   footprint // of what they are looked at for, in decoded bytes
}

// maxContexts is the number of bits for distinct texts in Requires lists.
const maxContexts = 64

// NewSet compiles rules and known keys. It fails when two rules have one ID,
// when a known key is shorter than 12 bytes, or when there are more than 64
// distinct texts in Requires lists.
func NewSet(list []*Rule, known ...KnownKey) (*Set, error) {
	s := &Set{rules: list, known: known, byID: map[string]*Rule{}, contexts: map[string]uint{}, knownID: -1}
	for i, r := range list {
		if s.byID[r.ID] != nil {
			return nil, fmt.Errorf("two rules have the id %q: rename one, or disable one with [rules] disable", r.ID)
		}
		s.byID[r.ID] = r
		if r.Known {
			s.knownID = i
		}
	}
	b := newLiteralBuilder(s, len(list))
	for i, r := range list {
		b.addRule(i, r)
		s.needs = append(s.needs, s.contextOf(r))
	}
	if len(s.contexts) > maxContexts {
		return nil, fmt.Errorf("the rules require %d distinct texts; the limit is %d", len(s.contexts), maxContexts)
	}
	for i, k := range known {
		if k.Secret.Len() < minKnown {
			return nil, fmt.Errorf("the known key of %s is shorter than %d bytes: too short to search for", k.Origin, minKnown)
		}
		if s.knownID >= 0 {
			b.addKnown(i, k)
		}
	}
	for _, mark := range AllowMarks() {
		b.add(prefilter.Literal{Text: mark}, &meaning{known: -1, allow: true}, 0, 0)
	}
	for i := range s.literals {
		s.reach = s.reach.widened(s.literals[i].window())
	}
	s.index = prefilter.New(b.texts)
	s.hash = hashOf(list)
	return s, nil
}

// Rules returns the rules of the set, in order. Callers must not change it.
func (s *Set) Rules() []*Rule { return s.rules }

// Rule returns the rule with the given ID, or nil.
func (s *Set) Rule(id string) *Rule { return s.byID[id] }

// Known returns the known keys of the set. Callers must not change it.
func (s *Set) Known() []KnownKey { return s.known }

// Hash identifies the rules, without the known keys: "sha256:" and 64
// hexadecimal digits. Sets with equal hashes match alike.
func (s *Set) Hash() string { return s.hash }

func hashOf(list []*Rule) string {
	h := sha256.New()
	for _, r := range list {
		io.WriteString(h, r.sum)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// Footprint returns W, the number of bytes around a byte that can decide
// whether the byte belongs to a candidate: text that differs only farther away
// has the same candidates there. File-level conditions ([Def].Requires) are
// not candidates' business; [Matcher.Resolve] applies them.
func (s *Set) Footprint() int {
	return s.reach.before + s.reach.after + s.index.MaxSpan()
}

// literalBuilder collects the literals of a set.
type literalBuilder struct {
	set     *Set
	texts   []prefilter.Literal
	have    map[keyword]compiled
	encoder codec.Encoder
}

// A compiled keyword has a meaning, if it came before, and literals, if they were
// made before.
type compiled struct {
	meaning  *meaning
	literals readyReader
}

// newLiteralBuilder returns a builder for a set with a number of rules.
func newLiteralBuilder(s *Set, rules int) *literalBuilder {
	const few = 100 // they are compiled sooner than what is ready is read
	b := &literalBuilder{set: s}
	if rules < few {
		b.have = map[keyword]compiled{}
		return b
	}
	// The built-in rules have some 1,400 keywords and 8,500 literals.
	const texts, literals = 1 << 11, 9 << 10
	s.literals = make([]literal, 0, literals)
	b.texts = make([]prefilter.Literal, 0, literals)
	b.have = make(map[keyword]compiled, texts)
	ready(func(k keyword, literals readyReader) { b.have[k] = compiled{literals: literals} })
	return b
}

// A keyword is a text with how it is looked for.
type keyword struct {
	text  string
	fold  bool
	depth int
}

// maxDepth is the most layers of encoding that a rule may ask for.
const maxDepth = 3

// meaning returns what k means. When k is new, its literals, as it is and
// encoded, are made.
func (b *literalBuilder) meaning(k keyword) *meaning {
	if k.depth == 0 {
		k.depth = 1
	}
	c := b.have[k]
	if c.meaning != nil {
		return c.meaning
	}
	c.meaning = &meaning{text: k.text, known: -1}
	b.have[k] = c
	if c.literals == "" {
		b.add(prefilter.Literal{Text: k.text, Fold: k.fold}, c.meaning, 0, 0)
		b.addEncoded(k, c.meaning)
	}
	for c.literals != "" {
		l, form := c.literals.literal()
		b.add(l, c.meaning, form, 0)
	}
	return c.meaning
}

// addEncoded adds the encoded forms of k.
func (b *literalBuilder) addEncoded(k keyword, m *meaning) {
	for _, v := range b.encoder.Variants(k.text, k.fold, k.depth) {
		b.add(prefilter.Literal{Text: v.Text, Fold: v.Fold, Gap: v.Gap}, m, v.Form, 0)
	}
}

func (b *literalBuilder) add(t prefilter.Literal, m *meaning, f codec.Form, offset int) {
	b.texts = append(b.texts, t)
	b.set.literals = append(b.set.literals, literal{meaning: m, form: f, offset: int32(offset)})
}

// decodeMargin is how many more bytes are decoded than a rule looks at.
const decodeMargin = 8

func (b *literalBuilder) addRule(i int, r *Rule) {
	for _, text := range r.Keywords {
		m := b.meaning(keyword{text, !r.CaseSensitive, r.Depth})
		m.rules = append(m.rules, i)
		m.reach = m.reach.widened(r.reach())
	}
	for _, text := range r.Requires {
		bit, ok := b.set.contexts[strings.ToLower(text)]
		if !ok {
			bit = uint(len(b.set.contexts))
			b.set.contexts[strings.ToLower(text)] = bit
		}
		b.meaning(keyword{text, true, r.Depth}).context |= 1 << bit
	}
}

// anchor is the length of the pieces of a known key that are looked for in
// plain text, in bytes: a key split over string pieces is found as long as one
// aligned piece of it is whole.
const anchor = 8

// knownDepth is how many layers of encoding known keys are looked for under.
const knownDepth = 2

func (b *literalBuilder) addKnown(i int, k KnownKey) {
	key := k.Secret.Reveal()
	m := &meaning{known: i, reach: footprint{len(key) + 1, len(key) + 1}}
	for off := 0; off+anchor <= len(key); off += anchor {
		b.add(prefilter.Literal{Text: key[off : off+anchor]}, m, 0, off)
	}
	b.addEncoded(keyword{key, false, knownDepth}, m)
}
