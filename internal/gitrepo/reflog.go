package gitrepo

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/reftable"
)

// maxReflog is the size in bytes of the largest file of a reflog that is read.
const maxReflog = 1 << 30

// A ReflogEntry says that a reference was changed. The entries of refs/stash
// are the stashes.
type ReflogEntry struct {
	Ref  string // full name, as in [Ref]
	N    int    // the entry is Ref@{N}; the newest is 0
	Old  string // id in hexadecimal digits, zeros when the reference was new
	New  string // likewise, zeros when it was deleted
	Time int64  // in seconds since 1970, 0 where unknown
	Kind RefKind
	// Tracking is that of the reference.
	Tracking bool
}

// Reflogs yields the entries of all reflogs, also those of HEAD of every
// working tree: of each reference the newest first. With an error, which is a
// [Problem], the entry is empty; reading goes on. See
// https://git-scm.com/docs/git-reflog.
func (r *Repo) Reflogs() iter.Seq2[ReflogEntry, error] {
	return func(yield func(ReflogEntry, error) bool) {
		places, problems := r.places()
		w := logWalker{repo: r, tracks: r.tracker(), yield: yield}
		for _, p := range problems {
			if !yield(ReflogEntry{}, p) {
				return
			}
		}
		for _, p := range places {
			if !w.place(p) {
				return
			}
		}
	}
}

// A logWalker yields entries. Its methods return false when no more are wanted.
type logWalker struct {
	repo   *Repo
	tracks func(name string) bool
	yield  func(ReflogEntry, error) bool
}

func (w *logWalker) place(p place) bool {
	switch w.repo.refStorage.format {
	case formatFiles:
		return w.files(p)
	case formatReftable:
		return w.tables(p)
	}
	return w.yield(ReflogEntry{}, Problem{p.refDir, w.repo.unknownStorage()})
}

// problems yields what is in list.
func (w *logWalker) problems(list problemList) bool {
	for _, p := range list {
		if !w.yield(ReflogEntry{}, p) {
			return false
		}
	}
	return true
}

// begin returns an entry of a reference that has a name in a place.
func (w *logWalker) begin(p place, name string) ReflogEntry {
	full := p.global(name)
	return ReflogEntry{Ref: full, Kind: kindOf(name), Tracking: w.tracks(full)}
}

// files yields the entries in the files below logs/.
func (w *logWalker) files(p place) bool {
	base := filepath.Join(p.refDir, "logs")
	entries, err := os.ReadDir(base)
	if err != nil && !isAbsent(err) {
		err = fmt.Errorf("cannot read reflogs: %w: make the directory readable", err)
		return w.yield(ReflogEntry{}, Problem{base, err})
	}
	for _, e := range entries {
		if e.Type().IsRegular() && isRefName(e.Name()) && !w.file(p, e.Name()) {
			return false
		}
	}
	for _, dir := range p.refDirs() {
		if !w.dir(p, dir, 0) {
			return false
		}
	}
	return true
}

// dir yields the entries below a directory, in the way of refWalker.
func (w *logWalker) dir(p place, name string, depth int) bool {
	path := filepath.Join(p.refDir, "logs", filepath.FromSlash(name))
	entries, err := os.ReadDir(path)
	var list problemList
	switch {
	case err != nil && !isAbsent(err):
		list.add(path, "cannot read reflogs: %w: make the directory readable", err)
	case depth > maxRefDepth:
		list.add(path, "%s: directories lie in one another more than %d deep: remove them", path, maxRefDepth)
		entries = nil
	}
	for _, e := range entries {
		below := name + "/" + e.Name()
		if e.IsDir() && !w.dir(p, below, depth+1) {
			return false
		}
		if e.Type().IsRegular() && isRefName(below) && !w.file(p, below) {
			return false
		}
	}
	return w.problems(list)
}

// file yields the entries of a file.
func (w *logWalker) file(p place, name string) bool {
	path := filepath.Join(p.refDir, "logs", filepath.FromSlash(name))
	var list problemList
	data, err := readString(path, maxReflog)
	if err != nil && !isAbsent(err) {
		list.add(path, "cannot read a reflog: %w: make the file readable", err)
	}
	entry, bad := w.begin(p, name), 0
	for data = strings.TrimSuffix(data, "\n"); data != ""; {
		cut := strings.LastIndexByte(data, '\n')
		line := data[cut+1:]
		data = data[:max(cut, 0)]
		if !entry.parse(line, w.repo.Format) {
			bad++
			continue
		}
		if !w.yield(entry, nil) {
			return false
		}
		entry.N++
	}
	if bad > 0 {
		list.add(path, "%s: %d lines are no entries of a reflog: remove them, or see git reflog expire", path, bad)
	}
	return w.problems(list)
}

// parse parses a line: two ids, name, address, time and message. It reports
// whether there are ids.
func (e *ReflogEntry) parse(line string, f ObjectFormat) bool {
	old, rest, ok := cutID(line, f)
	if !ok || rest == "" || rest[0] != ' ' {
		return false
	}
	id, rest, ok := cutID(rest[1:], f)
	if !ok || rest != "" && rest[0] != ' ' {
		return false
	}
	e.Old, e.New = old, id
	_, when, _ := strings.Cut(rest, "> ")
	when, _, _ = strings.Cut(when, " ")
	e.Time, _ = strconv.ParseInt(when, 10, 64)
	return true
}

// tables yields the entries in the reftables of a place.
func (w *logWalker) tables(p place) bool {
	dir := p.tables()
	stack, errs := reftable.Open(dir, w.repo.Format.Size())
	var list problemList
	list.addErr(dir, errs...)
	if !w.problems(list) {
		return false
	}
	var entry ReflogEntry
	name, more, next := "", true, map[string]int{} // next is the N of each name
	stack.Logs(func(l reftable.Log, err error) bool {
		switch {
		case err != nil:
			more = w.yield(ReflogEntry{}, Problem{dir, err})
			return more
		case !p.holds(l.Name):
			return true
		case l.Name != name:
			name, entry = l.Name, w.begin(p, l.Name)
		}
		entry.N = next[name]
		next[name]++
		entry.Old, entry.New, entry.Time = l.Old, l.New, l.Time
		more = w.yield(entry, nil)
		return more
	})
	return more
}
