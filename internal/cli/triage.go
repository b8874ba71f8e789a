package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/baseline"
	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/triage"
	"github.com/agcloud/keylint/scanner"
)

// triageFlags say where decisions go.
type triageFlags struct {
	dir      string
	config   string
	baseline string
	plan     string
	noColor  bool
}

func (a *app) triageCommand() *cobra.Command {
	var t triageFlags
	c := &cobra.Command{
		Use:   "triage REPORT",
		Short: "walk through the findings of a saved report and decide what each one is",
		Long: "Shows the findings of a report that --format json or jsonl wrote, in the terminal: the\n" +
			"masked key, the lines around it, its places, commits and rotation plan. Each finding can\n" +
			"be marked as accepted or false, with a reason, or as to rotate. On quitting, accepted ones\n" +
			"go into the baseline, false ones into [[allow]] tables of the configuration, and the keys\n" +
			"to rotate onto a checklist in markdown: --plan FILE, or standard output. Press ? for the\n" +
			"keys. Ctrl-C writes nothing.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.triage(c.Context(), args[0], &t) },
	}
	f := c.Flags()
	f.StringVar(&t.dir, "dir", "", "the repository that the report is about, a `DIR` (default: the one that the report names)")
	f.StringVar(&t.config, "config", "", "add to this configuration `FILE` instead of "+config.FileName+" in the repository or above")
	f.StringVar(&t.baseline, "baseline", "", "add to this baseline `FILE` instead of "+baseline.Name+" in the repository")
	f.StringVar(&t.plan, "plan", "", "add how to rotate the keys marked so to this `FILE`, in markdown")
	f.BoolVar(&t.noColor, "no-color", false, "no colours; also with NO_COLOR in the environment")
	return c
}

// triage runs a session with the report at path.
func (a *app) triage(ctx context.Context, path string, t *triageFlags) error {
	rep, err := readReport(path, &verdictFlags{})
	if err != nil {
		return err
	}
	if len(rep.Findings) == 0 {
		return a.nothingToTriage(rep)
	}
	in, out, err := a.terminal()
	if err != nil {
		return err
	}
	d, err := t.decisions(rep)
	if err != nil {
		return err
	}
	m := triage.New(rep, triage.Options{
		Name:  filepath.Base(path),
		Color: (&outputFlags{noColor: t.noColor}).color(a.env, a.env.Stdout),
		Saved: d.before, Plans: d.plans, CheckReason: checkReason, Save: d.save,
	})
	_, err = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler()).Run()
	return a.triaged(m, d, err)
}

// nothingToTriage says that a report has no findings.
func (a *app) nothingToTriage(rep *scanner.Report) error {
	if !rep.Summary.Complete || len(rep.Problems) > 0 {
		return incomplete("the report has no findings, but the scan was incomplete: “keylint convert” shows why")
	}
	_, err := fmt.Fprintln(a.env.Stdout, "the report has no findings: nothing to triage")
	return err
}

// terminal returns the terminal to read from and to write to.
func (a *app) terminal() (in, out *os.File, err error) {
	const next = "run it in a terminal, or see “keylint convert REPORT”, and “keylint baseline write” to accept all findings"
	in, isFile := a.env.Stdin.(*os.File)
	if !isFile || !isTerminal(in) {
		return nil, nil, errors.New("triage asks a person, and standard input is no terminal: " + next)
	}
	w := a.env.Stdout
	if o, ok := w.(*outlet); ok {
		w = o.Writer
	}
	out, isFile = w.(*os.File)
	if !isFile || !isTerminal(out) {
		return nil, nil, errors.New("triage asks a person, and standard output is no terminal: " + next)
	}
	if a.env.Getenv("TERM") == "dumb" {
		return nil, nil, errors.New("triage draws on the whole terminal, which TERM=dumb cannot: " + next)
	}
	return in, out, nil
}

// triaged tells how a session ended.
func (a *app) triaged(m *triage.Model, d *decisions, failed error) error {
	switch {
	case m.Outcome() == triage.Saved:
		return d.tell(a.env.Stdout)
	case m.Outcome() == triage.Discarded:
		_, err := fmt.Fprintln(a.env.Stdout, "nothing was written")
		return err
	case m.Saving():
		return incomplete("interrupted while the decisions were written: run it again, which shows what was saved")
	case m.Outcome() == triage.Interrupted, errors.Is(failed, context.Canceled):
		return incomplete("interrupted: nothing was written")
	}
	return incomplete("the terminal failed, and nothing was written: %w", failed)
}

// checkReason refuses a reason that holds what looks like a key: it is written to
// files that are committed.
func checkReason(reason string) error {
	if redact(reason) != reason {
		return errors.New("that looks like a key: give a reason without it")
	}
	return nil
}

// triageRoot returns the root of the repository that a report is about: dir, or
// what the report names. A report may come from elsewhere, so what it names counts
// only if it lies here.
func triageRoot(dir string, target scanner.Target) (string, error) {
	if dir == "" {
		dir = filepath.FromSlash(target.Path)
		if dir == "" {
			dir = "."
		}
		if !filepath.IsLocal(dir) && !sameDir(dir, workTree(".")) {
			return "", fmt.Errorf("the report is about %s: name the directory of that repository with --dir", target.Path)
		}
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w: name the directory of the repository with --dir", dir, causeOf(err))
	case !info.IsDir():
		return "", fmt.Errorf("%s is no directory: name that of the repository with --dir", dir)
	}
	return workTree(dir), nil
}

// workTree returns the root of the working tree that dir lies in, or dir.
func workTree(dir string) string {
	if r, err := gitrepo.Open(dir, gitrepo.Options{}); err == nil && r.WorkTree != "" {
		return r.WorkTree
	}
	return dir
}

// savedBefore returns the decisions of earlier sessions. plans are the marks of the
// plans that are there.
func savedBefore(rep *scanner.Report, b *baseline.Baseline, cfg *config.Config, plans map[string]bool) map[*scanner.Finding]triage.Decision {
	before := map[*scanner.Finding]triage.Decision{}
	for _, f := range rep.Findings {
		if e, ok := b.Reported(f); ok {
			before[f] = triage.Decision{Finding: f, Mark: triage.Accepted, Reason: e.Reason}
		} else if i := slices.IndexFunc(cfg.Allow, func(a config.Allow) bool { return a.Allows(f.Rule, f.Path, f.ID) }); i >= 0 {
			before[f] = triage.Decision{Finding: f, Mark: triage.False, Reason: cfg.Allow[i].Reason}
		} else if f.Secret != nil && f.Secret.Hash != "" && plans[planMark(f.Secret.Hash)] {
			before[f] = triage.Decision{Finding: f, Mark: triage.Rotate}
		}
	}
	return before
}
