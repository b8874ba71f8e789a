//go:build unix

package regular

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOpenSpecial ends only if nothing blocks.
func TestOpenSpecial(t *testing.T) {
	dir, err := os.MkdirTemp("", "reg") // short: the path of a socket is limited
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	fifo, sock := filepath.Join(dir, "fifo"), filepath.Join(dir, "sock")
	if err := syscall.Mkfifo(fifo, 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, path := range []string{fifo, sock, "/dev/null", "/dev/tty"} {
		if f, err := Open(path); err == nil {
			f.Close()
			t.Errorf("%s was opened", path)
		} else if !errors.Is(err, ErrNotRegular) && path != "/dev/tty" {
			t.Errorf("%s: got error %v", path, err)
		}
		if _, err := ReadFile(path, 1); err == nil {
			t.Errorf("%s was read", path)
		}
	}
}
