package githistory

import (
	"context"
	"os"
	"testing"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// BenchmarkScan scans the history of the repository whose git directory
// KEYLINT_BENCH_REPO names, with one worker and with two.
func BenchmarkScan(b *testing.B) {
	dir := os.Getenv("KEYLINT_BENCH_REPO")
	if dir == "" {
		b.Skip("KEYLINT_BENCH_REPO is not set")
	}
	list, err := rules.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		b.Fatal(err)
	}
	for name, jobs := range map[string]int{"one worker": 1, "two workers": 2} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, err := gitrepo.Open(dir, gitrepo.Options{})
				if err != nil {
					b.Fatal(err)
				}
				h, err := Open(r, Options{NoCache: true})
				if err != nil {
					b.Fatal(err)
				}
				sum, err := h.Scan(context.Background(), scanner.Options{Rules: set, Jobs: jobs}, nothing{})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(sum.Coverage.Bytes)
			}
		})
	}
}

// nothing is a handler that does nothing.
type nothing struct{}

func (nothing) Finding(*scanner.Finding) error { return nil }
func (nothing) Problem(scanner.Problem) error  { return nil }
func (nothing) Notice(scanner.Notice) error    { return nil }
