//go:build unix

package pack

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestCutWhileMapped cuts files off after they were mapped: what is gone is a
// problem, and not the end of the program.
func TestCutWhileMapped(t *testing.T) {
	src := newRepo(t, "sha1")
	git(t, src, "repack", "-adq")
	for _, ext := range []string{".pack", ".idx"} {
		for _, when := range []string{"before the forest", "before the walk"} {
			t.Run(ext+" "+when, func(t *testing.T) {
				dir := t.TempDir()
				git(t, dir, "clone", "-q", "--no-hardlinks", src, ".")
				files, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "pack-*"+ext))
				if err != nil || len(files) != 1 {
					t.Fatal(files, err)
				}
				head, _ := SHA1.ParseID(git(t, dir, "rev-parse", "HEAD")[:40])
				s, err := Open(filepath.Join(dir, ".git", "objects"), SHA1)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				cut := func() {
					if err := os.Chmod(files[0], 0o644); err != nil {
						t.Fatal(err)
					}
					if err := os.Truncate(files[0], 0); err != nil {
						t.Fatal(err)
					}
				}
				var f *Forest
				if when == "before the forest" {
					cut()
					f = s.Forest(2)
				} else {
					f = s.Forest(2)
					cut()
				}
				problems := append(f.Problems(), Walk{Kinds: []Kind{Commit, Tree, Blob, Tag}, Jobs: 2, Limit: 1 << 20}.Run(context.Background(), f, func() Visitor { return countVisitor{} })...)
				if want := ext == ".pack" || when == "before the forest"; want && len(problems) == 0 {
					t.Error("no problem")
				}
				if _, _, err := s.Reader(1 << 20).Read(head); err == nil {
					t.Error("an object is read that is gone")
				}
				if !s.Has(head) {
					t.Error("an object that cannot be looked for is missing")
				}
				s.Abbreviated(SHA1.String(head)[:8])
			})
		}
	}
}
