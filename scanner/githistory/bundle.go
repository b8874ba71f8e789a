package githistory

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// IsBundle reports whether a file begins as a git bundle does; see
// gitformat-bundle(5).
func IsBundle(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(bundleV2))
	_, err = io.ReadFull(f, head)
	return err == nil && (string(head) == bundleV2 || string(head) == bundleV3)
}

const (
	bundleV2 = "# v2 git bundle\n"
	bundleV3 = "# v3 git bundle\n"
)

// Unbundle makes a repository of a bundle in a temporary directory, which remove
// deletes.
func Unbundle(path string) (dir string, remove func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	if dir, err = os.MkdirTemp("", "keylint-bundle-"); err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	if err := unbundle(bufio.NewReader(f), dir); err != nil {
		remove()
		return "", nil, fmt.Errorf("cannot read the bundle %s: %w", path, err)
	}
	return dir, remove, nil
}

// unbundle writes the references and the pack of a bundle to a new repository.
func unbundle(r *bufio.Reader, dir string) error {
	repo, err := git.PlainInit(dir, true)
	if err != nil {
		return err
	}
	if err := bundleRefs(r, repo); err != nil {
		return err
	}
	packs, ok := repo.Storer.(storer.PackfileWriter)
	if !ok {
		return errors.New("packs cannot be written")
	}
	w, err := packs.PackfileWriter()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}

// bundleRefs reads the header of a bundle, down to the empty line before the
// pack, and sets the references in it.
func bundleRefs(r *bufio.Reader, repo *git.Repository) error {
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return errors.New("its header is damaged: make it again with git bundle create")
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		id, name, _ := strings.Cut(string(line), " ")
		switch {
		case len(line) == 0:
			return nil
		case first, line[0] == '@' && string(line) == "@object-format=sha1":
		case line[0] == '@':
			return fmt.Errorf("it asks for %q, which is not known: clone it with git and name the directory", line)
		case line[0] == '-':
			return errors.New("it holds a part of a history only: fetch from it with git, and scan the repository")
		default:
			ref := plumbing.NewHashReference(plumbing.ReferenceName(name), plumbing.NewHash(id))
			if err := repo.Storer.SetReference(ref); err != nil {
				return err
			}
		}
	}
}
