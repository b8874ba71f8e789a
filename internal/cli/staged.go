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

// scan reports what the commit would bring in, and what the files hold that were
// named and are not staged.
func (s *staged) scan(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
	c := scanner.NewCollector(s.job.options, h)
	for reason, n := range s.skipped {
		c.Coverage.Skipped[reason] = n
	}
	if s.changes.Len() == 0 && !s.changes.Unclear() && s.whole == nil {
		return c.Summary, c.Notice(scanner.Notice{Reason: s.nothing()})
	}
	now := &recording{Collector: c}
	if s.changes.Len() > 0 || s.changes.Unclear() {
		if err := s.side(ctx, s.changes.Staged(), s.changes.ReadStaged, now); err != nil {
			return c.Summary, err
		}
		if err := s.keepNew(ctx, now); err != nil {
			return c.Summary, err
		}
	}
	if s.whole != nil {
		if err := s.side(ctx, s.whole, nil, now); err != nil {
			return c.Summary, err
		}
	}
	for _, f := range now.findings {
		if err := c.Finding(f); err != nil {
			return c.Summary, err
		}
	}
	return c.Summary, nil
}

// nothing says why there is nothing to judge.
func (s *staged) nothing() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{s.changes.Gone(), "removed or renamed"}, {s.changes.Submodules(), "submodule moved to another commit"}, {s.skipped["excluded"], "excluded"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(parts) == 0 {
		return "nothing is staged: git add stages files"
	}
	return "nothing is staged that has content to judge: " + strings.Join(parts, ", ")
}

// A recording collects findings; all else goes on at once.
type recording struct {
	*scanner.Collector
	findings []*scanner.Finding
}

// Finding implements scanner.Handler.
func (r *recording) Finding(f *scanner.Finding) error {
	r.findings = append(r.findings, f)
	return nil
}

// side scans a source, and runs the checks on it. Nil read takes the files on disk.
func (s *staged) side(ctx context.Context, src scanner.Source, read func(string, int64) []byte, into *recording) error {
	j := *s.job
	j.watch = hygiene.NewWatch(src, s.hosts)
	j.source = j.watch
	j.options.Accept = func(*scanner.Finding) bool { return false } // asked when it is known what is new
	facts := j.hygiene.facts
	facts.Content = read
	one := &recording{Collector: into.Collector}
	sum, err := j.scanTree(ctx, one, &facts)
	into.findings = append(into.findings, one.findings...)
	into.take(&sum)
	return err
}

// take adds what another scan covered.
func (r *recording) take(sum *scanner.Summary) {
	c := &r.Coverage
	c.Files += sum.Coverage.Files
	c.Bytes += sum.Coverage.Bytes
	for reason, n := range sum.Coverage.Skipped {
		c.Skipped[reason] += n
	}
	r.Allowed += sum.Allowed
	r.Complete = r.Complete && sum.Complete
}

// keepNew drops the findings that the parents have, too: at the same path, or at
// one that loses them.
func (s *staged) keepNew(ctx context.Context, now *recording) error {
	if len(now.findings) == 0 {
		return nil
	}
	// What of the parents cannot be read counts as without keys, so that more is
	// reported and not less: its problems are of no interest.
	before := &recording{Collector: scanner.NewCollector(s.job.options, discard{})}
	if err := s.side(ctx, s.changes.Before(), s.changes.ReadBefore, before); err != nil {
		return err
	}
	stays, was, moved := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range now.findings {
		stays[f.ID] = true
	}
	for _, f := range before.findings {
		was[f.ID] = true
		if f.Secret != nil && !stays[f.ID] {
			moved[f.Rule+" "+f.Secret.Hash] = true
		}
	}
	now.findings = slices.DeleteFunc(now.findings, func(f *scanner.Finding) bool {
		return was[f.ID] || f.Secret != nil && moved[f.Rule+" "+f.Secret.Hash]
	})
	return nil
}

// discard is a handler that takes no notice.
type discard struct{}

// Finding implements scanner.Handler.
func (discard) Finding(*scanner.Finding) error { return nil }

// Problem implements scanner.Handler.
func (discard) Problem(scanner.Problem) error { return nil }

// Notice implements scanner.Handler.
func (discard) Notice(scanner.Notice) error { return nil }
