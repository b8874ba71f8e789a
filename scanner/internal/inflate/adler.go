package inflate

import "encoding/binary"

// adler32 returns the Adler-32 checksum of b (RFC 1950, 8.2). It is
// hash/adler32 for eight bytes at a time.
func adler32(b []byte) uint32 {
	const (
		mod   = 65521
		chunk = 1 << 16 // the sums of so many bytes need no modulo
	)
	s1, s2 := uint64(1), uint64(0)
	for len(b) > 0 {
		part := b[:min(len(b), chunk)]
		b = b[len(part):]
		for len(part) >= 8 {
			words := part[:min(len(part), adlerMax)&^7]
			part = part[len(words):]
			sum, weighted := adlerWords(words)
			s2 += uint64(len(words))*s1 + weighted
			s1 += sum
		}
		for _, c := range part {
			s1 += uint64(c)
			s2 += s1
		}
		s1 %= mod
		s2 %= mod
	}
	return uint32(s2<<16 | s1)
}

// adlerMax is how many bytes adlerWords can sum in 16 bits: with n words and 2
// bytes of each in a lane, before has lanes of up to 510*n*(n-1)/2.
const adlerMax = 16 * 8

// adlerWords returns the sum of the bytes of b, and the sum of the bytes each
// times its distance from the end of b, the last one once. The length of b
// must be a multiple of 8 and not above adlerMax.
func adlerWords(b []byte) (sum, weighted uint64) {
	const lanes = 0x00ff00ff00ff00ff
	// Lanes of 16 bits: all bytes, the odd ones, and of each word the bytes
	// before it.
	var all, odd, before uint64
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		before += all
		o := w >> 8 & lanes
		odd += o
		all += w&lanes + o
	}
	// The product has the sum of the lanes, or that of the lane n times n, in
	// its highest 16 bits.
	const ones, index = 0x0001000100010001, 0x0000000100020003
	sum = all * ones >> 48
	const half = 0x0000ffff0000ffff
	before = before&half + before>>16&half
	before = before&0xffffffff + before>>32
	// In a word, the bytes of lane n stand 8-2n from the end, the odd ones one
	// less.
	weighted = 8*before + 8*sum - 2*(all*index>>48) - odd*ones>>48
	return sum, weighted
}
