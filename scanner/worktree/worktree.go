// Package worktree is the source of the files that lie on disk, as git sees
// them: those that git tracks, and those that it does not track and does not
// ignore.
//
// # Two phases
//
// [Open] lists the directories, several at a time, applies all rules and keeps
// a sorted list of what there is, at about a hundred bytes a file. [Tree.Walk]
// then only yields it. So the ignored .env files, whose values are to be
// searched for in all others, are known before the first file is scanned, and
// the order does not depend on how fast a directory could be read.
//
// # What is left out, and what is not
//
//   - A file that git tracks is in, also when an ignore rule matches it and
//     when it lies in an ignored directory.
//   - Submodules and other repositories inside of the tree are walked by their
//     own rules. Git sees an untracked repository as one opaque directory; who
//     scans a directory of clones wants them scanned.
//   - A directory named by the user is in even if git ignores it: then the
//     repository's rules do not apply to what is in it. A file named by the
//     user is in likewise.
//   - .keylintignore files, in the syntax of .gitignore, and Options.Exclude
//     always apply, also to tracked files and to what the user names. What they
//     leave out is counted as "excluded", a directory as one.
//   - Symbolic links are not followed and counted as "symlink". Only a path
//     that the user names is resolved first.
//   - FIFOs, devices and sockets are not opened and counted as "special".
//   - A .git directory or file is never in.
//   - Files of a sparse checkout that are not there are no problem.
//
// # Limits
//
// A .gitignore that a sparse checkout leaves out is not read from the object
// database: then files may be scanned that git ignores. Paths are compared as
// the file system spells them, without core.precomposeUnicode.
package worktree

import (
	"context"
	"io"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
)

// IgnoreFile is the name of the files that say what keylint leaves out.
const IgnoreFile = ".keylintignore"

// SourceName is the Source of the blobs.
const SourceName = "worktree"

// The reasons of what is skipped; see [scanner.Coverage].
const (
	reasonExcluded = "excluded"
	reasonSymlink  = "symlink"
	reasonSpecial  = "special"
)

// Options say what a tree holds. The zero value is ready to use.
type Options struct {
	// Exclude are lines in the syntax of .gitignore. They leave out what they
	// match, with precedence over all .keylintignore files.
	Exclude []string
	// ExcludeDir is the directory that Exclude is relative to. Empty means the
	// tree's root.
	ExcludeDir string
	// RepoPaths makes paths relative to the root of the repository also when
	// one directory in it is named, so that a file has one path and its
	// findings one fingerprint.
	RepoPaths bool
	// IncludeIgnored takes in what git ignores.
	IncludeIgnored bool
	// Jobs is how many directories are read at a time. Zero means a number
	// that suits the machine.
	Jobs int
	// Git says how repositories are found.
	Git gitrepo.Options

	fs filesystem // for tests; the zero value is the real one
}

// A Tree is a list of files on disk. It is immutable and safe for concurrent
// use. It implements [scanner.Source].
type Tree struct {
	root  string // with forward slashes
	repo  *gitrepo.Repo
	items []item // sorted by path; no directories
	files int
	env   []string
	fs    filesystem
}

// Open lists the given files and directories. Without paths it lists the
// current directory.
//
// A path that does not exist, or that cannot be looked at, is a [*PathError];
// so is an exclusion directory that is none. Other errors are those of ctx.
// What cannot be read below the paths is reported by [Tree.Walk].
func Open(ctx context.Context, paths []string, o Options) (*Tree, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	targets, err := resolveTargets(paths)
	if err != nil {
		return nil, err
	}
	l := newLister(ctx, o)
	if err := l.locate(targets); err != nil {
		return nil, err
	}
	items, err := l.run(targets)
	if err != nil {
		return nil, err
	}
	return l.tree(items), nil
}

// Root returns the absolute path that the paths of blobs are relative to: the
// directory given; with Options.RepoPaths, and for a file or several paths the root of the repository that
// they lie in, so that a file has the same path however it was named, and
// without one the deepest directory that holds them all.
func (t *Tree) Root() string { return native(t.root) }

// Repo returns the repository that the root lies in, or nil.
func (t *Tree) Repo() *gitrepo.Repo { return t.repo }

// Len returns the number of blobs.
func (t *Tree) Len() int { return t.files }

// IgnoredEnv returns the absolute paths of the .env files that git ignores and
// that the tree holds or would hold, sorted: ".env", ".env.*" and the like,
// "*.env" and ".envrc", but not templates such as ".env.example". In an ignored
// directory they are looked for in it and in its subdirectories, no deeper, and
// not in directories of dependencies such as node_modules, whose keys are
// someone else's.
func (t *Tree) IgnoredEnv() []string { return t.env }

// Walk passes the files to v in the order of their paths, bytewise; see
// [scanner.Source].
func (t *Tree) Walk(ctx context.Context, v scanner.Visitor) error {
	for i := range t.items {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := t.visit(&t.items[i], v); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// visit passes an item to v.
func (t *Tree) visit(it *item, v scanner.Visitor) error {
	rel := relative(t.root, it.path)
	switch it.kind {
	case kindFile:
		return v.Blob(scanner.Blob{
			Path:   rel,
			Source: SourceName,
			Size:   -1,
			Open:   func() (io.ReadCloser, error) { return t.fs.openFile(it.path) },
		})
	case kindProblem:
		return v.Problem(scanner.Problem{Path: rel, Reason: it.reason})
	default:
		return v.Skip(rel, it.reason)
	}
}
