package githistory

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// collected keeps what a scan reports.
type collected struct {
	findings []*scanner.Finding
	problems []scanner.Problem
}

func (c *collected) Finding(f *scanner.Finding) error { c.findings = append(c.findings, f); return nil }
func (c *collected) Problem(p scanner.Problem) error  { c.problems = append(c.problems, p); return nil }
func (c *collected) Notice(scanner.Notice) error      { return nil }

// openDir opens the history of the repository at dir.
func openDir(t testing.TB, dir string, o Options) *History {
	t.Helper()
	r, err := gitrepo.Open(dir, gitrepo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// scanDir scans the history of the repository at dir, which must end soon.
func scanDir(t testing.TB, dir string, set *rules.Set, o Options) (*collected, scanner.Summary) {
	t.Helper()
	o.NoCache = true
	return scanCached(t, dir, set, o)
}

// scanCached is scanDir, with the cache if o does not forbid it.
func scanCached(t testing.TB, dir string, set *rules.Set, o Options) (*collected, scanner.Summary) {
	t.Helper()
	h := openDir(t, dir, o)
	var c collected
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	sum, err := h.Scan(ctx, scanner.Options{Rules: set}, &c)
	if err != nil {
		t.Fatal(err)
	}
	return &c, sum
}

func (c *collected) describe() []string {
	var out []string
	for _, f := range c.findings {
		refs := slices.DeleteFunc(slices.Clone(f.Commit.Refs), func(r string) bool { return r == "HEAD" })
		slices.Sort(refs)
		removed := ""
		if f.Removed != nil {
			removed = f.Removed.ID
		}
		out = append(out, describe(f.Path, f.Secret.Hash, f.Commit.ID, removed, *f.AtHead, refs))
	}
	slices.Sort(out)
	return out
}

func builtin(t *testing.T) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestAttribution holds the findings of random histories, packed in several ways
// and read in both, to what they must be by definition.
func TestAttribution(t *testing.T) {
	set := builtin(t)
	n := 40
	if testing.Short() {
		n = 5
	}
	found := 0
	for seed := range n {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		m := randomModel(rng)
		dir := m.build(t)
		if rng.IntN(2) == 0 {
			run(t, dir, "", "repack", "-adfq", "--depth=50", "--window=50")
		}
		want := m.expected()
		for _, whole := range []bool{false, true} {
			got, sum := scanDir(t, dir, set, Options{Whole: whole})
			if !sum.Complete {
				t.Fatalf("seed %d: %v", seed, got.problems)
			}
			if d := got.describe(); !slices.Equal(d, want) {
				t.Errorf("seed %d, whole %v:\n%s\nnot\n%s", seed, whole, strings.Join(d, "\n"), strings.Join(want, "\n"))
			}
		}
		found += len(want)
	}
	if found < 2*n {
		t.Errorf("%d findings in %d histories: the test tries nothing", found, n)
	}
}

// TestDamage flips bytes of packs and indexes: a scan that is complete all the
// same must report the same.
func TestDamage(t *testing.T) {
	set := builtin(t)
	m := randomModel(rand.New(rand.NewPCG(3, 7)))
	dir := m.build(t)
	run(t, dir, "", "repack", "-adfq", "--depth=50", "--window=50")
	good, _ := scanDir(t, dir, set, Options{})
	want := good.describe()
	files, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "pack-*"))
	if err != nil || len(files) == 0 || len(want) == 0 {
		t.Fatal(files, err, want)
	}
	harmed := 0
	for _, file := range files {
		if ext := filepath.Ext(file); ext != ".pack" && ext != ".idx" {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(data); at += max(1, len(data)/60) {
			for _, bad := range [][]byte{flipped(data, at), data[:at]} {
				if err := os.WriteFile(file, bad, 0o644); err != nil {
					t.Fatal(err)
				}
				got, sum := scanDir(t, dir, set, Options{})
				if !sum.Complete {
					harmed++
				} else if !slices.Equal(got.describe(), want) {
					t.Errorf("%s, byte %d: complete, and not the same", filepath.Base(file), at)
				}
			}
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if harmed < 50 {
		t.Errorf("only %d scans were not complete", harmed)
	}
}

func flipped(data []byte, at int) []byte {
	out := bytes.Clone(data)
	out[at] ^= 0x55
	return out
}
