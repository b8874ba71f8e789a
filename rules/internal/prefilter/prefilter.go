// Package prefilter finds all occurrences of many literals in one pass.
//
// # How it works
//
// The text is probed at every second byte: the four bytes there, with the bit
// 0x20 set in each (which folds ASCII case and some punctuation), are hashed
// into a bit table of 256 KiB. A literal of five or more bytes puts two adjacent
// four-byte grams of its own into the table, so that one of the two lies at a
// probed position whatever the alignment of the occurrence. A literal of three
// or four bytes has no two such grams; for it the byte outside the literal is
// taken as any byte. A probe that is in the table looks up the literals that
// put it there and compares their bytes.
//
// # Why skipping is sound
//
// For an occurrence at s and grams at offsets o and o+1, exactly one of s+o
// and s+o+1 has the parity of the probes, so the occurrence is reported, and
// reported once. The table has no false negatives; false positives are removed
// by the comparison. A differential fuzz test holds this to a naive search.
package prefilter

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"
)

// MinLiteral is the least length of a literal, in bytes.
const MinLiteral = 3

// A Literal is a text to look for.
type Literal struct {
	Text string
	// Fold ignores ASCII case.
	Fold bool
	// Gap lets line breaks, with the white space and quotes around them, stand
	// between any two bytes of the literal: it finds a base64 literal in
	// wrapped lines. See [GapEnd] for what may stand there. Literals of fewer
	// than 7 bytes are found only in one piece.
	Gap bool
}

// minGap is the least length of a literal that is found across line breaks: a
// gram at each end with something between.
const minGap = 7

// A Hit is an occurrence of a literal.
type Hit struct {
	Pos, End int // the bytes of the occurrence
	Lit      int // index of the literal in the list given to New
}

const (
	tableBits = 21 // the bit table has 1<<tableBits bits, 256 KiB: some 1.3% are set by all built-in rules
	listBits  = 15 // the list table has 1<<listBits lists
	foldWord  = 0x2020202020202020
	foldGram  = 0x20202020
	hashMul   = 0x9E3779B1 // Knuth's multiplicative hash, 2^32 / golden ratio
)

// An Index finds a fixed list of literals. It is immutable and safe for
// concurrent use.
type Index struct {
	lits  []Literal
	bits  []uint64 // the bit table
	first []uint32 // list h is entries[first[h]:first[h+1]]
	entry []entry  // what a gram may be a part of
	reach int      // the most bytes that an occurrence can span

	seamOnce sync.Once // guards seam
	seam     *seamIndex
}

// An entry says that a gram stands off bytes after the start of a literal.
type entry struct {
	gram uint32
	mask uint32 // the bytes of gram that count
	lit  uint32
	off  int32 // -1 when the gram begins one byte before the literal
	pair int32 // offset of the first gram of the pair that the gram is of
}

// New returns an index of the literals. It panics when a literal is shorter
// than MinLiteral: rule files are checked before.
func New(lits []Literal) *Index {
	lits = slices.Clone(lits)
	b := builder{
		bits: make([]uint64, 1<<tableBits/64), first: make([]uint32, 1<<listBits+1),
		pending: make([]pending, 0, 8*len(lits)+1024), ranks: newRanks(),
	}
	for i, l := range lits {
		if len(l.Text) < MinLiteral {
			panic(fmt.Sprintf("prefilter: literal %d is shorter than %d bytes", i, MinLiteral))
		}
		l.Gap = l.Gap && len(l.Text) >= minGap
		lits[i] = l
		b.add(uint32(i), l)
	}
	entries := b.sorted()
	return &Index{lits: lits, bits: b.bits, reach: b.reach, first: b.first, entry: entries}
}

// MaxSpan returns the greatest number of bytes that an occurrence can span.
func (x *Index) MaxSpan() int { return x.reach }

type builder struct {
	bits    []uint64
	pending []pending
	first   []uint32 // of list h, until sorted is called, at h+1 the number of entries
	reach   int
	ranks   *ranks
}

// never is an entry that no gram has.
var never = entry{gram: 1, mask: 0}

