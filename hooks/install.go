package hooks

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Install writes a hook. One that is there is kept under another name, and runs
// first. It reports what it did in a sentence. Installing again brings a hook of
// ours up to date.
func (d Dir) Install(h Hook) (string, error) {
	if err := os.MkdirAll(d.Path, 0o755); err != nil {
		return "", fmt.Errorf("cannot make the directory of hooks: %w", err)
	}
	path := filepath.Join(d.Path, h.Name)
	script := []byte(d.script(h))
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(path); err == nil {
			return "", fmt.Errorf("%s is a link to nowhere: remove it first", path)
		}
		return path + " is installed", replace(path, script, 0o755)
	case err != nil:
		return "", err
	case bytes.Equal(old, script):
		return path + " is installed already", nil
	case isOurs(old):
		return path + " is brought up to date", replace(path, script, 0o755)
	}
	if _, err := os.Lstat(path + kept); err == nil {
		return "", fmt.Errorf("%s is not keylint's, and %s is there already: see which of the two is needed and remove the other", path, path+kept)
	}
	if err := os.Rename(path, path+kept); err != nil {
		return "", err
	}
	if err := replace(path, script, 0o755); err != nil {
		return "", errors.Join(err, os.Rename(path+kept, path))
	}
	return path + " is installed; what was there is now " + filepath.Base(path) + kept + " and runs first", nil
}

// Uninstall removes a hook of ours and puts back what was there before. It says
// what it did, and "" when there is no hook of ours.
func (d Dir) Uninstall(h Hook) (string, error) {
	path := filepath.Join(d.Path, h.Name)
	old, err := os.ReadFile(path)
	if err != nil || !isOurs(old) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return "", nil
	}
	if !d.wrote(old, h) {
		return "", fmt.Errorf("%s: %w: take out the lines of keylint by hand, and rename %s back if it is there", path, ErrChanged, path+kept)
	}
	if _, err := os.Lstat(path + kept); err == nil {
		return path + " is as it was before", os.Rename(path+kept, path)
	}
	return path + " is removed", os.Remove(path)
}

// wrote reports whether a script is what Install writes, for whatever binary.
func (d Dir) wrote(script []byte, h Hook) bool {
	other := d
	if other.Binary = binaryOf(script); other.Binary == "" {
		h.Does = "" // it was to run the repository's own hook only
	}
	return string(script) == other.script(h)
}

// replace writes a file at once or not at all. What is there keeps its mode; a new
// file has mode.
func replace(path string, content []byte, mode fs.FileMode) error {
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keylint-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
