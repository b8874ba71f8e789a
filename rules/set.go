package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/prefilter"
)

// AllowMarks returns the texts that begin an allow directive: keylint's own and
// that of gitleaks, which is honoured too. [Matcher.Allows] finds them.
func AllowMarks() []string { return []string{"keylint:allow", "gitleaks:allow"} }

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
	reach    footprint       // of the widest literal, in stored bytes
	hash     string
}

// A literal is a text that the prefilter looks for, and what it means.
type literal struct {
	variant *codec.Variant // nil for plain text
	rules   []int          // the rules that have it as a keyword
	context uint64         // the bits of the contexts that it is
	known   int            // index of a known key, or -1
	allow   bool           // it is one of AllowMarks
	offset  int            // of the literal in the known key
	reach   footprint      // in stored bytes
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
	const usual = 4096 // literals
	s.literals = make([]literal, 0, usual)
	b := literalBuilder{set: s, have: make(map[formKey]int, usual), texts: make([]prefilter.Literal, 0, usual)}
	for i, r := range list {
		b.addRule(i, r)
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
		b.literal(form{text: prefilter.Literal{Text: mark}}, true).allow = true
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
	enc := json.NewEncoder(h)
	for _, r := range list {
		if err := enc.Encode(r.Def); err != nil {
			panic("rules: internal error: " + err.Error()) // a Def is plain data
		}
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

// literalBuilder collects the literals of a set; equal ones are shared.
type literalBuilder struct {
	set   *Set
	texts []prefilter.Literal
	have  map[formKey]int
}

// A formKey is equal for forms with the same meaning.
type formKey struct {
	text  string
	fold  bool
	inner string
	steps [maxDepth]codec.Step
}

// maxDepth is the most layers of encoding that a rule may ask for.
const maxDepth = 3

// literal returns the literal of form f, made when it is new. Known keys share
// none: each piece has an offset of its own.
func (b *literalBuilder) literal(f form, shared bool) *literal {
	if f.text.Fold {
		f.text.Text = strings.ToLower(f.text.Text)
	}
	if shared {
		key := formKey{f.text.Text, f.text.Fold, "", [maxDepth]codec.Step{}}
		if f.variant != nil {
			key.inner = f.variant.Inner
			copy(key.steps[:], f.variant.Steps)
		}
		if i, ok := b.have[key]; ok {
			return &b.set.literals[i]
		}
		b.have[key] = len(b.texts)
	}
	b.texts = append(b.texts, f.text)
	b.set.literals = append(b.set.literals, literal{variant: f.variant, known: -1})
	return &b.set.literals[len(b.set.literals)-1]
}

// widen enlarges the reach of l to fp, given in decoded bytes.
func (b *literalBuilder) widen(l *literal, fp footprint) {
	reach := footprint{codec.PlainWidth(fp.before), codec.PlainWidth(fp.after)}
	if l.variant != nil {
		n := codec.Width(l.variant.Steps, max(fp.before, fp.after)+decodeMargin)
		reach = footprint{n, n}
	}
	l.reach = footprint{max(l.reach.before, reach.before), max(l.reach.after, reach.after)}
	b.set.reach = footprint{max(b.set.reach.before, reach.before), max(b.set.reach.after, reach.after)}
}

// decodeMargin is how many more bytes are decoded than a rule looks at.
const decodeMargin = 8

func (b *literalBuilder) addRule(i int, r *Rule) {
	for _, k := range r.Keywords {
		for _, l := range b.forms(k, !r.CaseSensitive, r.Depth) {
			lit := b.literal(l, true)
			lit.rules = append(lit.rules, i)
			b.widen(lit, r.footprint)
		}
	}
	for _, text := range r.Requires {
		bit, ok := b.set.contexts[strings.ToLower(text)]
		if !ok {
			bit = uint(len(b.set.contexts))
			b.set.contexts[strings.ToLower(text)] = bit
		}
		for _, l := range b.forms(text, true, r.Depth) {
			lit := b.literal(l, true)
			lit.context |= 1 << bit
		}
	}
}

// A form is a text as it is or as it looks in some encoding.
type form struct {
	text    prefilter.Literal
	variant *codec.Variant
}

// forms returns text as it is and encoded. depth is that of a Def.
func (b *literalBuilder) forms(text string, fold bool, depth int) []form {
	if depth == 0 {
		depth = 1
	}
	variants := codec.Variants(text, fold, depth)
	list := make([]form, 0, 1+len(variants))
	list = append(list, form{text: prefilter.Literal{Text: text, Fold: fold}})
	for i := range variants {
		v := &variants[i]
		list = append(list, form{prefilter.Literal{Text: v.Text, Fold: v.Fold, Gap: v.Gap}, v})
	}
	return list
}

// anchor is the length of the pieces of a known key that are looked for in
// plain text, in bytes: a key split over string pieces is found as long as one
// aligned piece of it is whole.
const anchor = 8

// knownDepth is how many layers of encoding known keys are looked for under.
const knownDepth = 2

func (b *literalBuilder) addKnown(i int, k KnownKey) {
	key := k.Secret.Reveal()
	fp := footprint{len(key) + 1, len(key) + 1}
	for off := 0; off+anchor <= len(key); off += anchor {
		lit := b.literal(form{text: prefilter.Literal{Text: key[off : off+anchor]}}, false)
		lit.known, lit.offset = i, off
		b.widen(lit, fp)
	}
	for _, f := range b.forms(key, false, knownDepth)[1:] {
		lit := b.literal(f, false)
		lit.known = i
		b.widen(lit, fp)
	}
}
