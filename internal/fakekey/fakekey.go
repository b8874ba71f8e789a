// Package fakekey makes keys for tests, so that none has to be committed: what
// looks like a key in this repository is one.
package fakekey

import "math/rand/v2"

const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Gateway returns a key of the shape that API gateways give out: sk- and 48
// letters and digits. Equal seeds give equal keys.
func Gateway(seed uint64) string { return "sk-" + Alnum(seed, 48) }

// Alnum returns n random letters and digits; at least one is a digit and one
// a letter if n is 2 or more.
func Alnum(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = alnum[rng.IntN(len(alnum))]
	}
	if n >= 2 {
		i := rng.IntN(n - 1)
		b[i], b[i+1] = alnum[rng.IntN(52)], alnum[52+rng.IntN(10)]
	}
	return string(b)
}

// Hex returns n random hexadecimal digits.
func Hex(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 8))
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[rng.IntN(16)]
	}
	return string(b)
}
