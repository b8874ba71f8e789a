package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/audit"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

func (a *app) auditCommand() *cobra.Command {
	var src sourceFlags
	var out outputFlags
	var verdict verdictFlags
	var check verifyFlags
	var past historyFlags
	var atHome bool
	var many manyFlags
	page := []extraReport{{"html", "html", ""}}
	c := &cobra.Command{
		Use:   "audit [PATH|URL|BUNDLE...]",
		Short: "scan the working tree and all of its history, with all checks",
		Long: "Scans the repository that a path lies in, its working tree and its history, and\n" +
			"runs all hygiene checks on both, and the analyzers of Go code on the modules in it.\n" +
			"A key at a path is one finding, which tells where the file has it now and which\n" +
			"commit brought it in. A directory without git is scanned by itself, and a repository\n" +
			"without a working tree by its history.\n\n" +
			"With --home, the user's own machine is looked at instead: histories and profiles of\n" +
			"shells, .env files, settings of coding assistants, and files that hold credentials,\n" +
			"at known places below HOME. Nothing is changed, and nothing leaves the machine.\n\n" + manyHelp,
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict), past.parse(check.noCache), checkReports(&out, page)); err != nil {
				return err
			}
			audit := func(j *job) error {
				d, err := a.openSinks(&out, page, "", j.reportOptions())
				if err != nil {
					return err
				}
				return a.runTo(c.Context(), j, d, &out, &verdict)
			}
			if atHome {
				j, err := a.prepareHome(&src, &check, args)
				if err != nil {
					return err
				}
				return audit(j)
			}
			if many.wanted(args) {
				return a.auditMany(c, args, &manyRun{flags: many, src: src, past: past.options, out: out, verdict: verdict, check: check, page: page})
			}
			return a.onCopy(c.Context(), append(args, ".")[0], &past.options, func(dir string) (*job, error) {
				j, err := a.prepareAudit(c.Context(), &src, past.options, dir)
				if err == nil {
					j.verify, err = a.verification(&check, j.verifyConfig, j.options.Rules.Rules())
				}
				return j, err
			}, audit)
		},
	}
	c.Flags().BoolVar(&atHome, "home", false, "look for keys on the user's own machine: shells, .env files, coding assistants, credentials")
	c.Flags().BoolVar(&src.noGo, "no-go", false, "leave out the analyzers of Go code, which need the go command")
	src.registerTree(c)
	past.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	many.register(c)
	for _, name := range []string{"range", "branch", "since", "max-commits", "unreachable"} {
		c.MarkFlagsMutuallyExclusive("home", name)
	}
	c.Flags().StringVar(&page[0].path, "html", "", "also write the report to `FILE`, as html: one page that needs nothing else")
	return c
}

// prepareAudit opens the working tree and the history that path leads to.
func (a *app) prepareAudit(ctx context.Context, s *sourceFlags, o githistory.Options, path string) (*job, error) {
	if err := readable(false, []string{path}); err != nil {
		return nil, err
	}
	repo, err := gitrepo.Discover(path, gitrepo.Options{Getenv: a.env.Getenv, GitDirEnv: true})
	noGit := errors.Is(err, gitrepo.ErrNotFound)
	if err != nil && !noGit {
		return nil, incomplete("%w: repair the repository, or scan its files alone with “keylint scan”", err)
	}
	s.anyCheck = true
	r := &auditRun{noGo: s.noGo}
	if noGit || repo.WorkTree != "" {
		root := path
		if !noGit {
			root = repo.WorkTree
		}
		if r.tree, err = a.prepare(ctx, s, []string{root}); err != nil {
			return nil, err
		}
	}
	if !noGit {
		if r.history, err = a.prepareHistory(ctx, &s.ruleFlags, o, path); err != nil {
			return nil, err
		}
	}
	if r.tree != nil && r.history != nil && r.tree.hygiene.rules == nil && r.history.hygiene.rules != nil {
		// The checks of the history look at the keys of the tree, too, also when
		// --rule chose none that the tree is searched for.
		r.tree.hygiene.rules, r.tree.hygiene.facts.Rules = r.history.hygiene.rules, r.history.hygiene.facts.Rules
	}
	j := r.job()
	j.partial = !o.Range.IsZero() || len(s.rules) > 0
	return j, nil
}

