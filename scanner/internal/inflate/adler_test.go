package inflate

import (
	"bytes"
	stdadler "hash/adler32"
	"math/rand/v2"
	"testing"
)

func TestAdler32(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 200_000)
	for i := range random {
		random[i] = byte(rnd.Uint32())
	}
	high := bytes.Repeat([]byte{0xff}, len(random))
	sizes := []int{1 << 16, 1<<16 + 1, 1<<16 - 1, 100_003, 1 << 17, len(random)}
	for n := range 600 {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		for _, b := range [][]byte{random[:n], high[:n]} {
			if got, want := adler32(b), stdadler.Checksum(b); got != want {
				t.Fatalf("%d bytes: %08x, want %08x", n, got, want)
			}
		}
	}
}
