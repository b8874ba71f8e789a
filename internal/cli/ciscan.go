package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

// A ciScan scans the commits that are judged, and then the working tree: for bad
// habits, and for what was there before.
type ciScan struct {
	job     *job
	plan    *ciPlan
	all     bool
	history *githistory.History
	exclude *exclusion
	// tree scans the working tree; nil where there is none.
	tree func(context.Context, scanner.Handler) (scanner.Summary, error)

	touched  map[string]bool // paths that the range changed
	new      map[string]bool // ids of findings that the commits led to
	accepted map[string]bool // ids of findings that the baseline accepts
	standing map[string]bool // ids of the findings of the working tree
}

// open opens the history, after a fetch once more.
func (s *ciScan) open(repo *gitrepo.Repo) (err error) {
	s.touched, s.new, s.accepted, s.standing = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	o := githistory.Options{NoCache: true, Touched: func(path string) { s.touched[path] = true }}
	if !s.plan.whole() {
		o.Range.Revisions = s.plan.from + ".." + s.plan.to
	}
	s.job.partial = !s.plan.whole() // a key that moved in the range has its entry still
	if s.history, err = githistory.Open(repo, o); err != nil {
		return incomplete("%w", err)
	}
	target := s.history.Target()
	target.Path = s.job.target.Path
	s.job.target = target
	if !s.plan.atHead {
		s.tree = nil
	}
	for _, reason := range s.plan.problems {
		s.job.problems = append(s.job.problems, scanner.Problem{Reason: reason})
	}
	return nil
}

// run implements the scan of the job.
func (s *ciScan) run(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
	start := time.Now()
	for _, reason := range s.plan.notices {
		if err := h.Notice(scanner.Notice{Reason: reason}); err != nil {
			return scanner.Summary{}, err
		}
	}
	if s.nothing() {
		sum := scanner.Summary{Complete: true}
		sum.Coverage.Skipped = map[string]int{}
		return sum, h.Notice(scanner.Notice{Reason: "the range has no commits: there is nothing to judge"})
	}
	found, sum, err := s.scanTree(ctx)
	if err == nil {
		var commits scanner.Summary
		commits, err = s.scanHistory(ctx, h)
		sum = joined(sum, commits)
		if n := len(s.exclude.paths); n > sum.Coverage.Skipped["excluded"] { // the tree has counted those that it has
			sum.Coverage.Skipped["excluded"] = n
		}
		err = first(err, s.tellSettings(h))
	}
	for _, relay := range found.relays {
		if err == nil {
			err = relay(h)
		}
	}
	for _, f := range found.findings {
		if err == nil {
			err = s.relay(f, h, &sum)
		}
	}
	sum.Baselined = len(s.accepted)
	sum.Complete = sum.Complete && err == nil
	sum.DurationMS = time.Since(start).Milliseconds()
	return sum, err
}

