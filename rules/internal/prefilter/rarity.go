package prefilter

import (
	_ "embed"
	"math"
	"math/bits"
)

// commonGrams are the 4,000 most common four-byte grams of printable bytes, the
// most common first, each on a line, in lower case. They were
// counted in the sources of Go, curl, git, redis, flask, prometheus, discord.js,
// laravel, spring-petclinic, WebGoat, omniauth, botocore and awesome-compose,
// each source with the same weight.
//
//go:embed grams.txt
var commonGrams string

// rarity estimates how often grams stand in source text. It only steers which
// grams of a literal are looked up, and has no influence on the result.
type rarity struct {
	levels [1 << rarityBits]uint8 // by hash; 0 for what is not common
	bytes  [256]uint16
}

const rarityBits = 14

func newRarity() *rarity {
	var r rarity
	for c := range r.bytes {
		r.bytes[c] = byteRank(byte(c))
	}
	const line = 5
	n := len(commonGrams) / line
	for i := range n {
		level := &r.levels[gramAt(commonGrams, i*line)*hashMul>>(32-rarityBits)]
		*level = max(*level, uint8(bits.Len(uint(n/(i+1)))))
	}
	return &r
}

// pairsOf returns where pairs of grams are taken from l, which has five or more
// bytes: the rarest pair; for a gap literal one from each half, or from each
// third of a long one, so that a line break in one of them leaves the others.
func (r *rarity) pairsOf(l Literal) Pairs {
	const pair = 5                         // bytes
	last := min(len(l.Text)-pair, maxPair) // where the last pair begins
	parts := 1
	switch {
	case last < 0:
		return Pairs{}
	case !l.gap():
	case last < pair-1: // pairs overlap wherever they are: both ends
		return Pairs{At: [3]int16{0, int16(last)}, N: 2}
	case last < 27:
		parts = 2
	default:
		parts = 3
	}
	p := Pairs{N: int16(parts)}
	next := 0
	for i := range parts {
		// Pairs share a byte at most, and so no place between two bytes.
		lo := max(i*(last+1)/parts, next)
		hi := min((i+1)*(last+1)/parts-1, last-(parts-1-i)*(pair-1))
		at := r.rarestPair(l.Text, lo, hi)
		p.At[i], next = int16(at), at+pair-1
	}
	return p
}

// rarestPair returns the offset o in [lo, hi] for which the grams at o and o+1
// of s, which has five bytes from hi on, are least likely in source text.
func (r *rarity) rarestPair(s string, lo, hi int) int {
	best, least := lo, uint32(math.MaxUint32)
	this := r.cost(s[lo:])
	for o := lo; o <= hi; o++ {
		next := r.cost(s[o+1:])
		if sum := this + next; sum < least {
			best, least = o, sum
		}
		this = next
	}
	return best
}

// cost returns a number that grows with the likelihood of the gram that s begins
// with: common grams by their place in the list, as Zipf's law has it, others
// below them by their bytes.
func (r *rarity) cost(s string) uint32 {
	if level := r.levels[gramAt(s, 0)*hashMul>>(32-rarityBits)]; level > 0 {
		return 1 << (8 + level)
	}
	a, b, c, d := r.bytes[s[0]], r.bytes[s[1]], r.bytes[s[2]], r.bytes[s[3]]
	return uint32(a) * uint32(b) * uint32(c) * uint32(d) >> 7 // below 1<<8
}

// byteRank returns 1 for bytes that are rare in source text up to 12 for the
// most common. The order follows letter frequencies of English and the
// punctuation of C-like languages.
func byteRank(c byte) uint16 {
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
