package prefilter

import (
	"encoding/binary"
	"iter"
)

// Finding what spans a seam of two texts needs no look at what lies around it:
// an occurrence of four or more bytes with bytes on both sides of the seam
// holds one of the three windows of four bytes that span it. So a table of all
// grams of all literals, at every offset, answers with three probes.

// seamIndex is that table. Literals of three bytes have one of their own.
type seamIndex struct {
	four, three gramTable
	// joins has the folded threes of bytes that stand side by side in a literal,
	// of which an occurrence across a seam holds at least one: most seams are at
	// ends of lines, where none is. It is small enough to stay in the nearest cache.
	joins bitTable
	// gapByte tells the bytes that can stand in an occurrence with line breaks
	// in it: those of the literals, and those of the breaks.
	gapByte [256]uint8
	gaps    bool // there are such literals
	// begins and ends have the first and the last two bytes of such literals,
	// threes all that stand side by side in them.
	begins, ends, threes bitTable
}

// A bitTable is a set of numbers of 16 bits.
type bitTable [1 << 16 / 64]uint64

func (t *bitTable) set(i uint16)      { t[i>>6] |= 1 << (i & 63) }
func (t *bitTable) has(i uint16) bool { return t[i>>6]>>(i&63)&1 != 0 }

// joined returns a number for two bytes.
func joined(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// joinedThree returns a number for three bytes, which others may share.
func joinedThree(a, b, c byte) uint16 {
	return uint16((uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * hashMul >> 16)
}

// gramTable finds the literals that hold a gram.
type gramTable struct {
	shift uint // a gram's hash shifted by it is its bit in bits
	bits  []uint64
	first []uint32 // of each list in entry
	entry []place
}

// A place is where a gram stands in a literal.
type place struct {
	gram, lit uint32
	off       int32
}

// The numbers of bits of the tables, as powers of two: with the built-in rules,
// few of them are set.
const (
	fourBits  = 22
	threeBits = 12
	seamList  = 16 // there are 1<<seamList lists
)

// seams returns the index for seams, made when it is first asked for.
func (x *Index) seams() *seamIndex {
	x.seamOnce.Do(func() { x.seam = newSeamIndex(x) })
	return x.seam
}

func newSeamIndex(x *Index) *seamIndex {
	s := &seamIndex{
		four:  newGramTable(x.allGrams(), fourBits),
		three: newGramTable(x.shortest(), threeBits),
	}
	for _, l := range x.lits {
		for i := range len(l.Text) - 2 {
			s.joins.set(joinedThree(l.Text[i]|0x20, l.Text[i+1]|0x20, l.Text[i+2]|0x20))
		}
		if l.gap() {
			s.gaps = true
			s.addGap(l.Text)
		}
	}
	for _, c := range []byte("nr") {
		s.gapByte[c] = letterInGap // behind a backslash
	}
	for _, c := range []byte("\n\r\t \"'`\\") {
		s.gapByte[c] = breakInGap
	}
	s.gapByte['+'] = max(s.gapByte['+'], letterInGap)
	return s
}

// addGap enters what is known of a literal that is found across line breaks.
func (s *seamIndex) addGap(text string) {
	for _, c := range []byte(text) {
		s.gapByte[c] = letterInGap
	}
	n := len(text)
	s.begins.set(joined(text[0], text[1]))
	s.ends.set(joined(text[n-2], text[n-1]))
	for i := range n - 2 {
		s.threes.set(joinedThree(text[i], text[i+1], text[i+2]))
	}
}

// allGrams yields the grams of all literals that are not the shortest.
func (x *Index) allGrams() iter.Seq[place] {
	return func(yield func(place) bool) {
		for i, l := range x.lits {
			for off := range len(l.Text) - 3 {
				if !yield(place{gram: gramAt(l.Text, off), lit: uint32(i), off: int32(off)}) {
					return
				}
			}
		}
	}
}

// shortest yields the literals of three bytes.
func (x *Index) shortest() iter.Seq[place] {
	return func(yield func(place) bool) {
		for i, l := range x.lits {
			if len(l.Text) == MinLiteral && !yield(place{gram: threeGram(l.Text), lit: uint32(i)}) {
				return
			}
		}
	}
}

func threeGram[T string | []byte](text T) uint32 {
	return (uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) | foldGram&0xffffff
}

// newGramTable goes over places twice: to count those of each list, and to put
// them there.
func newGramTable(places iter.Seq[place], logBits int) gramTable {
	t := gramTable{shift: uint(32 - logBits), bits: make([]uint64, 1<<logBits/64), first: make([]uint32, 1<<seamList+1)}
	for p := range places {
		b := p.gram * hashMul >> t.shift
		t.bits[b>>6] |= 1 << (b & 63)
		t.first[t.listOf(p.gram)+1]++
	}
	for h := range 1 << seamList {
		t.first[h+1] += t.first[h]
	}
	t.entry = make([]place, t.first[1<<seamList])
	for p := range places {
		next := &t.first[t.listOf(p.gram)]
		t.entry[*next] = p
		*next++
	}
	copy(t.first[1:], t.first) // a list ends where the next begins
	t.first[0] = 0
	return t
}

// listOf returns the list that gram is in.
func (t *gramTable) listOf(gram uint32) uint32 { return gram * hashMul >> (32 - seamList) }

// may reports whether the table may hold gram.
func (t *gramTable) may(gram uint32) bool {
	b := gram * hashMul >> t.shift
	return t.bits[b>>6]>>(b&63)&1 != 0
}

// list returns entries among which are all of gram.
func (t *gramTable) list(gram uint32) []place {
	if !t.may(gram) {
		return nil
	}
	h := t.listOf(gram)
	return t.entry[t.first[h]:t.first[h+1]]
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
	if at <= lo || at >= len(text) {
		return dst
	}
	if s.mayJoin(text, at) {
		dst = x.appendPieces(dst, s, text, lo, at)
	}
	if s.gaps {
		dst = x.appendGaps(dst, s, text, lo, at)
	}
	return dst
}

// mayJoin reports whether an occurrence in one piece may reach over at.
func (s *seamIndex) mayJoin(text []byte, at int) bool {
	a, b := text[at-1]|0x20, text[at]|0x20
	return at > 1 && s.joins.has(joinedThree(text[at-2]|0x20, a, b)) || at+1 < len(text) && s.joins.has(joinedThree(a, b, text[at+1]|0x20))
}

// appendPieces appends the occurrences across at that are in one piece.
func (x *Index) appendPieces(dst []Hit, s *seamIndex, text []byte, lo, at int) []Hit {
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
	return dst
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
	before, behind := s.gapByte[text[at-1]], s.gapByte[text[at]]
	if before == neverInGap || behind == neverInGap {
		return dst
	}
	if (before == breakInGap || behind == breakInGap) && !s.maySpan(text, at) {
		return dst
	}
	r := gapRegion{seams: s, text: text}
	lo, hi := max(lo, at-x.reach), min(len(text), at+x.reach)
	first, last := at, at
	for first > lo && s.gapByte[text[first-1]] == letterInGap {
		first--
	}
	for last < hi && s.gapByte[text[last]] == letterInGap {
		last++
	}
	if (first == lo || !r.isBreak(first-1) || !s.maySpan(text, first)) && (last == hi || !r.isBreak(last) || !s.maySpan(text, last)) {
		return dst // a word in one piece, or what no break in a literal has beside it
	}
	first, last = at, at
	for first > lo && r.take(first-1) {
		first--
	}
	letters := r.letters
	if letters == 0 { // an occurrence begins with a letter
		return dst
	}
	for last < hi && r.take(last) {
		last++
	}
	if !r.broken || r.letters == letters || r.letters < minGap {
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

// maySpan reports whether an occurrence may reach over the line break that at is
// in or beside: whether the letters on its two sides follow each other in a
// literal, in threes or at its ends. Where backslashes and plus signs leave open
// what is a letter and what a sign of the break, it says yes.
func (s *seamIndex) maySpan(text []byte, at int) bool {
	first, last := at, at
	for first > 0 && s.plainBreak(text[first-1]) {
		first--
	}
	for last < len(text) && s.plainBreak(text[last]) {
		last++
	}
	if first == 0 || last == len(text) {
		return false // an occurrence begins and ends with a letter
	}
	a, b := text[first-1], text[last]
	if s.unclear(text, first-1) || s.unclear(text, last) {
		return true
	}
	if s.gapByte[a] != letterInGap || s.gapByte[b] != letterInGap {
		return false
	}
	pair := joined(a, b)
	before := s.begins.has(pair) || first > 1 && (s.unclear(text, first-2) || s.threes.has(joinedThree(text[first-2], a, b)))
	behind := s.ends.has(pair) || last+1 < len(text) && (s.unclear(text, last+1) || s.threes.has(joinedThree(a, b, text[last+1])))
	return before && behind
}

// plainBreak reports whether c can only be a part of a line break in an
// occurrence.
func (s *seamIndex) plainBreak(c byte) bool { return s.gapByte[c] == breakInGap && c != '\\' }

// unclear reports whether text[i] may be a letter of an occurrence or a part of
// a line break.
func (s *seamIndex) unclear(text []byte, i int) bool {
	c := text[i]
	return c == '+' || s.gapByte[c] == breakInGap || (c == 'n' || c == 'r') && i > 0 && text[i-1] == '\\'
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
	if r.seams.gapByte[c] == letterInGap {
		r.letters++
		return true
	}
	if c == '\n' || c == '\\' {
		r.broken = true
	}
	return r.isBreak(i)
}

// isBreak reports whether text[i] can be a part of a line break.
func (r *gapRegion) isBreak(i int) bool {
	c := r.text[i]
	if r.seams.gapByte[c] != breakInGap {
		return false
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
