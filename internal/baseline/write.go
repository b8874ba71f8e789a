package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// newMode is that of a file that is not there yet: it is meant to be committed
// and holds no secret. The umask does not apply to it.
const newMode = 0o644

// Write writes the baseline to path: the headers, the comments that were there
// and the entries, sorted. Writing the same entries gives the same bytes.
//
// The file is replaced at once, through a temporary file in its directory, and
// keeps its permissions; a symbolic link stays one. It is left alone when it
// would not change.
func (b *Baseline) Write(path string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	data := b.bytes()
	mode := fs.FileMode(newMode)
	switch info, err := os.Stat(path); {
	case err == nil:
		mode = info.Mode().Perm()
		if old, err := read(path); err != nil {
			return fmt.Errorf("baseline: %w", err)
		} else if bytes.Equal(old, data) {
			return nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("baseline: %w", err)
	}
	if err := replace(path, data, mode); err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	return nil
}

func (b *Baseline) bytes() []byte {
	var buf bytes.Buffer
	for _, s := range b.salts {
		buf.WriteString(header + s + "\n")
	}
	for _, c := range b.comments {
		buf.WriteString(c + "\n")
	}
	for _, e := range b.sorted() {
		buf.WriteString(e.Digest + " " + e.Rule)
		if e.Reason != "" {
			buf.WriteString(" " + e.Reason)
		}
		buf.WriteByte('\n')
	}
	return buf.Bytes()
}

// replace writes data beside path and renames it to path.
func replace(path string, data []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), Name+".*.tmp")
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
