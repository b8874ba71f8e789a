package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

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
}

// deliver opens the report. With --output the file appears when the report is
// whole, and not before.
func (a *app) deliver(o *outputFlags, opts report.Options) (*delivery, error) {
	d := &delivery{path: o.output}
	w := a.env.Stdout
	if o.output != "" {
		f, err := os.CreateTemp(filepath.Dir(o.output), ".keylint-*")
		if err != nil {
			return nil, fmt.Errorf("cannot write the report: %w", err)
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

// close flushes the report and puts the file in its place. After a failure the
// file is removed.
func (d *delivery) close(failed error) error {
	err := errors.Join(failed, d.buf.Flush())
	if d.file == nil {
		return err
	}
	err = errors.Join(err, d.file.Chmod(0o644), d.file.Close())
	if err == nil {
		err = os.Rename(d.file.Name(), d.path)
	}
	if err != nil {
		os.Remove(d.file.Name())
	}
	return err
}

// writeFailed says that the report did not reach its reader.
func writeFailed(err error) error {
	return incomplete("the report could not be written in full: %w; write it to a file with --output", err)
}

// docOf returns what reports tell of a rule.
func docOf(r *rules.Rule) report.RuleDoc {
	return report.RuleDoc{ID: r.ID, Title: r.Title, Description: r.Description, Help: r.Help, Severity: r.Severity, References: r.References}
}

// reportRules fills in the documentation of rules.
func reportRules(list []*rules.Rule) (all []report.RuleDoc, find func(string) (report.RuleDoc, bool)) {
	byID := map[string]report.RuleDoc{}
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
