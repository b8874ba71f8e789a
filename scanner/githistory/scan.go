package githistory

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// Scan scans the history and hands the results to out. The findings come in
// order of path, line and rule, after everything was read.
//
// The summary counts what was done, also when Scan returns an error: the
// context's when it ended, or the handler's.
func (h *History) Scan(ctx context.Context, o scanner.Options, out scanner.Handler) (scanner.Summary, error) {
	start := time.Now()
	s := h.newScan(ctx, o, out)
	err := s.run()
	if err == nil {
		err = context.Cause(ctx)
	}
	s.out.Complete = s.out.Complete && err == nil
	s.out.DurationMS = time.Since(start).Milliseconds()
	return s.out.Summary, err
}

func (h *History) newScan(ctx context.Context, o scanner.Options, out scanner.Handler) *scan {
	return &scan{History: h, ctx: ctx, options: o, matcher: o.Rules.Matcher(), out: scanner.NewCollector(o, out), head: none, noted: map[handle]bool{}}
}

func (s *scan) run() error {
	store, err := s.openStore()
	if err != nil {
		return s.out.Problem(scanner.Problem{Reason: err.Error()})
	}
	defer store.Close()
	return s.scanStore(store)
}

// scanStore scans the history whose objects are in store.
func (s *scan) scanStore(store *pack.Store) error {
	s.store, s.reader = store, store.Reader(maxObject)
	s.cache = s.openCache()
	if last, ok := s.remembered(); ok && len(s.notRead) == 0 {
		s.out.Coverage, s.out.Allowed = last.Coverage, last.Allowed
		for _, f := range last.Findings {
			if err := s.out.Finding(f.Finding); err != nil {
				return err
			}
		}
		return nil
	}
	s.framing = nil
	read, findings, err := s.findings(newNames())
	if err != nil || s.ctx.Err() != nil {
		return err
	}
	if err := s.frames(); err != nil {
		read.problems = append(read.problems, pack.Problem{Err: err})
	}
	sortFindings(findings)
	if err := s.report(read); err != nil {
		return err
	}
	s.remember(findings, read.walked)
	for _, f := range findings {
		if err := s.out.Finding(f); err != nil {
			return err
		}
	}
	return nil
}

// findings reads what is to be scanned and returns what it finds.
func (s *scan) findings(n *names) (*reading, []*scanner.Finding, error) {
	if !s.opts.Range.IsZero() {
		return s.rangeFindings(n)
	}
	read := s.grow(n)
	if read == nil {
		read = s.read(n, s.opts.Whole)
	}
	if s.ctx.Err() != nil {
		return read, nil, nil
	}
	history, notes, err := s.roots(s.tips)
	if err != nil {
		return read, nil, err
	}
	order := parentsFirst(s.objects, commitsOf(history), nil)
	if s.opts.Unreachable && read.walked != nil {
		history = append(history, read.walked.dangling(order, history, notes)...)
		order = parentsFirst(s.objects, commitsOf(history), nil)
	}
	found := s.attribute(notes, parentsFirst(s.objects, commitsOf(notes), nil), n, scanner.OriginNote)
	return read, append(found, s.attribute(history, order, n, "")...), nil
}

// commitsOf returns the commits that roots lead to.
func commitsOf(roots []root) []handle {
	var out []handle
	for _, r := range roots {
		if r.commit != none {
			out = append(out, r.commit)
		}
	}
	return out
}

// A reading is how the objects were read: one of the two ways.
type reading struct {
	walked   *walked
	lazy     *lazy
	grown    *grown // the lazy one, where an earlier walk knew most
	problems []pack.Problem
}

// coverage counts the blobs that were read, now or by the walk that an earlier scan
// remembers.
func (r *reading) coverage() scanner.Coverage {
	switch {
	case r.walked != nil:
		return coverage(r.walked.blobs)
	case r.grown != nil:
		return r.grown.covered
	}
	return coverage(r.lazy.blobs)
}

// read reads the objects, or makes ready for reading those that are needed.
func (s *scan) read(n *names, single bool) *reading {
	if single {
		l := newLazy(s.ctx, s.store, s.format, n, s.options)
		s.objects = l
		return &reading{lazy: l}
	}
	w := walk(s.ctx, s.store.Forest(s.options.Jobs), s.format, n, s.options, s.opts.Watch, s.cache, &s.Progress)
	s.objects = w
	return &reading{walked: w}
}

// roots resolves tips, those of notes apart from the others.
func (s *scan) roots(tips []tip) (history, notes []root, err error) {
	s.tagged = map[handle]bool{}
	for _, t := range tips {
		r := root{tip: t, object: none, commit: none}
		if id, err := s.format.ParseID(t.id); err == nil {
			r.object = s.objects.find(id[:s.format.Size()])
		}
		if r.object == none {
			if err := s.gone(t); err != nil {
				return nil, nil, err
			}
			continue
		}
		if err := s.peel(&r); err != nil {
			return nil, nil, err
		}
		if s.objects.kind(r.object) == pack.Commit {
			r.commit = r.object
		}
		if t.id == s.headID {
			s.head = r.commit
		}
		if t.class == note {
			notes = append(notes, r)
		} else {
			history = append(history, r)
		}
	}
	sortRoots(history)
	return history, notes, nil
}

