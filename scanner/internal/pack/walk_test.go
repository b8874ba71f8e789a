package pack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A collector keeps what its walk visits; all workers share the map.
type collector struct {
	mu     *sync.Mutex // guards what follows
	objs   map[ID]string
	held   *int // visits that are not done
	forest *Forest
	t      *testing.T
}

// Done counts.
func (c collector) Done(any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.held--
}

// Visit checks the steps against the content of the base.
func (c collector) Visit(o *Object) any {
	id := c.forest.ID(o.Node)
	if base, ok := o.Base.([]byte); ok {
		for _, run := range o.Runs {
			if run.Base >= 0 && !bytes.Equal(o.Data[run.Start:run.End], base[run.Base:run.Base+run.End-run.Start]) {
				c.t.Errorf("run %v of %x does not come from the base", run, id[:4])
			}
		}
	}
	data := o.Data
	if o.Large != nil {
		var err error
		if data, err = io.ReadAll(o.Large); err != nil {
			c.t.Error(err)
		}
	}
	if uint64(len(data)) != o.Size {
		c.t.Errorf("%x has %d bytes, not %d", id[:4], len(data), o.Size)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, twice := c.objs[id]; twice {
		c.t.Errorf("%x is visited twice", id[:4])
	}
	c.objs[id] = o.Kind.String() + "\n" + string(data)
	*c.held++
	return bytes.Clone(data)
}

func walkAll(t *testing.T, dir string, f Format, limit uint64) (map[ID]string, []Problem) {
	t.Helper()
	s, err := Open(filepath.Join(dir, ".git", "objects"), f)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	forest := s.Forest(3)
	c := collector{mu: new(sync.Mutex), objs: map[ID]string{}, held: new(int), forest: forest, t: t}
	problems := forest.Problems()
	for _, kinds := range [][]Kind{{Blob}, {Tree}, {Commit, Tag}} {
		w := Walk{Kinds: kinds, Jobs: 3, Limit: limit, Stream: 3000}
		problems = append(problems, w.Run(context.Background(), forest, func() Visitor { return c })...)
	}
	if *c.held != 0 {
		t.Errorf("%d states are not given back", *c.held)
	}
	return c.objs, problems
}

// TestWalkAgainstCatFile walks repositories in many packings: every object is
// visited once, with git's content.
func TestWalkAgainstCatFile(t *testing.T) {
	for name, pack := range map[string]func(dir string){
		"loose": func(string) {},
		"gc":    func(d string) { git(t, d, "gc", "-q") },
		"deep":  func(d string) { git(t, d, "repack", "-adfq", "--depth=250", "--window=250") },
		"reference deltas": func(d string) {
			git(t, d, "-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq")
		},
		"twice": func(d string) { // each object in two packs, with different bases, and loose
			git(t, d, "repack", "-adfq", "--window=2")
			packs, _ := filepath.Glob(filepath.Join(d, ".git/objects/pack/*"))
			for _, p := range packs {
				data, _ := os.ReadFile(p)
				os.WriteFile(filepath.Join(d, filepath.Base(p)), data, 0o644)
			}
			git(t, d, "repack", "-adfq", "--window=200", "--depth=200")
			for _, p := range packs {
				os.Rename(filepath.Join(d, filepath.Base(p)), p)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newRepo(t, "sha1")
			pack(dir)
			got, problems := walkAll(t, dir, SHA1, 1<<30)
			if len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			n := 0
			catFile(t, dir, func(id, kind string, data []byte) {
				oid, _ := SHA1.ParseID(id)
				if got[oid] != kind+"\n"+string(data) {
					t.Errorf("%s is not what git has", id)
				}
				n++
			})
			if n != len(got) {
				t.Errorf("%d objects visited, git has %d", len(got), n)
			}
		})
	}
}

// TestWalkLimit walks with a limit: what is larger is a problem, and so is what
// is stored as a delta on it, but nothing is left out in silence.
func TestWalkLimit(t *testing.T) {
	dir := newRepo(t, "sha1")
	var large strings.Builder
	for line := range 300 {
		fmt.Fprintf(&large, "a line of its own, %d\n", line*line)
	}
	for i := range 3 { // each a line more: certain to be stored as deltas
		fmt.Fprintf(&large, "and one more, %d\n", i)
		write(t, filepath.Join(dir, "large.txt"), large.String())
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", "more")
	}
	git(t, dir, "repack", "-adfq", "--threads=1")
	all, _ := walkAll(t, dir, SHA1, 1<<30)
	some, problems := walkAll(t, dir, SHA1, 2000)
	missing := map[ID]bool{}
	for _, p := range problems {
		missing[p.ID] = true
	}
	for id := range all {
		if _, seen := some[id]; seen == missing[id] {
			t.Errorf("%x: visited %v, a problem %v", id[:4], seen, missing[id])
		}
	}
	if len(some) == 0 || len(problems) == 0 {
		t.Errorf("%d visited, %d problems", len(some), len(problems))
	}
}

// BenchmarkWalk reads all objects of the repository whose git directory
// KEYLINT_BENCH_REPO names.
func BenchmarkWalk(b *testing.B) {
	dir := os.Getenv("KEYLINT_BENCH_REPO")
	if dir == "" {
		b.Skip("KEYLINT_BENCH_REPO is not set")
	}
	for _, jobs := range []int{1, 2} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			for b.Loop() {
				s, err := Open(filepath.Join(dir, "objects"), SHA1)
				if err != nil {
					b.Fatal(err)
				}
				f := s.Forest(jobs)
				problems := Walk{Kinds: []Kind{Blob, Tree, Commit, Tag}, Jobs: jobs, Limit: 1 << 30}.Run(context.Background(), f, func() Visitor { return countVisitor{} })
				s.Close()
				b.ReportMetric(float64(len(problems)), "problems")
			}
		})
	}
}

type countVisitor struct{}

func (countVisitor) Visit(*Object) any { return nil }
func (countVisitor) Done(any)          {}
