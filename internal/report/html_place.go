package report

import (
	"fmt"
	"strings"

	"github.com/agcloud/keylint/scanner"
)

// An htmlPlace is where a key was found: a path, or a message.
type htmlPlace struct {
	Where       string
	About, Also string // one remark a line
	Frame       []htmlLine
}

// An htmlLine is a line of code, in three parts: the middle one is marked.
type htmlLine struct {
	Number               int
	Before, Marked, Rest string
}

// htmlFrame returns lines of source as they are shown.
func htmlFrame(lines []scanner.FrameLine) []htmlLine {
	var out []htmlLine
	for _, l := range lines {
		start := min(max(l.Start, 0), len(l.Text))
		end := min(max(l.End, start), len(l.Text))
		out = append(out, htmlLine{l.Number, display(l.Text[:start]), display(l.Text[start:end]), display(l.Text[end:])})
	}
	return out
}

// place returns what is known of a finding of a key.
func (w *htmlWriter) place(f *scanner.Finding) htmlPlace {
	about := []string{fmt.Sprintf("%s, %s, %s confidence", escape(f.Rule), f.Severity, f.Confidence)}
	if len(f.Encoding) > 0 {
		about = append(about, stored(f.Encoding))
	}
	if c := f.Commit; c != nil {
		about = append(about, fmt.Sprintf("commit %s, %s, %s: %s", short(c.ID), date(c.Time), escape(c.Author), escape(c.Subject)))
		if refs := references(c); refs != "" {
			about = append(about, "reached from "+refs)
		}
	}
	if now := presence(f); now != "" {
		about = append(about, now)
	}
	return htmlPlace{Where: w.where(f), Frame: htmlFrame(f.Frame), About: strings.Join(about, "\n"), Also: w.also(f)}
}

// where names the text that holds a finding.
func (w *htmlWriter) where(f *scanner.Finding) string {
	if f.Path != "" && f.Origin == scanner.OriginFileName {
		return w.at(f.Repository, f.Path, 0, 0) + " (its name)"
	}
	if f.Path != "" {
		return w.at(f.Repository, f.Path, f.Line, f.Column)
	}
	return (&textWriter{}).file(f)
}

// references lists the references that lead to a commit.
func references(c *scanner.Commit) string {
	text := escape(strings.Join(c.Refs[:min(maxRefs, len(c.Refs))], ", "))
	if more := max(c.RefsTotal, len(c.Refs)) - maxRefs; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// presence says whether a place still has the key, and who else has it.
func presence(f *scanner.Finding) string {
	var parts []string
	switch {
	case f.AtHead != nil && *f.AtHead:
		parts = append(parts, "HEAD still has it")
	case f.Removed != nil:
		parts = append(parts, fmt.Sprintf("removed by %s on %s; history still has it", short(f.Removed.ID), date(f.Removed.Time)))
	case f.AtHead != nil:
		parts = append(parts, "HEAD does not have it; history does")
	}
	if f.Pushed != nil {
		parts = append(parts, pushed(*f.Pushed))
	}
	if f.Older {
		parts = append(parts, older)
	}
	return strings.Join(parts, "; ")
}

// An htmlPlan is a rotation plan.
type htmlPlan struct {
	Console string // an https address, or ""
	Steps   []htmlStep
}

// An htmlStep is a step of a plan, with the places that it is about.
type htmlStep struct {
	Action, Text string
	Places       string // one a line
}

// plan returns a plan as it is shown.
func (w *htmlWriter) plan(p scanner.Rotation) *htmlPlan {
	doc := RuleDoc{References: []string{p.Console}}
	out := &htmlPlan{Console: doc.reference()}
	for _, s := range p.Steps {
		step := htmlStep{Action: escape(s.Action), Text: escape(s.Text)}
		if s.Action == scanner.RotateUpdate {
			step.Places = w.planPlaces(p)
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func (w *htmlWriter) planPlaces(p scanner.Rotation) string {
	var list []string
	for _, at := range p.Places {
		list = append(list, w.at(at.Repository, at.Path, at.Line, 0)+": "+placeText(at))
	}
	if n := p.PlacesLeftOut; n > 0 {
		list = append(list, "and "+count(n, "more place"))
	}
	if len(list) == 0 {
		return noPlace
	}
	return strings.Join(list, "\n")
}

// noPlace says that a plan knows of no place to change.
const noPlace = "No place was found in the files: look where they are deployed."