// pending is an entry with the list it belongs to.
type pending struct {
	list uint32
	entry
}

// sorted returns the entries list by list, in the order in which they were
// added, and makes first the index of the lists.
func (b *builder) sorted() []entry {
	for h := 1; h < len(b.first); h++ {
		b.first[h] += b.first[h-1]
	}
	next := slices.Clone(b.first)
	out := make([]entry, len(b.pending))
	for _, p := range b.pending {
		i := next[p.list]
		if i > b.first[p.list] && out[i-1] == p.entry {
			continue // an entry for any byte comes once for each byte, in a row
		}
		out[i] = p.entry
		next[p.list]++
	}
	for h, i := range next[:len(next)-1] {
		for ; i < b.first[h+1]; i++ {
			out[i] = never
		}
	}
	return out
}

func (b *builder) add(lit uint32, l Literal) {
	b.reach = max(b.reach, len(l.Text))
	if l.Gap {
		b.reach = max(b.reach, len(l.Text)+maxBreaks*maxGap)
	}
	switch n := len(l.Text); {
	case n == 3:
		b.addGram(entry{lit: lit, mask: 0x00ffffff}, l.Text+"\x00")
		b.addGram(entry{lit: lit, mask: 0xffffff00, off: -1}, "\x00"+l.Text)
	case n == 4:
		b.addGram(entry{lit: lit, mask: math.MaxUint32}, l.Text)
		b.addGram(entry{lit: lit, mask: 0xffffff00, off: -1}, "\x00"+l.Text[:3])
	default:
		for _, off := range b.gramOffsets(l) {
			pair := int32(off)
			b.addGram(entry{lit: lit, mask: math.MaxUint32, off: pair, pair: pair}, l.Text[off:])
			b.addGram(entry{lit: lit, mask: math.MaxUint32, off: pair + 1, pair: pair}, l.Text[off+1:])
		}
	}
}

// gramOffsets returns where the grams of l are taken: the rarest pair; for a
// gap literal both ends and the middle, so that a line break in one of them
// leaves the others.
func (b *builder) gramOffsets(l Literal) []int {
	last := len(l.Text) - 5
	if !l.Gap || last < 2 {
		return []int{b.ranks.rarestPair(l.Text)}
	}
	if last < 10 {
		return []int{0, last}
	}
	return []int{0, last / 2, last}
}

// addGram enters e with the gram that begins text; bytes outside the mask stand
// for any.
func (b *builder) addGram(e entry, text string) {
	gram := (binary.LittleEndian.Uint32([]byte(text)) | foldGram) & e.mask
	e.gram = gram
	shift := 0
	switch e.mask {
	case math.MaxUint32:
		b.set(gram, e)
		return
	case 0x00ffffff:
		shift = 24
	}
	for c := range uint32(256) {
		if c&0x20 != 0 {
			b.set(gram|c<<shift, e)
		}
	}
}

func (b *builder) set(gram uint32, e entry) {
	h := gram * hashMul
	t := slot(gram)
	b.bits[t>>6] |= 1 << (t & 63)
	l := h >> (32 - listBits)
	b.pending = append(b.pending, pending{l, e})
	b.first[l+1]++
}

// AppendHits appends to dst the occurrences that begin in text[lo:hi] and end
// in text, and returns the extended slice. They come roughly, not exactly, in
// order of position; each is there once.
func (x *Index) AppendHits(dst []Hit, text []byte, lo, hi int) []Hit {
	return x.appendWithin(dst, text, lo, hi, len(text))
}

