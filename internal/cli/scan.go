package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/baseline"
	"github.com/agcloud/keylint/internal/compat"
	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/internal/rotation"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/archive"
	"github.com/agcloud/keylint/scanner/githistory"
	"github.com/agcloud/keylint/scanner/worktree"
)

// sourceFlags are the flags that say what is scanned, and for what.
type sourceFlags struct {
	ruleFlags
	stdin     bool
	stdinName string
	exclude   []string
	ignored   bool
	archives  bool
	archive   archive.Options
	maxSize   string
	noGo      bool // of audits: without the analyzers of Go code
}

func (s *sourceFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&s.stdin, "stdin", false, "scan standard input")
	f.StringVar(&s.stdinName, "stdin-name", "stdin", "`NAME` that standard input has in the report")
	s.registerTree(c)
}

// registerTree registers what concerns files.
func (s *sourceFlags) registerTree(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&s.exclude, "exclude", nil, "leave out files that match this `PATTERN`, in gitignore syntax; may be repeated")
	f.BoolVar(&s.ignored, "include-ignored", false, "scan files that git ignores, too")
	f.BoolVar(&s.archives, "archives", false, "look into archives: zip, jar, tar, gz, bz2, xz, zst and the like")
	f.IntVar(&s.archive.Depth, "archive-depth", 3, "how deep archives in archives are opened")
	f.Int64Var(&s.archive.MaxBytes, "archive-max-bytes", 1<<30, "most that is unpacked of one archive, in bytes")
	f.IntVar(&s.archive.MaxMembers, "archive-members", 100_000, "most entries of one archive")
	f.IntVar(&s.archive.MaxRatio, "archive-ratio", 200, "how many times larger than its archive a content may be beyond its first 10 MiB")
	f.StringVar(&s.maxSize, "max-size", "", "most of a file that is held in memory; larger files are scanned in pieces (default 8MiB)")
	s.ruleFlags.register(c)
}

// ruleFlags are the flags that say what is looked for, and what is accepted.
type ruleFlags struct {
	config   string
	baseline string
	rules    []string
	words    bool // passwords are looked for
	jobs     int
	known    knownFlags
	anyCheck bool // the command runs checks of all kinds
}

func (r *ruleFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&r.config, "config", "", "use this configuration `FILE` instead of "+config.FileName+" in the target or above")
	f.StringVar(&r.baseline, "baseline", "", "use this baseline `FILE` instead of "+baseline.Name+" in the target; a JSON report of gitleaks or a baseline of detect-secrets counts beside it")
	f.StringSliceVar(&r.rules, "rule", nil, "use only the rule with this `ID`; may be repeated")
	f.IntVarP(&r.jobs, "jobs", "j", 0, "files or objects scanned at once (default: one a core)")
	f.BoolVar(&r.words, "passwords", true, "look for passwords, too; --passwords=false leaves out the rules of that class")
	r.known.register(c)
}

func (a *app) scanCommand() *cobra.Command {
	var src sourceFlags
	var out outputFlags
	var verdict verdictFlags
	var check verifyFlags
	c := &cobra.Command{
		Use:   "scan [PATH...]",
		Short: "scan the working tree as git sees it",
		Long: "Scans files: those that git tracks and those that it would add, of the current\n" +
			"directory or of the paths given. Without git, all files. Values of keys in\n" +
			"git-ignored .env files are searched for in all other files. Then the hygiene checks\n" +
			"run: on .env files, ignore rules, images, and the places of the keys that were found.",
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(verdict.parse(), out.check(), check.check(&verdict)); err != nil {
				return err
			}
			if src.stdin && len(args) > 0 {
				return errors.New("--stdin takes no paths: give one or the other")
			}
			job, err := a.prepare(c.Context(), &src, args)
			if err != nil {
				return err
			}
			if job.verify, err = a.verification(&check, job.verifyConfig, job.options.Rules.Rules()); err != nil {
				return err
			}
			return a.run(c.Context(), job, &out, &verdict)
		},
	}
	src.register(c)
	out.register(c)
	verdict.register(c)
	check.register(c)
	return c
}

