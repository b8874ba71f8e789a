package triage

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/scanner"
)

// What is shown of lists that a report can make as long as it likes.
const (
	maxPlaces = 1000
	maxParts  = 50 // facts, encodings, lines of code, references, steps
)

// turn takes a key of the screens that only scroll.
func (m *Model) turn(k string) {
	m.scroll = moved(k, m.scroll, len(m.page), max(m.rows(), 1))
	switch k {
	case "esc", "left", "h", "backspace":
		m.screen = listScreen
	case "n", "right", "l", "tab":
		m.step(1)
	case "p", "shift+tab":
		m.step(-1)
	}
}

// step opens the next finding of the list, or the one before.
func (m *Model) step(by int) {
	if m.screen == detailScreen {
		m.open(m.cursor + by)
	}
}

// text returns the lines of the screen that scrolls.
func (m *Model) text() []string {
	if m.width <= 0 {
		return nil
	}
	if m.screen == helpScreen {
		return m.wrapped(help)
	}
	return m.wrapped(detail(&m.items[m.at], m.opts.Plans, m.width))
}

// wrapped returns lines broken to the width of the window.
func (m *Model) wrapped(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, wrap(l, m.width)...)
	}
	return out
}

// detail returns all that is known of a finding, in lines for a window of so many
// columns; long ones may be longer.
func detail(i *item, plans map[string]scanner.Rotation, width int) []string {
	f := bounded(i.finding)
	lines := []string{markLine(i), ""}
	further := append(presence(f), placeLines(f.Occurrences, f.OccurrencesLeftOut)...)
	f.Occurrences, f.OccurrencesLeftOut, f.AtHead = nil, 0, nil // told in full below
	o := report.Options{Width: max(width, 20), Verbose: true}
	lines = append(lines, rendered(func(b *bytes.Buffer) error {
		w, err := report.New(b, "text", o)
		if err != nil {
			return err
		}
		return w.Finding(f)
	})...)
	lines = append(lines, further...)
	if f.Secret != nil {
		if p, ok := plans[i.finding.Secret.Hash]; ok {
			p = boundedPlan(p)
			lines = append(lines, rendered(func(b *bytes.Buffer) error { return report.WriteTextPlans(b, []scanner.Rotation{p}, o) })...)
		}
	}
	return lines
}

// rendered returns the lines that the text format of reports has for something.
// It has escaped what they quote.
func rendered(write func(*bytes.Buffer) error) []string {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return []string{field(err.Error())} // never: a buffer takes everything
	}
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for n := range lines {
		lines[n] = tame(lines[n])
	}
	return append(lines, "")
}

// markLine says what was decided.
func markLine(i *item) string {
	text := "mark: " + i.mark.String()
	if i.reason != "" {
		text += ", because: " + tame(clip(i.reason))
	}
	if i.saved {
		text += " (saved before)"
	}
	return text
}

