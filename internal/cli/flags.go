package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
)

// outputFlags are the flags that say how a report looks.
type outputFlags struct {
	format      string
	output      string
	showSecrets bool
	noColor     bool
	quiet       bool
	verbose     bool
	noPlan      bool
}

func (o *outputFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.format, "format", "f", "text", "format of the report: "+strings.Join(report.Formats(), ", "))
	f.StringVarP(&o.output, "output", "o", "", "write the report to `FILE` instead of standard output")
	f.BoolVar(&o.showSecrets, "show-secrets", false, "show keys in plaintext (text, json, jsonl)")
	f.BoolVar(&o.noColor, "no-color", false, "no colours; also with NO_COLOR in the environment")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "one line for each finding and nothing else")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "tell more: identifiers, all problems")
	f.BoolVar(&o.noPlan, "no-plan", false, "leave out how to rotate each leaked key (text, json, jsonl, markdown, html)")
	c.MarkFlagsMutuallyExclusive("quiet", "verbose")
}

// check fails when the format is unknown, before anything is scanned.
func (o *outputFlags) check() error {
	_, err := report.New(io.Discard, o.format, report.Options{})
	return err
}

// color reports whether text on w may have colours.
func (o *outputFlags) color(env Env, w io.Writer) bool {
	return !o.noColor && env.Getenv("NO_COLOR") == "" && env.Getenv("TERM") != "dumb" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	if o, ok := w.(*outlet); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// verdictFlags are the flags that say which findings count.
type verdictFlags struct {
	severity string
	failOn   string
	show     rules.Severity
	fail     rules.Severity
	live     bool // only keys that work count
}

func (v *verdictFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&v.severity, "severity", "info", "leave out findings below this `LEVEL`: info, low, medium, high, critical")
	c.Flags().StringVar(&v.failOn, "fail-on", "warning", "exit with 1 for findings at or above this `LEVEL`; warning is medium, and live means keys that are verified and work")
}

func (v *verdictFlags) parse() error {
	if err := v.show.UnmarshalText([]byte(v.severity)); err != nil {
		return fmt.Errorf("--severity: %w", err)
	}
	if v.live = v.failOn == "live"; v.live {
		return nil
	}
	if err := v.fail.UnmarshalText([]byte(v.failOn)); err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	return nil
}
