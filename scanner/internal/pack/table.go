package pack

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// An idTable finds nodes by ID: open addressing with linear probing. IDs of a
// hostile index need not be hashes, so they are mixed with a random seed.
type idTable struct {
	size  int // of an ID in bytes
	seed  uint64
	odd   uint64
	shift int
	slots []Node
}

// newIDTable returns a table for at most n nodes.
func newIDTable(n int, f Format) idTable {
	log := bits.Len(uint(2*n + 1))
	t := idTable{size: f.Size(), seed: rand.Uint64(), odd: rand.Uint64() | 1, shift: 64 - log, slots: make([]Node, 1<<log)}
	for i := range t.slots {
		t.slots[i] = None
	}
	return t
}

// slot returns the slot at which the search for id begins.
func (t *idTable) slot(id []byte) uint64 {
	h := t.seed
	for i := 0; i+8 <= t.size; i += 8 {
		h = t.mix(h ^ binary.LittleEndian.Uint64(id[i:]))
	}
	return t.mix(h^binary.LittleEndian.Uint64(id[t.size-8:])) >> t.shift
}

func (t *idTable) mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x, t.odd)
	return hi ^ lo
}

// find returns the node with an ID, None if there is none.
func (t *idTable) find(nodes []node, id []byte) Node {
	for i := t.slot(id); ; i = (i + 1) & uint64(len(t.slots)-1) {
		n := t.slots[i]
		if n == None || string(nodes[n].id[:t.size]) == string(id[:t.size]) {
			return n
		}
	}
}

// insert returns the node with an ID, which is n when there was none.
func (t *idTable) insert(nodes []node, id ID, n Node) (at Node, have bool) {
	for i := t.slot(id[:]); ; i = (i + 1) & uint64(len(t.slots)-1) {
		switch at := t.slots[i]; {
		case at == None:
			t.slots[i] = n
			return n, false
		case nodes[at].id == id:
			return at, true
		}
	}
}
