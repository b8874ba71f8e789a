package keys

import "strings"

// minRun is the least length of the run of key characters that a key contains,
// in bytes: no rule finds shorter keys.
const minRun = 16

// plausible reports whether s could hold a key, plain or encoded, so that the
// rules have to look at it: it has a run of characters of keys that is long
// enough and does not read like words. It is a quick look and errs on the side
// of yes.
func plausible(s string) bool {
	if len(s) < minRun {
		return false
	}
	for i := 0; i < len(s); {
		n := runLength(s[i:])
		if n >= minRun && random(s[i:i+n]) {
			return true
		}
		i += n + 1
	}
	return false
}

// runLength returns the length of the run of key characters at the start of s.
// Those of base64 and of escapes count as such.
func runLength(s string) int {
	for i := range len(s) {
		if c := s[i]; classOf(c) == other && !strings.ContainsRune(`-_/+=%\`, rune(c)) {
			return i
		}
	}
	return len(s)
}

// The classes of characters.
const (
	other = iota
	lower
	upper
	digit
)

func classOf(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return lower
	case 'A' <= c && c <= 'Z':
		return upper
	case '0' <= c && c <= '9':
		return digit
	}
	return other
}

// random reports whether the classes of characters in s change as often as in
// random text. A capital and the lower-case letters behind it are one run.
func random(s string) bool {
	runs, n, digits, prev, run := 0, 0, 0, other, 0
	for i := range len(s) {
		k := classOf(s[i])
		if k == other {
			prev = other
			continue
		}
		n++
		if k == digit {
			digits++
		}
		if k != prev && !(k == lower && prev == upper && run == 1) {
			runs++
			run = 0
		}
		prev = k
		run++
	}
	switch {
	case n < minRun/2 || digits == n:
		return false
	case digits == 0:
		return n < 3*runs
	case 2*digits > n: // hexadecimal digits of text are mostly decimal
		return n < 10*runs
	}
	return n < 5*runs
}
