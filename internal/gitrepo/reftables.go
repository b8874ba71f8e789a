package gitrepo

import (
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/reftable"
)

// tables returns the directory of a place's reftables.
func (p place) tables() string { return filepath.Join(p.refDir, "reftable") }

// tableRefs returns the references of a place, from reftables.
func (r *Repo) tableRefs(p place, problems *problemList) []Ref {
	dir := p.tables()
	stack, errs := reftable.Open(dir, r.Format.Size())
	problems.addErr(dir, errs...)
	found, errs := stack.Refs()
	problems.addErr(dir, errs...)
	refs := make([]Ref, 0, len(found))
	bad := 0
	for _, ref := range found {
		if !p.holds(ref.Name) {
			continue
		}
		if isGoodTableRef(ref) {
			refs = append(refs, Ref{Name: ref.Name, ID: ref.ID, Peeled: ref.Peeled, Target: ref.Target})
			continue
		}
		if bad++; bad <= maxPerFile {
			problems.add(dir, "%s: reference %q has a name or a value that git does not accept: delete it with git update-ref -d", dir, short(ref.Name))
		}
	}
	if bad > maxPerFile {
		problems.add(dir, "%s: %d more references have names or values that git does not accept: see what git refs verify says", dir, bad-maxPerFile)
	}
	return refs
}

// isGoodTableRef reports whether git would use a reference.
func isGoodTableRef(ref reftable.Ref) bool {
	switch {
	case !strings.HasPrefix(ref.Name, "refs/") && !isRootRef(ref.Name), !isRefName(ref.Name):
		return false
	case ref.ID != "":
		return !isZeroID(ref.ID)
	}
	return isRefName(ref.Target)
}

// short cuts a name for a message.
func short(name string) string {
	const most = 200
	if len(name) > most {
		return name[:most] + "..."
	}
	return name
}
