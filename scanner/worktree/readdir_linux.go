package worktree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// The layout of struct linux_dirent64; see getdents64(2).
const (
	direntLength = 16 // offset of the record's length, 2 bytes
	direntType   = 18 // offset of the type, 1 byte
	direntName   = 19 // offset of the name, which a zero byte ends
)

// dirBuffer is the size of the buffer that the system fills, in bytes: most
// directories fit.
const dirBuffer = 32 << 10

// readSystem adds the entries of a directory with four system calls where
// [os.ReadDir] takes ten. It does not follow dir if it was replaced by a
// symbolic link.
func (r *dirReader) readSystem(dir, prefix string) error {
	if r.buf == nil {
		r.buf = make([]byte, dirBuffer)
	}
	flags := syscall.O_RDONLY | syscall.O_DIRECTORY | syscall.O_NOFOLLOW | syscall.O_CLOEXEC
	fd, err := retry(func() (int, error) { return syscall.Open(dir, flags, 0) })
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	for {
		n, err := retry(func() (int, error) { return syscall.ReadDirent(fd, r.buf) })
		if err != nil || n <= 0 {
			return err
		}
		if err := r.parse(r.buf[:n], prefix); err != nil {
			return err
		}
	}
}

// parse adds the entries of a buffer that the system has filled.
func (r *dirReader) parse(buf []byte, prefix string) error {
	for len(buf) > 0 {
		length := int(binary.NativeEndian.Uint16(buf[direntLength:]))
		record := buf[:length]
		buf = buf[length:]
		name, _, _ := bytes.Cut(record[direntName:], []byte{0})
		if string(name) == "." || string(name) == ".." {
			continue
		}
		mode, known := direntMode(record[direntType])
		if !known {
			info, err := os.Lstat(prefix + string(name))
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if err != nil {
				return err
			}
			mode = info.Mode().Type()
		}
		r.paths = append(append(r.paths, prefix...), name...)
		r.raw = append(r.raw, rawEntry{len(r.paths), mode})
	}
	return nil
}

// direntMode returns the mode of a type; some file systems do not know it.
func direntMode(t byte) (mode fs.FileMode, known bool) {
	switch t {
	case syscall.DT_REG:
		return 0, true
	case syscall.DT_DIR:
		return fs.ModeDir, true
	case syscall.DT_LNK:
		return fs.ModeSymlink, true
	case syscall.DT_UNKNOWN:
		return 0, false
	}
	return fs.ModeIrregular, true
}

// retry repeats a system call that a signal has interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
