package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/scanner"
)

// An extraReport is a report that is written beside the one on standard output.
type extraReport struct{ flag, format, path string }

// extraReports lists those that there are.
func extraReports() []extraReport {
	return []extraReport{
		{"sarif", "sarif", ""}, {"gitlab", "gitlab", ""}, {"junit", "junit", ""}, {"json", "json", ""}, {"markdown", "markdown", ""},
	}
}

// sinks are the places to which one report goes in several formats.
type sinks []sink

// openSinks opens all reports of a run. Those in files never show keys.
func (a *app) openSinks(out *outputFlags, extra []extraReport, summary string, opts report.Options) (sinks, error) {
	main, err := a.deliver(out, opts)
	if err != nil {
		return nil, &codeError{exitIncomplete, err}
	}
	all := sinks{main}
	for _, r := range extra {
		if r.path == "" {
			continue
		}
		d, err := a.deliver(&outputFlags{format: r.format, output: r.path, noColor: true}, opts)
		if err != nil {
			all.close(err) // removes what was begun
			return nil, &codeError{exitIncomplete, fmt.Errorf("--%s: %w", r.flag, err)}
		}
		all = append(all, d)
	}
	if summary != "" {
		s := &summarySink{app: a, path: summary}
		if s.Writer, err = report.New(&s.text, "markdown", opts); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// each calls f for all of them, also after one failed.
func (s sinks) each(f func(report.Writer) error) error {
	var failed error
	for _, d := range s {
		failed = errors.Join(failed, f(d))
	}
	return failed
}

// Begin implements report.Writer.
func (s sinks) Begin(tool scanner.Tool, target scanner.Target) error {
	return s.each(func(w report.Writer) error { return w.Begin(tool, target) })
}

// Finding implements scanner.Handler.
func (s sinks) Finding(f *scanner.Finding) error {
	return s.each(func(w report.Writer) error { return w.Finding(f) })
}

// Problem implements scanner.Handler.
func (s sinks) Problem(p scanner.Problem) error {
	return s.each(func(w report.Writer) error { return w.Problem(p) })
}

// Notice implements scanner.Handler.
func (s sinks) Notice(n scanner.Notice) error {
	return s.each(func(w report.Writer) error { return w.Notice(n) })
}

// Plan implements report.Planner.
func (s sinks) Plan(p scanner.Rotation) error {
	return s.each(func(w report.Writer) error { return report.WritePlans(w, []scanner.Rotation{p}) })
}

// End implements report.Writer.
func (s sinks) End(sum scanner.Summary) error {
	return s.each(func(w report.Writer) error { return w.End(sum) })
}

// close implements sink.
func (s sinks) close(failed error) error {
	err := failed
	for _, d := range s {
		if e := d.close(failed); err == nil {
			err = e
		}
	}
	return err
}

// maxSummary is the most that GitHub takes as the summary of a step, in bytes
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).
const maxSummary = 1 << 20

// A summarySink appends to the file in which the CI system collects summaries.
// That it cannot is a warning: the summary is not what decides.
type summarySink struct {
	report.Writer
	app  *app
	path string
	text bytes.Buffer
}

// close implements sink.
func (s *summarySink) close(failed error) error {
	if failed != nil {
		return nil
	}
	if err := s.append(); err != nil {
		fmt.Fprintf(s.app.env.Stderr, "keylint: warning: the summary could not be written to %s: %s\n", redact(s.path), redact(causeOf(err).Error()))
	}
	return nil
}

func (s *summarySink) append() error {
	switch info, err := os.Stat(s.path); {
	case err == nil && !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	case err == nil && info.Size()+int64(s.text.Len()) >= maxSummary:
		return errors.New("it would be larger than 1 MiB")
	}
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(s.text.Bytes())
	return first(err, f.Close())
}