// tellSettings points to changes of what is reported, which a reviewer has to see.
func (s *ciScan) tellSettings(h scanner.Handler) error {
	var paths []string
	for path := range s.touched {
		if name := path[strings.LastIndexByte(path, '/')+1:]; slices.Contains(settings, name) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	var err error
	for _, path := range paths {
		err = first(err, h.Notice(scanner.Notice{Path: path, Reason: "the range changes what is reported: review it"}))
	}
	return err
}

// nothing reports whether there is nothing to judge.
func (s *ciScan) nothing() bool { return !s.plan.whole() && s.plan.commits == 0 && !s.all }

// scanTree scans the working tree and keeps what it finds.
func (s *ciScan) scanTree(ctx context.Context) (*held, scanner.Summary, error) {
	found := &held{}
	if s.tree == nil {
		s.job.partial = true
		return found, scanner.Summary{Complete: true}, nil
	}
	accept := s.job.options.Accept
	s.job.options.Accept = func(*scanner.Finding) bool { return false }
	defer func() { s.job.options.Accept = accept }()
	sum, err := s.tree(ctx, found)
	sum.Findings = 0
	for _, f := range found.findings {
		s.standing[f.ID] = true
	}
	return found, sum, err
}

// scanHistory scans the commits.
func (s *ciScan) scanHistory(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
	if !s.plan.whole() && s.plan.commits == 0 {
		return scanner.Summary{Complete: true}, nil
	}
	follow(h, s.history)
	o := s.job.options
	o.Accept = s.acceptCommitted
	return s.history.Scan(ctx, o, &noting{Handler: h, ids: s.new})
}

// acceptCommitted reports whether a finding of the history is left out: because its
// path is excluded, or because the baseline accepts it, or the same key at a path
// from which it has moved since.
func (s *ciScan) acceptCommitted(f *scanner.Finding) bool {
	if s.exclude.has(f.Path) {
		return true
	}
	ok := s.job.accept(f) || s.moved(f)
	if ok {
		s.accepted[f.ID] = true
	}
	return ok
}

// moved reports whether the baseline accepts the key of f at a path that held it
// earlier in history, or that the range changed, and that holds it no more.
func (s *ciScan) moved(f *scanner.Finding) bool {
	if s.tree == nil || f.Secret == nil || s.job.baseline.Len() == 0 {
		return false
	}
	paths := slices.Collect(maps.Keys(s.touched))
	for _, o := range f.Occurrences {
		paths = append(paths, o.Path)
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		before := *f
		before.Path = path
		return path != "" && path != f.Path && s.job.baseline.Accept(&before) && !s.standing[scanner.Fingerprint(f.Rule, path, f.Secret.Secret)]
	})
}

// relay hands on a finding of the working tree that the commits did not lead to.
func (s *ciScan) relay(f *scanner.Finding, h scanner.Handler, sum *scanner.Summary) error {
	switch {
	case s.new[f.ID], s.accepted[f.ID]:
		return nil
	case s.job.accept(f):
		s.accepted[f.ID] = true
		return nil
	}
	judged := s.plan.whole() || s.all || f.Category == rules.CategoryHygiene && s.touched[f.Path]
	f.Older = !judged
	sum.Findings++
	return h.Finding(f)
}

// joined returns what two scans did together. A finding that a directive allows
// is met by both.
func joined(tree, commits scanner.Summary) scanner.Summary {
	out := tree
	out.Findings += commits.Findings
	out.Allowed = max(tree.Allowed, commits.Allowed)
	out.Complete = tree.Complete && commits.Complete
	c := &out.Coverage
	c.Commits += commits.Coverage.Commits
	c.Merges += commits.Coverage.Merges
	c.Blobs += commits.Coverage.Blobs
	c.Bytes += commits.Coverage.Bytes
	skipped := map[string]int{}
	for _, m := range []map[string]int{tree.Coverage.Skipped, commits.Coverage.Skipped} {
		for reason, n := range m {
			skipped[reason] += n
		}
	}
	c.Skipped = skipped
	return out
}

// A noting handler notes the ids of the findings that it hands on.
type noting struct {
	scanner.Handler
	ids map[string]bool
}

// Finding implements scanner.Handler.
func (n *noting) Finding(f *scanner.Finding) error {
	n.ids[f.ID] = true
	return n.Handler.Finding(f)
}

// held keeps the findings of a scan, and the other results as what hands them on.
type held struct {
	findings []*scanner.Finding
	relays   []func(scanner.Handler) error
}

// Finding implements scanner.Handler.
func (l *held) Finding(f *scanner.Finding) error {
	l.findings = append(l.findings, f)
	return nil
}

// Problem implements scanner.Handler.
func (l *held) Problem(p scanner.Problem) error {
	l.relays = append(l.relays, func(h scanner.Handler) error { return h.Problem(p) })
	return nil
}

// Notice implements scanner.Handler.
func (l *held) Notice(n scanner.Notice) error {
	l.relays = append(l.relays, func(h scanner.Handler) error { return h.Notice(n) })
	return nil
}
