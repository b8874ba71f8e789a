package prefilter

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// naive finds what AppendHits must find for literals without gaps.
func naive(lits []Literal, text []byte, lo, hi int) []Hit {
	var hits []Hit
	for i, l := range lits {
		for p := lo; p < hi && p+len(l.Text) <= len(text); p++ {
			b := text[p : p+len(l.Text)]
			if string(b) == l.Text || l.Fold && strings.EqualFold(string(b), l.Text) && isASCII(b) {
				hits = append(hits, Hit{p, p + len(l.Text), i})
			}
		}
	}
	return sorted(hits)
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
}

func sorted(hits []Hit) []Hit {
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(a.Pos-b.Pos, a.Lit-b.Lit) })
	return hits
}

func testLiterals() []Literal {
	return []Literal{
		{Text: "hf_"}, {Text: "sk-", Fold: true}, {Text: "ghp_"}, {Text: "AKIA"}, {Text: "agcloud", Fold: true},
		{Text: "aaaa"}, {Text: "aaaaa", Fold: true}, {Text: "\x00\x01\x02"}, {Text: "a_-A`", Fold: true}, {Text: "aba", Fold: true},
	}
}

func FuzzHits(f *testing.F) {
	f.Add([]byte("hf_hf_ SK-ghp_AKIAagCLOUDaaaaaaa\x00\x01\x02"), 0, 100)
	f.Add([]byte("abababaA_-a`aaaaAAAAa"), 1, 9)
	f.Add([]byte("hf"), 0, 2)
	x := New(testLiterals())
	f.Fuzz(func(t *testing.T, text []byte, lo, hi int) {
		lo, hi = min(max(lo, 0), len(text)), min(max(hi, 0), len(text))
		got := sorted(x.AppendHits(nil, text, lo, hi))
		if diff := gocmp.Diff(naive(testLiterals(), text, lo, hi), got); diff != "" {
			t.Errorf("hits in %q[%d:%d] (-naive +got):\n%s", text, lo, hi, diff)
		}
	})
}

// TestSmallAlphabet meets many overlapping occurrences at every alignment.
func TestSmallAlphabet(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	lits := testLiterals()
	x := New(lits)
	found := 0
	for range 3000 {
		text := make([]byte, rng.IntN(60))
		for i := range text {
			text[i] = "abAB_-h`f"[rng.IntN(9)]
		}
		if len(text) > 12 {
			l := lits[rng.IntN(len(lits))].Text
			copy(text[rng.IntN(len(text)-len(l)+1):], l)
		}
		lo := rng.IntN(len(text) + 1)
		hi := lo + rng.IntN(len(text)-lo+1)
		got := sorted(x.AppendHits(nil, text, lo, hi))
		if diff := gocmp.Diff(naive(lits, text, lo, hi), got); diff != "" {
			t.Fatalf("hits in %q[%d:%d] (-naive +got):\n%s", text, lo, hi, diff)
		}
		found += len(got)
	}
	if found < 1000 {
		t.Errorf("only %d occurrences: the test has lost its bite", found)
	}
}

// TestGaps wraps a literal at every place with every kind of line break.
func TestGaps(t *testing.T) {
	const lit = "QUdDTE9VRF9BUElfS0VZ"
	x := New([]Literal{{Text: lit, Gap: true}, {Text: "QUdDTE9", Gap: true}})
	for _, gap := range []string{"\n", "\r\n", "\n    ", `\n`, `\r\n`, "\"\n  \"", "\" +\n\t\"", "\\\n"} {
		for at := 1; at < len(lit); at++ {
			for pad := range 3 {
				text := strings.Repeat("x", pad) + lit[:at] + gap + lit[at:] + "yy"
				hits := x.AppendHits(nil, []byte(text), 0, len(text))
				want := Hit{pad, pad + len(lit) + len(gap), 0}
				if !slices.Contains(hits, want) {
					t.Errorf("%q: hits %v lack %v", text, hits, want)
				}
				for i, h := range hits {
					if slices.Contains(hits[:i], h) {
						t.Errorf("%q: %v is there twice", text, h)
					}
				}
			}
		}
	}
	if hits := x.AppendHits(nil, []byte("QUdDTE9VRF9B UElfS0VZ"), 0, 21); len(hits) != 1 {
		t.Errorf("a space is no line break: %v", hits)
	}
}

func BenchmarkSourceText(b *testing.B) {
	text := goSource(b)
	for _, n := range []int{50, 500, 2000} {
		rng := rand.New(rand.NewPCG(3, 4))
		lits := testLiterals()[:5]
		for len(lits) < n {
			w := make([]byte, 5+rng.IntN(8))
			for i := range w {
				w[i] = "abcdefghijklmnopqrstuvwxyz_-0123456789"[rng.IntN(38)]
			}
			lits = append(lits, Literal{Text: string(w), Fold: n%2 == 0})
		}
		x := New(lits)
		b.Run(fmt.Sprintf("literals=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var hits []Hit
			for b.Loop() {
				hits = x.AppendHits(hits[:0], text, 0, len(text))
			}
			b.ReportMetric(float64(len(hits)), "hits")
		})
	}
}

// goSource returns some 15 MB of source text that is on every machine.
func goSource(b *testing.B) []byte {
	var all bytes.Buffer
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go command")
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src", "*", "*.go"))
	if err != nil || len(files) == 0 {
		b.Skip("no Go source tree")
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		all.Write(data)
	}
	return all.Bytes()
}
