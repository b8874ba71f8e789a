package checksum

import (
	"bytes"
	"strings"
)

// bech32Digits lists the digits of Bech32, least first.
const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Sum is the length of a Bech32 checksum in digits.
const bech32Sum = 6

// agePrefix begins the identities of age, classic (then comes 1) and
// post-quantum (PQ-1).
const agePrefix = "AGE-SECRET-KEY-"

// verifyAge checks an identity of age: an upper-case Bech32 string.
//
// Source: C2SP, "The age file encryption format" (c2sp.org/age).
func verifyAge(token string) bool { return verifyBech32(wholeAge(token)) }

// signAge corrects the last six digits.
func signAge(token string) string {
	whole := wholeAge(token)
	return signBech32(whole)[len(whole)-len(token):]
}

// wholeAge returns token with its prefix.
func wholeAge(token string) string {
	return agePrefix + strings.TrimPrefix(token, agePrefix)
}

// verifyBech32 checks a Bech32 string of any length: a human-readable part, the
// digit 1, and data whose last six digits are a checksum of both. Letters are
// all upper or all lower case; the checksum is that of the lower-case string.
//
// Source: BIP 173, but without its limit of 90 digits, as age has it.
func verifyBech32(token string) bool {
	hrp, data, _, ok := splitBech32(token)
	return ok && bech32Polymod(hrp, data) == 1
}

// signBech32 corrects the last six digits.
func signBech32(token string) string {
	hrp, data, upper, ok := splitBech32(token)
	if !ok {
		return token
	}
	end := len(data) - bech32Sum
	clear(data[end:])
	sum := bech32Polymod(hrp, data) ^ 1
	digits := make([]byte, bech32Sum)
	for i := range digits {
		digits[i] = bech32Digits[sum>>(5*(bech32Sum-1-i))&31]
	}
	if upper {
		digits = bytes.ToUpper(digits)
	}
	return token[:len(token)-bech32Sum] + string(digits)
}

// splitBech32 returns the lower-case human-readable part and the values of the
// data's digits, and reports whether the token is in upper case.
func splitBech32(token string) (hrp string, data []byte, upper, ok bool) {
	for i := range len(token) {
		if token[i] < '!' || token[i] > '~' {
			return "", nil, false, false
		}
	}
	lower := strings.ToLower(token)
	upper = token != lower
	if upper && token != strings.ToUpper(token) {
		return "", nil, false, false
	}
	i := strings.LastIndexByte(lower, '1')
	if i < 1 || len(lower)-i-1 < bech32Sum {
		return "", nil, false, false
	}
	hrp = lower[:i]
	for _, c := range []byte(lower[i+1:]) {
		v := strings.IndexByte(bech32Digits, c)
		if v < 0 {
			return "", nil, false, false
		}
		data = append(data, byte(v))
	}
	return hrp, data, upper, true
}

// bech32Polymod returns the checksum polynomial over hrp, expanded as BIP 173
// says, and data. It is 1 for a valid string.
func bech32Polymod(hrp string, data []byte) uint32 {
	sum := uint32(1)
	for i := range len(hrp) {
		sum = bech32Step(sum) ^ uint32(hrp[i]>>5)
	}
	sum = bech32Step(sum)
	for i := range len(hrp) {
		sum = bech32Step(sum) ^ uint32(hrp[i]&31)
	}
	for _, d := range data {
		sum = bech32Step(sum) ^ uint32(d)
	}
	return sum
}

// bech32Step multiplies the checksum by x, modulo the generator.
func bech32Step(sum uint32) uint32 {
	top := sum >> 25
	sum = sum & 0x1ffffff << 5
	for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
