package report

import (
	"fmt"
	"io"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// An rdjsonWriter writes a DiagnosticResult of the reviewdog diagnostic format
// (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf), finding by
// finding. Columns count bytes there as here. It leaves original_output out:
// that would be source text.
type rdjsonWriter struct {
	out
	opts Options
}

type rdDiagnostic struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
	Severity string     `json:"severity"`
	Code     *rdCode    `json:"code,omitempty"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

// An rdRange excludes its end. Without columns it is whole lines.
type rdRange struct {
	Start rdPosition  `json:"start"`
	End   *rdPosition `json:"end,omitempty"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

func newRDJSON(w io.Writer, o Options) Writer {
	return &rdjsonWriter{out: out{w: w}, opts: o}
}

func (w *rdjsonWriter) Begin(scanner.Tool, scanner.Target) error {
	w.print(`{"source":{"name":"keylint","url":"`, project, `"},`, "\n")
	w.open("diagnostics")
	return w.flush()
}

func (w *rdjsonWriter) Finding(f *scanner.Finding) error {
	d := w.opts.rule(f)
	text := describe(f)
	if n := len(f.Occurrences); n > 0 {
		text += fmt.Sprintf("; the same key is in %s", count(n, "more place"))
	}
	if f.Verify != nil {
		text += "\n" + status(f.Verify)
	}
	if next := advice(f); next != "" {
		text += "\n" + paragraphs(next)
	}
	w.element(rdDiagnostic{
		Message:  text,
		Location: rdLocation{Path: artifact(w.opts.Prefix, f), Range: rdRangeOf(f.Location)},
		Severity: rdSeverity(f),
		Code:     &rdCode{Value: f.Rule, URL: d.reference()},
	})
	return w.flush()
}

// Problem writes an error: a reviewer must not take silence for a clean scan.
func (w *rdjsonWriter) Problem(p scanner.Problem) error {
	w.element(rdDiagnostic{
		Message:  "not scanned: " + escape(reason(p)),
		Location: rdLocation{Path: located(w.opts.Prefix, p.Repository, p.Path)},
		Severity: "ERROR",
	})
	return w.flush()
}

func (w *rdjsonWriter) Notice(n scanner.Notice) error {
	w.element(rdDiagnostic{
		Message:  escape(n.Reason),
		Location: rdLocation{Path: located(w.opts.Prefix, n.Repository, n.Path), Range: rdRangeOf(scanner.Location{Line: n.Line})},
		Severity: "INFO",
	})
	return w.flush()
}

func (w *rdjsonWriter) End(s scanner.Summary) error {
	if !s.Complete {
		w.element(rdDiagnostic{Message: "INCOMPLETE: not everything was scanned", Severity: "ERROR"})
	}
	w.close()
	w.print("}\n")
	return w.flush()
}

// rdRangeOf returns a location as a range, or nil for a text as a whole.
func rdRangeOf(l scanner.Location) *rdRange {
	if l.Line <= 0 {
		return nil
	}
	r := &rdRange{Start: rdPosition{l.Line, max(0, l.Column)}}
	if l.EndLine >= l.Line && l.Column > 0 && l.EndColumn > 0 {
		r.End = &rdPosition{l.EndLine, l.EndColumn}
	}
	return r
}

// rdSeverity returns the severity that the format has for a finding.
func rdSeverity(f *scanner.Finding) string {
	switch {
	case f.Older:
		return "INFO"
	case f.Severity >= rules.High:
		return "ERROR"
	case f.Severity == rules.Medium:
		return "WARNING"
	}
	return "INFO"
}
