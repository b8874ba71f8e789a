// Package report renders scans: every output format of keylint, and the reading
// back of saved reports.
//
// A [Writer] takes the results of a scan as a [scanner.Handler] does, between
// a Begin and an End, and writes them in one format. Formats never decide the
// verdict: they show what they are given, and the exit code is computed
// elsewhere. They hold three promises in common:
//
//   - No plaintext of a key, unless [Options.ShowSecrets] asks for it, and then
//     only in text, json and jsonl.
//   - The same input gives the same bytes, where gitlab and html need [Options.Now].
//   - A failed write is returned from the call that made it and from all later
//     ones.
//
// File names, messages and commit subjects come from whoever wrote the scanned
// repository. What could steer a terminal or hide text is shown escaped.
//
// The charts of html are plain SVG that Go renders, and no library's: they are bars
// and nothing else, they are there without scripts and in print, and the content
// security policy of the page names our one script and our one style by their
// hashes and forbids all else.
package report

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Writer renders one scan. Begin is called first and End last, once each;
// between them the methods of the handler in any order. Findings must not be
// changed after they were passed on. An error means that the output is not
// whole; all calls after it return it again.
type Writer interface {
	scanner.Handler
	// Begin opens the report.
	Begin(tool scanner.Tool, target scanner.Target) error
	// End closes the report. It does not close the io.Writer below.
	End(s scanner.Summary) error
}

// A Planner is a Writer that shows how leaked keys are replaced, as those of
// text, json, jsonl, markdown and html do. Plan is called after the findings and before End,
// once for each key.
type Planner interface {
	Plan(p scanner.Rotation) error
}

// WritePlans passes plans to w if it shows them.
func WritePlans(w Writer, plans []scanner.Rotation) error {
	shows, ok := w.(Planner)
	if !ok {
		return nil
	}
	for _, p := range plans {
		if err := shows.Plan(p); err != nil {
			return err
		}
	}
	return nil
}

// Options says how to render. The zero value renders for a pipe.
type Options struct {
	Color       bool // text: ANSI colours
	ShowSecrets bool // text, json, jsonl: show keys in plaintext
	Verbose     bool // text: ids, hashes and every problem
	Quiet       bool // text: one line per finding, and a summary only when the scan is incomplete
	Width       int  // text: columns to wrap at; 0 means 100

	// Base is put before the paths of text: the path of the target, relative
	// to where the user stands. Slashes go forward.
	Base string
	// Below takes the place of Base where the user stands in a directory below
	// the target: the path of that directory, relative to the target.
	Below string
	// Prefix is put before the paths of the formats that services read (sarif,
	// github, gitlab, rdjson, junit, markdown, csv, html): the path of the target, relative to the
	// root of its repository. Slashes go forward.
	Prefix string

	// Rules looks up the documentation of a rule. Nil knows none.
	Rules func(id string) (RuleDoc, bool)
	// AllRules are the rules that were applied: junit lists those without a
	// finding as passed tests.
	AllRules []RuleDoc
	// Name is the name of the target in the title of html. Empty means its path.
	Name string
	// RotateAfter is how long a key may be in use, for html. Zero means 90 days.
	RotateAfter time.Duration
	// Now is the clock of the formats that carry a time. Nil means time.Now.
	Now func() time.Time
}

// A RuleDoc is what a format tells of a rule.
type RuleDoc struct {
	ID, Title, Description, Help string
	Severity                     rules.Severity
	References                   []string // absolute URLs
}

// A format is a name and what makes its Writer.
type format struct {
	name string
	make func(w io.Writer, o Options) Writer
}

// formats lists all formats, the default first.
func formats() []format {
	return []format{
		{"text", newText},
		{"json", newJSON},
		{"jsonl", newJSONL},
		{"sarif", newSARIF},
		{"junit", newJUnit},
		{"github", newGitHub},
		{"gitlab", newGitLab},
		{"rdjson", newRDJSON},
		{"markdown", newMarkdown},
		{"csv", newCSV},
		{"html", newHTML},
	}
}

// Formats returns the names that [New] takes, the default first.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// New returns a Writer of the named format. An unknown name is an error that
// lists the known ones.
func New(w io.Writer, name string, o Options) (Writer, error) {
	for _, f := range formats() {
		if f.name == name {
			return f.make(w, o), nil
		}
	}
	return nil, fmt.Errorf("unknown format %q: use one of %s", name, strings.Join(Formats(), ", "))
}

// Render passes a whole report to w: the findings, then the problems, the
// notices and the rotation plans.
func Render(rep *scanner.Report, w Writer) error {
	if err := w.Begin(rep.Tool, rep.Target); err != nil {
		return err
	}
	for _, f := range rep.Findings {
		if err := w.Finding(f); err != nil {
			return err
		}
	}
	for _, p := range rep.Problems {
		if err := w.Problem(p); err != nil {
			return err
		}
	}
	for _, n := range rep.Notices {
		if err := w.Notice(n); err != nil {
			return err
		}
	}
	if err := WritePlans(w, rep.Rotation); err != nil {
		return err
	}
	return w.End(rep.Summary)
}

// rule returns the documentation of a finding's rule; of a rule that nobody
// knows, what the finding itself tells. Title and Description are never empty.
func (o *Options) rule(f *scanner.Finding) RuleDoc {
	d := RuleDoc{Help: f.Help, Severity: f.Severity}
	if o.Rules != nil {
		if known, ok := o.Rules(f.Rule); ok {
			d = known
		}
	}
	d.ID = f.Rule
	if d.Title == "" {
		d.Title = f.Rule
	}
	if d.Description == "" {
		d.Description = d.Title
	}
	return d
}

// reference returns the first web address among the references, or "".
func (d *RuleDoc) reference() string {
	for _, r := range d.References {
		u, err := url.Parse(r)
		if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			return u.String()
		}
	}
	return ""
}
