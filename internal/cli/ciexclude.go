package cli

import (
	"path/filepath"

	"github.com/agcloud/keylint/internal/baseline"
	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner/worktree"
)

// An exclusion tells which paths a scan of the working tree leaves out, so that
// what is judged of commits is what a scan of the tree reports.
type exclusion struct {
	config *gitignore.Checker // has the say where it has a line
	files  *gitignore.Checker // of worktree.IgnoreFile
	paths  map[string]bool    // those that were left out
}

// newExclusion returns what lines of the configuration and the files below root
// exclude. Without a root there are no files.
func newExclusion(root string, lines []string) *exclusion {
	read := func(dir string) (*gitignore.Patterns, error) {
		if root == "" {
			return nil, nil
		}
		return gitrepo.ReadPatterns(filepath.Join(root, filepath.FromSlash(dir), worktree.IgnoreFile), gitignore.ParseOptions{})
	}
	own := (*gitignore.Matcher)(nil).Push("", gitignore.ParseLines(lines, gitignore.ParseOptions{}))
	return &exclusion{
		config: gitignore.NewChecker(own, func(string) (*gitignore.Patterns, error) { return nil, nil }),
		files:  gitignore.NewChecker(nil, read),
		paths:  map[string]bool{},
	}
}

// has reports whether a path is left out. What cannot be read excludes nothing.
func (e *exclusion) has(path string) bool {
	if path == "" {
		return false
	}
	r, err := e.config.Match(path, false)
	if err == nil && !r.Matched {
		r, err = e.files.Match(path, false)
	}
	out := err == nil && r.Ignored
	if out {
		e.paths[path] = true
	}
	return out
}

// settings are the files that say what is not reported.
var settings = []string{config.FileName, worktree.IgnoreFile, baseline.Name}
