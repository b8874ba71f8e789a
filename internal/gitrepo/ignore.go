package gitrepo

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// IgnoreFile is the name of the files of patterns in working trees.
const IgnoreFile = ".gitignore"

// MaxIgnoreFile is the size in bytes of the largest file of patterns that is
// read.
const MaxIgnoreFile = 8 << 20

// ExcludesFile returns the path of the user's file of patterns,
// core.excludesFile or its default, or "". The file may not exist.
func (r *Repo) ExcludesFile() string {
	v, ok := r.Config.Get("core.excludesfile")
	if !ok {
		return r.env.xdgConfig("ignore")
	}
	path := filepath.FromSlash(r.env.expand(v.Value))
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.WorkTree, path)
}

// Ignore returns the patterns that are not in the working tree:
// core.excludesFile and info/exclude. dir is the root of the working tree in
// the form of the paths that will be asked about; see [gitignore.Matcher.Push].
// With an error, the patterns that could be read are returned all the same.
func (r *Repo) Ignore(dir string) (*gitignore.Matcher, error) {
	var m *gitignore.Matcher
	var errs []error
	for _, file := range []string{r.ExcludesFile(), filepath.Join(r.CommonDir, "info", "exclude")} {
		if file == "" {
			continue
		}
		o := gitignore.ParseOptions{Source: file, IgnoreCase: r.IgnoreCase()}
		patterns, err := parsePatterns(regular.ReadFile, file, o)
		m = m.Push(dir, patterns)
		errs = append(errs, err)
	}
	return m, errors.Join(errs...)
}

// ReadPatterns reads a file of patterns in a working tree. As in git, it has
// none when it does not exist or is a symbolic link.
func ReadPatterns(path string, o gitignore.ParseOptions) (*gitignore.Patterns, error) {
	return parsePatterns(regular.ReadFileNoFollow, path, o)
}

func parsePatterns(read func(string, int64) ([]byte, error), path string, o gitignore.ParseOptions) (*gitignore.Patterns, error) {
	data, err := read(path, MaxIgnoreFile)
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read ignore rules: %w: make the file readable, or remove it", err)
	}
	return gitignore.Parse(data, o), nil
}

// Checker returns a Checker that decides on paths relative to the root of the
// working tree, as git check-ignore --no-index does.
func (r *Repo) Checker() (*gitignore.Checker, error) {
	base, err := r.Ignore("")
	if err != nil {
		return nil, err
	}
	return gitignore.NewChecker(base, func(dir string) (*gitignore.Patterns, error) {
		name := filepath.ToSlash(filepath.Join(dir, IgnoreFile))
		o := gitignore.ParseOptions{Source: name, IgnoreCase: r.IgnoreCase()}
		return ReadPatterns(filepath.Join(r.WorkTree, filepath.FromSlash(name)), o)
	}), nil
}
