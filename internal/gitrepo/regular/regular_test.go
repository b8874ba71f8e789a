package regular

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	for _, c := range []struct {
		path         string
		open, follow error
	}{
		{file, nil, nil},
		{link, ErrNotRegular, nil},
		{dir, ErrNotRegular, ErrNotRegular},
		{filepath.Join(dir, "none"), fs.ErrNotExist, fs.ErrNotExist},
	} {
		f, err := Open(c.path)
		closeFile(f)
		if !errors.Is(err, c.open) {
			t.Errorf("Open(%s): got %v, want %v", c.path, err, c.open)
		}
		f, err = OpenFollow(c.path)
		closeFile(f)
		if !errors.Is(err, c.follow) {
			t.Errorf("OpenFollow(%s): got %v, want %v", c.path, err, c.follow)
		}
	}
}

func TestReadFileLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("0123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadFile(path, 10); err != nil || string(got) != "0123456789" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := ReadFileNoFollow(path, 9); err == nil || !strings.Contains(err.Error(), "larger than 9 bytes") {
		t.Errorf("got error %v", err)
	}
}

func closeFile(f *File) {
	if f != nil {
		f.Close()
	}
}

// TestRead reads in small pieces, and a file that shrinks.
func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("0123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Size() != 10 {
		t.Errorf("got size %d", f.Size())
	}
	if got, err := io.ReadAll(iotest.OneByteReader(f)); err != nil || string(got) != "0123456789" {
		t.Errorf("got %q, %v", got, err)
	}
	shrunk, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer shrunk.Close()
	if err := os.Truncate(path, 3); err != nil {
		t.Skip("an open file cannot be truncated here:", err)
	}
	if got, err := io.ReadAll(shrunk); err == nil || !strings.Contains(err.Error(), "3 of 10 bytes") || string(got) != "012" {
		t.Errorf("got %q, %v", got, err)
	}
}
