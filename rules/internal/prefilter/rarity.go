package prefilter

import (
	"math"
	"strings"
)

// ranks estimate how often bytes and pairs of bytes stand in source text, as
// logarithms. They only steer which gram of a literal is looked up, and have no
// influence on the result.
type ranks struct {
	bytes [256]int16
	pairs [1 << 14]int16 // by the two bytes, of seven bits each
}

func newRanks() *ranks {
	var r ranks
	for c := range r.bytes {
		r.bytes[c] = logarithm(byteRank(byte(c)))
	}
	for i, pair := range strings.Fields(commonPairs) {
		// By Zipf's law: the second is half as frequent as the first.
		r.pairs[pairOf(pair[0], pair[1])] = logarithm(1 + 100/float64(i+5))
	}
	return &r
}

func logarithm(x float64) int16 { return int16(math.Round(64 * math.Log2(x))) }

func pairOf(a, b byte) int { return int(lower(a)&0x7f)<<7 | int(lower(b)&0x7f) }

// commonPairs are the most common pairs of letters, digits and some marks in the
// source of the Go distribution, without regard to case, the most common first.
const commonPairs = `
in 0x er te re nt st th // es or se at al en he le on et tr an un rr 00 ar ng co ti de ri ed ro
me il it if nc ne li ta ec ca lo is nd x0 ma ur pe ra to rn pa ad ct si as ac fi ns ll go t. ha
va tu ch ce ge ni ea fu ui ex na ve no ck io fo ot am po ou pr x1 rs el ue ts im od rt oc ic ut
of ty s. ru e. mp ff di by sy om pt ke yp x8 us la ig em 64 ag os id hi be fa tp .s ol ss so op
ef x4 bu oo sc dd ys yt ap tt ld sh ul lu mo ab sa wa wi ls ee su ep xa ip do sp bl x2 ho pl ai
cl xt fl xe dr 32 t6 .e .p fe ze g. ir xc rc da gs x3 ie 10 bi mi ba .c pp r. ew oi tc rf bo x9
iz .t xb ds d. ht ow lt .f c. uc af ry .r ok 01 wr rg qu fr xp ly cc .n 03 oa up uf
`

// rarestPair returns the offset o for which the grams at o and o+1 of s, which
// has at least five bytes, are least likely in source text. The likelihood of
// a gram is estimated by the product of the ranks of its bytes and pairs.
func (r *ranks) rarestPair(s string) int {
	best, cost := 0, int16(math.MaxInt16)
	last := r.gram(s)
	for o := 0; o+5 <= len(s); o++ {
		next := r.gram(s[o+1:])
		if c := max(last, next); c < cost {
			best, cost = o, c
		}
		last = next
	}
	return best
}

// gram returns the likelihood of the gram that s begins with.
func (r *ranks) gram(s string) int16 {
	a, b, c, d := s[0], s[1], s[2], s[3]
	return r.bytes[a] + r.bytes[b] + r.bytes[c] + r.bytes[d] + r.pairs[pairOf(a, b)] + r.pairs[pairOf(b, c)] + r.pairs[pairOf(c, d)]
}

// byteRank returns 1 for bytes that are rare in source text up to 12 for the
// most common. The order follows letter frequencies of English and the
// punctuation of C-like languages.
func byteRank(c byte) float64 {
	switch lower(c) {
	case ' ', 'e', 't':
		return 12
	case 'a', 'o', 'i', 'n', 's', 'r':
		return 10
	case 'c', 'd', 'l', 'u', 'm', 'p', 'f':
		return 7
	case 'h', 'g', 'y', 'b', '_', '.', '(', ')', '=', ':', '/', '-', ',', '"', '\n', '\t':
		return 5
	case 'v', 'w', 'k', '0', '1', '2', 'x':
		return 4
	}
	return 2
}
