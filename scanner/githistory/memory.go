package githistory

import (
	"bytes"
	"encoding/gob"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// memory is what the cache holds of a walk, for later ones. Objects are numbers, of
// which IDs has the ids, one after another.
type memory struct {
	Store    pack.Snapshot
	Coverage scanner.Coverage // of blobs
	IDs      []byte
	Names    []string
	Commits  []int64    // number, time, tree, number of parents, parents
	Tags     [][2]int32 // tag, object
	Keyed    []int32    // objects with evidence
	Trees    []memoryTree
}

type memoryTree struct {
	Tree    int32
	Entries []memoryEntry
}

type memoryEntry struct {
	Name, Child int32
	Tree        bool
}

// mostKeyed is the most objects with evidence, all of which are scanned again.
const mostKeyed = 5000

// encode returns m for the cache, nothing when m is nil.
func (m *memory) encode() []byte {
	var b bytes.Buffer
	if m == nil || gob.NewEncoder(&b).Encode(m) != nil {
		return nil
	}
	return b.Bytes()
}

// decodeMemory reads what encode made, and returns nil when there is nothing.
func decodeMemory(data []byte) *memory {
	var m memory
	if gob.NewDecoder(bytes.NewReader(data)).Decode(&m) != nil {
		return nil
	}
	return &m
}

// memory returns what a later scan can use, nil when too much would have to be
// done again, and when it would hold a key, which names can be.
func (w *walked) memory(s *pack.Store) *memory {
	m := &memory{Store: s.Snapshot(), Coverage: coverage(w.blobs)}
	number := map[handle]int32{}
	of := func(h handle) int32 {
		n, ok := number[h]
		if !ok {
			n = int32(len(number))
			number[h] = n
			id := w.id(h)
			m.IDs = append(m.IDs, id[:w.format.Size()]...)
		}
		return n
	}
	for i, e := range w.found {
		if e != nil {
			m.Keyed = append(m.Keyed, of(handle(i)))
		}
	}
	if len(m.Keyed) > mostKeyed || w.missing.count() > 0 || w.inNames {
		return nil
	}
	for i, c := range w.commits {
		if c == nil || w.found.get(handle(i)) != nil {
			continue // of those with evidence the message is needed, too
		}
		m.Commits = append(m.Commits, int64(of(handle(i))), c.time, int64(of(c.tree)), int64(len(c.parents)))
		for _, p := range c.parents {
			m.Commits = append(m.Commits, int64(of(p)))
		}
	}
	for tag, object := range w.tags {
		if w.found.get(tag) == nil {
			m.Tags = append(m.Tags, [2]int32{of(tag), of(object)})
		}
	}
	m.rememberTrees(w, of)
	return m
}

// rememberTrees takes in the trees that lead to keys.
func (m *memory) rememberTrees(w *walked, of func(handle) int32) {
	var used dense[bool]
	for i, list := range w.views.entries {
		if len(list) == 0 {
			continue
		}
		t := memoryTree{Tree: of(handle(i))}
		for _, e := range list {
			used.set(handle(e.name), true)
			t.Entries = append(t.Entries, memoryEntry{int32(e.name), of(e.child), e.tree})
		}
		m.Trees = append(m.Trees, t)
	}
	short := make([]int32, len(used)) // numbers of names, in the same order
	for i, u := range used {
		if u {
			short[i] = int32(len(m.Names))
			m.Names = append(m.Names, w.names.text(name(i)))
		}
	}
	for _, t := range m.Trees {
		for i := range t.Entries {
			t.Entries[i].Name = short[t.Entries[i].Name]
		}
	}
}

// recall takes in what an earlier scan knew. Names get numbers in their old order.
func (g *grown) recall(m *memory) {
	size := g.format.Size()
	handles := make([]handle, len(m.IDs)/size)
	for i := range handles {
		handles[i] = g.named(m.IDs[i*size : (i+1)*size])
	}
	for _, n := range m.Keyed {
		g.keyed[handles[n]] = true
	}
	for list := m.Commits; len(list) > 0; {
		c := &commit{time: list[1], tree: handles[list[2]]}
		end := 4 + int(list[3])
		for _, p := range list[4:end] {
			c.parents = append(c.parents, handles[p])
		}
		g.parsed[handles[list[0]]] = &parsed{kind: pack.Commit, commit: c, target: none}
		list = list[end:]
	}
	for _, t := range m.Tags {
		g.parsed[handles[t[0]]] = &parsed{kind: pack.Tag, target: handles[t[1]]}
	}
	numbers := make([]name, len(m.Names))
	for i, text := range m.Names {
		numbers[i] = g.names.number([]byte(text))
	}
	for _, t := range m.Trees {
		var list []entry
		for _, e := range t.Entries {
			list = append(list, entry{numbers[e.Name], handles[e.Child], e.Tree})
		}
		g.views[handles[t.Tree]] = list
	}
}
