package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/gitindex"
	"github.com/agcloud/keylint/scanner/worktree"
)

func (a *app) stagedCommand() *cobra.Command {
	var rule ruleFlags
	var out outputFlags
	var verdict verdictFlags
	var check verifyFlags
	var exclude []string
	c := &cobra.Command{
		Use:   "staged [FILE...]",
		Short: "scan what the next commit would add",
		Long: "Scans what is staged: the content that git's index has and the last commit has not,\n" +
			"whatever the files on disk hold. A key is reported when the commit would bring it\n" +
			"in, and not when its file held it before or the commit only moves it. The checks of\n" +
			"“keylint scan” that are about the content of files run on the same.\n\n" +
			"With FILE only these are judged, and those that are not staged are scanned whole, as\n" +
			"they are on disk: so a hook that is called on all files scans all files. A directory\n" +
			"stands for what is staged below it.",
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict)); err != nil {
				return err
			}
			job, done, err := a.prepareStaged(c.Context(), &rule, exclude, args, nil)
			if err != nil {
				return err
			}
			defer done()
			if job.verify, err = a.verification(&check, job.verifyConfig, job.options.Rules.Rules()); err != nil {
				return err
			}
			return a.run(c.Context(), job, &out, &verdict)
		},
	}
	c.Flags().StringArrayVar(&exclude, "exclude", nil, "leave out files that match this `PATTERN`, in gitignore syntax; may be repeated")
	rule.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	return c
}

// prepareStaged compares the index with the last commit, and with those merged
// beside what git keeps of a merge. done is to be called after the scan.
func (a *app) prepareStaged(ctx context.Context, s *ruleFlags, exclude, args, merged []string) (j *job, done func(), err error) {
	repo, err := gitrepo.Discover(".", gitrepo.Options{Getenv: a.env.Getenv, GitDirEnv: true})
	if err != nil {
		return nil, nil, incomplete("%w: run it in the working tree of a git repository", err)
	}
	if repo.WorkTree == "" {
		return nil, nil, incomplete("%s has no working tree, so nothing is staged: run it in a checkout", redactPath(displayPath(repo.GitDir)))
	}
	root := repo.WorkTree
	cfg, err := loadConfig(s.config, root)
	if err != nil {
		return nil, nil, err
	}
	changes, err := gitindex.Open(repo, merged...)
	if err != nil {
		return nil, nil, incomplete("%w", err)
	}
	defer func() {
		if err != nil {
			changes.Close()
		}
	}()
	envs := &envPlaces{root: root}
	if !s.known.noEnv && changes.Len() > 0 {
		if envs.files, err = worktree.IgnoredEnvBeside(repo, changes.Paths(), changes.Tracks); err != nil {
			return nil, nil, incomplete("%w", err)
		}
	}
	j = &job{root: root, partial: true, verifyConfig: cfg.Verify, base: redactPath(baseOf(root)), below: redactPath(belowOf(root))}
	j.target = scanner.Target{Kind: "index", Path: redactPath(filepath.ToSlash(displayPath(root))), Head: changes.Head()}
	if err := a.options(j, s, cfg, envs, hygiene.OfContent()); err != nil {
		return nil, nil, err
	}
	if err := j.addTreeChecks(cfg, s.rules, hygiene.OfContent(), envs, true); err != nil {
		return nil, nil, err
	}
	st := &staged{job: j, changes: changes, hosts: gatewayHosts(cfg), skipped: map[string]int{}}
	if err := st.choose(ctx, args, append(cfg.Scan.Exclude, exclude...)); err != nil {
		return nil, nil, err
	}
	j.scan = st.scan
	return j, changes.Close, j.loadBaseline(s.baseline, root)
}

// A staged is a scan of what is staged.
type staged struct {
	job     *job
	changes *gitindex.Changes
	whole   *worktree.Tree // the files named that are not staged; nil without any
	hosts   []string
	skipped map[string]int // by reason
}

// choose leaves out what is excluded and, if names are given, all that they do
// not name.
func (s *staged) choose(ctx context.Context, names, exclude []string) error {
	named, rest, err := s.named(names)
	if err != nil {
		return err
	}
	excluded := worktree.NewExclusion(s.job.root, exclude)
	var failed error
	s.changes = s.changes.Only(func(path string) bool {
		if !named(path) {
			return false
		}
		out, err := excluded.Excludes(path)
		if err != nil {
			failed = err
		}
		if out {
			s.skipped["excluded"]++
		}
		return !out
	})
	if failed != nil {
		return incomplete("%w", failed)
	}
	if len(rest) > 0 {
		s.whole, err = worktree.Open(ctx, rest, worktree.Options{Exclude: exclude, ExcludeDir: s.job.root, RepoPaths: true})
		if err != nil {
			return targetError(err)
		}
	}
	return nil
}

// named returns which staged paths the names stand for, and those names that are
// files and not staged.
func (s *staged) named(names []string) (is func(path string) bool, rest []string, err error) {
	if len(names) == 0 {
		return func(string) bool { return true }, nil, nil
	}
	paths := s.changes.Paths()
	chosen := map[string]bool{}
	for _, name := range names {
		rel, err := s.relative(name)
		if err != nil {
			return nil, nil, err
		}
		info, statErr := os.Lstat(name)
		_, isStaged := slices.BinarySearch(paths, rel)
		switch {
		case isStaged:
			chosen[rel] = true
		case statErr != nil:
			return nil, nil, fmt.Errorf("%s: %w: it is neither staged nor a file: check the spelling and the current directory", name, causeOf(statErr))
		case info.IsDir():
			for _, path := range paths {
				if rel == "." || strings.HasPrefix(path, rel+"/") {
					chosen[path] = true
				}
			}
		case info.Mode().IsRegular():
			rest = append(rest, name)
		default:
			s.skipped["special"]++
		}
	}
	return func(path string) bool { return chosen[path] }, rest, nil
}

// relative returns the path of a name as the index has it.
func (s *staged) relative(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		abs = filepath.Join(dir, filepath.Base(abs))
	}
	rel, err := filepath.Rel(s.job.root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s does not lie in the working tree %s: name a file in it", name, redactPath(displayPath(s.job.root)))
	}
	return filepath.ToSlash(rel), nil
}