// A job is a scan that is ready to run.
type job struct {
	source   scanner.Source
	scan     func(context.Context, scanner.Handler) (scanner.Summary, error)
	problems []scanner.Problem // that were met before the scan
	target   scanner.Target
	options  scanner.Options
	baseline *baseline.Baseline
	foreign  *compat.Allowances // what was accepted for other scanners
	allow    *allow             // what the configuration allows
	root     string             // of the target: an absolute path, "" for standard input
	file     string             // of the baseline
	base     string             // see report.Options.Base
	below    string             // see report.Options.Below
	partial  bool               // the scan leaves out a part of what the baseline covers

	places  func() rotation.Tree // where else keys are used; nil when there are no files
	watch   *hygiene.Watch       // what source passes through, nil without a tree
	history *githistory.History  // nil when no history is scanned
	hygiene *hygieneJob          // nil without a tree and without a history

	verifyConfig config.Verify
	verify       *verification // nil if keys are not verified
}

// prepare reads the configuration and the baseline and opens the source.
func (a *app) prepare(ctx context.Context, s *sourceFlags, paths []string) (*job, error) {
	j := &job{}
	root := "."
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var tree *worktree.Tree
	if err := readable(s.stdin, paths); err != nil {
		return nil, err
	}
	cfg, err := loadConfig(s.config, configDir(paths[0]))
	if err != nil {
		return nil, err
	}
	j.verifyConfig = cfg.Verify
	if s.stdin {
		j.source, j.target = a.stdinSource(s.stdinName), scanner.Target{Kind: "stdin"}
	} else {
		tree, err = worktree.Open(ctx, paths, worktree.Options{Exclude: append(cfg.Scan.Exclude, s.exclude...), IncludeIgnored: s.ignored, RepoPaths: true})
		if err != nil {
			return nil, targetError(err)
		}
		root = tree.Root()
		if r, err := gitrepo.Open(root, gitrepo.Options{}); err == nil && r.WorkTree == "" {
			return nil, incomplete("%s is a bare git repository: its files lie in its objects, which scan does not read: scan a checkout", redactPath(displayPath(root)))
		}
		j.root = root
		j.source = tree
		j.target = scanner.Target{Kind: "worktree", Path: redactPath(filepath.ToSlash(displayPath(root)))}
		j.base, j.below = redactPath(baseOf(root)), redactPath(belowOf(root))
	}
	if tree != nil {
		j.watch = hygiene.NewWatch(tree, gatewayHosts(cfg))
		j.source = j.watch
		j.places = func() rotation.Tree { return placesIn(j.root, j.watch.Files(), tree, s.known.noEnv) }
	}
	if s.archives {
		j.source = archive.Wrap(j.source, s.archive)
	}
	if s.maxSize != "" {
		cfg.Scan.MaxSize = s.maxSize
	}
	var checks []string
	if tree != nil {
		checks = hygiene.TreeIDs()
	}
	if err = a.options(j, &s.ruleFlags, cfg, placesOf(tree), checks); err != nil {
		return nil, err
	}
	if tree != nil {
		if err := j.addTreeChecks(cfg, s.rules, checks, placesOf(tree), s.known.noEnv); err != nil {
			return nil, err
		}
		j.hygiene.facts.Scope = scopeOf(root, paths)
	}
	j.scan = func(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
		return scanner.Scan(ctx, j.source, j.options, h)
	}
	if tree != nil {
		j.scan = func(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
			facts := j.hygiene.facts
			return j.scanTree(ctx, h, &facts)
		}
	}
	return j, j.loadBaseline(s.baseline, root)
}

// loadBaseline reads the baseline: file, or the one in root, and what the project
// has accepted for other scanners. A file of another scanner adds to the one in
// root.
func (j *job) loadBaseline(file, root string) (err error) {
	if err := j.loadForeign(root); err != nil {
		return err
	}
	j.file = file
	foreign, err := j.foreignBaseline(file)
	if err != nil {
		return err
	}
	if j.file == "" || foreign {
		j.file = filepath.Join(root, baseline.Name)
	}
	if j.baseline, err = baseline.Load(j.file); err != nil {
		return unreadable(err)
	}
	j.options.Accept = j.accept
	return nil
}

// readable looks at what the user names, so that what is no file or directory
// is an error and not left out: whoever names it wants it read.
func readable(stdin bool, paths []string) error {
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case stdin:
		case p == "":
			return errors.New("an empty path: name a file or directory, or . for this one")
		case errors.Is(err, os.ErrPermission):
			return incomplete("%s: permission denied: make it readable", p)
		case err != nil:
			return fmt.Errorf("%s: %w: check the spelling and the current directory", p, causeOf(err))
		case !info.IsDir() && !info.Mode().IsRegular():
			return incomplete("%s is a FIFO, device or socket and is not read: pipe it into “keylint scan --stdin”", p)
		}
	}
	return nil
}

