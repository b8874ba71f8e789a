package report

import (
	"io"

	"github.com/agcloud/keylint/scanner"
)

// A jsonWriter writes the report format, scanner.Report, as one document. It
// puts each finding on a line of its own as it comes; problems, notices and
// plans, which follow the findings, wait for the end.
type jsonWriter struct {
	out
	show     bool
	problems []scanner.Problem
	notices  []scanner.Notice
	plans    []scanner.Rotation
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

// Plan implements Planner.
func (w *jsonWriter) Plan(p scanner.Rotation) error {
	w.plans = append(w.plans, p)
	return w.flush()
}

func (w *jsonWriter) End(s scanner.Summary) error {
	w.close()
	w.print(",\n")
	array(&w.out, "problems", w.problems)
	if len(w.notices) > 0 {
		w.print(",\n")
		array(&w.out, "notices", w.notices)
	}
	if len(w.plans) > 0 {
		w.print(",\n")
		array(&w.out, "rotation", w.plans)
	}
	w.print(",\n\"summary\":")
	w.value(counted(s))
	w.print("}\n")
	return w.flush()
}

// array appends a key and a list of values.
func array[T any](o *out, key string, list []T) {
	o.open(key)
	for _, v := range list {
		o.element(v)
	}
	o.close()
}

// counted returns s with an object, and not null, where reasons are counted.
func counted(s scanner.Summary) scanner.Summary {
	if s.Coverage.Skipped == nil {
		s.Coverage.Skipped = map[string]int{}
	}
	return s
}
