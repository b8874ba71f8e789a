package gitrepo

import (
	"archive/zip"
	"bytes"
	"encoding/gob"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the reftables of reftable/testdata anew, which needs git 2.45")

// saidFile is what git says about a fixture, encoded by package gob: names need
// not be UTF-8.
const saidFile = "said.gob"

// TestRefsOfFixtures compares reftables that git wrote with what it said about
// them then, for where the installed git knows no reftables.
func TestRefsOfFixtures(t *testing.T) {
	for name, args := range map[string][]string{
		"sha1":   {"--ref-format=reftable"},
		"sha256": {"--ref-format=reftable", "--object-format=sha256"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("reftable", "testdata", name+".zip")
			if *update {
				s := newSandbox(t)
				history(s, "r", args...)
				writeFixture(t, s, file)
			}
			s := newSandbox(t)
			want := readFixture(t, file, s.path("r.git"))
			r := s.discover("r.git")
			checkRefs(t, r, want)
			checkLogs(t, r, want)
			if head, err := r.Head(); err != nil || !strings.HasPrefix(want.Heads, head+"\n") {
				t.Errorf("HEAD: got %q, %v, git says %s", head, err, want.Heads)
			}
			if trees, problems := r.Worktrees(); len(trees) != 3 || len(problems) > 0 || trees[2].Branch != "refs/heads/side" {
				t.Errorf("got working trees %+v, problems %v", trees, problems)
			}
		})
	}
}

// writeFixture archives what of the repository r says anything about
// references.
func writeFixture(t *testing.T, s *sandbox, file string) {
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	defer z.Close()
	add := func(name string, data []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(ask(s, "r")); err != nil {
		t.Fatal(err)
	}
	add(saidFile, b.Bytes())
	git := os.DirFS(s.path("r/.git"))
	err = fs.WalkDir(git, ".", func(name string, d fs.DirEntry, err error) error {
		wanted := slices.Contains([]string{"HEAD", "config", "commondir", "gitdir"}, path.Base(name)) || strings.Contains(name, "reftable/")
		if err != nil || d.IsDir() || !wanted || strings.HasPrefix(name, "modules/") {
			return err
		}
		data, err := fs.ReadFile(git, name)
		add(name, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readFixture unpacks a fixture into dir and returns what git said.
func readFixture(t *testing.T, file, dir string) (answer said) {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, empty := range []string{"objects", "refs"} {
		if err := os.MkdirAll(filepath.Join(dir, empty), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(saidFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := gob.NewDecoder(f).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}
