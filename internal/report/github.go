package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A githubWriter writes workflow commands, which GitHub shows beside the code
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
//
// GitHub shows the first ten of each kind that a step writes. So the worst
// findings come first, places are kept for problems and for the closing
// summary, and what would not be shown is a plain line of the log instead. It
// never masks a key with add-mask: that command is the key in the log.
type githubWriter struct{ gatherer }

// shown is the number of annotations of a kind that GitHub shows of a step.
const shown = 10

func newGitHub(w io.Writer, o Options) Writer {
	return &githubWriter{gather(w, o, maxNotes)}
}

func (w *githubWriter) End(s scanner.Summary) error {
	reserved := min(3, len(w.problems.kept))
	left := map[string]int{"error": shown - reserved, "warning": shown, "notice": shown - 1}
	w.findings.list()
	for _, f := range w.findings.sorted() {
		w.finding(f, left)
		if err := w.flush(); err != nil {
			return err
		}
	}
	left["error"] += reserved
	for _, p := range w.problems.kept {
		w.problem(p, left)
	}
	for _, n := range w.notices.kept {
		w.print("note: ", about(located(w.opts.Prefix, n.Repository, n.Path), n.Line, n.Reason), "\n")
	}
	last := w.tally.conclude(s)
	if n := w.findings.dropped; n > 0 {
		last += fmt.Sprintf("; the %d mildest are not listed", n)
	}
	w.command("notice", []string{"title=keylint"}, last)
	return w.flush()
}

// finding writes a command for f if there is one left of its kind.
func (w *githubWriter) finding(f *scanner.Finding, left map[string]int) {
	kind := githubKind(f)
	if left[kind] <= 0 {
		where := position(escape(artifact(w.opts.Prefix, f)), f.Line, f.Column)
		w.printf("%s: %s: %s [%s]\n", f.Severity, where, describe(f), escape(f.Rule))
		return
	}
	left[kind]--
	data := describe(f)
	if f.Verify != nil {
		data += "\n" + status(f.Verify)
	}
	if next := advice(f); next != "" {
		data += "\n" + paragraphs(next)
	}
	title := fmt.Sprintf("%s: %s", f.Severity, w.opts.rule(f).Title)
	w.command(kind, append(w.place(f), property("title", cut(title, 200))), data)
}

// place returns the properties that say where f is. Columns make sense to
// GitHub on a single line only.
func (w *githubWriter) place(f *scanner.Finding) []string {
	if f.Path == "" {
		return nil
	}
	props := []string{property("file", located(w.opts.Prefix, f.Repository, f.Path))}
	if f.Line <= 0 {
		return props
	}
	end := max(f.EndLine, f.Line)
	props = append(props, fmt.Sprintf("line=%d,endLine=%d", f.Line, end))
	if end == f.Line && f.Column > 0 && f.EndColumn > f.Column {
		start, stop := columnsOf(f)
		props = append(props, fmt.Sprintf("col=%d,endColumn=%d", start, stop))
	}
	return props
}

// problem writes an error for p if there is one left.
func (w *githubWriter) problem(p scanner.Problem, left map[string]int) {
	if left["error"] <= 0 {
		w.print("problem: ", about(located(w.opts.Prefix, p.Repository, p.Path), 0, reason(p)), "\n")
		return
	}
	left["error"]--
	props, text := []string{"title=not scanned"}, reason(p)
	switch {
	case p.Path != "":
		props = append([]string{property("file", located(w.opts.Prefix, p.Repository, p.Path))}, props...)
	case p.Repository != "":
		text = p.Repository + ": " + text
	}
	w.command("error", props, escape(text))
}

// githubKind returns the kind of annotation for a finding.
func githubKind(f *scanner.Finding) string {
	switch {
	case f.Older:
		return "notice"
	case f.Severity >= rules.High:
		return "error"
	case f.Severity == rules.Medium:
		return "warning"
	}
	return "notice"
}

// command writes a workflow command. Its data may have line breaks, which are
// encoded; a line of the log that data or a property could start would be a
// command of its own.
func (w *githubWriter) command(kind string, props []string, data string) {
	data = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(data)
	w.printf("::%s %s::%s\n", kind, strings.Join(props, ","), data)
}

// property renders a property of a command.
func property(name, value string) string {
	r := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return name + "=" + r.Replace(escape(value))
}
