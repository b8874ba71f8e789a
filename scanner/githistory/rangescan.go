package githistory

import (
	"maps"
	"slices"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// fewCommits is the most commits of a range that are read one by one. For more
// it is faster to walk all objects.
const fewCommits = 2000

// rangeFindings is findings for a range of commits.
func (s *scan) rangeFindings(n *names) (*reading, []*scanner.Finding, error) {
	read := s.read(n, true)
	tips := s.tips
	var known []handle
	if p := s.opts.Range.Push; p != nil {
		tips, known = p.tips(), s.known(p)
	} else if r := s.opts.Range; r.Revisions != "" || r.Branch != "" { // the others are not needed
		tips = slices.DeleteFunc(slices.Clone(tips), func(t tip) bool { return t.id != s.headID })
	}
	roots, _, err := s.roots(tips)
	if err != nil {
		return read, nil, err
	}
	revs := &revisions{objects: s.objects, store: s.store, format: s.format, head: s.headID, refs: s.names}
	list, err := s.opts.Range.limited(s.objects, revs, commitsOf(roots), known)
	if err != nil {
		return read, nil, s.out.Problem(scanner.Problem{Reason: "the range cannot be scanned: " + err.Error()})
	}
	if len(list) == 0 && s.opts.Range.Push == nil {
		return read, nil, s.out.Notice(scanner.Notice{Reason: "the range has no commits"})
	}
	if s.opts.Touched != nil {
		s.touched(list, n)
	}
	if len(list) > fewCommits && !s.opts.Whole {
		ids := make([]pack.ID, len(list))
		for i, h := range list {
			ids[i] = s.objects.id(h)
		}
		read = s.read(n, false)
		if roots, _, err = s.roots(tips); err != nil {
			return read, nil, err
		}
		for i, id := range ids {
			list[i] = s.objects.find(id[:s.format.Size()])
		}
	}
	inside := make(map[handle]bool, len(list))
	for _, h := range list {
		inside[h] = true
	}
	order := parentsFirst(s.objects, list, func(h handle) bool { return !inside[h] })
	if l, ok := s.objects.(*lazy); ok && !s.opts.Whole {
		ahead := l.prefetcher(s.options)
		s.brought(order, n, ahead.add)
		ahead.finish()
	}
	return read, s.attribute(roots, order, n, ""), nil
}

// atOnce is the number of commits whose blobs are handed on together.
const atOnce = 64

// brought hands the blobs to add that commits put where their first parents have
// others, path by path for some commits at once.
func (s *scan) brought(order []handle, n *names, add func(blobs []handle)) {
	a := newAttribution(s.objects, newPaths(n), s.matcher)
	at := map[path][]handle{}
	have := map[handle]bool{}
	for i, h := range order {
		a.changes(h, func(p path, blob handle) {
			if blob != none && !have[blob] {
				have[blob] = true
				at[p] = append(at[p], blob)
			}
		})
		if (i+1)%atOnce == 0 || i == len(order)-1 {
			var blobs []handle
			for _, p := range slices.Sorted(maps.Keys(at)) {
				blobs = append(blobs, at[p]...)
			}
			add(blobs)
			clear(at)
		}
	}
}

// touched tells the paths that commits changed.
func (s *scan) touched(list []handle, n *names) {
	a := newAttribution(s.objects, newPaths(n), s.matcher)
	have := map[path]bool{}
	for _, h := range list {
		a.changes(h, func(p path, _ handle) {
			if !have[p] {
				have[p] = true
				s.opts.Touched(scanner.MaskPath(s.matcher, a.paths.text(p)))
			}
		})
	}
}

// changes calls f for the paths at which a commit has another blob, or none, than
// each of its parents.
func (a *attribution) changes(h handle, f func(p path, blob handle)) {
	c := a.objects.commit(h)
	d := difference{attribution: a, parents: a.parentTrees(c)}
	first := none
	if len(d.parents) > 0 {
		first = d.parents[0]
	}
	a.diff(rootPath, first, c.tree, func(p path, _, blob handle) {
		if !d.same(p, blob) {
			f(p, blob)
		}
	})
}

// relate finds out, for the keys of a part of history, whether HEAD and
// remote-tracking references lead to the commits that brought them in or took
// them away, without a look at all of history.
func (s *scan) relate(a *attribution, reach []reach) {
	var commits, remotes []handle
	for _, k := range a.keys {
		for _, e := range slices.Concat(k.introduced, k.removed) {
			if s.objects.commit(e.commit) != nil { // and no tag, tree or blob
				commits = append(commits, e.commit)
			}
		}
	}
	if len(commits) == 0 {
		return
	}
	s.inHeads = leadTo(s.objects, []handle{s.head}, commits)
	for _, t := range s.tips {
		if id, err := s.format.ParseID(t.id); err == nil && t.tracking {
			end, _ := s.behind(s.objects.find(id[:s.format.Size()]))
			remotes = append(remotes, end)
		}
	}
	pushed := leadTo(s.objects, remotes, commits)
	for _, k := range a.keys {
		for _, e := range k.introduced {
			reach[k.number].pushed = reach[k.number].pushed || pushed[e.commit]
		}
	}
}
