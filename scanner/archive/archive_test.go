package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/scanner"
)

// A file is a blob or a member for tests.
type file struct {
	name string
	data []byte
}

// files is a source of blobs.
type files []file

func (f files) Walk(_ context.Context, v scanner.Visitor) error {
	for _, x := range f {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(x.data)), nil }
		if err := v.Blob(scanner.Blob{Path: x.name, Source: "worktree", Size: int64(len(x.data)), Open: open}); err != nil {
			return err
		}
	}
	return nil
}

// A recorder keeps blobs and opens them only after the walk.
type recorder struct {
	blobs    []scanner.Blob
	problems []string // path: reason
	skipped  []string // path: reason
}

func (r *recorder) Blob(b scanner.Blob) error { r.blobs = append(r.blobs, b); return nil }
func (r *recorder) Problem(p scanner.Problem) error {
	r.problems = append(r.problems, p.Path+": "+p.Reason)
	return nil
}
func (r *recorder) Skip(path, reason string) error {
	r.skipped = append(r.skipped, path+": "+reason)
	return nil
}

// contents opens, reads and closes all blobs.
func (r *recorder) contents(t testing.TB) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, b := range r.blobs {
		rc, err := b.Open()
		if err != nil {
			t.Fatalf("%s: %v", b.Path, err)
		}
		data, err := io.ReadAll(rc)
		if err := errors.Join(err, rc.Close(), rc.Close()); err != nil {
			t.Fatalf("%s: %v", b.Path, err)
		}
		if b.Source == "archive" && b.Size != int64(len(data)) {
			t.Errorf("%s has %d bytes, and is said to have %d", b.Path, len(data), b.Size)
		}
		m[b.Path] = string(data)
	}
	return m
}

