package prefilter

import (
	"encoding/binary"
	"slices"
)

// Finding what spans a seam of two texts needs no look at what lies around it:
// an occurrence of four or more bytes with bytes on both sides of the seam
// holds one of the three windows of four bytes that span it. So a table of all
// grams of all literals, at every offset, answers with three probes.

// seamIndex is that table. Literals of three bytes have one of their own.
type seamIndex struct {
	four, three gramTable
	// gapByte tells the bytes that can stand in an occurrence with line breaks
	// in it: those of the literals, and those of the breaks.
	gapByte [256]uint8
	gaps    bool // there are such literals
	// pairs has the first gram of each pair of grams that finds such a literal.
	pairs gramTable
}

// gramTable finds the literals that hold a gram.
type gramTable struct {
	bits  []uint64
	first []uint32 // of each list in entry
	entry []entry
}

const (
	seamBits = 20 // the bit table of seams has 1<<seamBits bits
	seamList = 16
)

// seams returns the index for seams, made when it is first asked for.
func (x *Index) seams() *seamIndex {
	x.seamOnce.Do(func() { x.seam = newSeamIndex(x) })
	return x.seam
}

func newSeamIndex(x *Index) *seamIndex {
	s := &seamIndex{}
	lits := x.lits
	var four, three, pairs []entry
	for _, e := range x.entry {
		if lits[e.lit].Gap && e.off == e.pair {
			pairs = append(pairs, e)
		}
	}
	for i, l := range lits {
		if l.Gap && len(l.Text) >= minGap {
			s.gaps = true
			for _, c := range []byte(l.Text) {
				s.gapByte[c] = letterInGap
			}
		}
		if len(l.Text) == MinLiteral {
			three = append(three, entry{gram: threeGram(l.Text), lit: uint32(i)})
			continue
		}
		for off := range len(l.Text) - 3 {
			gram := binary.LittleEndian.Uint32([]byte(l.Text[off:])) | foldGram
			four = append(four, entry{gram: gram, lit: uint32(i), off: int32(off)})
		}
	}
	for _, c := range []byte("nr") {
		s.gapByte[c] = letterInGap // behind a backslash
	}
	for _, c := range []byte("\n\r\t \"'`\\") {
		s.gapByte[c] = breakInGap
	}
	s.gapByte['+'] = max(s.gapByte['+'], letterInGap)
	s.four, s.three, s.pairs = newGramTable(four), newGramTable(three), newGramTable(pairs)
	return s
}

func threeGram[T string | []byte](text T) uint32 {
	return (uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) | foldGram&0xffffff
}

func newGramTable(entries []entry) gramTable {
	t := gramTable{bits: make([]uint64, 1<<seamBits/64), first: make([]uint32, 1<<seamList+1)}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return int(a.gram*hashMul>>(32-seamList)) - int(b.gram*hashMul>>(32-seamList))
	})
	for _, e := range entries {
		h := e.gram * hashMul
		t.bits[h>>(32-seamBits)>>6] |= 1 << (h >> (32 - seamBits) & 63)
		t.first[h>>(32-seamList)+1]++
	}
	for i := range 1 << seamList {
		t.first[i+1] += t.first[i]
	}
	t.entry = entries
	return t
}

// list returns entries among which are all of gram.
func (t *gramTable) list(gram uint32) []entry {
	h := gram * hashMul
	if b := h >> (32 - seamBits); t.bits[b>>6]>>(b&63)&1 == 0 {
		return nil
	}
	l := h >> (32 - seamList)
	return t.entry[t.first[l]:t.first[l+1]]
}

// AppendInside appends the occurrences that lie in text[lo:hi].
func (x *Index) AppendInside(dst []Hit, text []byte, lo, hi int) []Hit {
	if hi-lo < MinLiteral {
		return dst
	}
	return x.appendWithin(dst, text, lo, hi, hi)
}

