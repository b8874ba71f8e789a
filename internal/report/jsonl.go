package report

import (
	"io"

	"github.com/agcloud/keylint/scanner"
)

// A jsonlWriter writes the report format as a stream: one object a line
// (https://jsonlines.org), each with exactly one of the keys below. The first
// has "begin", the last "summary"; without the latter the scan was cut off.
type jsonlWriter struct {
	out
	show bool
}

// A begin is the head of a report.
type begin struct {
	Schema string         `json:"schema"`
	Tool   scanner.Tool   `json:"tool"`
	Target scanner.Target `json:"target"`
}

func newJSONL(w io.Writer, o Options) Writer {
	return &jsonlWriter{out: out{w: w}, show: o.ShowSecrets}
}

func (w *jsonlWriter) line(key string, v any) error {
	w.print(`{"`, key, `":`)
	w.value(v)
	w.print("}\n")
	return w.flush()
}

func (w *jsonlWriter) Begin(tool scanner.Tool, target scanner.Target) error {
	return w.line("begin", begin{scanner.Schema, tool, target})
}

func (w *jsonlWriter) Finding(f *scanner.Finding) error { return w.line("finding", record(f, w.show)) }

func (w *jsonlWriter) Problem(p scanner.Problem) error { return w.line("problem", p) }

func (w *jsonlWriter) Notice(n scanner.Notice) error { return w.line("notice", n) }

// Plan implements Planner.
func (w *jsonlWriter) Plan(p scanner.Rotation) error { return w.line("rotation", p) }

func (w *jsonlWriter) End(s scanner.Summary) error { return w.line("summary", counted(s)) }
