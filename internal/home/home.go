// Package home looks for keys in the files of a user's home directory in which
// they gather: histories and profiles of shells, .env files, settings of coding
// assistants, and files whose purpose is to hold them.
//
// It reads known places and no others, and only reads. A symbolic link at a place
// is followed, as profiles often are links into a repository; those below a
// directory that is walked are not.
package home

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/scanner"
)

// SourceName is the Source of the findings.
const SourceName = "home"

// maxDepth is how many directories below a place are entered.
const maxDepth = 8

// A Home is a home directory. It is a [scanner.Source].
type Home struct{ dir string }

// Open returns the home directory dir. The error says that it is none.
func Open(dir string) (*Home, error) {
	if !filepath.IsAbs(dir) {
		return nil, errors.New("the home directory is not known: set HOME to its full path")
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("not a directory: set HOME to one")}
	}
	return &Home{dir}, nil
}

// Dir returns the path of the directory.
func (h *Home) Dir() string { return h.dir }

// Walk implements [scanner.Source]. Files come in order of their paths.
func (h *Home) Walk(ctx context.Context, v scanner.Visitor) error {
	w := walker{home: h}
	for _, p := range places() {
		if dir, deep := cutDeep(p.pattern); deep {
			w.below(dir, maxDepth)
		} else {
			w.expand("", strings.Split(p.pattern, "/"))
		}
	}
	slices.Sort(w.found)
	for _, name := range slices.Compact(w.found) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := h.visit(name, v); err != nil {
			return err
		}
	}
	slices.SortFunc(w.problems, func(a, b scanner.Problem) int { return strings.Compare(a.Path, b.Path) })
	for _, p := range slices.Compact(w.problems) {
		if err := v.Problem(p); err != nil {
			return err
		}
	}
	return nil
}

// visit passes a file on.
func (h *Home) visit(name string, v scanner.Visitor) error {
	real, err := filepath.EvalSymlinks(h.native(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a link to nothing, or removed meanwhile
	}
	if err != nil {
		return v.Problem(problem(name, err))
	}
	info, err := os.Lstat(real)
	switch {
	case err != nil:
		return v.Problem(problem(name, err))
	case info.IsDir():
		return nil
	case !info.Mode().IsRegular():
		return v.Skip(name, "special")
	}
	return v.Blob(scanner.Blob{Path: name, Source: SourceName, Size: info.Size(), Open: func() (io.ReadCloser, error) { return regular.Open(real) }})
}

func (h *Home) native(name string) string { return filepath.Join(h.dir, filepath.FromSlash(name)) }

// problem says why a file or directory was not read.
func problem(name string, err error) scanner.Problem {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return scanner.Problem{Path: name, Reason: err.Error() + ": make it readable for yourself, or look at it by hand"}
}

// A walker finds the files at places.
type walker struct {
	home     *Home
	found    []string
	problems []scanner.Problem
}

// expand finds the files that the elements of a pattern lead to from dir.
func (w *walker) expand(dir string, elements []string) {
	name := path.Join(dir, elements[0])
	if !strings.ContainsAny(elements[0], "*?[") {
		w.step(name, elements[1:])
		return
	}
	for _, e := range w.entries(dir) {
		if ok, err := path.Match(elements[0], e.Name()); ok && err == nil {
			w.step(path.Join(dir, e.Name()), elements[1:])
		}
	}
}

// step goes on from name if it is there.
func (w *walker) step(name string, rest []string) {
	_, err := os.Lstat(w.home.native(name))
	switch {
	case err == nil && len(rest) == 0:
		w.found = append(w.found, name)
	case err == nil:
		w.expand(name, rest)
	case !isAbsent(err):
		w.problems = append(w.problems, problem(path.Dir(name), err))
	}
}

// below finds all files below dir, without what programs keep for themselves.
func (w *walker) below(dir string, depth int) {
	for _, e := range w.entries(dir) {
		name := path.Join(dir, e.Name())
		switch {
		case e.Type().IsRegular():
			w.found = append(w.found, name)
		case e.IsDir() && depth > 0 && !slices.Contains([]string{"node_modules", ".git", "cache", "Cache", "index", "extensions", "statsig", "shell-snapshots"}, e.Name()):
			w.below(name, depth-1)
		}
	}
}

// entries returns what is in a directory, nothing when it is not there.
func (w *walker) entries(dir string) []os.DirEntry {
	list, err := os.ReadDir(w.home.native(dir))
	if err != nil && !isAbsent(err) {
		w.problems = append(w.problems, problem(dir, err))
	}
	return list
}

// isAbsent reports whether an error says that there is nothing at a path.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "not a directory")
}
