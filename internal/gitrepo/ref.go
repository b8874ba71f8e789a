package gitrepo

import (
	"fmt"
	"slices"
	"strings"
)

// A Ref is a reference. Names are bytes: they need not be UTF-8.
type Ref struct {
	// Name is the full name, which git rev-parse accepts: refs/heads/main,
	// HEAD. References of other working trees than the repository's own begin
	// with worktrees/<id>/ or main-worktree/.
	Name string
	// ID is the object's id in hexadecimal digits. That of a symbolic reference
	// is its target's, and "" when that does not exist.
	ID string
	// Peeled is the id of what a tag object leads to, where git has noted it.
	Peeled string
	// Target is the full name of the reference that a symbolic one stands for.
	Target string
	Kind   RefKind
	// Tracking reports whether fetching from a remote sets the reference: it is
	// below refs/remotes/, or a fetch refspec leads to it.
	Tracking bool
}

// A Problem is a part of a repository that could not be read.
type Problem struct {
	Path string // of the file or directory
	Err  error  // with the next step
}

// Error implements error.
func (p Problem) Error() string { return p.Err.Error() }

// Unwrap returns the error.
func (p Problem) Unwrap() error { return p.Err }

// maxPerFile is how many problems of one file are told apart.
const maxPerFile = 10

// A problemList is the problems of one reading.
type problemList []Problem

func (l *problemList) add(path, format string, args ...any) {
	*l = append(*l, Problem{path, fmt.Errorf(format, args...)})
}

// addErr adds an error that already names the path.
func (l *problemList) addErr(path string, errs ...error) {
	for _, err := range errs {
		if err != nil {
			*l = append(*l, Problem{path, err})
		}
	}
}

// Refs returns every reference in order of names: those below refs/ and, of
// [KindPseudo], HEAD and its like, of all working trees. FETCH_HEAD and
// MERGE_HEAD can hold several ids, for each of which there is a Ref.
//
// A reference that cannot be read is a problem and is left out; where an older
// value of it is packed, that stands in. A symbolic reference to what does not
// exist is no problem.
func (r *Repo) Refs() ([]Ref, []Problem) {
	var problems problemList
	var refs []Ref
	places, errs := r.places()
	problems = append(problems, errs...)
	for _, p := range places {
		found := r.refsIn(p, &problems)
		for i := range found {
			found[i].Kind = kindOf(found[i].Name)
			found[i].Name = p.global(found[i].Name)
			if found[i].Target != "" {
				found[i].Target = p.global(found[i].Target)
			}
		}
		refs = append(refs, found...)
	}
	sortRefs(refs)
	resolveSymbolic(refs)
	r.markTracking(refs)
	return refs, problems
}

// refsIn returns the references that a place holds, by the names that they have
// there.
func (r *Repo) refsIn(p place, problems *problemList) []Ref {
	var refs []Ref
	switch r.refStorage.format {
	case formatFiles:
		refs = r.fileRefs(p, problems)
	case formatReftable:
		refs = r.tableRefs(p, problems)
	default:
		problems.addErr(p.refDir, r.unknownStorage())
	}
	return append(refs, r.stateRefs(p, problems)...)
}

func byName(a, b Ref) int { return strings.Compare(a.Name, b.Name) }

// sortRefs sorts by name, and keeps the order of those with the same name.
func sortRefs(refs []Ref) {
	if !slices.IsSortedFunc(refs, byName) {
		slices.SortStableFunc(refs, byName)
	}
}

// findRef returns the reference of a name in a sorted list, or nil.
func findRef(refs []Ref, name string) *Ref {
	i, ok := slices.BinarySearchFunc(refs, name, func(r Ref, name string) int { return strings.Compare(r.Name, name) })
	if !ok {
		return nil
	}
	return &refs[i]
}

// resolveSymbolic sets the ids of symbolic references in a sorted list.
func resolveSymbolic(refs []Ref) {
	for i := range refs {
		to := &refs[i]
		for range maxSymbolic {
			if to == nil || to.Target == "" {
				break
			}
			to = findRef(refs, to.Target)
		}
		if to != nil && refs[i].Target != "" && to.Target == "" {
			refs[i].ID, refs[i].Peeled = to.ID, to.Peeled
		}
	}
}

// Replacements returns which objects git shows in the place of others: the
// references below refs/replace/. See https://git-scm.com/docs/git-replace.
func Replacements(refs []Ref) map[string]string {
	replaced := map[string]string{}
	for _, ref := range refs {
		if id := strings.TrimPrefix(ref.Name, replacePrefix); ref.Kind == KindReplace && isHex(id) && ref.ID != "" {
			replaced[id] = ref.ID
		}
	}
	return replaced
}
