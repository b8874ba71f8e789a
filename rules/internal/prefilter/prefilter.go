// Package prefilter finds all occurrences of many literals in one pass.
//
// # How it works
//
// The text is probed at every second byte: the four bytes there, with the bit
// 0x20 set in each (which folds ASCII case and some punctuation), are hashed
// into a bit table of 512 KiB. A literal of five or more bytes puts two adjacent
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
	// than 7 bytes are found only in one piece. One line break never hides an
	// occurrence of nine bytes or more; several may, where they leave no five of
	// the bytes that are looked up together.
	Gap bool
	// Pairs says where the literal is looked up. It has no influence on what is
	// found, but on how fast. When it is zero, [New] chooses and sets it, which
	// takes most of the time of New.
	Pairs Pairs
}

// Pairs are the offsets in a literal of five bytes or more at which pairs of
// adjacent grams of it are looked up: At[:N].
type Pairs struct {
	At [3]int16
	N  int16
}

// minGap is the least length of a literal that is found across line breaks: a
// gram at each end with something between.
const minGap = 7

// gap reports whether l is found across line breaks.
func (l *Literal) gap() bool { return l.Gap && len(l.Text) >= minGap }

// A Hit is an occurrence of a literal.
type Hit struct {
	Pos, End int // the bytes of the occurrence
	Lit      int // index of the literal in the list given to New
}

const (
	tableBits = 22 // the bit table has 1<<tableBits bits, 512 KiB: some 0.7% are set by all built-in rules
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
	lit  uint32
	off  int16 // -1 when the gram begins one byte before the literal
	pair int16 // offset of the first gram of the pair that the gram is of
}

// New returns an index of the literals, which must not be changed afterwards;
// it sets their Pairs. It panics when a literal is shorter than MinLiteral: rule files are checked
// before.
func New(lits []Literal) *Index {
	b := builder{bits: make([]uint64, 1<<tableBits/64), first: make([]uint32, 1<<listBits+1)}
	for i := range lits {
		if len(lits[i].Text) < MinLiteral {
			panic(fmt.Sprintf("prefilter: literal %d is shorter than %d bytes", i, MinLiteral))
		}
		b.measure(&lits[i])
	}
	b.place(lits)
	return &Index{lits: lits, bits: b.bits, reach: b.reach, first: b.first, entry: b.entry}
}

// MaxSpan returns the greatest number of bytes that an occurrence can span.
func (x *Index) MaxSpan() int { return x.reach }

// A builder makes the tables of an index in two passes over the literals: the
// first counts the entries of each list, the second puts them there.
type builder struct {
	bits   []uint64
	first  []uint32 // in the first pass the number of entries of list h, at h+1; in the second where list h goes on
	entry  []entry
	reach  int
	rarity *rarity // made when it is first needed
}

// maxPair bounds the offsets of pairs.
const maxPair = math.MaxInt16 - 8

// measure makes the first pass over a literal.
func (b *builder) measure(l *Literal) {
	b.reach = max(b.reach, len(l.Text))
	if l.gap() {
		b.reach = max(b.reach, len(l.Text)+maxBreaks*maxGap)
	}
	if l.Pairs.N == 0 && len(l.Text) > 4 {
		if b.rarity == nil {
			b.rarity = newRarity()
		}
		l.Pairs = b.rarity.pairsOf(*l)
	}
	grams(l, func(e entry) {
		t := slot(e.gram)
		b.bits[t>>6] |= 1 << (t & 63)
		b.first[listOf(e.gram)+1]++
	})
}

// place makes the second pass.
func (b *builder) place(lits []Literal) {
	for h := 1; h < len(b.first); h++ {
		b.first[h] += b.first[h-1]
	}
	b.entry = make([]entry, b.first[len(b.first)-1])
	for i := range lits {
		grams(&lits[i], func(e entry) {
			e.lit = uint32(i)
			h := listOf(e.gram)
			b.entry[b.first[h]] = e
			b.first[h]++
		})
	}
	copy(b.first[1:], b.first) // list h ends where the next begins
	b.first[0] = 0
}

// grams calls add with each gram under which l is entered.
func grams(l *Literal, add func(entry)) {
	switch t := l.Text; len(t) {
	case 3:
		anyByte(gramOf(t[0], t[1], t[2], 0), 24, entry{}, add)
		anyByte(gramOf(0, t[0], t[1], t[2]), 0, entry{off: -1}, add)
	case 4:
		add(entry{gram: gramOf(t[0], t[1], t[2], t[3])})
		anyByte(gramOf(0, t[0], t[1], t[2]), 0, entry{off: -1}, add)
	default:
		for _, at := range l.Pairs.At[:l.Pairs.N] {
			add(entry{gram: gramAt(t, int(at)), off: at, pair: at})
			add(entry{gram: gramAt(t, int(at)+1), off: at + 1, pair: at})
		}
	}
}

// anyByte calls add with e for gram with any byte at shift.
func anyByte(gram uint32, shift int, e entry, add func(entry)) {
	for c := range uint32(256) {
		if c&0x20 != 0 {
			e.gram = gram&^(0xff<<shift) | c<<shift
			add(e)
		}
	}
}

func gramOf(a, b, c, d byte) uint32 {
	return uint32(a) | uint32(b)<<8 | uint32(c)<<16 | uint32(d)<<24 | foldGram
}

func gramAt(s string, i int) uint32 { return gramOf(s[i], s[i+1], s[i+2], s[i+3]) }

// slot returns the bit of gram in the bit table.
func slot(gram uint32) uint32 { return gram * hashMul >> (32 - tableBits) }

// listOf returns the list that gram is in.
func listOf(gram uint32) uint32 { return gram * hashMul >> (32 - listBits) }

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

// unique drops the repetitions that gap literals, which have several pairs of
// grams, leave in hits.
func (x *Index) unique(hits []Hit) []Hit {
	if !slices.ContainsFunc(hits, func(h Hit) bool { return x.lits[h.Lit].gap() }) {
		return hits
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(a.Pos-b.Pos, a.Lit-b.Lit, a.End-b.End) })
	return slices.Compact(hits)
}

// probe appends the occurrences of which gram, the folded bytes at i, is a part.
func (x *Index) probe(dst []Hit, w *window, i int, gram uint32) []Hit {
	text := w.text
	if t := slot(gram); x.bits[t>>6]>>(t&63)&1 == 0 {
		return dst
	}
	h := listOf(gram)
	for _, e := range x.entry[x.first[h]:x.first[h+1]] {
		if gram != e.gram {
			continue
		}
		lit := &x.lits[e.lit]
		start, end := i-int(e.off), 0
		if lit.gap() {
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
