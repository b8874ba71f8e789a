package githistory

// commit looks at what a commit changed.
func (a *attribution) commit(h handle) {
	c := a.objects.commit(h)
	d := difference{attribution: a, commit: h, ever: a.inherited(c), parents: a.parentTrees(c)}
	for _, k := range a.stood(place{rootPath, h}, h) {
		d.ever = d.ever.with(k)
	}
	first := none
	if len(d.parents) > 0 {
		first = d.parents[0]
	}
	a.diff(rootPath, first, c.tree, d.look)
	if a.part {
		d.moves()
	}
	for i := 1; i < len(d.parents) && !a.part; i++ {
		a.diff(rootPath, d.parents[i], c.tree, func(p path, old, blob handle) {
			for _, k := range a.keysOf(place{p, old}).without(a.keysOf(place{p, blob})) {
				d.lost = append(d.lost, gain{k, old})
			}
		})
	}
	a.introduce(h, d.gained, d.moved)
	a.lose(h, c, d.parents, d.lost)
	a.ever.set(h, d.ever)
}

// A difference is what a commit changed in comparison with its parents.
type difference struct {
	*attribution
	commit       handle
	ever         set
	parents      []handle // their trees
	gained, lost []gain
	moved        []gain // those of lost that may have gone elsewhere
	skipped      []place
}

// look compares a path with that in the first parent.
func (d *difference) look(p path, old, blob handle) {
	if d.part && (d.same(p, blob) || len(d.keysOf(place{p, blob})) == 0 && !d.met[p]) {
		// Nothing can be new here. Only when something else is new does it
		// matter whether it was here before.
		d.skipped = append(d.skipped, place{p, old})
		return
	}
	d.met[p] = true
	before, now := d.keysOf(place{p, old}), d.keysOf(place{p, blob})
	d.appeared(d.commit, place{p, blob}, now)
	for _, k := range now.without(before) {
		d.ever = d.ever.with(k)
		if !d.inAny(d.parents, 1, p, k) {
			d.gained = append(d.gained, gain{k, blob})
		}
	}
	for _, k := range before.without(now) {
		d.lost = append(d.lost, gain{k, old})
	}
}

// same reports whether another parent than the first has the same blob at p.
func (d *difference) same(p path, blob handle) bool {
	for _, tree := range d.parents[min(1, len(d.parents)):] {
		if d.lookup(tree, p) == blob {
			return true
		}
	}
	return false
}

// moves finds the keys that the commit took away, if it brought any in: they may
// have moved.
func (d *difference) moves() {
	d.moved = d.lost
	if len(d.gained) == 0 {
		return
	}
	for _, p := range d.skipped {
		for _, k := range d.keysOf(p) {
			d.moved = append(d.moved, gain{k, p.blob})
		}
	}
}
