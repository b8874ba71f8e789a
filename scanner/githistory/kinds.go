package githistory

import (
	"fmt"

	"github.com/agcloud/keylint/scanner/internal/pack"
)

// kindOfMode returns the kind of object that an entry with a mode names.
func kindOfMode(mode int) pack.Kind {
	switch mode & modeType {
	case modeTree:
		return pack.Tree
	case modeGitlink:
		return pack.Commit
	}
	return pack.Blob
}

// checkKind returns an error when an object is named as being of a kind that it
// is not of. The kind of what cannot be read is 0, and is no error here.
func checkKind(is, as pack.Kind) error {
	if is == 0 || is == as {
		return nil
	}
	return fmt.Errorf("a %s is named as a %s: run git fsck", is, as)
}

// namedAs returns the object that another names as one of a kind, and which may be
// missing.
func (l *lazy) namedAs(id []byte, as pack.Kind) handle {
	h := l.named(id)
	l.roles.set(h, l.roles.get(h)|1<<as)
	return h
}

// misnamed returns a problem for each object that was read and is named as one of
// another kind.
func (l *lazy) misnamed() []pack.Problem {
	var out []pack.Problem
	for i, roles := range l.roles {
		for as := pack.Commit; as <= pack.Tag; as++ {
			if roles&(1<<as) == 0 {
				continue
			}
			if err := checkKind(l.kinds.get(handle(i)), as); err != nil {
				out = append(out, pack.Problem{ID: l.ids[i], Err: err})
			}
		}
	}
	return out
}
