package pack

import "slices"

// A Snapshot says what a store held at a time.
type Snapshot struct {
	Packs map[string]int // size in bytes of each pack, by path
	Loose []ID           // in order
}

// Snapshot returns what the store holds.
func (s *Store) Snapshot() Snapshot {
	out := Snapshot{Packs: map[string]int{}, Loose: sortedIDs(s.loose)}
	for _, p := range s.packs {
		out.Packs[p.path] = len(p.data)
	}
	return out
}

// Since returns the objects, in order, that came into the store since a snapshot,
// if they are at most most. ok is false when they are more, or when what the store
// held is not as it was: then nothing is known of it.
func (s *Store) Since(was Snapshot, most int) (fresh []ID, ok bool) {
	var old, added []*packfile
	for _, p := range s.packs {
		if was.Packs[p.path] == len(p.data) {
			old = append(old, p)
		} else {
			added = append(added, p)
		}
	}
	if len(old) != len(was.Packs) {
		return nil, false
	}
	have := make(map[ID]bool, len(was.Loose))
	for _, id := range was.Loose {
		if have[id] = true; s.loose[id] == "" {
			return nil, false
		}
	}
	add := func(id ID) {
		if !have[id] && !slices.ContainsFunc(old, func(p *packfile) bool { _, ok := p.index.find(id); return ok }) {
			have[id] = true
			fresh = append(fresh, id)
		}
	}
	fault := safely(func() error {
		for _, p := range added {
			for i := 0; i < p.index.count && len(fresh) <= most; i++ {
				add(p.index.format.id(p.index.name(i)))
			}
		}
		return nil
	})
	for id := range s.loose {
		add(id)
	}
	slices.SortFunc(fresh, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	return fresh, fault == nil && len(fresh) <= most
}
