package prefilter

// ranks holds the byteRank of every byte.
type ranks [256]uint16

func newRanks() *ranks {
	var r ranks
	for c := range r {
		r[c] = byteRank(byte(c))
	}
	return &r
}

// rarestPair returns the offset o for which the grams at o and o+1 of s, which
// has at least five bytes, are least likely in source text. The likelihood of
// a gram is estimated by the product of the ranks of its bytes.
func (r *ranks) rarestPair(s string) int {
	best, cost := 0, 1<<60
	for o := 0; o+5 <= len(s); o++ {
		inner := int(r[s[o+1]]) * int(r[s[o+2]]) * int(r[s[o+3]])
		if c := inner * (int(r[s[o]]) + int(r[s[o+4]])); c < cost {
			best, cost = o, c
		}
	}
	return best
}

// byteRank returns 1 for bytes that are rare in source text up to 12 for the
// most common. The order follows letter frequencies of English and the
// punctuation of C-like languages; it only steers which gram is looked up and
// has no influence on the result.
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
