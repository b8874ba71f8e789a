package rules

import (
	"bytes"

	"github.com/agcloud/keylint/rules/internal/codec"
	"github.com/agcloud/keylint/rules/internal/score"
)

// knownKey appends a candidate if the known key of lit stands at h.
func (m *Matcher) knownKey(dst []Candidate, text []byte, h Hit, lit *literal) []Candidate {
	known := &m.set.known[lit.known]
	key := []byte(known.Secret.Reveal())
	view, at, ok := m.knownView(text, h, lit, key)
	r := m.set.rules[m.set.knownID]
	if !ok {
		m.trace(r, h, "a part of a known key, not the whole", score.Parts{})
		return dst
	}
	m.trace(r, h, "", score.Parts{})
	c := r.at(&view, at, at+len(key))
	c.rule, c.Known, c.Name = m.set.knownID, known, known.Name
	return append(dst, c)
}

// knownView returns the view in which the whole key stands at h, and where.
func (m *Matcher) knownView(text []byte, h Hit, lit *literal, key []byte) (view codec.View, at int, ok bool) {
	if lit.form.Encoded() {
		return codec.Undo(text, h.Pos, h.End, lit.form, string(key), len(key)+decodeMargin)
	}
	lo := h.Pos - int(lit.offset)
	if lo >= 0 && lo+len(key) <= len(text) && bytes.Equal(text[lo:lo+len(key)], key) {
		return codec.Plain(text, lo, lo+len(key)), 0, true
	}
	n := codec.PlainWidth(len(key) + 1)
	view = codec.Plain(text, h.Pos-n, h.End+n)
	for range maxUnescape {
		if joined, changed := codec.Join(&view); changed {
			if at, ok := containsKey(&joined, h, int(lit.offset), key); ok {
				return joined, at, true
			}
		}
		next, changed := codec.Unescape(&view)
		if !changed {
			break
		}
		view = next
		if at, ok := containsKey(&view, h, int(lit.offset), key); ok {
			return view, at, true
		}
	}
	return codec.View{}, 0, false
}

// containsKey reports whether key stands in view so that its byte offset comes
// from the stored place of h, and where the key begins.
func containsKey(view *codec.View, h Hit, offset int, key []byte) (int, bool) {
	at := view.Index(h.Pos) - offset
	return at, at >= 0 && at+len(key) <= len(view.Text) && bytes.Equal(view.Text[at:at+len(key)], key)
}
