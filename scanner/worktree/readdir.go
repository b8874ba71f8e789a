package worktree

import (
	"io/fs"
	"slices"
)

// An entry is what a directory has under a name.
type entry struct {
	path string
	name string // the end of path
	mode fs.FileMode
}

// A dirReader reads directories. It keeps its buffers from one to the next
// and is for one goroutine.
type dirReader struct {
	fs      filesystem
	buf     []byte // what the system returns
	paths   []byte // of all entries, one after the other
	raw     []rawEntry
	entries []entry
}

// A rawEntry is an entry whose path ends at an offset in dirReader.paths.
type rawEntry struct {
	end  int
	mode fs.FileMode
}

// read returns the entries of a directory in the order of [compareNames], and
// those that could be read before an error along with it. They are valid until
// the next call; the strings stay valid.
func (r *dirReader) read(dir string) ([]entry, error) {
	r.paths, r.raw = r.paths[:0], r.raw[:0]
	prefix := join(dir, "")
	var err error
	if r.fs.readDir == nil {
		err = r.readSystem(dir, prefix)
	} else {
		err = r.readEntries(prefix, func() ([]fs.DirEntry, error) { return r.fs.readDir(dir) })
	}
	all := string(r.paths) // one allocation for all paths
	r.entries = r.entries[:0]
	start := 0
	for _, e := range r.raw {
		path := all[start:e.end]
		r.entries = append(r.entries, entry{path: path, name: path[len(prefix):], mode: e.mode})
		start = e.end
	}
	slices.SortFunc(r.entries, func(a, b entry) int {
		return compareNames(a.name, a.mode.IsDir(), b.name, b.mode.IsDir())
	})
	return r.entries, err
}

// readEntries adds the entries that a function returns.
func (r *dirReader) readEntries(prefix string, read func() ([]fs.DirEntry, error)) error {
	entries, err := read()
	for _, e := range entries {
		r.add(prefix, e.Name(), e.Type())
	}
	return err
}

func (r *dirReader) add(prefix, name string, mode fs.FileMode) {
	r.paths = append(append(r.paths, prefix...), name...)
	r.raw = append(r.raw, rawEntry{len(r.paths), mode})
}
