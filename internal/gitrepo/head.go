package gitrepo

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/reftable"
)

// maxSymbolic is how many references may lead to one another, as in git.
const maxSymbolic = 5

// Head returns the id of the commit that HEAD names, in hexadecimal digits,
// and "" when the branch has no commit yet.
func (r *Repo) Head() (string, error) {
	id, _, err := r.resolver().head(r.ownPlace())
	return id, err
}

// branch returns the name of the current branch, without refs/heads/.
func (r *Repo) branch() (string, bool) {
	name, symbolic, err := r.resolver().ref(r.ownPlace(), "HEAD")
	branch, ok := strings.CutPrefix(name, "refs/heads/")
	return branch, ok && symbolic && err == nil
}

// A resolver looks single references up.
type resolver struct {
	repo   *Repo
	stacks map[string]*reftable.Stack // those read before, by directory
}

func (r *Repo) resolver() *resolver {
	return &resolver{repo: r, stacks: map[string]*reftable.Stack{}}
}

// head returns the id that HEAD of a place has, "" without one, and the full
// name of the reference that it stands for, "" when it is detached.
func (s *resolver) head(p place) (id, ref string, err error) {
	name := "HEAD"
	for range maxSymbolic {
		value, symbolic, err := s.ref(p, name)
		if err != nil || !symbolic {
			return value, ref, err
		}
		name, ref = value, value
	}
	return "", "", fmt.Errorf("%s: HEAD is a cycle of references: point it to a branch with git symbolic-ref", p.gitDir)
}

// ref returns what a reference holds, as seen from a place: the name of
// another one, or an id. A reference that does not exist holds "".
func (s *resolver) ref(p place, name string) (value string, symbolic bool, err error) {
	if !isRootRef(name) && !strings.HasPrefix(name, "refs/") || !isRefName(name) {
		return "", false, fmt.Errorf("%s: %q is no reference: repair HEAD with git symbolic-ref", p.gitDir, name)
	}
	if !p.holds(name) {
		p = s.repo.mainPlace()
	}
	switch s.repo.refStorage.format {
	case formatFiles:
		return s.repo.fileRef(p, name)
	case formatReftable:
		return s.tableRef(p, name)
	}
	return "", false, s.repo.unknownStorage()
}

// fileRef looks a reference up in the files of a place.
func (r *Repo) fileRef(p place, name string) (value string, symbolic bool, err error) {
	path := filepath.Join(p.refDir, filepath.FromSlash(name))
	value, symbolic, err = r.readRefFile(path, isLink(path))
	if isAbsent(err) { // or a directory
		value, err = r.findPacked(filepath.Join(p.refDir, "packed-refs"), name)
	}
	return value, symbolic, err
}

// tableRef looks a reference up in the reftables of a place.
func (s *resolver) tableRef(p place, name string) (value string, symbolic bool, err error) {
	stack := s.stacks[p.refDir]
	if stack == nil {
		var errs []error
		if stack, errs = reftable.Open(p.tables(), s.repo.Format.Size()); len(errs) > 0 {
			return "", false, errs[0]
		}
		s.stacks[p.refDir] = stack
	}
	ref, _, err := stack.Find(name)
	if err != nil || ref.Target == "" {
		return ref.ID, false, err
	}
	return ref.Target, true, nil
}

// cutRef returns what a file of a reference holds.
func cutRef(text string) (value string, symbolic bool) {
	value, symbolic = strings.CutPrefix(text, "ref:")
	return strings.TrimSpace(value), symbolic
}

// isHex reports whether s is an object id.
func isHex(s string) bool {
	return (len(s) == 2*SHA1.Size() || len(s) == 2*SHA256.Size()) && strings.Trim(s, "0123456789abcdef") == ""
}
