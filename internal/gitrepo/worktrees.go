package gitrepo

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// A Worktree is one of the working trees of a repository.
type Worktree struct {
	// ID is the name below worktrees/ in the common directory, and "" of the
	// main working tree.
	ID string
	// Path is the root of the working tree, which may not exist any more. Of a
	// bare repository it is the git directory; it is "" where git has lost it.
	Path string
	// GitDir is where HEAD is.
	GitDir string
	// Head is the id of the commit of HEAD in hexadecimal digits, "" when there
	// is none yet.
	Head string
	// Branch is the full name of the branch, "" when HEAD is detached.
	Branch string
	// IndexFile may not exist.
	IndexFile string
}

// Worktrees returns the main working tree, or the bare repository, and then
// those that are linked to it. See https://git-scm.com/docs/git-worktree.
func (r *Repo) Worktrees() ([]Worktree, []Problem) {
	places, problems := r.places()
	list := problemList(problems)
	s := r.resolver()
	var trees []Worktree
	for _, p := range places {
		w := Worktree{GitDir: p.gitDir, IndexFile: filepath.Join(p.gitDir, "index")}
		if p.prefix == "" {
			w.IndexFile = r.IndexFile
		}
		if p.linked {
			w.ID = filepath.Base(p.gitDir)
			w.Path = linkedRoot(p.gitDir)
		} else {
			w.Path = strings.TrimSuffix(resolve(p.gitDir), string(filepath.Separator)+".git")
		}
		var err error
		w.Head, w.Branch, err = s.head(p)
		list.addErr(filepath.Join(p.gitDir, "HEAD"), err)
		trees = append(trees, w)
	}
	return trees, list
}

// linkedRoot returns the root of the working tree of a linked git directory.
func linkedRoot(gitDir string) string {
	data, err := regular.ReadFile(filepath.Join(gitDir, "gitdir"), maxPointer)
	if err != nil {
		return ""
	}
	path := filepath.FromSlash(strings.TrimRight(string(data), " \t\r\n"))
	if path == "" {
		return ""
	}
	path = strings.TrimSuffix(path, string(filepath.Separator)+".git")
	if filepath.IsAbs(path) {
		return path
	}
	return resolve(filepath.Join(gitDir, path))
}

// linkedDirs returns the git directories of the linked working trees, in order
// of their ids.
func (r *Repo) linkedDirs() ([]string, []Problem) {
	var problems problemList
	base := filepath.Join(r.CommonDir, "worktrees")
	entries, err := os.ReadDir(base)
	if err != nil && !isAbsent(err) {
		problems.add(base, "cannot read the list of working trees: %w: make the directory readable", err)
	}
	var dirs []string
	for _, e := range entries {
		dir := filepath.Join(base, e.Name())
		switch head, err := os.Lstat(filepath.Join(dir, "HEAD")); {
		case err != nil || head.IsDir():
		case e.IsDir():
			dirs = append(dirs, dir)
		default:
			problems.add(dir, "%s is a symbolic link, which is not followed: put the directory in its place", dir)
		}
	}
	return dirs, problems
}
