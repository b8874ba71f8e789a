package report

import (
	"io"

	"github.com/agcloud/keylint/scanner"
)

// A jsonWriter writes the report format, scanner.Report, as one document. It
// puts each finding on a line of its own as it comes; problems and notices,
// which follow the findings, wait for the end.
type jsonWriter struct {
	out
	show     bool
	problems []scanner.Problem
	notices  []scanner.Notice
}

func newJSON(w io.Writer, o Options) Writer {
	return &jsonWriter{out: out{w: w}, show: o.ShowSecrets}
}

func (w *jsonWriter) Begin(tool scanner.Tool, target scanner.Target) error {
	w.print(`{"schema":`)
	w.value(scanner.Schema)
	w.print(",\n\"tool\":")
	w.value(tool)
	w.print(",\n\"target\":")
	w.value(target)
	w.print(",\n")
	w.open("findings")
	return w.flush()
}

func (w *jsonWriter) Finding(f *scanner.Finding) error {
	w.element(record(f, w.show))
	return w.flush()
}

func (w *jsonWriter) Problem(p scanner.Problem) error {
	w.problems = append(w.problems, p)
	return w.flush()
}

func (w *jsonWriter) Notice(n scanner.Notice) error {
	w.notices = append(w.notices, n)
	return w.flush()
}

func (w *jsonWriter) End(s scanner.Summary) error {
	w.close()
	w.print(",\n")
	w.open("problems")
	for _, p := range w.problems {
		w.element(p)
	}
	w.close()
	if len(w.notices) > 0 {
		w.print(",\n")
		w.open("notices")
		for _, n := range w.notices {
			w.element(n)
		}
		w.close()
	}
	w.print(",\n\"summary\":")
	w.value(counted(s))
	w.print("}\n")
	return w.flush()
}

// counted returns s with an object, and not null, where reasons are counted.
func counted(s scanner.Summary) scanner.Summary {
	if s.Coverage.Skipped == nil {
		s.Coverage.Skipped = map[string]int{}
	}
	return s
}
