package score

import (
	"math"

	"github.com/agcloud/keylint/rules/internal/words"
)

// stats counts the characters of a value.
type stats struct {
	length, lower, upper, digit int
	separators                  int // of words: _ - . / and the like
	sign                        int // other punctuation
	longest                     int // run without separators
	isHex                       bool
}

func measure(v []byte) stats {
	s := stats{length: len(v), isHex: true}
	run := 0
	for _, c := range v {
		if run++; isSeparator(c) {
			run = 0
		}
		s.longest = max(s.longest, run)
		switch {
		case isLower(c):
			s.lower++
		case isUpper(c):
			s.upper++
		case isDigit(c):
			s.digit++
		case isSeparator(c):
			s.separators++
		default:
			s.sign++
		}
		s.isHex = s.isHex && (isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f')
	}
	return s
}

func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool { return isLower(c | 0x20) }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// What the pieces of text cost that are no words, in bits: estimates from the
// identifiers of the Go tree.
const (
	startCost  = 1.0 // of a word behind another
	digitsCost = 1.5 // that a number follows
	digitCost  = 3.0 // of each digit
	signCost   = 5.0
)

// Surplus returns how many bits more it takes to write v as words, numbers and
// what stands between them than as random characters. Random text has a positive
// surplus, which grows with its length; words have a negative one. What separators
// part is compared piece by piece, each with random characters of the classes that
// it has itself.
func Surplus(v []byte) float64 {
	bits := 0.0
	for lo := 0; lo < len(v); {
		hi := lo
		for hi < len(v) && !isSeparator(v[hi]) {
			hi++
		}
		if n := hexTail(v[lo:hi]); n >= longHex && n < hi-lo {
			hi -= n // a prefix, which has characters of its own
		}
		if hi > lo {
			piece := textCost(v[lo:hi]) - randomCost(measure(v[lo:hi]))
			if hi-lo >= minPiece || piece < 0 {
				bits += piece
			}
		}
		if lo = hi; lo < len(v) && isSeparator(v[lo]) {
			lo++
		}
	}
	return bits
}

// minPiece is the least length of a piece that can look random, in bytes: shorter ones
// are abbreviations.
const minPiece = 5

// longHex is the least length of hexadecimal digits behind a prefix that are no
// accident, in bytes.
const longHex = 24

// hexTail returns the length of the lower-case hexadecimal digits that v ends in.
func hexTail(v []byte) int {
	n := 0
	for n < len(v) && (isDigit(v[len(v)-1-n]) || 'a' <= v[len(v)-1-n] && v[len(v)-1-n] <= 'f') {
		n++
	}
	return n
}

// isSeparator reports whether c parts words.
func isSeparator(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c == '/' || c == ':' || c == ' ' || c == ',' || c == '\\'
}

// textCost returns the information in v as text, in bits.
func textCost(v []byte) float64 {
	bits := 0.0
	for i := 0; i < len(v); {
		j := i + 1
		switch c := v[i]; {
		case isLetter(c):
			for j < len(v) && isLetter(v[j]) && !(isUpper(v[j]) && isLower(v[j-1])) {
				if isUpper(v[j-1]) && isLower(v[j]) && j-1 > i && isUpper(v[i]) {
					j-- // the last capital begins a word
					break
				}
				j++
			}
			bits += startCost + words.Cost(v[i:j])
		case isDigit(c):
			for j < len(v) && isDigit(v[j]) {
				j++
			}
			bits += digitsCost + digitCost*float64(j-i)
		default:
			bits += signCost
		}
		i = j
	}
	return bits
}

// randomCost returns the information in random text of the classes that s counts,
// in bits.
func randomCost(s stats) float64 {
	size := 0.0
	for _, class := range []struct {
		count int
		size  float64
	}{{s.lower, 26}, {s.upper, 26}, {s.digit, 10}, {s.sign, 20}} {
		if class.count > 0 {
			size += class.size
		}
	}
	if s.isHex && s.digit > 0 && s.lower+s.upper > 0 {
		size = 16
	}
	return float64(s.length) * math.Log2(max(size, 2))
}
