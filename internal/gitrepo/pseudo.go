package gitrepo

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// rootFiles returns the references that are files of a git directory itself:
// HEAD, ORIG_HEAD, CHERRY_PICK_HEAD, AUTO_MERGE and their like.
func (r *Repo) rootFiles(p place, problems *problemList) []Ref {
	entries, err := os.ReadDir(p.refDir)
	if err != nil {
		problems.add(p.refDir, "cannot read references: %w: make the directory readable", err)
		return nil
	}
	w := refWalker{repo: r, place: p, problems: problems}
	for _, e := range entries {
		if isRootRef(e.Name()) && !isList(e.Name()) && !e.IsDir() {
			w.file(e.Name(), e.Type())
		}
	}
	return w.refs
}

// isList reports whether a file of a git directory holds several ids, and so is
// a file however references are stored.
func isList(name string) bool { return name == "FETCH_HEAD" || name == "MERGE_HEAD" }

// rebaseFiles hold ids that git takes for reachable; see add_rebase_files in
// git's reachable.c.
var rebaseFiles = [...]string{"rebase-apply/autostash", "rebase-apply/orig-head", "rebase-merge/autostash", "rebase-merge/orig-head"}

// stateRefs returns the ids that commands in progress keep in files: FETCH_HEAD,
// MERGE_HEAD and those of a rebase.
func (r *Repo) stateRefs(p place, problems *problemList) []Ref {
	var refs []Ref
	for _, name := range [...]string{"FETCH_HEAD", "MERGE_HEAD"} {
		for _, id := range r.idLines(filepath.Join(p.gitDir, name), problems) {
			refs = append(refs, Ref{Name: name, ID: id})
		}
	}
	for _, name := range rebaseFiles {
		data, err := regular.ReadFile(filepath.Join(p.gitDir, filepath.FromSlash(name)), maxPointer)
		if err != nil {
			continue // as git does; nothing else may be in such a file either
		}
		if id, _, ok := cutID(string(data), r.Format); ok && !isZeroID(id) {
			refs = append(refs, Ref{Name: name, ID: id})
		}
	}
	return refs
}

// idLines returns the ids that the lines of a file begin with, if it exists.
func (r *Repo) idLines(path string, problems *problemList) []string {
	var ids []string
	r.eachLine(path, problems, func(line string) bool {
		id, rest, ok := cutID(line, r.Format)
		if ok = ok && (rest == "" || isWhite(rest[0])); ok {
			ids = append(ids, id)
		}
		return ok
	})
	return ids
}

// eachLine calls f for the lines of a file, if it exists, that are not empty.
// Lines for which that returns false are problems.
func (r *Repo) eachLine(path string, problems *problemList, f func(line string) bool) {
	data, err := readString(path, maxPackedRefs)
	if err != nil {
		if !isAbsent(err) {
			problems.add(path, "cannot read a list of objects: %w: make the file readable", err)
		}
		return
	}
	bad := 0
	for n := 1; data != ""; n++ {
		var line string
		line, data, _ = strings.Cut(data, "\n")
		if strings.TrimSpace(line) == "" || f(line) {
			continue
		}
		if bad++; bad <= maxPerFile {
			problems.add(path, "%s:%d: the line does not begin with an id: remove it, or restore the file", path, n)
		}
	}
	if bad > maxPerFile {
		problems.add(path, "%s: %d more lines do not begin with an id: restore the file", path, bad-maxPerFile)
	}
}

// isLink reports whether path is a symbolic link.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}
