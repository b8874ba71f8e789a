//go:build !linux

package worktree

import (
	"io/fs"
	"os"
)

// readSystem adds the entries of a directory.
func (r *dirReader) readSystem(dir, prefix string) error {
	return r.readEntries(prefix, func() ([]fs.DirEntry, error) {
		d, err := os.Open(native(dir))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return d.ReadDir(-1)
	})
}
