package inflate

import (
	"bytes"
	"compress/flate"
	stdadler "hash/adler32"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// A bitWriter writes a zlib stream bit by bit.
type bitWriter struct {
	b    []byte
	free uint // bits of the last byte
}

// put appends the low n bits of v.
func (w *bitWriter) put(v, n uint) {
	for range n {
		if w.free == 0 {
			w.b, w.free = append(w.b, 0), 8
		}
		w.b[len(w.b)-1] |= byte(v&1) << (8 - w.free)
		w.free--
		v >>= 1
	}
}

// symbol appends the code of s in the canonical code of lens, or nothing if
// it has none.
func (w *bitWriter) symbol(lens []uint, s int) {
	code := uint(0)
	for n := uint(1); n <= lens[s]; n++ {
		code <<= 1
		for other, l := range lens {
			if l == n && (n < lens[s] || other < s) {
				code++
			}
		}
	}
	w.put(reversed(code, int(lens[s])), lens[s])
}

// beginDynamic begins a stream of one block with codes of the given lengths.
func beginDynamic(lits, dists []uint) *bitWriter {
	w := &bitWriter{b: []byte{0x78, 0x9c}}
	w.put(1, 1)
	w.put(2, 2)
	w.put(uint(len(lits)-257), 5)
	w.put(uint(len(dists)-1), 5)
	w.put(uint(len(preOrder)-4), 4)
	pre := make([]uint, len(preOrder))
	for _, s := range preOrder {
		if s < 16 {
			pre[s] = 4
		}
		w.put(pre[s], 3)
	}
	for _, n := range slices.Concat(lits, dists) {
		w.symbol(pre, int(n))
	}
	return w
}

// finish returns the stream with its checksum, as far as it can be decoded.
func (w *bitWriter) finish() []byte {
	content, _ := io.ReadAll(flate.NewReader(bytes.NewReader(w.b[2:])))
	sum := stdadler.Checksum(content)
	return append(w.b, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
}

// randomLens returns the lengths of a complete code for some of n symbols, and
// for must.
func randomLens(rnd *rand.Rand, n, must int) []uint {
	leaves := []uint{1, 1}
	deep := rnd.IntN(2) == 0
	for want, tries := 2+rnd.IntN(n-1), 0; len(leaves) < want && tries < 20*n; tries++ {
		i := rnd.IntN(len(leaves))
		if deep {
			i = max(0, len(leaves)-1-rnd.IntN(3))
		}
		if leaves[i] < maxCodeLen { // this one and the new one make two of it
			leaves[i]++
			leaves = append(leaves, leaves[i])
		}
	}
	rnd.Shuffle(len(leaves), func(i, j int) { leaves[i], leaves[j] = leaves[j], leaves[i] })
	lens := make([]uint, n)
	lens[must], leaves = leaves[0], leaves[1:]
	for _, s := range rnd.Perm(n) {
		if len(leaves) > 0 && s != must {
			lens[s], leaves = leaves[0], leaves[1:]
		}
	}
	return lens
}

// used returns the symbols that have codes.
func used(lens []uint) (symbols []int) {
	for s, n := range lens {
		if n != 0 {
			symbols = append(symbols, s)
		}
	}
	return symbols
}

// randomSymbols appends random literals and matches, which mostly do not reach
// before the start.
func (w *bitWriter) randomSymbols(rnd *rand.Rand, lits, dists []uint, count int) {
	usedLits, usedDists := used(lits), used(dists)
	for written := 0; count > 0; count-- {
		s := usedLits[rnd.IntN(len(usedLits))]
		if s < endOfBlock {
			w.symbol(lits, s)
			written++
		}
		if s <= endOfBlock || len(usedDists) == 0 {
			continue
		}
		far := usedDists[rnd.IntN(len(usedDists))]
		m, extra := distMeanings[far], uint(distMeanings[far]&63)
		if int(m>>16)+1<<extra > written && rnd.IntN(1000) != 0 {
			continue
		}
		w.symbol(lits, s)
		more := uint(rnd.IntN(1 << (litMeanings[s] & 63)))
		w.put(more, uint(litMeanings[s]&63))
		written += int(litMeanings[s]>>16) + int(more)
		w.symbol(dists, far)
		w.put(uint(rnd.IntN(1<<extra)), extra)
	}
}

// TestCodes reads blocks with random codes of up to 15 bits: complete ones,
// and such that were changed and may have to be refused.
func TestCodes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	var d Decoder
	accepted := 0
	const rounds = 1500
	for i := range rounds {
		lits := randomLens(rnd, 257+rnd.IntN(30), endOfBlock)
		dists := randomLens(rnd, 2+rnd.IntN(29), 0)
		if i%3 == 0 {
			lits[rnd.IntN(len(lits))] = uint(rnd.IntN(16))
		}
		if i%5 == 0 {
			dists[rnd.IntN(len(dists))] = uint(rnd.IntN(16))
		}
		w := beginDynamic(lits, dists)
		w.randomSymbols(rnd, lits, dists, rnd.IntN(400))
		w.symbol(lits, endOfBlock)
		if likeStd(t, &d, w.finish()) {
			accepted++
		}
	}
	if accepted < rounds/4 || accepted > rounds*3/4 {
		t.Errorf("%d of %d streams were good, want a mix", accepted, rounds)
	}
}

// oddCodes returns streams with codes that are wrong or nearly so, by name.
func oddCodes() map[string][]byte {
	lens := func(n int, of map[int]uint) []uint {
		l := make([]uint, n)
		for s, v := range of {
			l[s] = v
		}
		return l
	}
	lit := lens(258, map[int]uint{'a': 1, endOfBlock: 2, 257: 2})
	odd := map[string][]byte{}
	add := func(name string, lits, dists []uint, body func(w *bitWriter)) {
		w := beginDynamic(lits, dists)
		body(w)
		odd[name] = w.finish()
	}
	end := func(w *bitWriter) { w.symbol(lit, endOfBlock) }
	match := func(w *bitWriter) {
		w.symbol(lit, 'a')
		w.symbol(lit, 257)
	}
	add("no distance, unused", lit, lens(1, nil), end)
	add("no distance, used", lit, lens(1, nil), func(w *bitWriter) { match(w); w.put(0, 1); end(w) })
	add("one distance of one bit", lit, lens(1, map[int]uint{0: 1}), func(w *bitWriter) { match(w); w.put(0, 1); end(w) })
	add("one distance of one bit, the other used", lit, lens(1, map[int]uint{0: 1}), func(w *bitWriter) { match(w); w.put(1, 1); end(w) })
	add("one distance of two bits", lit, lens(1, map[int]uint{0: 2}), end)
	add("two distances of two bits", lit, lens(2, map[int]uint{0: 2, 1: 2}), end)
	add("three distances of one bit", lit, lens(3, map[int]uint{0: 1, 1: 1, 2: 1}), end)
	add("no literal", lens(257, nil), lens(1, nil), func(w *bitWriter) { w.put(0, 9) })
	add("only the end", lens(257, map[int]uint{endOfBlock: 1}), lens(1, nil), func(w *bitWriter) { w.put(0, 1) })
	add("only the end, the other used", lens(257, map[int]uint{endOfBlock: 1}), lens(1, nil), func(w *bitWriter) { w.put(1, 1) })
	add("no end", lens(257, map[int]uint{'a': 1, 'b': 1}), lens(1, nil), func(w *bitWriter) { w.put(0, 99) })
	return odd
}

func TestOddCodes(t *testing.T) {
	good := map[string]bool{"no distance, unused": true, "one distance of one bit": true, "only the end": true}
	for name, src := range oddCodes() {
		t.Run(name, func(t *testing.T) {
			var d Decoder
			if got := likeStd(t, &d, src); got != good[name] {
				t.Errorf("accepted: %v, want %v", got, good[name])
			}
		})
	}
}