// gone reports a tip whose object is not there. Git itself deletes what only
// HEAD's like and reflogs lead to.
func (s *scan) gone(t tip) error {
	if t.class == pseudo && t.name != "HEAD" || strings.Contains(t.name, "@{") {
		return nil
	}
	return s.out.Problem(scanner.Problem{Object: t.id, Reason: s.clean(t.name) + " leads to an object that is not there: run git fsck"})
}

// attribute returns the findings of commits, which are in an order with parents
// first, and of what else roots lead to.
func (s *scan) attribute(roots []root, order []handle, n *names, origin string) []*scanner.Finding {
	a := newAttribution(s.objects, newPaths(n), s.matcher)
	if origin != scanner.OriginNote { // what notes are about is no file
		a.watch = s.opts.Watch
	}
	part, push := !s.opts.Range.IsZero(), s.opts.Range.Push != nil
	a.part = part
	a.run(s.ctx, order)
	if a.exhausted() {
		s.notRead = append(s.notRead, scanner.Problem{Reason: "the trees are so deep or so often repeated that keys in them may be missing: scan a part with --range"})
	}
	var rank dense[int32]
	for i, c := range order {
		rank.set(c, int32(i))
		s.reached.set(c, true)
		s.out.Coverage.Commits++
		if len(s.objects.commit(c).parents) > 1 {
			s.out.Coverage.Merges++
		}
	}
	for i := range roots {
		if roots[i].keys = a.ever.get(roots[i].commit); !part || push {
			s.stand(a, &roots[i])
		}
	}
	if origin == "" && !part {
		s.index(a)
	}
	if w, ok := s.objects.(*walked); ok && origin == "" && s.opts.Unreachable && !part {
		s.unreachable(a, w)
	}
	r := reporter{attribution: a, scan: s, head: s.head, rank: rank, reach: a.reaches(roots), origin: origin}
	if part {
		s.relate(a, r.reach)
	}
	if origin == scanner.OriginNote {
		for p := range a.places {
			s.noted[p.blob] = true
		}
	}
	findings, allowed := r.findings()
	s.out.Allowed += allowed
	return findings
}

// maxTags is the most tags that may lead to one another. An index that lies can
// make a circle of them.
const maxTags = 1000

// behind returns what h leads to when it is a tag, and the tags on the way. What
// it returns is a tag when there are more than maxTags.
func (s *scan) behind(h handle) (object handle, tags []handle) {
	for t := s.objects.target(h); t != none && len(tags) < maxTags; t = s.objects.target(h) {
		tags = append(tags, h)
		h = t
	}
	return h, tags
}

// peel follows the tags that a root begins with.
func (s *scan) peel(r *root) error {
	r.object, r.tags = s.behind(r.object)
	if len(r.tags) > 0 {
		s.tagged[r.object] = true
	}
	if s.objects.target(r.object) == none {
		return nil
	}
	return s.out.Problem(scanner.Problem{Object: r.id, Reason: s.clean(r.name) + " is a tag of a tag, and so on without an end: run git fsck"})
}

// stand fills in the keys that a root leads to, those of its tags and of what
// is no commit included.
func (s *scan) stand(a *attribution, r *root) {
	for _, t := range r.tags {
		r.keys = r.keys.union(a.stood(place{tagPath, t}, t))
	}
	switch s.objects.kind(r.object) {
	case pack.Tree:
		a.diff(rootPath, none, r.object, func(p path, _, blob handle) {
			r.keys = r.keys.union(a.stood(place{p, blob}, none))
		})
	case pack.Blob:
		r.keys = r.keys.union(a.stood(place{a.paths.join(rootPath, a.paths.names.number([]byte(r.name))), r.object}, none))
	}
}

// index adds the keys that are in an index and in no commit.
func (s *scan) index(a *attribution) {
	for _, e := range s.staged {
		h := s.objects.find([]byte(e.id))
		last := e.path[strings.LastIndexByte(e.path, '/')+1:]
		if h == none || s.objects.evidence(h) == nil && len(s.matcher.Match([]byte(last))) == 0 {
			continue
		}
		p := rootPath
		for part := range strings.SplitSeq(e.path, "/") {
			p = a.paths.join(p, a.paths.names.number([]byte(part)))
		}
		at := place{p, h}
		fresh := slices.DeleteFunc(slices.Clone(a.keysOf(at)), func(k int32) bool { return len(a.keys[k].introduced) > 0 })
		if len(fresh) > 0 {
			a.stood(at, none)
		}
		for _, k := range fresh {
			a.keys[k].where = "in the index and in no commit"
		}
	}
}

// unreachable adds the keys in blobs that no reference leads to.
func (s *scan) unreachable(a *attribution, w *walked) {
	met := map[handle]bool{}
	for p := range a.places {
		met[p.blob] = true
	}
	for _, h := range w.sortedFound() {
		if met[h] || s.noted[h] || s.objects.kind(h) != pack.Blob {
			continue
		}
		p := place{a.paths.join(rootPath, a.paths.names.number([]byte(s.hex(h)))), h}
		for _, k := range a.stood(p, none) {
			a.keys[k].where = "in a blob that no reference leads to"
		}
	}
}
