package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func (a *app) convertCommand() *cobra.Command {
	var out outputFlags
	var verdict verdictFlags
	c := &cobra.Command{
		Use:   "convert [REPORT]",
		Short: "render a saved JSON report in another format",
		Long:  "Reads a report that --format json or jsonl wrote, from a file or from standard\ninput, and renders it in another format. The exit code is that of the scan.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := verdict.parse(); err != nil {
				return err
			}
			if err := out.check(); err != nil {
				return err
			}
			in := a.env.Stdin
			if len(args) == 1 && args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("cannot read the report: %w", err)
				}
				defer f.Close()
				in = f
			}
			return a.convert(in, &out, &verdict)
		},
	}
	out.register(c)
	verdict.register(c)
	return c
}

func (a *app) convert(in io.Reader, out *outputFlags, v *verdictFlags) error {
	rep, err := report.Read(in)
	if err != nil {
		return err
	}
	list, err := rules.Builtin()
	if err != nil {
		return err
	}
	var opts report.Options
	_, opts.Rules = reportRules(list)
	d, err := a.deliver(out, opts)
	if err != nil {
		return err
	}
	kept := rep.Findings[:0]
	worst := verdictOf(v)
	for _, f := range rep.Findings {
		if f.Severity >= v.show {
			kept = append(kept, f)
			worst.see(f)
		}
	}
	rep.Findings, rep.Summary.Findings = kept, len(kept)
	rep.Rotation = keepPlans(rep, out)
	if err := d.close(report.Render(rep, d)); err != nil {
		if worst.failed {
			return &codeError{exitFindings, writeFailed(err)}
		}
		return writeFailed(err)
	}
	a.code = worst.code(rep.Summary)
	return nil
}

// A verdict computes the exit code of a scan.
type verdict struct {
	fail   *verdictFlags
	failed bool // a finding counts
	open   bool // whether a key is live, which counts, is not known
}

func verdictOf(v *verdictFlags) *verdict { return &verdict{fail: v} }

// see takes a finding into account.
func (v *verdict) see(f *scanner.Finding) {
	if f.Older {
		return
	}
	if !v.fail.live {
		v.failed = v.failed || f.Severity >= v.fail.fail
		return
	}
	if f.Verify == nil {
		v.open = v.open || f.Secret != nil
		return
	}
	v.failed = v.failed || f.Verify.Works()
	v.open = v.open || f.Verify.Status == scanner.StatusUnknown
}

// code returns the exit code: findings win over incompleteness, which wins over
// clean.
func (v *verdict) code(s scanner.Summary) int {
	switch {
	case v.failed:
		return exitFindings
	case !s.Complete, v.open:
		return exitIncomplete
	}
	return exitClean
}
