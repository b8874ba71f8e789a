package githistory

import (
	"context"
	"fmt"
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
	s := &scan{History: h, ctx: ctx, options: o, matcher: o.Rules.Matcher(), out: scanner.NewCollector(o, out), head: none, reached: map[handle]bool{}}
	err := s.run()
	if err == nil {
		err = context.Cause(ctx)
	}
	s.out.Complete = s.out.Complete && err == nil
	s.out.DurationMS = time.Since(start).Milliseconds()
	return s.out.Summary, err
}

func (s *scan) run() error {
	store, err := s.openStore()
	if err != nil {
		return s.out.Problem(scanner.Problem{Reason: err.Error()})
	}
	defer store.Close()
	s.store, s.reader = store, store.Reader(maxObject)
	names := newNames()
	read := s.read(names)
	if s.ctx.Err() != nil {
		return nil
	}
	history, notes, err := s.roots()
	if err != nil {
		return err
	}
	findings := s.attribute(history, names, scanner.OriginBlob)
	findings = append(findings, s.attribute(notes, names, scanner.OriginNote)...)
	s.frames()
	sortFindings(findings)
	for _, f := range findings {
		if err := s.out.Finding(f); err != nil {
			return err
		}
	}
	if read.lazy != nil { // it has scanned what it was asked for
		read.lazy.coverage.addTo(&s.out.Coverage)
		read.problems = read.lazy.problems
	}
	return s.report(read)
}

// A reading is how the objects were read: one of the two ways.
type reading struct {
	walked   *walked
	lazy     *lazy
	problems []pack.Problem
}

// read reads the objects, or makes ready for reading those that are needed.
func (s *scan) read(n *names) *reading {
	if s.opts.Whole {
		l := newLazy(s.ctx, s.store, s.format, n, s.options)
		s.objects = l
		return &reading{lazy: l}
	}
	w := walk(s.ctx, s.store.Forest(s.options.Jobs), s.format, n, s.options)
	s.objects = w
	s.out.Coverage = w.coverage
	return &reading{walked: w, problems: w.problems}
}

// roots resolves the tips, those of notes apart from the others.
func (s *scan) roots() (history, notes []root, err error) {
	for _, t := range s.tips {
		r := root{tip: t, object: none, commit: none}
		if id, err := s.format.ParseID(t.id); err == nil {
			r.object = s.objects.find(id[:s.format.Size()])
		}
		if r.object == none {
			p := scanner.Problem{Object: t.id, Reason: fmt.Sprintf("%s leads to an object that is not there: run git fsck", s.clean(t.name))}
			if err := s.out.Problem(p); err != nil {
				return nil, nil, err
			}
			continue
		}
		for s.objects.target(r.object) != none {
			r.tags = append(r.tags, r.object)
			r.object = s.objects.target(r.object)
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

// attribute returns the findings of the history that roots lead to.
func (s *scan) attribute(roots []root, n *names, origin string) []*scanner.Finding {
	a := newAttribution(s.objects, newPaths(n), s.matcher)
	var tips []handle
	for _, r := range roots {
		if r.commit != none {
			tips = append(tips, r.commit)
		}
	}
	order := parentsFirst(s.objects, tips, nil)
	a.run(s.ctx, order)
	rank := make(map[handle]int, len(order))
	for i, c := range order {
		rank[c] = i
		s.reached[c] = true
		s.out.Coverage.Commits++
		if len(s.objects.commit(c).parents) > 1 {
			s.out.Coverage.Merges++
		}
	}
	for i := range roots {
		s.stand(a, &roots[i])
	}
	if origin == scanner.OriginBlob {
		origin = ""
		s.index(a)
	}
	r := reporter{attribution: a, scan: s, head: s.head, rank: rank, reach: a.reaches(roots), origin: origin}
	findings, allowed := r.findings()
	s.out.Allowed += allowed
	return findings
}

// stand fills in the keys that a root leads to, those of its tags and of what
// is no commit included.
func (s *scan) stand(a *attribution, r *root) {
	r.keys = a.ever[r.commit]
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
		if h == none || s.objects.evidence(h) == nil {
			continue
		}
		p := rootPath
		for part := range strings.SplitSeq(e.path, "/") {
			p = a.paths.join(p, a.paths.names.number([]byte(part)))
		}
		at := place{p, h}
		for _, k := range a.keysOf(at) {
			if len(a.keys[k].introduced) == 0 {
				a.stood(at, none)
				break
			}
		}
	}
}
