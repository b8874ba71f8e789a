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
	slots []slot
}

// A slot holds a node, None when it is free, with some bits of the hash of its
// ID, so that most others are told apart without a look at their IDs.
type slot struct {
	tag  uint32
	node Node
}

// newIDTable returns a table for at most n nodes.
func newIDTable(n int, f Format) idTable {
	log := bits.Len(uint(2*n + 1))
	t := idTable{size: f.Size(), seed: rand.Uint64(), odd: rand.Uint64() | 1, shift: 64 - log, slots: make([]slot, 1<<log)}
	for i := range t.slots {
		t.slots[i].node = None
	}
	return t
}

// hash mixes all bytes of id. Its first bits are the slot at which a search
// begins, and its last the tag.
func (t *idTable) hash(id []byte) uint64 {
	h := t.seed
	for i := 0; i+8 <= t.size; i += 8 {
		h = t.mix(h ^ binary.LittleEndian.Uint64(id[i:]))
	}
	return t.mix(h ^ binary.LittleEndian.Uint64(id[t.size-8:]))
}

func (t *idTable) mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x, t.odd)
	return hi ^ lo
}

// likely is find without a last look at the whole ID: what it finds is another
// object once in four thousand million.
func (t *idTable) likely(id []byte) Node {
	h := t.hash(id)
	tag := uint32(h)
	for i := h >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		if s := t.slots[i]; s.node == None || s.tag == tag {
			return s.node
		}
	}
}

// find returns the node with an ID, None if there is none.
func (t *idTable) find(nodes []node, id []byte) Node {
	h := t.hash(id)
	tag := uint32(h)
	for i := h >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		s := t.slots[i]
		if s.node == None || s.tag == tag && string(nodes[s.node].id[:t.size]) == string(id[:t.size]) {
			return s.node
		}
	}
}

// insert returns the node with an ID, which is n when there was none.
func (t *idTable) insert(nodes []node, id ID, n Node) (at Node, have bool) {
	h := t.hash(id[:])
	tag := uint32(h)
	for i := h >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		switch s := t.slots[i]; {
		case s.node == None:
			t.slots[i] = slot{tag, n}
			return n, false
		case s.tag == tag && nodes[s.node].id == id:
			return s.node, true
		}
	}
}
