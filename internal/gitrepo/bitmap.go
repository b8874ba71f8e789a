package gitrepo

import "math/bits"

// A bitmap is a compressed bitmap: EWAH words, big-endian, as they lie in the
// index. The format is described in
// https://git-scm.com/docs/bitmap-format#_appendix_a_serialization_format_for_an_ewah_bitmap.
type bitmap string

const (
	bitmapHead = 8 // number of bits, number of words
	bitmapTail = 4 // position of the last run
)

// cutBitmap returns the bitmap that data begins with, and what follows it.
func cutBitmap(data string) (words bitmap, rest string, err error) {
	if len(data) < bitmapHead+bitmapTail {
		return "", "", corruptf("a bitmap is cut off")
	}
	size := 8 * uint64(be32(data, 4))
	if uint64(len(data)-bitmapHead-bitmapTail) < size {
		return "", "", corruptf("a bitmap is cut off")
	}
	end := bitmapHead + int(size)
	return bitmap(data[bitmapHead:end]), data[end+bitmapTail:], nil
}

// positions returns the bits that are set, in ascending order. A bit at limit
// or above is an error.
func (b bitmap) positions(limit int) ([]int, error) {
	var set []int
	at := 0 // of the next word, in bits
	for len(b) > 0 {
		// Each run has a word of its own: the bit that repeats, how many words
		// it fills, and how many literal words follow.
		run := b.word()
		b = b[8:]
		repeat, fill, literals := run&1, int(run>>1&(1<<32-1)), int(run>>33)
		if repeat == 1 {
			if fill > (limit-at)/64+1 {
				return nil, corruptf("a bitmap has too many bits")
			}
			for i := range 64 * fill {
				set = append(set, at+i)
			}
		}
		if at += 64 * fill; at > limit+64 {
			return nil, corruptf("a bitmap has too many bits")
		}
		if literals > len(b)/8 {
			return nil, corruptf("a bitmap is cut off")
		}
		for ; literals > 0; literals-- {
			for w := b.word(); w != 0; w &= w - 1 {
				set = append(set, at+bits.TrailingZeros64(w))
			}
			at += 64
			b = b[8:]
		}
	}
	if n := len(set); n > 0 && set[n-1] >= limit {
		return nil, corruptf("a bitmap has a bit for entry %d of %d", set[n-1], limit)
	}
	return set, nil
}

// word returns the first word.
func (b bitmap) word() uint64 {
	return uint64(be32(string(b), 0))<<32 | uint64(be32(string(b), 4))
}
