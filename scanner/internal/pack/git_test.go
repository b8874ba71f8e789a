package pack

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs git in dir and returns what it prints.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com", "GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_DATE=1700000000 +0000")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// newRepo makes a repository with a history that deltas well.
func newRepo(t testing.TB, format string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git to compare with")
	}
	dir := t.TempDir()
	git(t, dir, "init", "-q", "--object-format="+format)
	for i := range 40 {
		var b strings.Builder
		for line := range 300 {
			fmt.Fprintf(&b, "line %d of %d\n", line, (line*7+i)%(i+90))
		}
		write(t, filepath.Join(dir, "a.txt"), b.String())
		write(t, filepath.Join(dir, fmt.Sprintf("d%d", i%5), "b.txt"), b.String()[i*20:])
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", fmt.Sprintf("commit %d", i))
	}
	git(t, dir, "tag", "-am", "a tag", "v1")
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestAgainstCatFile reads all objects in many packings and compares them with
// what git cat-file gives.
func TestAgainstCatFile(t *testing.T) {
	for _, c := range []struct {
		name, format string
		pack         func(dir string)
	}{
		{"loose", "sha1", func(string) {}},
		{"gc", "sha1", func(d string) { git(t, d, "gc", "-q") }},
		{"deep", "sha1", func(d string) { git(t, d, "repack", "-adfq", "--depth=250", "--window=250") }},
		{"no deltas", "sha1", func(d string) { git(t, d, "repack", "-adfq", "--depth=0") }},
		{"reference deltas", "sha1", func(d string) { git(t, d, "-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq") }},
		{"index version 1", "sha1", func(d string) { git(t, d, "-c", "pack.indexVersion=1", "repack", "-adfq") }},
		{"sha256", "sha256", func(d string) { git(t, d, "repack", "-adfq") }},
		{"two packs", "sha1", func(d string) {
			git(t, d, "repack", "-adq")
			write(t, filepath.Join(d, "new"), "more")
			git(t, d, "add", ".")
			git(t, d, "commit", "-qm", "more")
			git(t, d, "repack", "-dq")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := newRepo(t, c.format)
			c.pack(dir)
			format := SHA1
			if c.format == "sha256" {
				format = SHA256
			}
			compare(t, dir, format)
		})
	}
}

// TestAlternates reads a clone that borrows its objects.
func TestAlternates(t *testing.T) {
	dir := newRepo(t, "sha1")
	git(t, dir, "gc", "-q")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, dir, "clone", "-q", "--shared", dir, clone)
	compare(t, clone, SHA1)
}

// compare reads every object of the repository at dir and compares.
func compare(t *testing.T, dir string, f Format) {
	t.Helper()
	s, err := Open(filepath.Join(dir, ".git", "objects"), f)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(s.Problems()) > 0 {
		t.Fatalf("problems: %v", s.Problems())
	}
	r := s.Reader(1 << 30)
	n := 0
	catFile(t, dir, func(id, kind string, want []byte) {
		oid, err := f.ParseID(id)
		if err != nil {
			t.Fatal(err)
		}
		k, got, err := r.Read(oid)
		if err != nil || k.String() != kind || !bytes.Equal(got, want) {
			t.Errorf("%s: a %s of %d bytes, git has a %s of %d: %v", id, k, len(got), kind, len(want), err)
		}
		if c, err := s.Content(oid, 1<<30); err != nil {
			t.Errorf("%s cannot be opened: %v", id, err)
		} else if got, err := io.ReadAll(c); err != nil || c.Kind != k || c.Size != uint64(len(got)) || !bytes.Equal(got, want) || c.Close() != nil {
			t.Errorf("%s, piece by piece: a %s of %d bytes: %v", id, c.Kind, len(got), err)
		}
		n++
	})
	if n < 120 || s.Len() < n {
		t.Errorf("%d objects compared, %d in the store", n, s.Len())
	}
	if _, _, err := r.Read(ID{1, 2, 3}); err != ErrMissing {
		t.Errorf("an object that is not there: %v", err)
	}
	if _, err := s.Content(ID{1, 2, 3}, 1<<30); err != ErrMissing {
		t.Errorf("an object that is not there: %v", err)
	}
}

// catFile calls f for every object that git cat-file knows.
func catFile(t *testing.T, dir string, f func(id, kind string, data []byte)) {
	t.Helper()
	cmd := exec.Command("git", "-C", dir, "cat-file", "--batch", "--batch-all-objects")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	for {
		var id, kind string
		var size int
		if _, err := fmt.Fscanf(r, "%s %s %d\n", &id, &kind, &size); err != nil {
			break
		}
		data := make([]byte, size+1)
		if _, err := io.ReadFull(r, data); err != nil {
			t.Fatal(err)
		}
		f(id, kind, data[:size])
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// TestDamage truncates and flips bytes of a pack: reads fail or succeed, and
// never panic.
func TestDamage(t *testing.T) {
	dir := newRepo(t, "sha1")
	git(t, dir, "gc", "-q")
	packs, _ := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "*"))
	var ids []string
	catFile(t, dir, func(id, _ string, _ []byte) { ids = append(ids, id) })
	for _, path := range packs {
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		os.Chmod(path, 0o644)
		for i := range 20 {
			bad := bytes.Clone(good)
			if i%2 == 0 {
				bad = bad[:len(bad)*i/20]
			} else {
				bad[len(bad)*i/20] ^= 0x55
			}
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			readAll(t, dir, ids)
		}
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readAll(t *testing.T, dir string, ids []string) {
	t.Helper()
	s, err := Open(filepath.Join(dir, ".git", "objects"), SHA1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := s.Reader(1 << 20)
	for _, id := range ids {
		oid, _ := SHA1.ParseID(id)
		r.Read(oid)
	}
}
