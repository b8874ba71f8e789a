package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

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
	var since string
	c := &cobra.Command{
		Use:   "history [PATH|URL|BUNDLE]",
		Short: "scan all that git ever stored",
		Long: "Scans every blob and message that is reachable from any reference, stash,\n" +
			"reflog, working tree or index of the repository, merges included, and tells for\n" +
			"each key which commit brought it in, which took it away, and who can see it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict)); err != nil {
				return err
			}
			if opts.Range.Since, err = parseSince(since, time.Now()); err != nil {
				return err
			}
			if opts.Range.Max < 0 || opts.Range.Revisions != "" && opts.Range.Branch != "" {
				return errors.New("--max-commits must not be negative, and --range and --branch exclude each other")
			}
			target := "."
			if len(args) > 0 {
				target = args[0]
			}
			opts.NoCache = check.noCache
			dir, remove, err := a.localCopy(c.Context(), target)
			if err != nil {
				return incomplete("%w", err)
			}
			defer remove()
			if dir != target {
				opts.NoCache = true
			}
			job, err := a.prepareHistory(c.Context(), &rule, opts, dir)
			if err != nil {
				return err
			}
			if dir != target {
				job.target.Path = redactPath(githistory.CleanURL(target))
			}
			if job.verify, err = a.verification(&check, job.verifyConfig, job.options.Rules.Rules()); err != nil {
				return err
			}
			return a.run(c.Context(), job, &out, &verdict)
		},
	}
	f := c.Flags()
	f.StringVar(&opts.Range.Revisions, "range", "", "report only what these commits introduced: `A..B`, A...B, or B")
	f.StringVar(&opts.Range.Branch, "branch", "", "scan only what this `BRANCH` leads to")
	f.StringVar(&since, "since", "", "scan only commits since this `DATE`: 2026-01-31, 2026-01-31T12:00:00Z, or 90d, 12h before now")
	f.IntVar(&opts.Range.Max, "max-commits", 0, "scan only the newest `N` commits")
	f.BoolVar(&opts.Unreachable, "unreachable", false, "scan objects that no reference leads to, too")
	f.BoolVar(&opts.Whole, "whole", false, "read and scan each object by itself: slow, to check the fast way")
	f.Lookup("whole").Hidden = true
	rule.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	return c
}

// localCopy returns a directory with the repository that target names: of an
// address or a bundle a temporary copy, which remove deletes.
func (a *app) localCopy(ctx context.Context, target string) (dir string, remove func(), err error) {
	switch {
	case githistory.IsURL(target):
		return githistory.Clone(ctx, target, a.cloneProgress())
	case githistory.IsBundle(target):
		return githistory.Unbundle(target)
	}
	return target, func() {}, nil
}

// cloneProgress returns where the remote's messages go: to a terminal.
func (a *app) cloneProgress() io.Writer {
	if isTerminal(a.env.Stderr) {
		return a.env.Stderr
	}
	return nil
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
	j := &job{root: root, part: !o.Range.IsZero(), verifyConfig: cfg.Verify}
	if repo.WorkTree != "" { // the paths of a bare repository are no files
		j.base, j.below = redactPath(baseOf(root)), redactPath(belowOf(root))
	}
	var tree *worktree.Tree
	if repo.WorkTree != "" && !s.known.noEnv {
		if tree, err = worktree.Open(ctx, []string{root}, worktree.Options{RepoPaths: true}); err != nil {
			return nil, targetError(err)
		}
	}
	if err := a.options(j, s, cfg, placesOf(tree)); err != nil {
		return nil, err
	}
	h, err := githistory.Open(repo, o)
	if err != nil {
		return nil, incomplete("%w", err)
	}
	j.target = h.Target()
	j.target.Path = redactPath(filepath.ToSlash(displayPath(root)))
	j.scan = func(ctx context.Context, out scanner.Handler) (scanner.Summary, error) {
		if hd, ok := out.(*handler); ok {
			hd.progress.follow(func() (done, total, bytes int64) {
				done, total = h.Progress.Objects()
				return done, total, h.Progress.Bytes()
			})
		}
		return h.Scan(ctx, j.options, out)
	}
	return j, j.loadBaseline(s.baseline, root)
}

// parseSince reads a day, a time, or a length of time before now in days or in
// the units of time.ParseDuration.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	span, days := text, strings.HasSuffix(text, "d")
	if days {
		span = strings.TrimSuffix(text, "d") + "h"
	}
	d, err := time.ParseDuration(span)
	if err != nil || d <= 0 {
		return time.Time{}, fmt.Errorf("--since: %q is no date: write 2026-01-31, 2026-01-31T12:00:00Z, or 90d", text)
	}
	if days {
		d *= 24
	}
	return now.Add(-d), nil
}