// AppendAcross appends the occurrences that begin at lo or later and before at,
// and end behind at.
func (x *Index) AppendAcross(dst []Hit, text []byte, lo, at int) []Hit {
	s := x.seams()
	for p := max(lo, at-3, 0); p < at; p++ {
		if p+4 <= len(text) {
			gram := binary.LittleEndian.Uint32(text[p:]) | foldGram
			for _, e := range s.four.list(gram) {
				start := p - int(e.off)
				if e.gram == gram && start >= lo && (p == at-3 || e.off == 0) {
					dst = x.appendAt(dst, text, start, int(e.lit))
				}
			}
		}
		if p > at-MinLiteral && p+MinLiteral <= len(text) {
			gram := threeGram(text[p:])
			for _, e := range s.three.list(gram) {
				if e.gram == gram {
					dst = x.appendAt(dst, text, p, int(e.lit))
				}
			}
		}
	}
	return x.appendGaps(dst, s, text, lo, at)
}

// appendAt appends the literal if it stands at start, in one piece.
func (x *Index) appendAt(dst []Hit, text []byte, start, lit int) []Hit {
	l := &x.lits[lit]
	end := start + len(l.Text)
	if end <= len(text) && equal(text[start:end], l.Text, l.Fold) {
		dst = append(dst, Hit{start, end, lit})
	}
	return dst
}

// appendGaps appends the occurrences across at that have line breaks in them.
// It looks for them only where the bytes around at are enough for one, and can
// all stand in one.
func (x *Index) appendGaps(dst []Hit, s *seamIndex, text []byte, lo, at int) []Hit {
	if !s.gaps {
		return dst
	}
	if s.gapByte[text[at-1]] == neverInGap || s.gapByte[text[at]] == neverInGap {
		return dst
	}
	r := gapRegion{seams: s, text: text}
	first, last := at, at
	for first > max(lo, at-x.reach) && r.take(first-1) {
		first--
	}
	before := r.letters
	if before == 0 { // an occurrence begins with a letter
		return dst
	}
	for last < min(len(text), at+x.reach) && r.take(last) {
		last++
	}
	if !r.broken || r.letters == before || r.letters < minGap || !s.pairIn(text[first:last]) {
		return dst
	}
	n := len(dst)
	dst = x.appendWithin(dst, text, first, at, last)
	kept := dst[:n]
	for _, h := range dst[n:] {
		if h.End > at && h.End-h.Pos > len(x.lits[h.Lit].Text) {
			kept = append(kept, h)
		}
	}
	return kept
}

// pairIn reports whether text may hold a pair of grams that finds a literal with
// line breaks.
func (s *seamIndex) pairIn(text []byte) bool {
	for i := 0; i+4 <= len(text); i++ {
		h := (binary.LittleEndian.Uint32(text[i:]) | foldGram) * hashMul >> (32 - seamBits)
		if s.pairs.bits[h>>6]>>(h&63)&1 != 0 {
			return true
		}
	}
	return false
}

// A gapRegion is bytes that can all stand in an occurrence with line breaks.
type gapRegion struct {
	seams   *seamIndex
	text    []byte
	broken  bool // one of them may be a part of a line break
	letters int  // those that stand for themselves
}

// take adds text[i] to the region, if it can stand there.
func (r *gapRegion) take(i int) bool {
	c := r.text[i]
	switch r.seams.gapByte[c] {
	case neverInGap:
		return false
	case letterInGap:
		r.letters++
		return true
	}
	if c == '\n' || c == '\\' {
		r.broken = true
	}
	if c == ' ' && i > 0 && i+1 < len(r.text) && isWord(r.text[i-1]) && isWord(r.text[i+1]) {
		// Between words, and not at the end of a line, real or written \n.
		return i > 1 && r.text[i-2] == '\\'
	}
	return true
}

// What a byte can be in an occurrence with line breaks.
const (
	neverInGap uint8 = iota
	letterInGap
	breakInGap
)

// isWord reports whether c stands in no line break.
func isWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}
