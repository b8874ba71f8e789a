package worktree

import (
	"path/filepath"
	"strings"
)

// Inside of the package paths are absolute, clean, and have forward slashes.

// native returns a path as the system writes it.
func native(path string) string { return filepath.FromSlash(path) }

// join returns the path of an entry of a directory.
func join(dir, name string) string {
	if strings.HasSuffix(dir, "/") { // a root
		return dir + name
	}
	return dir + "/" + name
}

// relative returns the path relative to dir, which holds it. A path outside
// of dir, which only some problems have, stays absolute.
func relative(dir, path string) string {
	if path == dir {
		return "."
	}
	rel, ok := strings.CutPrefix(path, strings.TrimSuffix(dir, "/")+"/")
	if !ok {
		return path
	}
	return rel
}

// holds reports whether path is dir or lies in it.
func holds(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// parent returns the directory that holds a path.
func parent(path string) string { return filepath.ToSlash(filepath.Dir(native(path))) }

// commonDir returns the deepest directory that holds both.
func commonDir(a, b string) string {
	for !holds(a, b) {
		up := parent(a)
		if up == a {
			return a // different volumes: there is none
		}
		a = up
	}
	return a
}

// compareNames orders the entries of a directory so that a walk yields paths
// in bytewise order: as if the name of a directory ended in a slash.
func compareNames(a string, aDir bool, b string, bDir bool) int {
	n := min(len(a), len(b))
	if c := strings.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return int(byteAt(a, n, aDir)) - int(byteAt(b, n, bDir))
}

// byteAt returns the byte of a name, or what stands in its place at the end.
func byteAt(name string, i int, isDir bool) byte {
	switch {
	case i < len(name):
		return name[i]
	case isDir:
		return '/'
	}
	return 0
}
