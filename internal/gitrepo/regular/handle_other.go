//go:build !unix

package regular

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// A handle is an open file.
type handle struct{ f *os.File }

// openHandle looks before it opens: there are no flags that would make opening
// safe, and no FIFOs in directories either. It returns the file's size.
func openHandle(path string, follow bool) (handle, int64, error) {
	look := os.Lstat
	if follow {
		look = os.Stat
	}
	info, err := look(path)
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotRegular
	}
	if err != nil {
		return handle{}, 0, inner(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return handle{}, 0, inner(err)
	}
	return handle{f}, info.Size(), nil
}

func (h handle) read(p []byte) (int, error) {
	n, err := h.f.Read(p)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, inner(err)
}

func (h handle) close() error { return h.f.Close() }

// inner strips the path off an error; the caller adds it.
func inner(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
