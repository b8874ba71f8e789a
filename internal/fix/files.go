package fix

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// tempPrefix begins the names of temporary files.
const tempPrefix = ".keylint-fix-"

// regularFile returns what there is to know of a file. What is not a regular
// file is an error that says what to do; fs.ErrNotExist stays recognizable.
func regularFile(root *os.Root, name string) (fs.FileInfo, error) {
	info, err := root.Lstat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is not there: %w", name, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be looked at: %w", name, causeOf(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is a symbolic link, which is not followed: make the change where it leads to", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	return info, nil
}

// readFile returns the content of a file that may be edited.
func readFile(root *os.Root, name string, info fs.FileInfo) ([]byte, error) {
	if info.Mode().Perm()&0o200 == 0 {
		return nil, fmt.Errorf("%s is read-only: make it writable, and run it again", name)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes: make the change by hand", name, maxFile)
	}
	f, err := root.OpenFile(filepath.FromSlash(name), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", name, causeOf(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, causeOf(err))
	}
	return data, nil
}

// replace puts the new content of a file in its place, unless somebody else
// changed the file.
func replace(root *os.Root, c *Change) error {
	removeStale(root, path.Dir(c.Path))
	temp, err := writeTemp(root, c)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", c.Path, causeOf(err))
	}
	if err = unchanged(root, c); err == nil {
		err = root.Rename(temp, filepath.FromSlash(c.Path))
	}
	if err != nil {
		root.Remove(temp)
		return fmt.Errorf("%s cannot be replaced: %w", c.Path, causeOf(err))
	}
	syncDir(root, path.Dir(c.Path))
	return nil
}

// writeTemp writes the new content to a file beside the old one and returns its
// name.
func writeTemp(root *os.Root, c *Change) (string, error) {
	temp := filepath.Join(filepath.Dir(filepath.FromSlash(c.Path)), tempPrefix+rand.Text())
	mode := c.Mode // of a new file: less what the umask takes
	if !c.Create {
		mode = privateMode
	}
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	_, err = f.Write(c.New)
	if !c.Create {
		err = cmp.Or(err, keepOwner(f, c.info), f.Chmod(c.Mode))
	}
	if err = cmp.Or(err, f.Sync(), f.Close()); err != nil {
		root.Remove(temp)
	}
	return temp, err
}

// removeStale removes the temporary files that a run that was killed left in a
// directory: what it was to replace is still to be replaced, so the next run
// comes by. What cannot be removed stays, and scans report the keys in it. The
// temporary file of a run at the same time can be met, too: that run then leaves
// its file as it is.
func removeStale(root *os.Root, dir string) {
	f, err := root.Open(filepath.FromSlash(dir))
	if err != nil {
		return
	}
	defer f.Close()
	entries, _ := f.ReadDir(-1)
	for _, e := range entries {
		if e.Type().IsRegular() && isTemp(e.Name()) {
			root.Remove(filepath.Join(filepath.FromSlash(dir), e.Name()))
		}
	}
}

// isTemp reports whether a file has a name that writeTemp gives.
func isTemp(name string) bool {
	random, ok := strings.CutPrefix(name, tempPrefix)
	return ok && len(random) == len(rand.Text()) && strings.Trim(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

var errChanged = errors.New("it was changed meanwhile: run it again")

// unchanged fails when a file is not as it was planned for.
func unchanged(root *os.Root, c *Change) error {
	info, err := regularFile(root, c.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.Create:
		return nil
	case err != nil:
		return err
	case c.Create:
		return errChanged
	}
	data, err := readFile(root, c.Path, info)
	if err == nil && (string(data) != string(c.Old) || info.Mode() != c.info.Mode()) {
		err = errChanged
	}
	return err
}

// syncDir makes a rename in a directory last. Systems that cannot do so have
// their own ways.
func syncDir(root *os.Root, dir string) {
	if f, err := root.Open(filepath.FromSlash(dir)); err == nil {
		f.Sync()
		f.Close()
	}
}

// causeOf strips operation and path off an error of the system.
func causeOf(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
