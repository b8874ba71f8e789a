package example

import (
	"math"
	"math/rand/v2"
	"strings"
)

// maxTries bounds how often fill draws. A draw of a usual class is rejected in
// a few of a hundred cases, so that only odd classes get this far.
const maxTries = 1000

// fill returns n random bytes of class that look random, as far as class and n
// allow: see looksRandom. Rules have thresholds of entropy and variety, which
// an unlucky draw would miss once in a while.
func fill(class string, n int, rng *rand.Rand) string {
	b := make([]byte, n)
	for range maxTries {
		for i := range b {
			b[i] = class[rng.IntN(len(class))]
		}
		if looksRandom(b, class) {
			break
		}
	}
	return string(b)
}

// looksRandom reports whether b is what a reader takes for random bytes of
// class: half its length in distinct bytes, up to ten; four fifths of the most
// entropy that it can have; no byte four times in a row; and from eight bytes
// on both letters and digits. What class makes impossible is not asked for.
func looksRandom(b []byte, class string) bool {
	if len(class) < 4 || len(b) < 2 {
		return true
	}
	var count [256]int
	distinct, run := 0, 0
	for i, c := range b {
		if count[c]++; count[c] == 1 {
			distinct++
		}
		if i > 0 && c == b[i-1] {
			run++
		} else {
			run = 1
		}
		if run == 4 {
			return false
		}
	}
	if distinct < min(10, (len(b)+1)/2, (len(class)+1)/2) {
		return false
	}
	if len(b) < 8 {
		return true
	}
	return entropy(count[:], len(b)) >= 0.8*math.Log2(float64(min(len(b), len(class)))) &&
		mixed(string(b)) == mixed(class)
}

// entropy returns the Shannon entropy in bits per byte of n bytes with the
// given counts.
func entropy(count []int, n int) float64 {
	h := 0.0
	for _, k := range count {
		if k > 0 {
			p := float64(k) / float64(n)
			h -= p * math.Log2(p)
		}
	}
	return h
}

// mixed reports whether s has both a letter and a digit.
func mixed(s string) bool {
	const digits = "0123456789"
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return strings.ContainsAny(s, digits) && strings.ContainsAny(s, letters)
}
