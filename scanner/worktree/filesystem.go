package worktree

import (
	"io"
	"io/fs"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// A filesystem is what is read; tests replace parts of it to see errors. The
// zero value is the real one.
type filesystem struct {
	readDir func(path string) ([]fs.DirEntry, error)
	open    func(path string) (io.ReadCloser, error)
}

// openFile opens a listed file. What is put in its place meanwhile is not
// followed and does not block.
func (f filesystem) openFile(path string) (io.ReadCloser, error) {
	if f.open != nil {
		return f.open(path)
	}
	file, err := regular.Open(native(path))
	if err != nil {
		return nil, fileError(err)
	}
	return file, nil
}