// walk walks one file and checks that nothing is left behind.
func walk(t testing.TB, o Options, list ...file) (map[string]string, *recorder) {
	t.Helper()
	o.TempDir = t.TempDir()
	r := &recorder{}
	src := Wrap(files(list), o)
	if err := src.Walk(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	m := r.contents(t)
	if left, _ := os.ReadDir(o.TempDir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if src.store.used != 0 || src.store.files != 0 {
		t.Errorf("%d bytes and %d files are still counted", src.store.used, src.store.files)
	}
	return m, r
}

func zipOf(t testing.TB, list ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range list {
		m, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		m.Write(f.data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func tarOf(t testing.TB, list ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range list {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write(f.data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func zstdOf(t testing.TB, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(data, nil)
}

// tool packs data with a program of the system, or skips the test.
func tool(t testing.TB, data []byte, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFormats(t *testing.T) {
	env := file{"config/.env", []byte("AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n")}
	readme := file{"README.md", []byte("read me")}
	inner := tarOf(t, env, readme)
	for _, tt := range []struct {
		name   string
		data   func(t *testing.T) []byte
		member string
		whole  bool // it has one member, which is env
	}{
		{"a.zip", func(t *testing.T) []byte { return zipOf(t, env, readme) }, "a.zip!/config/.env", false},
		{"lib/a.JAR", func(t *testing.T) []byte { return zipOf(t, env, readme) }, "lib/a.JAR!/config/.env", false},
		{"a.whl", func(t *testing.T) []byte { return zipOf(t, env, readme) }, "a.whl!/config/.env", false},
		{"no-extension", func(t *testing.T) []byte { return zipOf(t, env, readme) }, "no-extension!/config/.env", false},
		{"a.pyz", func(t *testing.T) []byte { return append([]byte("#!/usr/bin/python3\n"), zipOf(t, env, readme)...) }, "a.pyz!/config/.env", false},
		{"a.tar", func(t *testing.T) []byte { return inner }, "a.tar!/config/.env", false},
		{"a.tar.gz", func(t *testing.T) []byte { return gzipOf(t, inner) }, "a.tar.gz!/config/.env", false},
		{"a.tgz", func(t *testing.T) []byte { return gzipOf(t, inner) }, "a.tgz!/config/.env", false},
		{"a.tar.zst", func(t *testing.T) []byte { return zstdOf(t, inner) }, "a.tar.zst!/config/.env", false},
		{"a.tar.bz2", func(t *testing.T) []byte { return tool(t, inner, "bzip2", "-c") }, "a.tar.bz2!/config/.env", false},
		{"a.tar.xz", func(t *testing.T) []byte { return tool(t, inner, "xz", "-c") }, "a.tar.xz!/config/.env", false},
		{"x/env.gz", func(t *testing.T) []byte { return gzipOf(t, env.data) }, "x/env.gz!/env", true},
		{"env.zst", func(t *testing.T) []byte { return zstdOf(t, env.data) }, "env.zst!/env", true},
		{"env.bz2", func(t *testing.T) []byte { return tool(t, env.data, "bzip2", "-c") }, "env.bz2!/env", true},
		{"env.xz", func(t *testing.T) []byte { return tool(t, env.data, "xz", "-9", "-c") }, "env.xz!/env", true},
		{"backup", func(t *testing.T) []byte { return gzipOf(t, env.data) }, "backup!/backup.unpacked", true},
		{"multi.gz", func(t *testing.T) []byte { return append(gzipOf(t, env.data[:5]), gzipOf(t, env.data[5:])...) }, "multi.gz!/multi", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, r := walk(t, Options{}, file{tt.name, tt.data(t)})
			want := 2
			if tt.whole {
				want = 1
			}
			if got[tt.member] != string(env.data) || len(got) != want || len(r.problems) > 0 {
				t.Errorf("members %v, problems %v", keys(got), r.problems)
			}
		})
	}
}

func keys(m map[string]string) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

func TestNotArchives(t *testing.T) {
	list := []file{
		{"text.zip", []byte("version https://git-lfs.github.com/spec/v1\n")}, {"empty.tar", nil}, {"main.go", []byte("PK\x03\x04")},
		{"zeros", make([]byte, 2000)}, {"LICENSE", bytes.Repeat([]byte("Apache "), 1000)},
	}
	got, r := walk(t, Options{}, list...)
	for i, f := range list {
		if got[f.name] != string(f.data) || r.blobs[i].Source != "worktree" {
			t.Errorf("%s was changed", f.name)
		}
	}
	if len(r.problems) > 0 {
		t.Error(r.problems)
	}
}

func TestNested(t *testing.T) {
	key := file{"key.txt", []byte(fakekey.Gateway(2))}
	data := zipOf(t, file{"a.tar.gz", gzipOf(t, tarOf(t, file{"b.zip", zipOf(t, key)}, key))}, key)
	got, r := walk(t, Options{}, file{"o.zip", data})
	want := []string{"o.zip!/a.tar.gz!/b.zip!/key.txt", "o.zip!/a.tar.gz!/key.txt", "o.zip!/key.txt"}
	if !slices.Equal(keys(got), want) || len(r.problems) > 0 {
		t.Errorf("got %v, problems %v", keys(got), r.problems)
	}

	got, r = walk(t, Options{Depth: 2}, file{"o.zip", data})
	if !slices.Equal(keys(got), want[1:]) || len(r.problems) != 1 || !strings.Contains(r.problems[0], "b.zip: not opened: archives lie more than 2 deep in each other; raise --archive-depth") {
		t.Errorf("got %v, problems %v", keys(got), r.problems)
	}
}

// As deep as it goes, it ends: a quine of archives holds itself for ever.
func TestDeep(t *testing.T) {
	data := []byte("x")
	for range 50 {
		data = gzipOf(t, data)
	}
	got, r := walk(t, Options{}, file{"q.gz", data})
	if len(got) != 0 || len(r.problems) != 1 {
		t.Errorf("got %v, problems %v", keys(got), r.problems)
	}
}

func TestHostileNames(t *testing.T) {
	x := []byte("x")
	for name, want := range map[string]string{
		"../../etc/passwd": "etc/passwd", "/root/.env": "root/.env", `..\..\win.ini`: "win.ini", `C:\a`: "C:/a", "a\nb\x1b[31m\x7f": "a_b_[31m_",
		"a/../../b": "b", "\xff\xfe": "__", "": "unnamed", "..": "unnamed", "a\u202eb": "a_b", "a\x00b": "a_b",
	} {
		if got := clean(name); got != want {
			t.Errorf("clean(%q) is %q, want %q", name, got, want)
		}
	}
	if got := clean(strings.Repeat("x/é", 30000) + "/.env"); len(got) > maxName+3 || !strings.HasSuffix(got, "/.env") {
		t.Errorf("long name: %d bytes", len(got))
	}
	list := []file{{"../../x", x}, {"/abs", x}, {"a\nb", x}}
	want := []string{"o!/a_b", "o!/abs", "o!/x"}
	for _, data := range [][]byte{zipOf(t, list...), tarOf(t, list...)} {
		if got, r := walk(t, Options{}, file{"o", data}); !slices.Equal(keys(got), want) || len(r.problems) > 0 {
			t.Errorf("got %v, problems %v", keys(got), r.problems)
		}
	}
}

func TestOpenFileIsReadInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	data := zipOf(t, file{"x", []byte("y")})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	src := onDisk{path, int64(len(data))}
	r := &recorder{}
	if err := Wrap(src, Options{}).Walk(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	if got := r.contents(t); got["a.zip!/x"] != "y" {
		t.Errorf("got %v, problems %v", got, r.problems)
	}
}

// onDisk yields one file.
type onDisk struct {
	path string
	size int64
}

func (d onDisk) Walk(_ context.Context, v scanner.Visitor) error {
	return v.Blob(scanner.Blob{Path: "a.zip", Size: d.size, Open: func() (io.ReadCloser, error) { return os.Open(d.path) }})
}
