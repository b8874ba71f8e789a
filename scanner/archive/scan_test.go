package archive

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A handler collects the paths of findings.
type handler struct {
	paths    []string
	problems []scanner.Problem
}

func (h *handler) Finding(f *scanner.Finding) error { h.paths = append(h.paths, f.Path); return nil }
func (h *handler) Problem(p scanner.Problem) error  { h.problems = append(h.problems, p); return nil }
func (h *handler) Notice(scanner.Notice) error      { return nil }

// A scan on many goroutines finds keys in members, in order, and leaves
// nothing behind, whether members are in memory or in files.
func TestScan(t *testing.T) {
	key := rules.NewSecret([]byte(fakekey.Gateway(9)))
	set := knownSet(t, key)
	var list []file
	var want []string
	for i := range 200 {
		name := fmt.Sprintf("%03d.txt", i)
		list = append(list, file{name, fmt.Appendf(nil, "line\nuse %s here\n", key.Reveal())})
		want = append(want, "o.tgz!/"+name)
	}
	data := gzipOf(t, tarOf(t, list...))
	for _, memory := range []int64{0, 100} {
		dir := t.TempDir()
		h := &handler{}
		sum, err := scanner.Scan(context.Background(), Wrap(files{{"o.tgz", data}}, Options{Memory: memory, TempDir: dir}), scanner.Options{Rules: set, Jobs: 4}, h)
		if err != nil || !sum.Complete || fmt.Sprint(h.paths) != fmt.Sprint(want) {
			t.Errorf("summary %+v, error %v, findings %v, problems %v", sum, err, h.paths, h.problems)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// knownSet returns rules that find just this key.
func knownSet(t *testing.T, key rules.Secret) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if r.Known {
			set, err := rules.NewSet([]*rules.Rule{r}, rules.KnownKey{Secret: key, Origin: "test"})
			if err != nil {
				t.Fatal(err)
			}
			return set
		}
	}
	t.Fatal("there is no rule for known keys")
	return nil
}

// Content can be opened and closed while other content is stored.
func TestStoreConcurrently(t *testing.T) {
	s := &store{memory: 50, parent: t.TempDir()}
	var wg sync.WaitGroup // guards nothing but the end of the readers
	for i := range 100 {
		c, readErr, err := s.put(failing{fmt.Errorf("no content")}, -1)
		if readErr == nil || err != nil || c.size != 0 {
			t.Fatal(readErr, err)
		}
		c.drop()
		c, _, err = s.put(replay(make([]byte, i), fmt.Errorf("cut off"), nil), int64(i))
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			rc, err := c.open()
			if err != nil {
				t.Error(err)
				return
			}
			rc.Close()
		})
	}
	wg.Wait()
	s.walked()
	if left, _ := os.ReadDir(s.parent); s.used != 0 || s.files != 0 || len(left) > 0 {
		t.Errorf("%d bytes, %d files, directory %v", s.used, s.files, left)
	}
}