// presence says where a finding of a history is now.
func presence(f *scanner.Finding) []string {
	var lines []string
	say := func(label string, is *bool, yes, no string) {
		if is == nil {
			return
		}
		text := no
		if *is {
			text = yes
		}
		lines = append(lines, label+text)
	}
	say("at HEAD: ", f.AtHead, "yes", "no")
	say("pushed:  ", f.Pushed, "yes, a remote-tracking reference leads to it", "no, no remote-tracking reference leads to it")
	if l := f.LastSeen; l != nil {
		lines = append(lines, fmt.Sprintf("last in: commit %s, %s", field(l.ID[:min(12, len(l.ID))]), l.Time.UTC().Format("2006-01-02")))
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return lines
}

// placeLines lists the further places of a key.
func placeLines(places []scanner.Occurrence, more int) []string {
	if len(places)+more == 0 {
		return nil
	}
	lines := []string{fmt.Sprintf("also at (%d):", len(places)+more)}
	for _, o := range places[:min(maxPlaces, len(places))] {
		line := "    " + place(o.Path, o.Line, o.Column)
		if o.Commit != "" {
			line += " in commit " + field(o.Commit[:min(12, len(o.Commit))])
		}
		lines = append(lines, line)
	}
	if n := len(places) + more - min(maxPlaces, len(places)); n > 0 {
		lines = append(lines, fmt.Sprintf("    and %d more", n))
	}
	return append(lines, "")
}

// where returns the place of a finding.
func where(f *scanner.Finding) string {
	if f.Path == "" && f.Commit != nil {
		return field(f.Origin) + " " + field(f.Commit.ID[:min(12, len(f.Commit.ID))])
	}
	return place(f.Path, f.Line, 0)
}

// place writes a place as reports do.
func place(path string, line, column int) string {
	text := field(path)
	if path == "" {
		text = "(no file)"
	}
	if line > 0 {
		text += fmt.Sprintf(":%d", line)
	}
	if line > 0 && column > 0 {
		text += fmt.Sprintf(":%d", column)
	}
	return text
}

// headline returns the message of a finding, or its rule.
func headline(f *scanner.Finding) string {
	if f.Message == "" {
		return field(f.Rule)
	}
	return field(f.Message)
}

// bounded returns a copy of f of which every text and list has a bounded size.
func bounded(f *scanner.Finding) *scanner.Finding {
	c := *f
	for _, s := range []*string{&c.ID, &c.Rule, &c.Category, &c.Message, &c.Help, &c.Name, &c.Source, &c.Origin, &c.Path} {
		*s = clip(*s)
	}
	c.Encoding = slices.Clone(c.Encoding[:min(maxParts, len(c.Encoding))])
	c.Frame = slices.Clone(c.Frame[:min(maxParts, len(c.Frame))])
	for n := range c.Frame {
		c.Frame[n].Text = clip(c.Frame[n].Text)
	}
	if c.Secret != nil {
		s := *c.Secret
		s.Redacted, s.Hash, s.Value = clip(s.Redacted), clip(s.Hash), ""
		c.Secret = &s
	}
	if c.Commit != nil {
		k := *c.Commit
		k.Author, k.Subject = clip(k.Author), clip(k.Subject)
		k.Refs = slices.Clone(k.Refs[:min(maxParts, len(k.Refs))])
		for n := range k.Refs {
			k.Refs[n] = clip(k.Refs[n])
		}
		c.Commit = &k
	}
	c.Verify = boundedVerification(c.Verify)
	if c.Fix != nil {
		c.Fix = &scanner.Fix{Description: clip(c.Fix.Description)}
	}
	return &c
}

func boundedVerification(v *scanner.Verification) *scanner.Verification {
	if v == nil {
		return nil
	}
	c := *v
	c.Status, c.Reason, c.Next, c.Facts = clip(v.Status), clip(v.Reason), clip(v.Next), map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(v.Facts)) {
		if len(c.Facts) < maxParts {
			c.Facts[clip(name)] = clip(v.Facts[name])
		}
	}
	return &c
}

// boundedPlan is bounded for a plan.
func boundedPlan(p scanner.Rotation) scanner.Rotation {
	p.Key.Redacted, p.Provider = clip(p.Key.Redacted), clip(p.Provider)
	p.Steps = slices.Clone(p.Steps[:min(maxParts, len(p.Steps))])
	for n := range p.Steps {
		p.Steps[n].Text = clip(p.Steps[n].Text)
	}
	if n := len(p.Places); n > maxPlaces {
		p.Places, p.PlacesLeftOut = p.Places[:maxPlaces], p.PlacesLeftOut+n-maxPlaces
	}
	p.Places = slices.Clone(p.Places)
	for n := range p.Places {
		at := &p.Places[n]
		at.Kind, at.Path, at.Name = clip(at.Kind), clip(at.Path), clip(at.Name)
	}
	return p
}
