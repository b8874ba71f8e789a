package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// maxOccurrences is the greatest number of further places that text lists.
const maxOccurrences = 5

// maxRefs is the greatest number of references that text names.
const maxRefs = 4

// indent is the column where the details of a finding begin, and detail the
// one where their text does.
const (
	indent = "    "
	detail = 13
)

// details writes what is known of a finding beside its place.
func (t *textWriter) details(f *scanner.Finding) {
	t.item("key", t.key(f))
	if f.Origin == scanner.OriginFileName {
		t.item("found", "in the name of the file")
	}
	t.commit(f)
	if v := f.Verify; v != nil && v.Status != "" {
		lines := wrap(status(v), max(20, t.opts.Width-detail))
		if rest, ok := strings.CutPrefix(lines[0], v.Status); ok && v.Works() {
			lines[0] = t.paint(boldRed, v.Status) + rest
		}
		t.item("status", lines...)
	}
	t.occurrences(f)
	if next := advice(f); next != "" {
		t.item("next", wrap(next, max(20, t.opts.Width-detail))...)
	}
	if f.Fix != nil {
		// It is one sentence: a line break is one in the name of a file.
		t.item("fix", wrap(strings.ReplaceAll(f.Fix.Description, "\n", `\n`), max(20, t.opts.Width-detail))...)
	}
	if t.opts.Verbose {
		t.item("id", escape(f.ID))
		t.item("sure", fmt.Sprintf("%s confidence", f.Confidence))
		if f.Secret != nil {
			t.item("hash", escape(f.Secret.Hash))
		}
	}
}

// item writes the lines of a detail under its name, unless there is nothing to
// write. The lines are clean.
func (t *textWriter) item(name string, lines ...string) {
	if len(lines) == 0 || lines[0] == "" {
		return
	}
	for _, line := range lines {
		label := fmt.Sprintf("%-*s", detail-len(indent), name)
		t.print(strings.TrimRight(indent+t.paint(dim, label)+line, " "), "\n")
		name = ""
	}
}

// key says what is known of a key: "sk-a…9f3c, 51 bytes, stored as base64, in
// AGCLOUD_API_KEY".
func (t *textWriter) key(f *scanner.Finding) string {
	var parts []string
	if s := f.Secret; s != nil {
		shown := s.Redacted
		if value := plaintext(s, t.opts.ShowSecrets); value != "" {
			shown = value
		}
		parts = append(parts, escape(shown), count(s.Length, "byte"))
	}
	if len(f.Encoding) > 0 {
		parts = append(parts, stored(f.Encoding))
	}
	if f.Name != "" {
		parts = append(parts, "in "+escape(f.Name))
	}
	return strings.Join(parts, ", ")
}

// commit writes where in history a finding stands.
func (t *textWriter) commit(f *scanner.Finding) {
	if c := f.Commit; c != nil {
		text := fmt.Sprintf("%s, %s, %s: %s", short(c.ID), date(c.Time), escape(c.Author), escape(c.Subject))
		if len(c.Refs) > 0 {
			text += " (" + escape(strings.Join(c.Refs[:min(maxRefs, len(c.Refs))], ", "))
			if more := max(c.RefsTotal, len(c.Refs)) - maxRefs; more > 0 {
				text += fmt.Sprintf(" and %d more", more)
			}
			text += ")"
		}
		t.item("commit", text)
	}
	if r := f.Removed; r != nil {
		t.item("removed", fmt.Sprintf("%s, %s; history still has it", short(r.ID), date(r.Time)))
	} else if f.AtHead != nil && *f.AtHead {
		t.item("head", "HEAD still has it")
	}
}

// date returns the day of a time, in UTC.
func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// occurrences lists the first of the further places of a key.
func (t *textWriter) occurrences(f *scanner.Finding) {
	all := f.Occurrences
	var lines []string
	for _, o := range all[:min(maxOccurrences, len(all))] {
		path := "message"
		if o.Path != "" {
			path = escape(t.opts.place(f.Repository, o.Path))
		}
		line := position(path, o.Line, o.Column)
		if o.Commit != "" {
			line = strings.TrimSpace(line + " in commit " + short(o.Commit))
		}
		lines = append(lines, line)
	}
	if more := len(all) - len(lines) + f.OccurrencesLeftOut; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	t.item("also at", lines...)
}
