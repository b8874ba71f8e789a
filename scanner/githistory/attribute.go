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
	// inNames is the keys in names of entries.
	inNames map[name][]rules.Match
	steps   int // entries that may still be compared
	ctx     context.Context
	watch   *Watch // nil for none
}

// A place is a blob at a path, or a directory whose name holds a key.
type place struct {
	path path
	blob handle
}

// A keyID tells keys apart: one key at one path is one finding.
type keyID struct {
	path   path
	rule   string
	hash   string
	inName bool
}

// A key is a secret at a path, over all of history.
type key struct {
	number     int32
	path       path
	rule, hash string
	inName     bool // in the last name of the path, not in what lies there
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
		index: map[keyID]int32{}, places: map[place][]sighting{}, met: map[path]bool{}, inNames: map[name][]rules.Match{},
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
	for _, m := range a.nameKeys(p.path) {
		s := scanner.Sighting{Match: m}
		list = append(list, sighting{a.key(p.path, &s, true), s})
	}
	if e := a.evidence(p); e != nil {
		for _, s := range e.At(a.matcher, a.paths.text(p.path)) {
			list = append(list, sighting{a.key(p.path, &s, false), s})
		}
	}
	if s, ok := a.watched(p.path); ok {
		list = append(list, sighting{a.key(p.path, &s, false), s})
	}
	a.places[p] = list
	return list
}

// evidence returns what was found in the object of a place, nil for nothing and
// for what is no blob.
func (a *attribution) evidence(p place) *scanner.Evidence {
	e := a.objects.evidence(p.blob)
	if e != nil && p.path >= realPath && a.objects.kind(p.blob) != pack.Blob {
		return nil
	}
	return e
}

// key returns the number of the key that s saw.
func (a *attribution) key(p path, s *scanner.Sighting, inName bool) int32 {
	id := keyID{p, s.Rule.ID, s.Secret.Hash(), inName}
	n, ok := a.index[id]
	if !ok {
		n = int32(len(a.keys))
		a.keys = append(a.keys, &key{number: n, path: p, rule: id.rule, hash: id.hash, inName: inName})
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
		if at.inName && len(at.places) > 0 {
			continue // what lies there is another matter
		}
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
