package fix

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
)

// A repos knows the repositories that files lie in.
type repos struct {
	root string
	dirs map[string]*repo // by directory
}

// A repo is a repository and its index.
type repo struct {
	*gitrepo.Repo
	index *gitrepo.Index
	err   error // of reading it
}

// of returns the repository that a file lies in, nil if it lies in none.
func (r *repos) of(name string) *repo {
	dir := path.Dir(name)
	if have, ok := r.dirs[dir]; ok {
		return have
	}
	if r.dirs == nil {
		r.dirs = map[string]*repo{}
	}
	found, err := gitrepo.Discover(filepath.Join(r.root, filepath.FromSlash(dir)), gitrepo.Options{})
	var out *repo
	switch {
	case errors.Is(err, gitrepo.ErrNotFound):
	case err != nil:
		out = &repo{err: err}
	case found.WorkTree != "":
		out = &repo{Repo: found}
		out.index, out.err = found.ReadIndex()
	}
	r.dirs[dir] = out
	return out
}

// rel returns a path relative to the working tree of the repository.
func (r *repos) rel(in *repo, name string) (string, error) {
	rel, err := filepath.Rel(in.WorkTree, filepath.Join(r.root, filepath.FromSlash(name)))
	if err == nil && !filepath.IsLocal(rel) {
		err = fmt.Errorf("%s does not lie in the working tree of its repository", name)
	}
	return filepath.ToSlash(rel), err
}

// dirty fails when a file is modified and not staged; see the package comment.
func (r *repos) dirty(name string, data []byte) error {
	in := r.of(name)
	if in == nil {
		return nil
	}
	if in.err != nil {
		return fmt.Errorf("%s is left alone, as its repository cannot be read: %w", name, causeOf(in.err))
	}
	rel, err := r.rel(in, name)
	if err != nil {
		return err
	}
	e, tracked := in.index.Find(rel)
	if !tracked || e.IntentToAdd() || e.Stage() == 0 && holds(in.Format, e, data) {
		return nil
	}
	return fmt.Errorf("%s has changes that are not staged: stage them with git add -- %s, or drop them, and run it again", name, name)
}

// holds reports whether an entry of the index has this content. Where git turns
// line breaks into those of the system, the index has LF.
func holds(format gitrepo.ObjectFormat, e *gitrepo.Entry, data []byte) bool {
	return blobID(format, data) == e.ID || blobID(format, bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))) == e.ID
}

// blobID returns the id that git gives to a content
// (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
func blobID(format gitrepo.ObjectFormat, data []byte) gitrepo.ObjectID {
	var h hash.Hash = sha1.New()
	if format == gitrepo.SHA256 {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return gitrepo.ObjectID(h.Sum(nil))
}

// untrack takes a file out of the index with the user's git.
func (r *repos) untrack(name string) error {
	in := r.of(name)
	if in == nil || in.err != nil {
		return fmt.Errorf("the repository of %s cannot be read", name)
	}
	rel, err := r.rel(in, name)
	if err != nil {
		return err
	}
	command := "git rm --cached -- " + name
	if e, ok := in.index.Find(rel); ok && e.Stage() != 0 {
		return fmt.Errorf("%s is part of a merge that is not resolved: resolve it, and run %s", name, command)
	}
	program, err := exec.LookPath("git")
	if err != nil {
		return fmt.Errorf("git is not installed here, and the index is git's to write: run %s where it is", command)
	}
	c := exec.Command(program, "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath="+os.DevNull, "rm", "--cached", "--quiet", "--", rel)
	c.Dir, c.Env = in.WorkTree, gitEnvironment()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("git does not take %s out of the index: %s", name, firstLine(out, err))
	}
	return nil
}

// gitEnvironment returns the environment without the variables that point git at
// another repository, and with messages in English.
func gitEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX":
		default:
			out = append(out, v)
		}
	}
	return append(out, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
}

// firstLine returns the first line of what git said.
func firstLine(out []byte, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if line == "" {
		return err.Error()
	}
	return line
}
