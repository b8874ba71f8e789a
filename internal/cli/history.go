package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/rotation"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
	"github.com/agcloud/keylint/scanner/worktree"
)

// historyFlags are the flags that say what of a history is scanned.
type historyFlags struct {
	options githistory.Options
	since   string
}

func (h *historyFlags) register(c *cobra.Command) {
	f := c.Flags()
	o := &h.options
	f.StringVar(&o.Range.Revisions, "range", "", "report only what these commits introduced: `A..B`, A...B, or B")
	f.StringVar(&o.Range.Branch, "branch", "", "scan only what this `BRANCH` leads to")
	f.StringVar(&h.since, "since", "", "scan only commits since this `DATE`: 2026-01-31, 2026-01-31T12:00:00Z, or 90d, 12h before now")
	f.IntVar(&o.Range.Max, "max-commits", 0, "scan only the newest `N` commits")
	f.BoolVar(&o.Unreachable, "unreachable", false, "scan objects that no reference leads to, too")
	f.BoolVar(&o.Whole, "whole", false, "read and scan each object by itself: slow, to check the fast way")
	f.Lookup("whole").Hidden = true
}

// parse completes the options.
func (h *historyFlags) parse(noCache bool) (err error) {
	o := &h.options
	o.NoCache = noCache
	if o.Range.Since, err = parseSince(h.since, time.Now()); err != nil {
		return err
	}
	if o.Range.Max < 0 || o.Range.Revisions != "" && o.Range.Branch != "" {
		return errors.New("--max-commits must not be negative, and --range and --branch exclude each other")
	}
	return nil
}

func (a *app) historyCommand() *cobra.Command {
	var rule ruleFlags
	var out outputFlags
	var verdict verdictFlags
	var check verifyFlags
	var past historyFlags
	c := &cobra.Command{
		Use:   "history [PATH|URL|BUNDLE]",
		Short: "scan all that git ever stored",
		Long: "Scans every blob and message that is reachable from any reference, stash,\n" +
			"reflog, working tree or index of the repository, merges included, and tells for\n" +
			"each key which commit brought it in, which took it away, and who can see it. Then\n" +
			"the checks of histories run: on .env files that commits held, and the age of keys.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict), past.parse(check.noCache)); err != nil {
				return err
			}
			return a.onCopy(c.Context(), append(args, ".")[0], &past.options, func(dir string) (*job, error) {
				j, err := a.prepareHistory(c.Context(), &rule, past.options, dir)
				if err == nil {
					j.verify, err = a.verification(&check, j.verifyConfig, j.options.Rules.Rules())
				}
				return j, err
			}, func(j *job) error { return a.run(c.Context(), j, &out, &verdict) })
		},
	}
	past.register(c)
	rule.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	return c
}

// onCopy runs a job on what target names, or on a temporary copy of it if it
// lies elsewhere.
func (a *app) onCopy(ctx context.Context, target string, o *githistory.Options, prepare func(dir string) (*job, error), run func(*job) error) error {
	return a.onCopyAs(ctx, target, githistory.Credential{}, o, prepare, run)
}

// onCopyAs is onCopy with what a clone authenticates with.
func (a *app) onCopyAs(ctx context.Context, target string, as githistory.Credential, o *githistory.Options, prepare func(dir string) (*job, error), run func(*job) error) error {
	dir, remove, err := a.localCopy(ctx, target, as)
	if err != nil {
		return incomplete("%w", err)
	}
	defer remove()
	if dir != target {
		o.NoCache = true
	}
	j, err := prepare(dir)
	if err != nil {
		return err
	}
	if dir != target {
		j.target.Path = redactPath(githistory.CleanURL(target))
	}
	return run(j)
}

// localCopy returns a directory with the repository that target names: of an
// address or a bundle a temporary copy, which remove deletes.
func (a *app) localCopy(ctx context.Context, target string, as githistory.Credential) (dir string, remove func(), err error) {
	switch {
	case githistory.IsURL(target):
		return githistory.Clone(ctx, target, as, a.cloneProgress())
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
	j := &job{root: root, partial: !o.Range.IsZero() || repo.WorkTree != "", verifyConfig: cfg.Verify}
	if repo.WorkTree != "" { // the paths of a bare repository are no files
		j.base, j.below = redactPath(baseOf(root)), redactPath(belowOf(root))
	}
	var tree *worktree.Tree
	if repo.WorkTree != "" && !s.known.noEnv {
		if tree, err = worktree.Open(ctx, []string{root}, worktree.Options{RepoPaths: true}); err != nil {
			return nil, targetError(err)
		}
	}
	if err := a.options(j, s, cfg, placesOf(tree), hygiene.HistoryIDs()); err != nil {
		return nil, err
	}
	if err := j.addHistoryChecks(cfg, s.rules, &o); err != nil {
		return nil, err
	}
	if j.history, err = githistory.Open(repo, o); err != nil {
		return nil, incomplete("%w", err)
	}
	if repo.WorkTree != "" {
		j.places = func() rotation.Tree { return placesIn(root, trackedIn(repo), tree, s.known.noEnv) }
	}
	j.target = j.history.Target()
	j.target.Path = redactPath(filepath.ToSlash(displayPath(root)))
	j.scan = func(ctx context.Context, out scanner.Handler) (scanner.Summary, error) {
		follow(out, j.history)
		facts := j.hygiene.facts
		return j.scanHistory(ctx, out, &facts)
	}
	return j, j.loadBaseline(s.baseline, root)
}

// follow has the progress line of out show how far the scan of h has come.
func follow(out scanner.Handler, h *githistory.History) {
	if hd, ok := out.(*handler); ok {
		hd.progress.follow(func() (done, total, bytes int64) {
			done, total = h.Progress.Objects()
			return done, total, h.Progress.Bytes()
		})
	}
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
	d, err := config.ParseAge(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--since: %q is no date: write 2026-01-31, 2026-01-31T12:00:00Z, or 90d", text)
	}
	return now.Add(-d), nil
}
