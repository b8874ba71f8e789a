package gitrepo

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// maxSymbolic is how many references may lead to one another, as in git.
const maxSymbolic = 5

// Head returns the id of the commit that HEAD names, in hexadecimal digits,
// and "" when the branch has no commit yet. References in reftable format
// cannot be read: the error is errors.ErrUnsupported.
func (r *Repo) Head() (string, error) {
	if v, _ := r.Config.Get("extensions.refstorage"); strings.HasPrefix(v.Value, "reftable") {
		return "", fmt.Errorf("%s stores references as a reftable, which keylint cannot read: %w", r.GitDir, errors.ErrUnsupported)
	}
	name := "HEAD"
	for range maxSymbolic {
		value, symbolic, err := r.ref(name)
		if err != nil || !symbolic {
			return value, err
		}
		name = value
	}
	return "", fmt.Errorf("%s: HEAD is a cycle of references: point it to a branch with git symbolic-ref", r.GitDir)
}

// branch returns the name of the current branch, without refs/heads/.
func (r *Repo) branch() (string, bool) {
	name, symbolic, err := r.ref("HEAD")
	branch, ok := strings.CutPrefix(name, "refs/heads/")
	return branch, ok && symbolic && err == nil
}

// ref returns what a reference holds: the name of another one, or an id. A
// reference that does not exist holds "".
func (r *Repo) ref(name string) (value string, symbolic bool, err error) {
	if name != "HEAD" && !strings.HasPrefix(name, "refs/") || strings.Contains(name, "..") {
		return "", false, fmt.Errorf("%s: %q is no reference: repair HEAD with git symbolic-ref", r.GitDir, name)
	}
	for _, dir := range []string{r.GitDir, r.CommonDir} {
		data, err := regular.ReadFile(filepath.Join(dir, filepath.FromSlash(name)), maxPointer)
		if isAbsent(err) {
			continue
		}
		if err != nil {
			return "", false, err
		}
		value, symbolic = cutRef(string(data))
		if !symbolic && !isHex(value) {
			return "", false, fmt.Errorf("%s: %s holds neither a reference nor an id: repair it with git fsck", r.GitDir, name)
		}
		return value, symbolic, nil
	}
	value, err = r.packedRef(name)
	return value, false, err
}

// packedRef looks a reference up in packed-refs.
func (r *Repo) packedRef(name string) (string, error) {
	f, err := regular.OpenFollow(filepath.Join(r.CommonDir, "packed-refs"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		if id, ref, ok := strings.Cut(s.Text(), " "); ok && ref == name && isHex(id) {
			return id, nil
		}
	}
	return "", s.Err()
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