// appendWithin is AppendHits for occurrences that end at stop or before. It may
// look at bytes behind that, which is faster than to stop there.
func (x *Index) appendWithin(dst []Hit, text []byte, lo, hi, stop int) []Hit {
	if lo >= hi || len(x.lits) == 0 {
		return dst
	}
	old := len(dst)
	w := window{text, lo, hi, stop}
	i := max(0, lo-1)
	end := min(stop, hi+x.reach) // probes lie below end
	bits := (*[1 << tableBits / 64]uint64)(x.bits)
	// A step makes eight probes, two from each of four words.
	for ; i < end && i+20 <= len(text); i += 16 {
		block := text[i : i+20 : i+20]
		a := binary.LittleEndian.Uint64(block) | foldWord
		b := binary.LittleEndian.Uint64(block[4:]) | foldWord
		c := binary.LittleEndian.Uint64(block[8:]) | foldWord
		d := binary.LittleEndian.Uint64(block[12:]) | foldWord
		h0, h1 := slot(uint32(a)), slot(uint32(a>>16))
		h2, h3 := slot(uint32(b)), slot(uint32(b>>16))
		h4, h5 := slot(uint32(c)), slot(uint32(c>>16))
		h6, h7 := slot(uint32(d)), slot(uint32(d>>16))
		any := bits[h0>>6]>>(h0&63) | bits[h1>>6]>>(h1&63) | bits[h2>>6]>>(h2&63) | bits[h3>>6]>>(h3&63) |
			bits[h4>>6]>>(h4&63) | bits[h5>>6]>>(h5&63) | bits[h6>>6]>>(h6&63) | bits[h7>>6]>>(h7&63)
		if any&1 == 0 {
			continue
		}
		for k, h := range [...]uint32{h0, h1, h2, h3, h4, h5, h6, h7} {
			if bits[h>>6]>>(h&63)&1 != 0 {
				gram := binary.LittleEndian.Uint32(block[2*k:]) | foldGram
				dst = x.probe(dst, &w, i+2*k, gram)
			}
		}
	}
	for ; i < end; i += 2 { // the last words, padded with zero bytes
		var word [4]byte
		copy(word[:], text[i:])
		dst = x.probe(dst, &w, i, binary.LittleEndian.Uint32(word[:])|foldGram)
	}
	return append(dst[:old], x.unique(dst[old:])...)
}

// A window is where occurrences are looked for: those that begin in text[lo:hi]
// and end at stop or before.
type window struct {
	text         []byte
	lo, hi, stop int
}

// slot returns the bit of gram in the bit table.
func slot(gram uint32) uint32 { return gram * hashMul >> (32 - tableBits) }

// unique drops the repetitions that gap literals, which have several pairs of
// grams, leave in hits.
func (x *Index) unique(hits []Hit) []Hit {
	if !slices.ContainsFunc(hits, func(h Hit) bool { return x.lits[h.Lit].Gap }) {
		return hits
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(a.Pos-b.Pos, a.Lit-b.Lit, a.End-b.End) })
	return slices.Compact(hits)
}

// probe appends the occurrences of which gram, the folded bytes at i, is a part.
func (x *Index) probe(dst []Hit, w *window, i int, gram uint32) []Hit {
	text := w.text
	h := gram * hashMul
	t := slot(gram)
	if x.bits[t>>6]>>(t&63)&1 == 0 {
		return dst
	}
	l := h >> (32 - listBits)
	for _, e := range x.entry[x.first[l]:x.first[l+1]] {
		if gram&e.mask != e.gram {
			continue
		}
		lit := &x.lits[e.lit]
		start, end := i-int(e.off), 0
		if lit.Gap {
			// The pair must be in one piece: one gram alone is met or not by the
			// parity of where it stands.
			if at := i - int(e.off-e.pair); at >= 0 && at+5 <= len(text) && string(text[at:at+5]) == lit.Text[e.pair:e.pair+5] {
				start, end = matchGap(text, at, int(e.pair), lit.Text)
			}
		} else if start >= 0 && start+len(lit.Text) <= len(text) && equal(text[start:start+len(lit.Text)], lit.Text, lit.Fold) {
			end = start + len(lit.Text)
		}
		if end > 0 && w.lo <= start && start < w.hi && end <= w.stop {
			dst = append(dst, Hit{start, end, int(e.lit)})
		}
	}
	return dst
}

// equal reports whether b is s; with fold, without regard to ASCII case.
func equal(b []byte, s string, fold bool) bool {
	if !fold {
		return string(b) == s
	}
	for i := range b {
		if lower(b[i]) != lower(s[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// Literals returns the literals of the index. Callers must not change them.
func (x *Index) Literals() []Literal { return x.lits }
