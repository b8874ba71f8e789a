package gitrepo

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// readRefFile returns what a loose reference holds: the name of another one, or
// an id. A symbolic link counts as in git: one to a name below refs/ is a
// symbolic reference. Others are followed as far as they stay among the files
// of the repository.
func (r *Repo) readRefFile(path string, link bool) (value string, symbolic bool, err error) {
	if link {
		if target, err := os.Readlink(path); err == nil && strings.HasPrefix(target, "refs/") && isRefName(target) {
			return target, true, nil
		}
		if path, err = r.followInside(path); err != nil {
			return "", false, err
		}
	}
	data, err := regular.ReadFileNoFollow(path, maxPointer)
	if err != nil {
		return "", false, fmt.Errorf("cannot read a reference: %w: restore or remove the file", err)
	}
	return parseRef(string(data), path, r.Format)
}

// followInside returns where a symbolic link leads, which must be below the
// common directory.
func (r *Repo) followInside(path string) (string, error) {
	to, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("%s: a reference is a symbolic link that leads nowhere: remove it", path)
	}
	rel, err := filepath.Rel(resolve(r.CommonDir), to)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s: a reference is a symbolic link out of the repository, which is not followed: replace it by the id that it leads to", path)
	}
	return to, nil
}

// parseRef parses the content of a loose reference. As in git, white space and
// what comes after it do not count behind an id.
func parseRef(text, path string, f ObjectFormat) (value string, symbolic bool, err error) {
	if value, symbolic = cutRef(text); symbolic {
		if !isRefName(value) {
			return "", false, fmt.Errorf("%s: %q is no reference: repair it with git symbolic-ref", path, value)
		}
		return value, true, nil
	}
	id, rest, ok := cutID(text, f)
	if !ok || rest != "" && !isWhite(rest[0]) || isZeroID(id) {
		return "", false, fmt.Errorf("%s holds neither a reference nor an id: restore it, or remove it with git update-ref -d", path)
	}
	return id, false, nil
}

// scanPacked looks a name up in packed-refs, and returns "" when it is not
// there.
func scanPacked(file io.Reader, name string, f ObjectFormat) (string, error) {
	r := bufio.NewReaderSize(file, maxPointer)
	for {
		line, err := r.ReadSlice('\n')
		if err == io.EOF && len(line) == 0 {
			return "", nil
		}
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return "", err
		}
		if len(line) < 2*f.Size()+1+len(name) || string(line[2*f.Size()+1:][:len(name)]) != name {
			continue
		}
		id, rest, ok := cutID(string(line), f)
		if ok && !isZeroID(id) && isWhite(rest[0]) && strings.TrimRight(rest[1:], "\n") == name {
			return id, nil
		}
	}
}

// cutID returns the id that s begins with, in lower case, and what follows it.
func cutID(s string, f ObjectFormat) (id, rest string, ok bool) {
	n := 2 * f.Size()
	if len(s) < n {
		return "", s, false
	}
	upper := false
	for i := range n {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f':
		case 'A' <= c && c <= 'F':
			upper = true
		default:
			return "", s, false
		}
	}
	if id = s[:n]; upper {
		id = strings.ToLower(id)
	}
	return id, s[n:], true
}

// isZeroID reports whether an id stands for no object.
func isZeroID(id string) bool { return strings.Trim(id, "0") == "" }

// isWhite reports whether c is white space for git.
func isWhite(c byte) bool { return isSpace(c) || c == '\v' || c == '\f' }
