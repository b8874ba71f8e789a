//go:build unix

package githistory

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/agcloud/keylint/scanner"
)

// TestCutWhileMapped scans a repository whose pack is cut off after it was opened:
// that is a problem, and never clean.
func TestCutWhileMapped(t *testing.T) {
	for _, o := range []Options{{}, {Whole: true}, {Range: Range{Max: 5}}} {
		dir := randomModel(rand.New(rand.NewPCG(3, 7))).build(t)
		run(t, dir, "", "repack", "-adfq")
		packs, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "*.pack"))
		if err != nil || len(packs) != 1 {
			t.Fatal(packs, err)
		}
		o.NoCache = true
		h := openDir(t, dir, o)
		var c collected
		s := h.newScan(context.Background(), scanner.Options{Rules: builtin(t)}, &c)
		store, err := s.openStore()
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if err := os.Chmod(packs[0], 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(packs[0], 0); err != nil {
			t.Fatal(err)
		}
		if err := s.scanStore(store); err != nil {
			t.Fatal(err)
		}
		if len(c.problems) == 0 || s.out.Complete {
			t.Errorf("%+v: complete %v, problems %v", o, s.out.Complete, c.problems)
		}
	}
}
