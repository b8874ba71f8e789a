// Package atomicfile replaces files at once, so that a reader sees the old
// content or the new one, and a failure leaves the old one in place.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// newMode is that of a file that is not there yet: it is meant to be committed
// and holds no secret. The umask does not apply to it.
const newMode = 0o644

// Write writes data to path through a temporary file in its directory. The file
// keeps its permissions; a symbolic link stays one, and what it leads to is
// replaced. What is there and is no regular file is an error.
func Write(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(newMode)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file: name another one", path)
	default:
		mode = info.Mode().Perm()
	}
	return replace(path, data, mode)
}

// replace writes data beside path and renames it to path.
func replace(path string, data []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close() // a second Close does no harm
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
