package gitrepo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

const (
	maxPackedRefs = 1 << 30 // bytes, about ten million references
	maxRefDepth   = 256     // directories in one another
)

// fileRefs returns the references of a place, from files: those below refs/,
// packed-refs, and those of the git directory itself. See
// https://git-scm.com/docs/gitrepository-layout.
func (r *Repo) fileRefs(p place, problems *problemList) []Ref {
	var refs []Ref
	for _, dir := range p.refDirs() {
		w := refWalker{repo: r, place: p, problems: problems}
		w.dir(dir, 0)
		refs = append(refs, w.refs...)
	}
	refs = append(refs, r.rootFiles(p, problems)...)
	if !p.linked {
		refs = append(refs, r.packedRefs(filepath.Join(p.refDir, "packed-refs"), problems)...)
	}
	sortRefs(refs) // loose references hide packed ones
	return slices.CompactFunc(refs, func(a, b Ref) bool { return a.Name == b.Name })
}

// refDirs returns the directories of a place that hold references or their
// reflogs.
func (p place) refDirs() []string {
	if p.linked {
		return perWorktree[:]
	}
	return []string{"refs"}
}

// A refWalker reads loose references.
type refWalker struct {
	repo     *Repo
	place    place
	problems *problemList
	refs     []Ref
}

// dir reads the references below a directory. The outermost may be a symbolic
// link, by which some tools share references between repositories; others are
// not followed.
func (w *refWalker) dir(name string, depth int) {
	path := filepath.Join(w.place.refDir, filepath.FromSlash(name))
	entries, err := os.ReadDir(path)
	if err != nil {
		if !isAbsent(err) {
			w.problems.add(path, "cannot read references: %w: make the directory readable", err)
		}
		return
	}
	for _, e := range entries {
		if isNoRef(e.Name()) {
			continue
		}
		below := name + "/" + e.Name()
		switch {
		case !e.IsDir():
			w.file(below, e.Type())
		case depth == maxRefDepth:
			w.problems.add(path, "%s: directories lie in one another more than %d deep: remove them", path, maxRefDepth)
		default:
			w.dir(below, depth+1)
		}
	}
}

// isNoRef reports whether git passes over a file below refs/.
func isNoRef(base string) bool { return base[0] == '.' || strings.HasSuffix(base, ".lock") }

// file reads a loose reference.
func (w *refWalker) file(name string, mode fs.FileMode) {
	path := filepath.Join(w.place.refDir, filepath.FromSlash(name))
	if !isRefName(name) {
		w.problems.add(path, "%q is no name for a reference, so git ignores it: rename or remove the file", path)
		return
	}
	value, symbolic, err := w.repo.readRefFile(path, mode&fs.ModeSymlink != 0)
	switch {
	case errors.Is(err, fs.ErrNotExist): // deleted or packed a moment ago
	case err != nil:
		w.problems.addErr(path, err)
	case symbolic:
		w.refs = append(w.refs, Ref{Name: name, Target: value})
	default:
		w.refs = append(w.refs, Ref{Name: name, ID: value})
	}
}

// packedRefs reads the file packed-refs in one pass. Each line is an id and a
// name; "^" and an id say what the tag in the line above leads to.
func (r *Repo) packedRefs(path string, problems *problemList) []Ref {
	data, err := readString(path, maxPackedRefs)
	if err != nil {
		if !isAbsent(err) {
			problems.add(path, "cannot read references: %w: make the file readable", err)
		}
		return nil
	}
	p := packedParser{format: r.Format, path: path, problems: problems}
	p.refs = make([]Ref, 0, min(strings.Count(data, "\n"), len(data)/(2*r.Format.Size())))
	p.parse(data)
	return p.refs
}

type packedParser struct {
	format   ObjectFormat
	path     string
	problems *problemList
	refs     []Ref
	line     int
	bad      int
	last     *Ref // that "^" applies to
}

func (p *packedParser) parse(data string) {
	for data != "" {
		var line string
		line, data, _ = strings.Cut(data, "\n")
		p.line++
		if !p.entry(line) {
			p.last = nil
			if p.bad++; p.bad <= maxPerFile {
				p.problems.add(p.path, "%s:%d: the line is no reference: remove it, or restore the file", p.path, p.line)
			}
		}
	}
	if p.bad > maxPerFile {
		p.problems.add(p.path, "%s: %d more lines are no references: restore the file", p.path, p.bad-maxPerFile)
	}
}

// entry parses a line and reports whether it is valid.
func (p *packedParser) entry(line string) bool {
	if line == "" || line[0] == '#' {
		return line != ""
	}
	if line[0] == '^' {
		id, rest, ok := cutID(line[1:], p.format)
		if !ok || rest != "" || p.last == nil {
			return false
		}
		p.last.Peeled = id
		return true
	}
	id, rest, ok := cutID(line, p.format)
	if !ok || rest == "" || !isWhite(rest[0]) || isZeroID(id) || !strings.HasPrefix(rest[1:], "refs/") || !isRefName(rest[1:]) {
		return false
	}
	p.refs = append(p.refs, Ref{Name: rest[1:], ID: id})
	p.last = &p.refs[len(p.refs)-1]
	return true
}

// findPacked looks a reference up in packed-refs.
func (r *Repo) findPacked(path, name string) (id string, err error) {
	f, err := regular.OpenFollow(path)
	if isAbsent(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	return scanPacked(f, name, r.Format)
}
