package cli

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/cienv"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/scanner/githistory"
)

// ciFlags are the flags of ci alone.
type ciFlags struct {
	base, head string
	all        bool
	deepen     bool
	reports    []extraReport
}

func (f *ciFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.base, "base", "", "judge what came after this `REVISION`, instead of what the environment says")
	flags.StringVar(&f.head, "head", "", "judge what leads to this `REVISION` (default: what the environment says, or HEAD)")
	flags.BoolVar(&f.all, "all", false, "let findings count that are older than the range, too")
	flags.BoolVar(&f.deepen, "deepen", false, "let git fetch what a shallow clone lacks of the range")
	f.reports = extraReports()
	for i := range f.reports {
		r := &f.reports[i]
		flags.StringVar(&r.path, r.flag, "", "also write the report to `FILE`, as "+r.format)
	}
}

func (a *app) ciCommand() *cobra.Command {
	var ci ciFlags
	var src sourceFlags
	var out outputFlags
	var verdict verdictFlags
	var check verifyFlags
	c := &cobra.Command{
		Use:   "ci",
		Short: "judge what a push or pull request brings in",
		Long: "Finds out from the environment of the CI system what is to be judged (GitHub Actions,\n" +
			"GitLab, Bitbucket, Azure Pipelines, CircleCI, Jenkins, Buildkite), or takes --base and\n" +
			"--head. Keys that the commits brought in count, in whichever of them, and bad habits in\n" +
			"the files that they changed. What was there before is listed and does not count, unless\n" +
			"--all is given. Scheduled runs, and runs of which the base is not known or not in the\n" +
			"clone, judge all that is there. On GitHub the format is github unless --format says another,\n" +
			"and a summary is appended to that of the job. docs/ci has an example for each system.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict), checkReports(&out, ci.reports)); err != nil {
				return err
			}
			run := cienv.Detect(a.env.Getenv, func(path string) ([]byte, error) { return regular.ReadFile(path, cienv.MaxPayload) })
			if run.System == cienv.GitHub && !c.Flags().Changed("format") && out.output == "" {
				out.format = "github"
			}
			return a.ci(c.Context(), &ci, &src.ruleFlags, run, &out, &verdict, &check)
		},
	}
	ci.register(c)
	src.ruleFlags.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	return c
}

// ci scans what a run is to judge.
func (a *app) ci(ctx context.Context, f *ciFlags, rule *ruleFlags, run cienv.Run, out *outputFlags, v *verdictFlags, check *verifyFlags) error {
	repo, err := gitrepo.Discover(".", gitrepo.Options{Getenv: a.env.Getenv, GitDirEnv: true})
	if err != nil {
		return incomplete("%w: run it in a checkout", err)
	}
	var j *job
	if repo.WorkTree != "" {
		j, err = a.prepare(ctx, &sourceFlags{ruleFlags: *rule}, []string{repo.WorkTree})
	} else {
		j, err = a.prepareHistory(ctx, rule, githistory.Options{NoCache: true}, repo.GitDir)
	}
	if err != nil {
		return err
	}
	plan, err := a.ciPlan(ctx, repo, j.options, f, run)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(rule.config, cmp.Or(repo.WorkTree, repo.GitDir))
	if err != nil {
		return err
	}
	scan := &ciScan{job: j, plan: plan, all: f.all, tree: j.scan, exclude: newExclusion(repo.WorkTree, cfg.Scan.Exclude)}
	if repo.WorkTree == "" {
		scan.tree = nil
	}
	if err := scan.open(repo); err != nil {
		return err
	}
	if j.verify, err = a.verification(check, j.verifyConfig, j.options.Rules.Rules()); err != nil {
		return err
	}
	d, err := a.openSinks(out, f.reports, run.Summary, j.reportOptions())
	if err != nil {
		return err
	}
	j.scan = scan.run
	return a.runTo(ctx, j, d, out, v)
}
