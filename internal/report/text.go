package report

import (
	"io"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A textWriter writes for people: findings as they come, grouped by file, each
// with the code around it, what it is and what to do next; then the problems
// and a last line that says what came of the scan.
type textWriter struct {
	out
	opts     Options
	target   scanner.Target
	tally    tally
	problems sample[scanner.Problem]
	notices  sample[scanner.Notice]
	plans    sample[scanner.Rotation]
	group    string // the file of the last finding
}

// maxText is the greatest number of problems, and of notices, in text that is
// not verbose.
const maxText = 20

func newText(w io.Writer, o Options) Writer {
	limit := maxText
	if o.Verbose {
		limit = -1
	}
	if o.Width <= 0 {
		o.Width = 100
	}
	t := &textWriter{out: out{w: w}, opts: o}
	t.problems.max, t.notices.max, t.plans.max = limit, limit, min(limit, maxPlans)
	return t
}

// ANSI escape sequences (ECMA-48, SGR).
const (
	bold    = "1"
	dim     = "2"
	red     = "31"
	green   = "32"
	yellow  = "33"
	cyan    = "36"
	boldRed = "1;31"
)

// paint puts s in a colour if there are to be colours.
func (t *textWriter) paint(code, s string) string {
	if !t.opts.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// severity returns the name of a severity in its colour.
func (t *textWriter) severity(s rules.Severity) string {
	switch {
	case s >= rules.High:
		return t.paint(boldRed, s.String())
	case s == rules.Medium:
		return t.paint(yellow, s.String())
	}
	return t.paint(cyan, s.String())
}

func (t *textWriter) Begin(tool scanner.Tool, target scanner.Target) error {
	t.target = target
	if t.opts.Verbose && !t.opts.Quiet {
		t.printf("%s %s, rules %s\n", escape(tool.Name), escape(tool.Version), escape(tool.Rules))
		t.printf("scanning %s %s\n", escape(target.Kind), escape(target.Path))
	}
	return t.flush()
}

func (t *textWriter) Finding(f *scanner.Finding) error {
	t.tally.add(f)
	file := t.file(f)
	where := position(file, f.Line, f.Column)
	if t.opts.Quiet {
		t.printf("%s: %s: %s: %s%s\n", where, f.Severity, escape(f.Rule), headline(f)+age(f), state(f))
		return t.flush()
	}
	if t.group != file {
		t.group = file
		t.print(t.paint(bold, file), "\n")
	}
	t.printf("  %s: %s: %s [%s]\n", where, t.severity(f.Severity), headline(f)+age(f), escape(f.Rule))
	t.frame(f.Frame)
	t.details(f)
	t.print("\n")
	return t.flush()
}

func (t *textWriter) Problem(p scanner.Problem) error {
	t.tally.problems++
	t.problems.add(p)
	return t.flush()
}

func (t *textWriter) Notice(n scanner.Notice) error {
	t.notices.add(n)
	return t.flush()
}

// file names the text that holds a finding as the user would, on one line.
func (t *textWriter) file(f *scanner.Finding) string {
	if f.Path != "" {
		return escape(t.opts.place(f.Repository, f.Path))
	}
	id := ""
	if f.Commit != nil {
		id = " " + short(f.Commit.ID)
	}
	if f.Repository != "" {
		id += " of " + escape(f.Repository)
	}
	switch f.Origin {
	case scanner.OriginCommitMessage:
		return "message of commit" + id
	case scanner.OriginTagMessage:
		return "message of tag" + id
	case scanner.OriginNote:
		return "note on commit" + id
	}
	if f.Source == "" {
		return "(no file)"
	}
	return escape(f.Source)
}

// End writes what the scan as a whole has to say. Of a quiet report of a
// complete scan that is nothing.
func (t *textWriter) End(s scanner.Summary) error {
	incomplete := !s.Complete || t.tally.problems > 0
	if t.opts.Quiet && !incomplete {
		return t.flush()
	}
	if !t.opts.Quiet {
		t.listNotices()
		t.listPlans()
		t.listCoverage(s)
	}
	t.listProblems()
	last := t.tally.conclude(s)
	switch {
	case incomplete:
		last = t.paint(boldRed, last)
	case t.tally.findings > 0:
		last = t.paint(bold, last)
	default:
		last = t.paint(green, last)
	}
	t.print(last, "\n")
	return t.flush()
}

func (t *textWriter) listNotices() {
	for _, n := range t.notices.kept {
		t.printf("%s %s\n", t.paint(cyan, "note:"), about(t.opts.place(n.Repository, n.Path), n.Line, n.Reason))
	}
	if n := t.notices.others; n > 0 {
		t.printf("%s and %d more (--verbose shows all)\n", t.paint(cyan, "note:"), n)
	}
}

func (t *textWriter) listCoverage(s scanner.Summary) {
	if list := t.target.Repositories; len(list) > 0 {
		t.printf("audited %s\n", repositories(list))
		for _, r := range list {
			if t.opts.Verbose {
				t.print(indent, outcome(r), "\n")
			}
		}
	}
	t.printf("scanned %s in %.1f s", scanned(s.Coverage), float64(s.DurationMS)/1000)
	if left := skipped(s.Coverage); left != "" {
		t.printf("; skipped: %s", left)
	}
	t.print("\n")
	if s.Baselined > 0 || s.Allowed > 0 {
		t.printf("accepted: %d by the baseline, %d by allow directives\n", s.Baselined, s.Allowed)
	}
}

func (t *textWriter) listProblems() {
	for _, p := range t.problems.kept {
		t.printf("%s %s\n", t.paint(boldRed, "problem:"), about(t.opts.place(p.Repository, p.Path), 0, reason(p)))
	}
	if n := t.problems.others; n > 0 {
		t.printf("%s and %d more (--verbose shows all)\n", t.paint(boldRed, "problem:"), n)
	}
}
