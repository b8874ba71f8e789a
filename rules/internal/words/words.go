// Package words tells how likely a run of letters is as English words or as an
// identifier.
//
// It has two models, which rules/internal/words/train makes. One is a table of letter
// trigrams, with the start and the end of a word as a letter of their own. The other
// is a dictionary, a Bloom filter. Both are made from the text of the Go distribution,
// whose identifiers and comments have the words that programs are made of,
// abbreviations included, and from the word list of SCOWL. Go is under a BSD licence of
// three clauses; the models hold frequencies and hashes of its words and no text. The
// licence of SCOWL is in SCOWL.txt.
package words

import (
	_ "embed"
	"math"
)

// Letters is the size of the alphabet: 26 letters and the edge of a word.
const Letters = 27

// Scale is how many units of the table make one bit.
const Scale = 16

// model holds for each three letters how many units the third costs behind the
// other two. See [Index].
//
//go:embed model.bin
var model string

// Index returns the place in the model of letter c behind a and b. Letters are
// 0 for the edge of a word and 1 to 26 for a to z.
func Index(a, b, c int) int { return (a*Letters+b)*Letters + c }

// dictionary is the Bloom filter; see [Bits].
//
//go:embed dictionary.bin
var dictionary string

const (
	// Size is the size of the dictionary in bits.
	Size = 1 << 21
	// Shortest is the least length of the words in the dictionary, Longest the
	// greatest; longer ones are cut off.
	Shortest, Longest = 4, 20

	hashes   = 10
	wordCost = 13.5 // of a word of the dictionary, in bits: there are some 120,000, of unequal frequency
	joinCost = 4.0  // of each word but the first, when they are written as one
)

// Bits returns which bits of the dictionary stand for word, whose case does not
// matter.
func Bits(word []byte) [hashes]uint32 {
	h := uint64(14695981039346656037) // FNV-1a, draft-eastlake-fnv
	for _, c := range word {
		h = (h ^ uint64(c|0x20)) * 1099511628211
	}
	var at [hashes]uint32
	a, b := uint32(h), uint32(h>>32)|1
	for i := range at {
		at[i] = (a + uint32(i)*b) % Size
	}
	return at
}

// inDictionary reports whether word is known.
func inDictionary(word []byte) bool {
	for _, bit := range Bits(word) {
		if dictionary[bit>>3]>>(bit&7)&1 == 0 {
			return false
		}
	}
	return true
}

// maxRun is the longest run of letters that is taken apart.
const maxRun = 64

// Cost returns the information in run, which must be ASCII letters, as one or more
// words written as one, in bits: minus the base-2 logarithm of its probability. Case
// does not matter. Of a run of more than 64 letters the rest counts as words of its own.
func Cost(run []byte) float64 {
	rest := 0.0
	if len(run) > maxRun {
		rest = Cost(run[maxRun:])
		run = run[:maxRun]
	}
	var best [maxRun + 1]float64
	for j := 1; j <= len(run); j++ {
		best[j] = math.Inf(1)
	}
	for i := range run {
		from := best[i]
		if i > 0 {
			from += joinCost
		}
		a, b, sum := 0, 0, 0
		for j := i + 1; j <= len(run); j++ {
			c := int(run[j-1]|0x20) - 'a' + 1
			sum += int(model[Index(a, b, c)])
			a, b = b, c
			cost := float64(sum+int(model[Index(a, b, 0)])) / Scale
			if n := j - i; cost > wordCost && n >= Shortest && n <= Longest && inDictionary(run[i:j]) {
				cost = wordCost
			}
			best[j] = min(best[j], from+cost)
		}
	}
	return best[len(run)] + rest
}

// Units returns what a probability costs in units of the table, at most 255.
func Units(p float64) byte { return byte(min(255, math.Round(-math.Log2(p)*Scale))) }
