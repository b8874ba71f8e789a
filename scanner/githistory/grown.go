package githistory

import (
	"cmp"
	"slices"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// A grown is the objects of a repository of which an earlier scan knew all but a
// few. What led to keys then is in the cache (type memory); the others are read one
// by one. Objects never change, so what the earlier scan knew still holds, and what
// it knew of a tree is all that there is to know: no tree can hold what came later.
type grown struct {
	*lazy
	fresh map[handle]bool // came since
	keyed map[handle]bool // of the others: those with evidence
	views map[handle][]entry
	// covered counts the blobs of the earlier scan and those that came since.
	covered scanner.Coverage
}

// mostFresh is the most objects that may have come. For more a walk is faster.
const mostFresh = 5000

// grow returns the objects when few of them are new, nil when they are to be walked.
func (s *scan) grow(n *names) *reading {
	if s.cache == nil || s.opts.Unreachable || len(s.shallow) > 0 || s.partial {
		return nil
	}
	m := decodeMemory(s.cache.load(memoryPart))
	if m == nil {
		return nil
	}
	fresh, ok := s.store.Since(m.Store, mostFresh)
	if !ok {
		return nil
	}
	g := &grown{lazy: newLazy(s.ctx, s.store, s.format, n, s.options), fresh: map[handle]bool{}, keyed: map[handle]bool{}, views: map[handle][]entry{}, covered: m.Coverage}
	g.recall(m)
	g.readAll(fresh, s.options)
	if len(g.problems) > 0 || len(g.absent) > 0 || len(g.misnamed()) > 0 {
		return nil
	}
	s.objects = g
	return &reading{lazy: g.lazy, grown: g}
}

// readAll reads the objects that are new, and scans the blobs that are not but hold
// keys again.
func (g *grown) readAll(fresh []pack.ID, o scanner.Options) {
	var blobs, keyed []handle
	for _, id := range fresh {
		h := g.named(id[:g.format.Size()])
		g.fresh[h] = true
		kind, _ := g.read(h)
		switch kind {
		case pack.Blob:
			blobs = append(blobs, h)
		case pack.Tree:
			for t := g.lines(h); t.next(); t.take(nil) {
			}
		default:
			g.parse(h)
		}
	}
	g.scanAll(blobs, o)
	addCoverage(&g.covered, coverage(g.blobs))
	for h := range g.keyed {
		keyed = append(keyed, h)
	}
	slices.Sort(keyed)
	g.scanAll(keyed, o)
}

// scanAll reads and scans blobs.
func (l *lazy) scanAll(blobs []handle, o scanner.Options) {
	p := l.prefetcher(o)
	p.add(blobs)
	p.finish()
}

// evidence implements objects.
func (g *grown) evidence(h handle) *scanner.Evidence {
	if !g.fresh[h] && !g.keyed[h] {
		return nil
	}
	return g.lazy.evidence(h)
}

// child implements objects.
func (g *grown) child(tree handle, n name) handle {
	if g.fresh[tree] {
		return g.lazy.child(tree, n)
	}
	return childIn(g.views[tree], n)
}

// differ implements objects.
func (g *grown) differ(from, to handle) (old, now []entry) {
	if !g.fresh[from] && !g.fresh[to] {
		return g.views[from], g.views[to]
	}
	old, now = g.lazy.differ(from, to)
	for _, e := range now {
		if !g.fresh[e.child] && !g.store.Has(g.ids[e.child]) {
			g.absent = append(g.absent, e.child)
		}
	}
	return old, now
}

// childIn returns the entry of a name in a list of what leads to keys.
func childIn(list []entry, n name) handle {
	i, ok := slices.BinarySearchFunc(list, n, func(e entry, n name) int { return cmp.Compare(e.name, n) })
	if !ok {
		return none
	}
	return list[i].child
}
