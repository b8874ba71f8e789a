package githistory

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
// different blobs, or different objects under a name that holds a key; none where
// there is nothing. Either tree may be none.
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
		oldBlob, blob := onlyIf(!o.tree, o.child), onlyIf(!n.tree, n.child)
		if len(a.nameKeys(p)) > 0 {
			oldBlob, blob = o.child, n.child
		}
		if oldBlob != blob {
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
