package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/agcloud/keylint/internal/goaudit"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A delivery is a report on its way to where the user wants it.
type delivery struct {
	report.Writer
	buf  *bufio.Writer
	file *os.File // nil for standard output
	path string
	// special says that file is the target itself, and stays as it is.
	special bool
}

// deliver opens the report. With --output the file appears when the report is
// whole, and not before. What is there and is no regular file, such as a FIFO,
// /dev/null or a symbolic link to one, is written to and never replaced.
func (a *app) deliver(o *outputFlags, opts report.Options) (*delivery, error) {
	d := &delivery{path: o.output}
	w := a.env.Stdout
	if o.output != "" {
		f, err := d.open()
		if err != nil {
			return nil, fmt.Errorf("cannot write the report to %s: %w: check the directory and its permissions", o.output, causeOf(err))
		}
		d.file, w = f, f
	}
	opts.Color = o.color(a.env, w)
	opts.ShowSecrets, opts.Quiet, opts.Verbose = o.showSecrets, o.quiet, o.verbose
	d.buf = bufio.NewWriterSize(w, 64<<10)
	var err error
	d.Writer, err = report.New(d.buf, o.format, opts)
	return d, err
}

// Plan implements report.Planner.
func (d *delivery) Plan(p scanner.Rotation) error {
	return report.WritePlans(d.Writer, []scanner.Rotation{p})
}

// open returns the file to write to: one beside the target that close renames,
// or the target itself if it is special.
func (d *delivery) open() (*os.File, error) {
	if real, err := filepath.EvalSymlinks(d.path); err == nil {
		d.path = real
	}
	info, err := os.Stat(d.path)
	switch {
	case err == nil && info.IsDir():
		return nil, errors.New("it is a directory")
	case err == nil && !info.Mode().IsRegular():
		d.special = true
		return os.OpenFile(d.path, os.O_WRONLY, 0)
	}
	return os.CreateTemp(filepath.Dir(d.path), ".keylint-*")
}

// close flushes the report and puts the file in its place. After a failure the
// file is removed.
func (d *delivery) close(failed error) error {
	err := first(failed, d.buf.Flush())
	if d.file == nil {
		return err
	}
	if d.special {
		return first(err, d.file.Close())
	}
	err = first(err, d.file.Chmod(0o644), d.file.Close())
	if err == nil {
		err = os.Rename(d.file.Name(), d.path)
	}
	if err != nil {
		os.Remove(d.file.Name())
	}
	return err
}

// first returns the first error that is not nil.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// writeFailed says that the output did not reach its reader.
func writeFailed(err error) error {
	return incomplete("the output could not be written in full: %w: make room, or write it elsewhere", causeOf(err))
}

// causeOf strips operation and path off an error of the system.
func causeOf(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

// docOf returns what reports tell of a rule.
func docOf(r *rules.Rule) report.RuleDoc {
	return report.RuleDoc{ID: r.ID, Title: r.Title, Description: r.Description, Help: r.Help, Severity: r.Severity, References: r.References}
}

// reportRules fills in the documentation of rules. find knows all checks, too.
func reportRules(list []*rules.Rule) (all []report.RuleDoc, find func(string) (report.RuleDoc, bool)) {
	byID := map[string]report.RuleDoc{}
	for _, c := range hygiene.Checks() {
		byID[c.ID] = docOfCheck(&c)
	}
	for _, c := range goaudit.Checks() {
		byID[c.ID] = docOfGoCheck(&c)
	}
	for _, r := range list {
		byID[r.ID] = docOf(r)
		all = append(all, byID[r.ID])
	}
	return all, func(id string) (report.RuleDoc, bool) { d, ok := byID[id]; return d, ok }
}

// version returns the version of keylint: that of the module, or of the commit
// that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

// tool describes this program in a report.
func tool(set *rules.Set) scanner.Tool {
	return scanner.Tool{Name: "keylint", Version: version(), Rules: set.Hash()}
}
