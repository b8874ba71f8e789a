package hygiene

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
)

// A repository is one whose working tree holds files of the tree.
type repository struct {
	*gitrepo.Repo
	dir     string // of the working tree, relative to the root: "" or with a slash at the end
	index   *gitrepo.Index
	checker *gitignore.Checker

	head    *object.Tree // of the last commit
	unborn  bool         // there is no commit yet
	headErr error
	opened  bool
}

// repoOf returns the repository that a file lies in, and nil when there is
// none or it cannot be read.
func (f *Facts) repoOf(name string) *repository {
	return f.repoAt(path.Dir(name))
}

// repoAt returns the repository that a directory lies in: its own, or that of
// the directory above it.
func (f *Facts) repoAt(dir string) *repository {
	r, ok := f.repos[dir]
	if ok {
		return r
	}
	if _, err := os.Lstat(filepath.Join(f.native(dir), ".git")); err != nil && dir != "." {
		r = f.repoAt(path.Dir(dir))
	} else {
		r = f.openRepo(dir)
	}
	f.repos[dir] = r
	return r
}

func (f *Facts) openRepo(dir string) *repository {
	found, err := gitrepo.Discover(f.native(dir), f.Git)
	if err != nil || found.WorkTree == "" {
		return nil
	}
	rel, err := filepath.Rel(f.Root, found.WorkTree)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	prefix := filepath.ToSlash(rel) + "/"
	if rel == "." {
		prefix = ""
	}
	for _, r := range f.repos { // a .git that is no repository leads upwards
		if r != nil && r.dir == prefix {
			return r
		}
	}
	r := &repository{Repo: found, dir: prefix}
	if r.index, err = found.ReadIndex(); err != nil {
		where := strings.TrimSuffix(prefix, "/")
		if where == "" {
			where = "."
		}
		p := scanner.Problem{Path: where, Reason: "the index of its git repository cannot be read, so it is not known whether git tracks the .env files in it: " + err.Error()}
		if !slices.Contains(f.problems, p) {
			f.problems = append(f.problems, p)
		}
		return nil
	}
	if r.checker, err = found.Checker(); err != nil {
		return nil
	}
	return r
}

// rel returns a path relative to the working tree.
func (r *repository) rel(name string) string { return strings.TrimPrefix(name, r.dir) }

// A standing is what git knows of a file.
type standing int

const (
	unknown   standing = iota // there is no repository, or it cannot be read
	addable                   // git would add it: it is neither tracked nor ignored
	ignored                   // an ignore rule matches it, and it is not tracked
	intended                  // git add -N named it
	staged                    // it is in the index, and not in the last commit
	committed                 // it is in the index and in the last commit
	indexed                   // it is in the index; of the last commit nothing is known
)

// inIndex reports whether git tracks the file.
func (s standing) inIndex() bool { return s >= intended }

// String says it in a sentence about a file.
func (s standing) String() string {
	switch s {
	case addable:
		return "git does not track it yet and would add it"
	case ignored:
		return "git ignores it"
	case intended:
		return "it was named to git with git add -N, without its content so far"
	case staged:
		return "it is staged for the next commit and not in the last one"
	case committed:
		return "git tracks it and the last commit has it"
	case indexed:
		return "git tracks it"
	}
	return "it lies in no git repository that could be read"
}

// standing returns what git knows of a file, and the ignore rule that decides
// on it.
func (f *Facts) standing(name string) (standing, gitignore.Result) {
	r := f.repoOf(name)
	if r == nil {
		return unknown, gitignore.Result{}
	}
	rule, err := r.checker.Match(r.rel(name), false)
	if err != nil {
		return unknown, rule
	}
	e, ok := r.index.Find(r.rel(name))
	switch {
	case ok && e.IntentToAdd():
		return intended, rule
	case ok:
		return r.inHead(r.rel(name)), rule
	case rule.Ignored:
		return ignored, rule
	}
	return addable, rule
}

// inHead says of a file in the index what the last commit makes of it.
func (r *repository) inHead(rel string) standing {
	if !r.opened {
		r.opened = true
		r.head, r.headErr = r.openHead()
	}
	if r.headErr != nil {
		return indexed
	}
	if r.unborn {
		return staged
	}
	_, err := r.head.FindEntry(rel)
	switch {
	case err == nil:
		return committed
	case errors.Is(err, object.ErrEntryNotFound), errors.Is(err, object.ErrDirectoryNotFound), errors.Is(err, object.ErrFileNotFound):
		return staged
	}
	return indexed
}

// openHead returns the tree of the last commit, and nil when there is none.
func (r *repository) openHead() (*object.Tree, error) {
	id, err := r.Head()
	if err != nil {
		return nil, err
	}
	if r.unborn = id == ""; r.unborn {
		return nil, nil
	}
	repo, err := r.openObjects()
	if err != nil {
		return nil, err
	}
	commit, err := repo.CommitObject(plumbing.NewHash(id))
	if err != nil {
		return nil, err
	}
	return commit.Tree()
}

// openObjects opens what git stored.
func (r *repository) openObjects() (*git.Repository, error) {
	if r.Format != gitrepo.SHA1 {
		return nil, errors.ErrUnsupported // go-git is built for the other format
	}
	return git.PlainOpenWithOptions(r.WorkTree, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
}

// checkerWith returns a checker in which the ignore file of a directory of the
// working tree has other content.
func (r *repository) checkerWith(dir string, content []byte) (*gitignore.Checker, error) {
	base, err := r.Ignore("")
	if err != nil {
		return nil, err
	}
	return gitignore.NewChecker(base, func(at string) (*gitignore.Patterns, error) {
		name := path.Join(at, gitrepo.IgnoreFile)
		o := gitignore.ParseOptions{Source: name, IgnoreCase: r.IgnoreCase()}
		if at == dir {
			return gitignore.Parse(content, o), nil
		}
		return gitrepo.ReadPatterns(filepath.Join(r.WorkTree, filepath.FromSlash(name)), o)
	}), nil
}