// An auditRun is the scans of an audit. Either may be nil, but not both.
type auditRun struct {
	tree    *job
	history *job
	noGo    bool // the analyzers of Go code are left out
}

// job returns the scans as one.
func (r *auditRun) job() *job {
	first := r.tree
	if first == nil {
		first = r.history
	}
	j := &job{
		target: first.target, options: first.options, baseline: first.baseline, foreign: first.foreign, allow: first.allow, root: first.root, file: first.file, base: first.base, below: first.below, places: first.places,
		problems: first.problems, verifyConfig: first.verifyConfig,
		hygiene: &hygieneJob{
			options:  hygiene.Options{Checks: first.hygiene.options.Checks},
			facts:    hygiene.Facts{RotateAfter: first.hygiene.facts.RotateAfter},
			goChecks: first.hygiene.goChecks, runsGo: r.tree != nil && !r.noGo,
		},
		scan: r.scan,
	}
	if r.tree != nil && r.history != nil {
		j.target.Head, j.target.Refs = r.history.target.Head, r.history.target.Refs
		j.hygiene.options.Checks = append(r.tree.hygiene.options.Checks, r.history.hygiene.options.Checks...)
	}
	j.target.Kind = "audit"
	return j
}

// scan runs the scans, merges what they find and hands it on. What was found
// before an error is handed on, too.
func (r *auditRun) scan(ctx context.Context, out scanner.Handler) (scanner.Summary, error) {
	var facts hygiene.Facts
	var parts []*audit.Part
	options, err := r.job().options, error(nil)
	if r.tree != nil {
		part := &audit.Part{}
		facts = r.tree.hygiene.facts
		r.tree.options.Accept = acceptNone
		r.tree.options.Progress = progressOf(out)
		part.Summary, err = r.tree.scanTree(ctx, part, &facts)
		parts = append(parts, part)
		if err == nil && !r.noGo {
			var found *audit.Part
			found, err = r.checkGo(ctx, facts.Files, part.Findings)
			parts = append(parts, found)
		}
	}
	if r.history != nil && err == nil {
		part := &audit.Part{}
		if r.tree == nil {
			facts = r.history.hygiene.facts
		}
		r.history.options.Accept = acceptNone
		follow(out, r.history.history)
		part.Summary, err = r.history.scanHistory(ctx, part, &facts)
		parts = append(parts, part)
	}
	all := audit.Merge(append(parts, r.absent())...)
	sum, handed := hand(all, options, out)
	sum.Complete = sum.Complete && err == nil
	return sum, errors.Join(err, handed)
}

// absent tells which of the scans an audit goes without.
func (r *auditRun) absent() *audit.Part {
	p := &audit.Part{Summary: scanner.Summary{Complete: true}}
	switch {
	case r.history == nil:
		p.Notices = []scanner.Notice{{Reason: "there is no git repository here, and so no history: only the files were scanned"}}
	case r.tree == nil:
		p.Notices = []scanner.Notice{{Reason: "the repository has no working tree: only its history was scanned"}}
	}
	return p
}

// hand passes the results of merged scans on, without what the baseline accepts.
// Its error is that of out.
func hand(p *audit.Part, o scanner.Options, out scanner.Handler) (scanner.Summary, error) {
	c := scanner.NewCollector(o, out)
	for _, f := range p.Findings {
		if err := c.Finding(f); err != nil {
			return c.Summary, err
		}
	}
	for _, x := range p.Problems {
		if err := c.Problem(x); err != nil {
			return c.Summary, err
		}
	}
	for _, n := range p.Notices {
		if err := c.Notice(n); err != nil {
			return c.Summary, err
		}
	}
	sum := p.Summary
	sum.Findings, sum.Baselined = c.Findings, c.Baselined
	sum.Complete = sum.Complete && c.Complete
	return sum, nil
}

// acceptNone is for scans whose findings are judged once they are merged.
func acceptNone(*scanner.Finding) bool { return false }

// progressOf returns what shows how far a scan of files has come.
func progressOf(out scanner.Handler) func(scanner.Coverage) {
	if hd, ok := out.(*handler); ok {
		return hd.progress.update
	}
	return nil
}
