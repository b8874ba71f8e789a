package scanner

import "github.com/agcloud/keylint/rules"

// Evidence is what the rules make of a text before its path is known.
type Evidence struct {
	form    form
	context rules.Context
	cands   []rules.Candidate // with offsets in the text of the whole file
	places  map[rules.Span]place
	allows  []directive
}

// A place is where a candidate stands, worked out while its piece is in memory.
type place struct {
	loc   Location
	frame []FrameLine
}

// A Sighting is a key that was found in a text.
type Sighting struct {
	rules.Match
	Location
	Allowed bool        // by a directive
	Frame   []FrameLine // nil when no lines were asked for
}

// add takes in the candidates of a text or of a piece of one, whose text begins
// at offset base in the text of the file.
func (e *Evidence) add(cands []rules.Candidate, lines *lineIndex, base int, framed bool) {
	if e.places == nil {
		e.places = map[rules.Span]place{}
	}
	var hide masks
	if framed {
		hide = masksOf(cands)
	}
	for _, c := range cands {
		at := rules.Span{Start: c.Span.Start + base, End: c.Span.End + base}
		if _, ok := e.places[at]; !ok { // another rule's
			p := place{loc: lines.location(c.Span)}
			if framed {
				p.frame = lines.frame(c.Span, hide)
			}
			e.places[at] = p
		}
		c.Span = at
		e.cands = append(e.cands, c)
	}
}

// At returns the keys in the text when it lies at path, in order of position.
func (e *Evidence) At(m *rules.Matcher, path string) []Sighting {
	keys, _ := e.at(m, path)
	return keys
}

// at returns the keys in the text when it lies at path, in order of position,
// and the directives, which know now whether they allow anything.
func (e *Evidence) at(m *rules.Matcher, path string) ([]Sighting, []directive) {
	cands := make([]rules.Candidate, 0, len(e.cands))
	for _, c := range e.cands {
		if c.Rule.AppliesTo(path) && (c.Known == nil || c.Known.Origin != path) {
			cands = append(cands, c)
		}
	}
	var out []Sighting
	allows := allowances{list: append([]directive(nil), e.allows...)}
	for _, match := range m.Resolve(cands, e.context) {
		if enc := e.form.encoding(); enc != "" {
			match.Encodings = append([]rules.Encoding{enc}, match.Encodings...)
		}
		p := e.places[match.Span]
		out = append(out, Sighting{match, p.loc, allows.allow(match.Rule.ID, p.loc), p.frame})
	}
	return out, allows.list
}
