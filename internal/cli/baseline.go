package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/baseline"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

func (a *app) baselineCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "baseline", Short: "accept today's findings",
		Long: "The baseline lists findings that are accepted, in " + baseline.Name + " in the root of\n" +
			"the target. It holds keyed hashes under a salt of its own, sorted, one a line:\n" +
			"commit it. Moving or editing the code around a key does not change its entry; a\n" +
			"new key in the same place is a new finding. With --history, the findings are those\n" +
			"of “keylint audit”: accept and prune with it where histories are audited.",
	}
	return group(c, a.baselineWriteCommand(), a.baselinePruneCommand(), a.baselineImportCommand())
}

func (a *app) baselineWriteCommand() *cobra.Command {
	var src sourceFlags
	var reason string
	var past bool
	c := &cobra.Command{
		Use: "write [PATH...]", Short: "add all findings of a scan to the baseline",
		RunE: func(c *cobra.Command, args []string) error {
			j, err := a.prepareCovered(c.Context(), &src, past, args)
			if err != nil {
				return err
			}
			return a.updateBaseline(c.Context(), j, func(found []*scanner.Finding) (string, error) {
				for _, f := range found {
					if err := j.baseline.Add(f, reason); err != nil {
						return "", err
					}
				}
				return fmt.Sprintf("%d findings added", len(found)), nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why the findings are accepted")
	src.register(c)
	registerPast(c, &past)
	return c
}

func (a *app) baselinePruneCommand() *cobra.Command {
	var src sourceFlags
	var past bool
	c := &cobra.Command{
		Use: "prune [DIR]", Short: "remove the entries that accept nothing any more", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if src.stdin || len(src.rules) > 0 {
				return errors.New("--stdin, --rule: prune scans all that the baseline covers, for all rules")
			}
			j, err := a.prepareCovered(c.Context(), &src, past, args)
			if err != nil {
				return err
			}
			if dir := append(args, ".")[0]; !sameDir(dir, j.root) {
				return fmt.Errorf("%s is a part of what the baseline covers: prune %s", dir, displayPath(j.root))
			}
			return a.updateBaseline(c.Context(), j, func([]*scanner.Finding) (string, error) {
				return fmt.Sprintf("%d entries removed", j.baseline.Prune(j.looksFor)), nil
			})
		},
	}
	src.register(c)
	registerPast(c, &past)
	return c
}

func registerPast(c *cobra.Command, past *bool) {
	c.Flags().BoolVar(past, "history", false, "cover the findings of keylint audit: those of the history, too")
	c.MarkFlagsMutuallyExclusive("history", "stdin")
}

// prepareCovered prepares a scan, or with past an audit.
func (a *app) prepareCovered(ctx context.Context, s *sourceFlags, past bool, paths []string) (*job, error) {
	switch {
	case !past:
		return a.prepare(ctx, s, paths)
	case len(paths) > 1:
		return nil, errors.New("--history: an audit is of one repository: name one path")
	}
	return a.prepareAudit(ctx, s, githistory.Options{}, append(paths, ".")[0])
}

// looksFor reports whether a job looks for what a rule is about: for all but the
// checks that it does not run.
func (j *job) looksFor(rule string) bool {
	return !slices.Contains(checkIDs(), rule) || j.hygiene != nil && (slices.Contains(j.hygiene.options.Checks, rule) || j.hygiene.runsGo && slices.Contains(j.hygiene.goChecks, rule))
}

// sameDir reports whether two paths lead to one directory.
func sameDir(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// updateBaseline scans and lets change edit the baseline, which must not be
// done after a scan that is not complete.
func (a *app) updateBaseline(ctx context.Context, j *job, change func([]*scanner.Finding) (string, error)) error {
	var found collected
	sum, err := j.scan(ctx, &found)
	if err != nil {
		return incomplete("the baseline was not changed: %w", err)
	}
	if !sum.Complete {
		return incomplete("the baseline was not changed, as the scan is not complete: %w", errors.Join(found.problems...))
	}
	what, err := change(found.findings)
	if err != nil {
		return err
	}
	if err := j.baseline.Write(j.file); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.env.Stdout, "%s: %s\n", displayPath(j.file), what)
	return err
}

// collected keeps what a scan reports.
type collected struct {
	findings []*scanner.Finding
	problems []error
}

// Finding implements scanner.Handler.
func (c *collected) Finding(f *scanner.Finding) error {
	c.findings = append(c.findings, f)
	return nil
}

// Problem implements scanner.Handler.
func (c *collected) Problem(p scanner.Problem) error {
	c.problems = append(c.problems, fmt.Errorf("%s: %s", p.Path, p.Reason))
	return nil
}

// Notice implements scanner.Handler.
func (c *collected) Notice(scanner.Notice) error { return nil }