// configDir returns the directory in which the search for a configuration of
// path begins.
func configDir(path string) string {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return filepath.Dir(path)
	}
	return path
}

// targetError gives the error of opening a target its exit code: what does not
// exist is wrong usage, what cannot be read leaves the answer open.
func targetError(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return err
	}
	return &codeError{exitIncomplete, err}
}

// unreadable gives an error of permission the exit code of a scan that is not
// complete; other errors, as of what a file says, stay errors of usage.
func unreadable(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return &codeError{exitIncomplete, err}
	}
	return err
}

// options compiles the rules and completes j with them. checks are those that
// the job can run.
func (a *app) options(j *job, s *ruleFlags, cfg *config.Config, envs *envPlaces, checks []string) error {
	list, err := cfg.RuleList(s.rules, checkIDs()...)
	if err != nil {
		return err
	}
	if s.anyCheck {
		checks = checkIDs()
	}
	if !s.words {
		list = slices.DeleteFunc(list, func(r *rules.Rule) bool { return r.Class == "password" })
	}
	if len(list) == 0 && len(cfg.Checks(s.rules, checks)) == 0 {
		return errors.New("the rules chosen are checks of a working tree or of a history: “keylint scan” runs those of files and directories, “keylint history” those of histories, “keylint audit” all")
	}
	known, problems, err := a.knownKeys(&s.known, envs)
	if err != nil {
		return err
	}
	set, err := rules.NewSet(list, known...)
	if err != nil {
		return err
	}
	size, err := cfg.Scan.Size()
	if err != nil {
		return fmt.Errorf("--max-size: %w", err)
	}
	if s.jobs < 0 {
		return errors.New("--jobs: must not be negative")
	}
	j.partial = j.partial || len(s.rules) > 0
	j.options = scanner.Options{OwnMarks: !cfg.Compat.Allowed(), Rules: set, Jobs: s.jobs, ChunkSize: size}
	j.problems = problems
	j.allow = &allow{config: cfg}
	return nil
}

// reportOptions returns how the reports of the job are rendered.
func (j *job) reportOptions() report.Options {
	opts := report.Options{Base: j.base, Below: j.below}
	opts.AllRules, opts.Rules = reportRules(j.options.Rules.Rules())
	opts.AllRules = append(opts.AllRules, j.checkDocs()...)
	if j.target.Path == "." && j.root != "" {
		opts.Name = redactPath(filepath.Base(j.root))
	}
	if j.hygiene != nil {
		opts.RotateAfter = j.hygiene.facts.RotateAfter
	}
	return opts
}

// run scans, reports and computes the exit code.
func (a *app) run(ctx context.Context, j *job, out *outputFlags, v *verdictFlags) error {
	opts := j.reportOptions()
	d, err := a.deliver(out, opts)
	if err != nil {
		return err
	}
	return a.runTo(ctx, j, d, out, v)
}

// A sink is where the report of a run goes. close takes the error that the report
// ended with, and returns it, or else its own.
type sink interface {
	report.Writer
	close(failed error) error
}

// runTo is run with a place for the report.
func (a *app) runTo(ctx context.Context, j *job, d sink, out *outputFlags, v *verdictFlags) error {
	progress := a.startProgress()
	j.options.Progress = progress.update
	h := &handler{next: d, show: v.show, verdict: verdictOf(v), progress: progress, secrets: out.showSecrets, verify: j.verify}
	if !out.noPlan {
		h.leaks = &rotation.Collector{}
	}
	sum, err := a.scan(ctx, j, h)
	if err := d.close(err); err != nil {
		if h.verdict.failed { // findings win
			return &codeError{exitFindings, writeFailed(err)}
		}
		return writeFailed(err)
	}
	a.code = h.verdict.code(sum)
	return nil
}

// scan runs the job between Begin and End of the report. Its error is one of
// writing the report.
func (a *app) scan(ctx context.Context, j *job, h *handler) (scanner.Summary, error) {
	if err := h.next.Begin(tool(j.options.Rules), j.target); err != nil {
		return scanner.Summary{}, err
	}
	for _, p := range j.problems {
		h.Problem(p)
	}
	sum, err := j.scan(ctx, h)
	sum.Complete = sum.Complete && len(j.problems) == 0
	h.progress.stop()
	h.release(ctx)
	switch {
	case h.err != nil:
		return sum, h.err
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		h.Problem(scanner.Problem{Reason: "interrupted: what comes after the files above was not scanned; run it again"})
	case err != nil:
		h.Problem(scanner.Problem{Reason: err.Error()})
	}
	for _, e := range j.baseline.Unused() {
		if sum.Complete && !j.partial && j.looksFor(e.Rule) {
			h.Notice(scanner.Notice{Path: baseline.Name, Line: e.Line, Reason: "the baseline accepts a finding of " + e.Rule + j.gone()})
		}
	}
	for _, n := range append(j.foreign.Notices(), j.allow.notices()...) {
		h.Notice(n)
	}
	h.plan(j)
	sum.Findings -= h.hidden
	return sum, errors.Join(h.err, h.next.End(sum))
}

