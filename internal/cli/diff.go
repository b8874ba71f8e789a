package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/diff"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/scanner"
)

func (a *app) diffCommand() *cobra.Command {
	var format string
	var v verdictFlags
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "tell what two saved reports differ in",
		Long: "Compares two reports that --format json or jsonl wrote, the later one second, and tells\n" +
			"which findings and keys are new, gone or changed: whether a key works, whether HEAD has\n" +
			"it, its severity. The exit code is 1 when a finding at or above --fail-on is new, 3 when\n" +
			"none is but the new report is incomplete, and else 0.",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("unknown format %q: use one of text, json", format)
			}
			if err := v.parse(); err != nil {
				return err
			}
			if v.live {
				return errors.New("--fail-on live: a comparison counts severities, so name one")
			}
			return a.diff(args[0], args[1], format, &v)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "format of the comparison: text, json")
	v.register(c)
	return c
}

func (a *app) diff(older, newer, format string, v *verdictFlags) error {
	old, err := readReport(older, v)
	if err != nil {
		return err
	}
	now, err := readReport(newer, v)
	if err != nil {
		return err
	}
	r := diff.Reports(old, now)
	var b bytes.Buffer
	if format == "json" {
		if err := writeDiffJSON(&b, r); err != nil {
			return err
		}
	} else {
		writeDiff(&b, r)
	}
	if _, err := a.env.Stdout.Write(b.Bytes()); err != nil {
		return writeFailed(err)
	}
	switch {
	case r.Counts(v.fail):
		a.code = exitFindings
	case !r.New.Complete:
		a.code = exitIncomplete
	}
	return nil
}

// readReport reads a saved report, without the findings that are not to be shown.
func readReport(path string, v *verdictFlags) (*scanner.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the report: %w", err)
	}
	defer f.Close()
	rep, err := report.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	kept := rep.Findings[:0]
	for _, f := range rep.Findings {
		if f.Severity >= v.show {
			kept = append(kept, f)
		}
	}
	rep.Findings = kept
	return rep, nil
}

// writeDiffJSON writes a comparison as data.
func writeDiffJSON(b *bytes.Buffer, r *diff.Result) error {
	text, err := report.Encode(r)
	if err != nil {
		return err
	}
	if err := json.Indent(b, text, "", "  "); err != nil {
		return err
	}
	b.WriteString("\n")
	return nil
}

// writeDiff writes a comparison for people.
func writeDiff(b *bytes.Buffer, r *diff.Result) {
	writeDiffFindings(b, "new", r.Findings.New)
	writeDiffFindings(b, "gone", r.Findings.Gone)
	writeDiffFindings(b, "changed", r.Findings.Changed)
	for _, n := range r.Notices {
		fmt.Fprintf(b, "note: %s\n", report.Escape(n))
	}
	fmt.Fprintf(b, "findings: %d new, %d gone, %d changed, %d the same\n", len(r.Findings.New), len(r.Findings.Gone), len(r.Findings.Changed), r.Findings.Same)
	fmt.Fprintf(b, "keys: %d new, %d gone, %d changed, %d the same\n", len(r.Keys.New), len(r.Keys.Gone), len(r.Keys.Changed), r.Keys.Same)
}

func writeDiffFindings(b *bytes.Buffer, heading string, list []diff.Finding) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "%s:\n", heading)
	for _, f := range list {
		where := report.Escape(f.Path)
		if where == "" {
			where = "(no file)"
		}
		if f.Repository != "" {
			where = report.Escape(f.Repository) + "/" + where
		}
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, f.Line)
		}
		fmt.Fprintf(b, "  %s: %s: %s%s [%s]\n", where, f.Severity, report.Escape(f.Message), diffDetails(f), report.Escape(f.Rule))
	}
	b.WriteString("\n")
}

// diffDetails says which key a finding is about, and what changed.
func diffDetails(f diff.Finding) string {
	var parts []string
	if f.Key != nil {
		parts = append(parts, report.Escape(f.Key.Redacted))
	}
	if f.KeyKnown {
		parts = append(parts, "both reports have the key")
	}
	if f.Older {
		parts = append(parts, "older than the range")
	}
	for _, c := range f.Changes {
		parts = append(parts, fmt.Sprintf("%s: %s, was %s", diffField(c.Field), orNone(c.New), orNone(c.Old)))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

func diffField(field string) string {
	if field == diff.FieldAtHead {
		return "at HEAD"
	}
	return field
}

func orNone(value string) string {
	if value == "" {
		return "not known"
	}
	return report.Escape(value)
}
