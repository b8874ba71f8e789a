package gitignore

import (
	"strings"
	"sync"
)

// A Checker decides on single paths of a tree, as git check-ignore --no-index
// does. It reads the files of patterns that it needs and keeps them. It is
// safe for concurrent use.
type Checker struct {
	base *Matcher
	read func(dir string) (*Patterns, error)

	mu   sync.Mutex
	dirs map[string]*checkedDir // guarded by mu
}

// A checkedDir is what is known of a directory.
type checkedDir struct {
	matcher *Matcher
	ignored Result // by which line the directory or one above it is ignored
}

// NewChecker returns a Checker over a tree. base holds the patterns that are
// not of the tree; read returns those of a directory, which is "" for the root
// and else a path relative to it, or nil when there are none.
func NewChecker(base *Matcher, read func(dir string) (*Patterns, error)) *Checker {
	return &Checker{base: base, read: read, dirs: make(map[string]*checkedDir)}
}

// Match returns the line that decides on a path relative to the root, with
// forward slashes. For a path in an ignored directory that is the line that
// ignores the directory. An error is one of reading patterns; it is the same
// when asked again only if it persists.
func (c *Checker) Match(path string, isDir bool) (Result, error) {
	parent, _ := cutLast(path)
	c.mu.Lock()
	defer c.mu.Unlock()
	dir, err := c.dir(parent)
	if err != nil {
		return Result{}, err
	}
	if dir.ignored.Ignored {
		return dir.ignored, nil
	}
	return dir.matcher.Match(path, isDir), nil
}

// dir returns what is known of a directory, after having looked.
func (c *Checker) dir(path string) (*checkedDir, error) {
	if d, ok := c.dirs[path]; ok {
		return d, nil
	}
	d := &checkedDir{matcher: c.base}
	if path != "" {
		parent, _ := cutLast(path)
		up, err := c.dir(parent)
		if err != nil {
			return nil, err
		}
		d.matcher, d.ignored = up.matcher, up.ignored
		if !d.ignored.Ignored {
			d.ignored = d.matcher.Match(path, true)
		}
	}
	if !d.ignored.Ignored {
		patterns, err := c.read(path)
		if err != nil {
			return nil, err
		}
		d.matcher = d.matcher.Push(path, patterns)
	}
	c.dirs[path] = d
	return d, nil
}

// cutLast splits a path at its last slash.
func cutLast(path string) (dir, name string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}
