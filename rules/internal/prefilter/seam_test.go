package prefilter

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// cutAndJoin finds the occurrences in text by cutting it at offsets: those in
// each part, and those across the cuts.
func cutAndJoin(x *Index, text []byte, cuts []int) []Hit {
	var out []Hit
	lo := 0
	for _, at := range append(cuts, len(text)) {
		out = x.AppendInside(out, text, lo, at)
		if at < len(text) {
			out = x.AppendAcross(out, text, lo, at)
		}
		lo = at
	}
	return sorted(out)
}

// someCuts returns offsets in a text of n bytes, in order, without repetition.
func someCuts(rng *rand.Rand, n int) []int {
	var cuts []int
	for at := 1 + rng.IntN(12); at < n; at += 1 + rng.IntN(12) {
		cuts = append(cuts, at)
	}
	return cuts
}

// TestSeams finds the same in a text cut anywhere as in the whole.
func TestSeams(t *testing.T) {
	lits := append(testLiterals(), Literal{Text: "abcdabcdabcd", Gap: true}, Literal{Text: "aabbaabb", Gap: true}, Literal{Text: "nab+rnab", Gap: true}, Literal{Text: "rnabcdnr", Gap: true}, Literal{Text: "abc"}, Literal{Text: "BAB", Fold: true})
	x := New(lits)
	rng := rand.New(rand.NewPCG(1, 2))
	found, gapped := 0, 0
	for i := range 40_000 {
		alphabet := []string{"abcdABab\n \\n'", "abcd+nrab\n\r\\\"'"}[i%2]
		text := make([]byte, rng.IntN(80))
		for i := range text {
			text[i] = alphabet[rng.IntN(len(alphabet))]
		}
		if rng.IntN(2) == 0 {
			text = append(text, []string{"nab\"\n + \"+rnab", "nab+r\\n  nab", "rnabc\" + \\n \"dnr", "rnabcdn\r\n\"r", "abcd\n  abcdabcd", "aab\"\n + \"baabb", "abcdab\\n  cdabcd", "abcda\\\nbcdabcd", "abcd  abcdabcd"}[rng.IntN(9)]...)
			text = append(text, "abab"...)
		}
		cuts := someCuts(rng, len(text))
		want := sorted(x.AppendHits(nil, text, 0, len(text)))
		if got := cutAndJoin(x, text, cuts); !slices.Equal(got, want) {
			t.Fatalf("%q cut at %v:\n%v, not\n%v", text, cuts, got, want)
		}
		found += len(want)
		for _, h := range want {
			if h.End-h.Pos > len(lits[h.Lit].Text) {
				gapped++
			}
		}
	}
	if found < 10_000 || gapped < 1000 {
		t.Errorf("only %d occurrences, %d with line breaks: the test tries nothing", found, gapped)
	}
}

func FuzzSeams(f *testing.F) {
	f.Add([]byte("a token and a sk-live"), uint64(1))
	f.Add([]byte("c2stbGl2\n  ZQ token"), uint64(2))
	x := New(testLiterals())
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		cuts := someCuts(rand.New(rand.NewPCG(seed, 0)), len(text))
		want := sorted(x.AppendHits(nil, text, 0, len(text)))
		if got := cutAndJoin(x, text, cuts); !slices.Equal(got, want) {
			t.Fatalf("%q cut at %v:\n%v, not\n%v", text, cuts, got, want)
		}
	})
}
