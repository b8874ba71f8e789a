package words

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCost checks that words cost less than random letters would, and random
// letters more.
func TestCost(t *testing.T) {
	uniform := math.Log2(26)
	for _, w := range []string{"password", "secret", "configuration", "Kubernetes", "identifier", "token", "HTTP", "ADMIN", "username", "postgres", "application", "example"} {
		if got := Cost([]byte(w)) / float64(len(w)); got >= uniform {
			t.Errorf("%s costs %.1f bits a letter, no less than random letters", w, got)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	dearer := 0
	const tries, length = 1000, 10
	for range tries {
		w := make([]byte, length)
		for i := range w {
			w[i] = 'a' + byte(rng.IntN(26))
		}
		if Cost(w) > length*uniform {
			dearer++
		}
	}
	if dearer < tries*97/100 {
		t.Errorf("%d of %d random words of %d letters look random, want 97%%", dearer, tries, length)
	}
}

// TestModel checks that the table holds a distribution for each two letters.
func TestModel(t *testing.T) {
	if len(model) != Letters*Letters*Letters {
		t.Fatalf("the model has %d entries", len(model))
	}
	for a := range Letters {
		for b := range Letters {
			sum := 0.0
			for c := range Letters {
				sum += math.Exp2(-float64(model[Index(a, b, c)]) / Scale)
			}
			if sum < 0.97 || sum > 1.03 {
				t.Errorf("behind %d and %d the probabilities add up to %.3f", a, b, sum)
			}
		}
	}
}
