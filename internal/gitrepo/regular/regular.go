// Package regular opens regular files and nothing else. Opening cannot block:
// a FIFO, device or socket in the place of a file is an error, also when it was
// put there a moment ago.
package regular

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// ErrNotRegular is the error for what is not a regular file: a directory,
// symbolic link, FIFO, device or socket.
var ErrNotRegular = errors.New("not a regular file")

// A File is a regular file that is open for reading, from one goroutine at a
// time. Unlike an [os.File] it costs no system calls but those to open, look,
// read and close, which is most of the work on small files.
type File struct {
	handle
	path string
	size int64
	read int64
}

// Open opens a regular file for reading. A symbolic link as the last element
// of the path is not followed but is [ErrNotRegular]. The errors are
// [*fs.PathError].
func Open(path string) (*File, error) { return open(path, false) }

// OpenFollow is Open, but follows symbolic links.
func OpenFollow(path string) (*File, error) { return open(path, true) }

func open(path string, follow bool) (*File, error) {
	h, size, err := openHandle(path, follow)
	if err != nil {
		return nil, pathError("open", path, err)
	}
	return &File{handle: h, path: path, size: size}, nil
}

// Size returns the size in bytes that the file had when it was opened.
func (f *File) Size() int64 { return f.size }

// Read implements [io.Reader]. What is appended after the file was opened may
// be left out; a file that has become shorter is an error.
func (f *File) Read(p []byte) (int, error) {
	if f.size > 0 && f.read >= f.size {
		return 0, io.EOF
	}
	n, err := f.handle.read(p)
	f.read += int64(n)
	switch {
	case err != nil:
		return n, pathError("read", f.path, err)
	case n == 0 && len(p) > 0 && f.read < f.size:
		return 0, pathError("read", f.path, fmt.Errorf("it ended after %d of %d bytes; it changed while it was read", f.read, f.size))
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}

// Close implements [io.Closer]. A File must not be used afterwards.
func (f *File) Close() error { return f.handle.close() }

// ReadFile returns the content of a regular file, following symbolic links.
// A file of more than limit bytes is an error.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := OpenFollow(path)
	if err != nil {
		return nil, err
	}
	return readAll(f, limit)
}

// ReadFileNoFollow is ReadFile, but a symbolic link as the last element of the
// path is [ErrNotRegular].
func ReadFileNoFollow(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	return readAll(f, limit)
}

// readAll reads and closes f.
func readAll(f *File, limit int64) ([]byte, error) {
	defer f.Close()
	data := make([]byte, 0, min(f.Size(), limit)+1) // one more byte to see the end
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > limit || f.Size() > limit {
			return nil, fmt.Errorf("%s is larger than %d bytes", f.path, limit)
		}
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

func pathError(op, path string, err error) error {
	return &fs.PathError{Op: op, Path: path, Err: err}
}
