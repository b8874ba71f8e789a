package verify

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func openCache(t *testing.T, dir string) *Cache {
	t.Helper()
	c, err := OpenCache(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// entries returns the paths of what the cache remembers.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCache makes sure that a second run asks nothing, as long as answers
// count, and that each state counts as long as it should.
func TestCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keylint", "verify")
	s := newService(t, knows(2))
	list := func() []*scanner.Finding { return []*scanner.Finding{ours(1), ours(9)} }
	run := func(o Options) int {
		before := len(s.asked())
		found := list()
		o.Cache = openCache(t, dir)
		s.verifier(t, o).Plan(found).Run(t.Context())
		if found[0].Verify.Status != scanner.StatusLive || found[1].Verify.Status != scanner.StatusDead || found[1].Verify.Next == "" {
			t.Errorf("%+v, %+v", found[0].Verify, found[1].Verify)
		}
		return len(s.asked()) - before
	}
	for _, c := range []struct {
		name  string
		after time.Duration
		want  int
	}{
		{"the first run", 0, 3},
		{"a run at once", 0, 0},
		{"a run after the live key may have been revoked", 61 * time.Minute, 2},
		{"a run after a week", 7 * 24 * time.Hour, 3},
		{"a run in the past", -24 * time.Hour, 3},
	} {
		s.clock.now = s.clock.now.Add(c.after)
		if got := run(Options{}); got != c.want {
			t.Errorf("%s makes %d requests, want %d", c.name, got, c.want)
		}
	}
	if got := run(Options{Spend: true}); got != 3 {
		t.Errorf("another question is taken for the same: %d requests", got)
	}
}

func TestCacheFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "verify")
	s := newService(t, nil)
	f := ours(1)
	s.verifier(t, Options{Cache: openCache(t, dir)}).Plan([]*scanner.Finding{f}).Run(t.Context())
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, e := range files {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
	hash := strings.TrimPrefix(f.Secret.Hash, "hmac-sha256:")
	if name := filepath.Base(entries(t, dir)[0]); strings.Contains(name, hash) {
		t.Error("the cache names a key as reports do")
	}
	other := filepath.Join(t.TempDir(), "verify")
	s.verifier(t, Options{Cache: openCache(t, other)}).Plan([]*scanner.Finding{ours(1)}).Run(t.Context())
	if filepath.Base(entries(t, dir)[0]) == filepath.Base(entries(t, other)[0]) {
		t.Error("two caches have one salt")
	}
}

// TestCacheForgets makes sure that unknown states are not remembered.
func TestCacheForgets(t *testing.T) {
	dir := t.TempDir()
	s := newService(t, answers(raw(403, "{}")))
	for range 2 {
		s.verifier(t, Options{Cache: openCache(t, dir)}).Plan([]*scanner.Finding{ours(1)}).Run(t.Context())
	}
	if len(s.asked()) != 2 || len(entries(t, dir)) != 0 {
		t.Errorf("%d requests, %d entries", len(s.asked()), len(entries(t, dir)))
	}
}

// TestCacheDamaged makes sure that damage costs a request and nothing else.
func TestCacheDamaged(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string){
		"an empty entry":      func(t *testing.T, dir string) { overwrite(t, entries(t, dir)[0], "") },
		"a cut entry":         func(t *testing.T, dir string) { overwrite(t, entries(t, dir)[0], `{"status":"dead"`) },
		"an entry of another": func(t *testing.T, dir string) { overwrite(t, entries(t, dir)[0], `[1]`) },
		"a made-up state": func(t *testing.T, dir string) {
			overwrite(t, entries(t, dir)[0], `{"status":"fine","checked":"2024-01-09T10:00:00Z"}`)
		},
		"an entry of the future": func(t *testing.T, dir string) {
			overwrite(t, entries(t, dir)[0], `{"status":"live","checked":"2034-01-09T10:00:00Z"}`)
		},
		"a huge entry": func(t *testing.T, dir string) {
			overwrite(t, entries(t, dir)[0], strings.Repeat(" ", maxEntry)+`{"status":"live"}`)
		},
		"a directory": func(t *testing.T, dir string) {
			path := entries(t, dir)[0]
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"a cut salt":    func(t *testing.T, dir string) { overwrite(t, filepath.Join(dir, "salt"), "x") },
		"an empty salt": func(t *testing.T, dir string) { overwrite(t, filepath.Join(dir, "salt"), "") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := newService(t, nil)
			for range 2 {
				f := ours(1)
				s.verifier(t, Options{Cache: openCache(t, dir)}).Plan([]*scanner.Finding{f}).Run(t.Context())
				if f.Verify.Status != scanner.StatusDead {
					t.Errorf("%+v", f.Verify)
				}
				if len(s.asked()) == 1 {
					damage(t, dir)
				}
			}
			if len(s.asked()) != 2 {
				t.Errorf("%d requests", len(s.asked()))
			}
		})
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCacheConcurrent opens and uses one cache from many runs at once.
func TestCacheConcurrent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "verify")
	now := newFakeClock().now
	key := rules.NewSecret([]byte(fakekey.Gateway(1)))
	want := scanner.Verification{Status: scanner.StatusDead, Reason: "r", Checked: now}
	var group sync.WaitGroup // the runs
	for range 16 {
		group.Go(func() {
			c, err := OpenCache(dir)
			if err != nil {
				t.Error(err)
				return
			}
			for range 50 {
				c.put("q", key, want)
				if got, ok := c.get("q", key, now); !ok || got.Status != want.Status {
					t.Errorf("%+v, %v", got, ok)
				}
			}
		})
	}
	group.Wait()
	if n := len(entries(t, dir)); n != 1 {
		t.Errorf("%d entries: the runs had salts of their own", n)
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("%d files are left", len(files))
	}
}

func TestCachePrune(t *testing.T) {
	dir := t.TempDir()
	c := openCache(t, dir)
	key := rules.NewSecret([]byte(fakekey.Gateway(1)))
	c.put("q", key, scanner.Verification{Status: scanner.StatusDead, Checked: time.Now()})
	c.Prune(time.Now())
	if len(entries(t, dir)) != 1 {
		t.Error("what counts is removed")
	}
	c.Prune(time.Now().Add(8 * 24 * time.Hour))
	if files, _ := os.ReadDir(dir); len(files) != 1 || files[0].Name() != "salt" {
		t.Errorf("%v", files)
	}
}
