package gitrepo

import (
	"cmp"
	"slices"
	"strings"
)

// A splitLink says how the entries of a split index change those of the shared
// index that it is based on.
type splitLink struct {
	shared  ObjectID // checksum of the shared index; zero bytes when there is none
	deleted bitmap   // positions in the shared index
	changed bitmap   // likewise
}

// parseLink parses the extension of a split index.
func parseLink(data string, f ObjectFormat) (*splitLink, error) {
	if len(data) < f.Size() {
		return nil, corruptf("extension link is cut off")
	}
	l := &splitLink{shared: ObjectID(data[:f.Size()])}
	if data = data[f.Size():]; data == "" {
		return l, nil
	}
	var err error
	if l.deleted, data, err = cutBitmap(data); err != nil {
		return nil, err
	}
	if l.changed, data, err = cutBitmap(data); err != nil {
		return nil, err
	}
	if data != "" {
		return nil, corruptf("extension link has a tail")
	}
	return l, nil
}

// merge returns the index that x, a split index, and its shared index are
// together.
func (x *indexFile) merge(shared *indexFile) (*Index, error) {
	deleted, err := x.link.deleted.positions(len(shared.Entries))
	if err != nil {
		return nil, err
	}
	changed, err := x.link.changed.positions(len(shared.Entries))
	if err != nil {
		return nil, err
	}
	if len(changed) > len(x.Entries) {
		return nil, corruptf("%d entries for %d changes of the shared index", len(x.Entries), len(changed))
	}
	entries := slices.Clone(shared.Entries)
	for i, at := range changed {
		e := x.Entries[i]
		if e.Path != "" {
			return nil, corruptf("%q stands in the place of a changed entry", e.Path)
		}
		e.Path = entries[at].Path
		entries[at] = e
	}
	for _, at := range slices.Backward(deleted) {
		entries[at].Path = "" // no entry has an empty path
	}
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return e.Path == "" })
	merged := &Index{Version: x.Version, Entries: add(entries, x.Entries[len(changed):]), Sparse: x.Sparse || shared.Sparse, Cached: x.Cached}
	return merged, checkOrder(merged.Entries)
}

// add returns the entries with the added ones at their places. As in git, an
// addition replaces the entry of the same path and stage, and one of stage 0
// all sides of a conflict. Both lists are sorted.
func add(entries, added []Entry) []Entry {
	all := make([]Entry, 0, len(entries)+len(added))
	for i := range added {
		a := &added[i]
		for len(entries) > 0 && compareEntries(&entries[0], a) < 0 {
			all, entries = append(all, entries[0]), entries[1:]
		}
		all = append(all, *a)
		for len(entries) > 0 && replaces(a, &entries[0]) {
			entries = entries[1:]
		}
	}
	return append(all, entries...)
}

func replaces(a, e *Entry) bool {
	return a.Path == e.Path && (a.Stage() == 0 || a.Stage() == e.Stage())
}

func compareEntries(a, b *Entry) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Stage(), b.Stage()))
}