// gone says of an entry of the baseline that it accepts nothing, and what to do.
func (j *job) gone() string {
	if j.target.Kind == "audit" {
		return " that is gone: “keylint baseline prune --history” removes it"
	}
	return " that is gone from the files: “keylint baseline prune” removes it, with --history if histories are audited"
}

// A handler passes results on to the report and to the verdict.
type handler struct {
	next     report.Writer
	show     rules.Severity
	verdict  *verdict
	progress *progress
	secrets  bool
	verify   *verification
	held     []*scanner.Finding  // findings that wait to be verified
	leaks    *rotation.Collector // nil when no plans are wanted
	hidden   int                 // findings below --severity
	err      error               // the first error of the report
}

// Finding implements scanner.Handler.
func (h *handler) Finding(f *scanner.Finding) error {
	if f.Severity < h.show {
		h.hidden++
		return nil
	}
	if h.verify != nil {
		h.held = append(h.held, f)
		return nil
	}
	return h.report(f)
}

// release verifies the findings that were held back, and reports them in their
// order.
func (h *handler) release(ctx context.Context) {
	if h.verify == nil || h.err != nil {
		return
	}
	for _, n := range h.verify.run(ctx, h.held) {
		h.Notice(n)
	}
	for _, f := range h.held {
		if h.report(f) != nil {
			return
		}
	}
}

// report counts a finding and passes it on.
func (h *handler) report(f *scanner.Finding) error {
	h.verdict.see(f)
	if h.leaks != nil {
		h.leaks.Add(f)
	}
	if h.secrets && f.Secret != nil {
		f.Secret.Value = f.Secret.Secret.Reveal()
	}
	return h.keep(func() error { return h.next.Finding(f) })
}

// Problem implements scanner.Handler.
func (h *handler) Problem(p scanner.Problem) error {
	return h.keep(func() error { return h.next.Problem(p) })
}

// Notice implements scanner.Handler.
func (h *handler) Notice(n scanner.Notice) error {
	return h.keep(func() error { return h.next.Notice(n) })
}

// keep writes with the progress line out of the way and keeps the first error.
func (h *handler) keep(write func() error) error {
	h.progress.clear()
	if err := write(); err != nil && h.err == nil {
		h.err = err
	}
	return h.err
}

// stdinSource returns standard input as a source of one blob.
func (a *app) stdinSource(name string) scanner.Source {
	return stdin{name: name, in: a.env.Stdin}
}

type stdin struct {
	name string
	in   io.Reader
}

// Walk implements scanner.Source.
func (s stdin) Walk(ctx context.Context, v scanner.Visitor) error {
	s.in = &patient{ctx: ctx, in: s.in}
	first := make([]byte, 1)
	n, err := io.ReadFull(s.in, first)
	if errors.Is(err, io.EOF) {
		return v.Problem(scanner.Problem{Path: s.name, Reason: "standard input is empty: pipe something into it"})
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return v.Problem(scanner.Problem{Path: s.name, Reason: "standard input cannot be read: " + causeOf(err).Error()})
	}
	rest := io.MultiReader(bytes.NewReader(first[:n]), s.in)
	return v.Blob(scanner.Blob{Path: s.name, Source: "stdin", Size: -1, Open: func() (io.ReadCloser, error) { return io.NopCloser(rest), nil }})
}

// A patient reader waits for input no longer than its context lasts. A read
// that is under way then goes on in the background, in a buffer of its own.
type patient struct {
	ctx context.Context
	in  io.Reader
	buf []byte
}

// Read implements io.Reader.
func (r *patient) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.buf == nil {
		r.buf = make([]byte, 64<<10)
	}
	type got struct {
		n   int
		err error
	}
	done := make(chan got, 1)
	into := r.buf[:min(len(p), len(r.buf))]
	go func() {
		n, err := r.in.Read(into)
		done <- got{n, err}
	}()
	select {
	case g := <-done:
		return copy(p, into[:g.n]), g.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}
