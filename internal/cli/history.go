package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
	"github.com/agcloud/keylint/scanner/worktree"
)

func (a *app) historyCommand() *cobra.Command {
	var rule ruleFlags
	var out outputFlags
	var verdict verdictFlags
	var check verifyFlags
	var opts githistory.Options
	c := &cobra.Command{
		Use:   "history [PATH|URL]",
		Short: "scan all that git ever stored",
		Long: "Scans every blob and message that is reachable from any reference, stash,\n" +
			"reflog, working tree or index of the repository, merges included, and tells for\n" +
			"each key which commit brought it in, which took it away, and who can see it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict)); err != nil {
				return err
			}
			target := "."
			if len(args) > 0 {
				target = args[0]
			}
			job, err := a.prepareHistory(c.Context(), &rule, opts, target)
			if err != nil {
				return err
			}
			if job.verify, err = a.verification(&check, job.verifyConfig, job.options.Rules.Rules()); err != nil {
				return err
			}
			return a.run(c.Context(), job, &out, &verdict)
		},
	}
	f := c.Flags()
	f.BoolVar(&opts.Unreachable, "unreachable", false, "scan objects that no reference leads to, too")
	f.BoolVar(&opts.Whole, "whole", false, "read and scan each object by itself: slow, to check the fast way")
	f.Lookup("whole").Hidden = true
	rule.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	return c
}

// prepareHistory opens the history of the repository at path.
func (a *app) prepareHistory(ctx context.Context, s *ruleFlags, o githistory.Options, path string) (*job, error) {
	if err := readable(false, []string{path}); err != nil {
		return nil, err
	}
	repo, err := gitrepo.Discover(path, gitrepo.Options{Getenv: a.env.Getenv, GitDirEnv: true})
	if err != nil {
		return nil, incomplete("%w: name a directory in a git repository, or clone one", err)
	}
	root := repo.WorkTree
	if root == "" {
		root = repo.GitDir
	}
	cfg, err := loadConfig(s.config, root)
	if err != nil {
		return nil, err
	}
	j := &job{root: root, verifyConfig: cfg.Verify, base: redactPath(baseOf(root)), below: redactPath(belowOf(root))}
	var tree *worktree.Tree
	if repo.WorkTree != "" && !s.known.noEnv {
		if tree, err = worktree.Open(ctx, []string{root}, worktree.Options{RepoPaths: true}); err != nil {
			return nil, targetError(err)
		}
	}
	if err := a.options(j, s, cfg, tree); err != nil {
		return nil, err
	}
	h, err := githistory.Open(repo, o)
	if err != nil {
		return nil, incomplete("%w", err)
	}
	j.target = h.Target()
	j.target.Path = redactPath(filepath.ToSlash(displayPath(root)))
	j.scan = func(ctx context.Context, out scanner.Handler) (scanner.Summary, error) {
		return h.Scan(ctx, j.options, out)
	}
	return j, j.loadBaseline(s.baseline, root)
}

var _ = fmt.Sprint
