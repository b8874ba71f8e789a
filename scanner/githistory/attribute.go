package githistory

import (
	"context"
	"slices"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// An attribution finds where and when keys were in a history. It goes through
// the commits, parents first, and looks at what each changed in comparison with
// its parents.
type attribution struct {
	objects objects
	paths   *paths
	matcher *rules.Matcher
	// part says that only a part of history is looked at, for what is new in it:
	// a key that a commit moves to another path is not, and of removals only
	// those by commits with one parent are found.
	part   bool
	met    map[path]bool // paths where a key was
	keys   []*key
	index  map[keyID]int32
	places map[place][]sighting
	ever   dense[set] // of commits: the keys that they or an ancestor held
	steps  int        // entries that may still be compared
	ctx    context.Context
}

// A place is a blob at a path.
type place struct {
	path path
	blob handle
}

// A keyID tells keys apart: one key at one path is one finding.
type keyID struct {
	path path
	rule string
	hash string
}

// A key is a secret at a path, over all of history.
type key struct {
	number     int32
	path       path
	rule, hash string
	introduced []event
	removed    []event
	places     []event // the first commit that had each blob with the key there
	where      string  // of a key that is in no commit
}

// An event is a commit that put a key into a blob, or took it away.
type event struct {
	commit handle // none for what is in no commit
	blob   handle
}

// A gain is a key that a commit has in a blob and its parent lacks, or the other
// way round.
type gain struct {
	key  int32
	blob handle
}

// A sighting is a key in a blob.
type sighting struct {
	key int32
	scanner.Sighting
}

// maxSteps bounds the entries that are compared: the trees of a hostile
// repository can say one blob lies at more paths than can be counted.
const maxSteps = 200_000_000

// maxKeys and maxPaths bound what is held of such trees.
const (
	maxKeys  = 200_000
	maxPaths = 20_000_000
)

// maxDepth bounds how deep directories are followed: far beyond what people make,
// and less than git allows (core.maxTreeDepth). A tree of a hostile repository can
// hold itself.
const maxDepth = 512

func newAttribution(o objects, p *paths, m *rules.Matcher) *attribution {
	return &attribution{
		objects: o, paths: p, matcher: m, steps: maxSteps,
		index: map[keyID]int32{}, places: map[place][]sighting{}, met: map[path]bool{},
	}
}

// exhausted reports whether there was more to compare, or to hold, than is
// allowed.
func (a *attribution) exhausted() bool {
	return a.steps <= 0 || len(a.keys) > maxKeys || len(a.paths.list) > maxPaths
}

// sightings returns the keys in a blob at a path, each once for a place in the
// blob.
func (a *attribution) sightings(p place) []sighting {
	if p.blob == none {
		return nil
	}
	if list, ok := a.places[p]; ok {
		return list
	}
	var list []sighting
	if p.path >= realPath && a.objects.kind(p.blob) != pack.Blob {
		return nil // what names it as one is a problem
	}
	if e := a.objects.evidence(p.blob); e != nil {
		for _, s := range e.At(a.matcher, a.paths.text(p.path)) {
			list = append(list, sighting{a.key(p.path, &s), s})
		}
	}
	a.places[p] = list
	return list
}

// key returns the number of the key that s saw.
func (a *attribution) key(p path, s *scanner.Sighting) int32 {
	id := keyID{p, s.Rule.ID, s.Secret.Hash()}
	n, ok := a.index[id]
	if !ok {
		n = int32(len(a.keys))
		a.keys = append(a.keys, &key{number: n, path: p, rule: s.Rule.ID, hash: s.Secret.Hash()})
		a.index[id] = n
	}
	return n
}

// keysOf returns the numbers of the keys in a blob at a path.
func (a *attribution) keysOf(p place) set {
	var out set
	for _, s := range a.sightings(p) {
		out = append(out, s.key)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// run goes through commits, which are in an order with parents first.
func (a *attribution) run(ctx context.Context, order []handle) {
	a.ctx = ctx
	for _, c := range order {
		if ctx.Err() != nil || a.exhausted() {
			return
		}
		a.commit(c)
	}
}

// stood notes that the keys in a blob stand at a path since a commit, which is
// none when no commit has them. It returns the keys.
func (a *attribution) stood(p place, commit handle) set {
	keys := a.keysOf(p)
	a.appeared(commit, p, keys)
	for _, k := range keys {
		a.keys[k].introduced = append(a.keys[k].introduced, event{commit, p.blob})
	}
	return keys
}

// inherited returns the keys that a parent of c or an ancestor of one held.
func (a *attribution) inherited(c *commit) set {
	var out set
	for _, p := range c.parents {
		out = out.union(a.ever.get(p))
	}
	return out
}

// parentTrees returns the trees of the parents that are there.
func (a *attribution) parentTrees(c *commit) []handle {
	var out []handle
	for _, p := range c.parents {
		if k := a.objects.commit(p); k != nil {
			out = append(out, k.tree)
		}
	}
	return out
}

// introduce notes the keys that a commit brought in. A key that went to another
// path, which moved tells, is not new.
func (a *attribution) introduce(h handle, gained, moved []gain) {
	gone := map[keyID]bool{}
	for _, m := range moved {
		gone[keyID{rule: a.keys[m.key].rule, hash: a.keys[m.key].hash}] = true
	}
	for _, g := range gained {
		if k := a.keys[g.key]; !gone[keyID{rule: k.rule, hash: k.hash}] {
			k.introduced = append(k.introduced, event{h, g.blob})
		}
	}
}

// appeared notes that a commit put a blob at a path.
func (a *attribution) appeared(h handle, p place, keys set) {
	for _, k := range keys {
		at := a.keys[k]
		if !slices.ContainsFunc(at.places, func(e event) bool { return e.blob == p.blob }) {
			at.places = append(at.places, event{h, p.blob})
		}
	}
}

// lose notes the keys that a commit took away. A merge takes away what it drops
// from one side, unless the other side had removed it before.
func (a *attribution) lose(h handle, c *commit, parents []handle, lost []gain) {
	for _, l := range lost {
		k := a.keys[l.key]
		if len(parents) > 1 && a.removedBefore(c, k) {
			continue
		}
		if n := len(k.removed); n == 0 || k.removed[n-1].commit != h {
			k.removed = append(k.removed, event{h, l.blob})
		}
	}
}

// removedBefore reports whether a parent of c that lacks k had it once.
func (a *attribution) removedBefore(c *commit, k *key) bool {
	for _, p := range c.parents {
		if parent := a.objects.commit(p); parent != nil && a.ever.get(p).has(k.number) && !a.holds(parent.tree, k.path, k.number) {
			return true
		}
	}
	return false
}

// inAny reports whether one of the trees from the i-th on holds key k at p.
func (a *attribution) inAny(trees []handle, i int, p path, k int32) bool {
	for ; i < len(trees); i++ {
		if a.holds(trees[i], p, k) {
			return true
		}
	}
	return false
}

// holds reports whether a tree holds key k at p.
func (a *attribution) holds(tree handle, p path, k int32) bool {
	blob := a.lookup(tree, p)
	return blob != none && a.keysOf(place{p, blob}).has(k)
}

// lookup returns the entry at path p below a tree, none if there is none.
func (a *attribution) lookup(tree handle, p path) handle {
	if p == rootPath {
		return tree
	}
	parts := a.paths.list[p]
	dir := a.lookup(tree, parts.dir)
	if dir == none {
		return none
	}
	return a.objects.child(dir, parts.name)
}

// diff calls f for each path below dir at which the trees from and to have
// different blobs; none where there is no blob. Either tree may be none.
func (a *attribution) diff(dir path, from, to handle, f func(p path, old, blob handle)) {
	if from != to {
		a.diffTrees(dir, from, to, 0, f)
	}
}

func (a *attribution) diffTrees(dir path, from, to handle, depth int, f func(p path, old, blob handle)) {
	if depth > maxDepth {
		a.steps = 0
		return
	}
	old, now := a.objects.differ(from, to)
	for (len(old) > 0 || len(now) > 0) && !a.exhausted() {
		if a.steps--; a.steps&0xffff == 0 && a.ctx != nil && a.ctx.Err() != nil {
			a.steps = 0
		}
		o, n := entry{child: none}, entry{child: none}
		switch {
		case len(now) == 0 || len(old) > 0 && old[0].name < now[0].name:
			o, old = old[0], old[1:]
		case len(old) == 0 || now[0].name < old[0].name:
			n, now = now[0], now[1:]
		default:
			o, n, old, now = old[0], now[0], old[1:], now[1:]
		}
		if o.child == n.child {
			continue
		}
		p := a.paths.join(dir, max(o.name, n.name))
		if o.tree || n.tree {
			a.diffTrees(p, onlyIf(o.tree, o.child), onlyIf(n.tree, n.child), depth+1, f)
		}
		if oldBlob, blob := onlyIf(!o.tree, o.child), onlyIf(!n.tree, n.child); oldBlob != blob {
			f(p, oldBlob, blob)
		}
	}
}

func onlyIf(ok bool, h handle) handle {
	if ok {
		return h
	}
	return none
}
