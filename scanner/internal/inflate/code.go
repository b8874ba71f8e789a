package inflate

import "math/bits"

// An entry of a decoding table says what the next bits mean:
//
//	bits  0 to 5   how many bits to consume: the code and the extra bits
//	bits  8 to 11  how many of them are the code
//	bits 12 to 15  flags
//	bits 16 to 31  literal, or base of a length or a distance
//
// An entry that links to a second table holds the number of its index bits
// instead of the length of the code, and its start instead of the base. An
// entry for bits that no code has is only isSpecial.
type entry = uint32

const (
	isLiteral entry = 1 << 15
	isSpecial entry = 1 << 14 // end, link, or no code
	isLink    entry = 1 << 13
	isEnd     entry = 1 << 12

	noCode = isSpecial
	oneBit = 1<<8 | 1 // what an entry has for each bit of its code
)

// codes are the decoding tables of a block.
//
// Their sizes are bounds: a second table with n index bits has at least n+1
// codes. So the tables for 286 codes have 1024+286/6*32 entries at most with a
// first table of 10 bits, and 2048+286/5*16 with one of 11, and those for 30
// distances 256+30/8*128 with one of 8.
type codes struct {
	lit      [4096]entry
	dist     [1024]entry
	litMask  uint64 // of the bits that index the first table of lit
	distMask uint64
}

const (
	maxLits  = 288 // the fixed code has two more than may occur
	maxDists = 32
	maxLens  = maxLits + maxDists

	maxCodeLen = 15
	distBits   = 8
)

// litBits returns the size of the first table of literals and lengths. A large
// one decodes faster and takes longer to fill.
func litBits(size int) int {
	if size < 1<<12 {
		return 10
	}
	return 11
}

// A codeLen is a symbol and the length of its code, which is not 0.
type codeLen uint16

func newCodeLen(symbol, n uint) codeLen { return codeLen(symbol<<4 | n) }

func (c codeLen) symbol() uint { return uint(c >> 4) }

// build fills table for the canonical code that lens gives, in the order of
// the symbols. meanings has the entries of the symbols without the lengths of
// their codes. The first table gets maxBits index bits, or fewer if the code
// needs no more. build returns the mask for the index, and whether the code is
// complete. As in zlib, no code at all and a single one of one bit will do.
func (d *Decoder) build(table []entry, lens []codeLen, meanings []entry, maxBits int) (mask uint64, ok bool) {
	var count, place [16]uint
	for _, c := range lens {
		count[c&15]++
	}
	used, longest := uint(0), 0
	for n := 1; n <= maxCodeLen; n++ {
		place[n] = place[n-1] + count[n-1]
		used += count[n] << (maxCodeLen - n)
		if count[n] != 0 {
			longest = n
		}
	}
	if used != 1<<maxCodeLen {
		table[0], table[1] = noCode, noCode
		if len(lens) == 1 && longest == 1 {
			table[0] = meanings[lens[0].symbol()] + oneBit
			return 1, true
		}
		return 1, len(lens) == 0
	}
	sorted := &d.sorted
	for _, c := range lens {
		sorted[place[c&15]] = meanings[c>>4]
		place[c&15]++
	}
	first := min(longest, maxBits)
	rest, code := fillFirst(table, sorted[:len(lens)], &count, first)
	if len(rest) > 0 {
		fillSecond(table, rest, &count, first, code)
	}
	return 1<<first - 1, true
}

// reversed returns code, which has n bits, with its first bit lowest, as it
// stands in the input.
func reversed(code uint, n int) uint {
	return uint(bits.Reverse16(uint16(code << (16 - n))))
}

// fillFirst fills the first table, of 1<<first entries, for the codes of up to
// first bits. symbols are the entries without the lengths of their codes and
// sorted by those. It returns what remains of them, and the first code of
// theirs, as one of first bits.
//
// A table for codes of up to n bits is, twice, the one for n-1 bits with the
// codes of n bits written over it. So each entry is written about once.
func fillFirst(table, symbols []entry, count *[16]uint, first int) (rest []entry, code uint) {
	filled := false
	for n := 1; n <= first; n++ {
		size := uint(1) << n
		if filled {
			copy(table[size/2:size], table[:size/2])
		}
		code <<= 1
		same := symbols[:count[n]]
		symbols = symbols[count[n]:]
		t := table[:size]
		for _, s := range same {
			if i := reversed(code, n); i < uint(len(t)) {
				t[i] = s + entry(n)*oneBit
			}
			code++
		}
		filled = filled || len(same) > 0
	}
	return symbols, code
}

// fillSecond writes second tables for the codes of more than first bits behind
// the first table, and links to them. code is what fillFirst returned.
func fillSecond(table, symbols []entry, count *[16]uint, first int, code uint) {
	firstMask := uint(1)<<first - 1
	start, end, prefix := uint(0), firstMask+1, firstMask+1 // of the current second table
	for n := first + 1; len(symbols) > 0; n++ {
		step := uint(1) << (n - first)
		code <<= 1
		for k, s := range symbols[:count[n]] {
			at := reversed(code, n)
			if at&firstMask != prefix {
				prefix = at & firstMask
				width := secondBits(count, n, count[n]-uint(k), first)
				start, end = end, end+1<<width
				table[prefix] = isSpecial | isLink | entry(start)<<16 | entry(width)<<8 | entry(first)
			}
			for i := start + at>>first; i < end; i += step {
				table[i] = s + entry(n-first)*oneBit
			}
			code++
		}
		symbols = symbols[count[n]:]
	}
}

// secondBits returns how many index bits a second table needs whose shortest
// code has n bits, when there are left codes of that length.
func secondBits(count *[16]uint, n int, left uint, first int) int {
	width := n - first
	for left < 1<<width {
		width++
		left = left<<1 + count[first+width]
	}
	return width
}
