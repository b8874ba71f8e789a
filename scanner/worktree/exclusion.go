package worktree

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
)

// An Exclusion decides on single paths what [Open] decides on a whole tree:
// whether .keylintignore files or Options.Exclude leave them out. It is for one
// goroutine.
type Exclusion struct {
	root    string
	exclude *gitignore.Matcher
	dirs    map[string]*excludedDir
}

// An excludedDir is what is known of a directory.
type excludedDir struct {
	own      *gitignore.Matcher
	excluded bool
}

// NewExclusion returns the Exclusion of the tree at root. exclude is as
// Options.Exclude.
func NewExclusion(root string, exclude []string) *Exclusion {
	var m *gitignore.Matcher
	lines := gitignore.Parse([]byte(strings.Join(exclude, "\n")), gitignore.ParseOptions{})
	return &Exclusion{root: root, exclude: m.Push("", lines), dirs: map[string]*excludedDir{}}
}

// Excludes reports whether the file at a path relative to the root, with
// forward slashes, is left out. An error is one of reading a .keylintignore.
func (e *Exclusion) Excludes(name string) (bool, error) {
	d, err := e.dir(dirOf(name))
	if err != nil || d.excluded {
		return err == nil, err
	}
	return e.decides(d, name, false), nil
}

func (e *Exclusion) decides(d *excludedDir, name string, isDir bool) bool {
	if r := e.exclude.Match(name, isDir); r.Matched {
		return r.Ignored
	}
	return d.own.Match(name, isDir).Ignored
}

// dir returns what is known of a directory, after having looked.
func (e *Exclusion) dir(name string) (*excludedDir, error) {
	if d, ok := e.dirs[name]; ok {
		return d, nil
	}
	d := &excludedDir{}
	if name != "" {
		up, err := e.dir(dirOf(name))
		if err != nil {
			return nil, err
		}
		d.own, d.excluded = up.own, up.excluded || e.decides(up, name, true)
	}
	if !d.excluded {
		source := path.Join(name, IgnoreFile)
		rules, err := gitrepo.ReadPatterns(filepath.Join(e.root, filepath.FromSlash(source)), gitignore.ParseOptions{Source: source})
		if err != nil {
			return nil, err
		}
		d.own = d.own.Push(name, rules)
	}
	e.dirs[name] = d
	return d, nil
}

// dirOf returns the directory of a path, "" for the root.
func dirOf(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

// IgnoredEnvBeside returns the absolute paths of the .env files that git ignores
// and that lie in the directories of some files of a working tree, or above them:
// those of [Tree.IgnoredEnv] that belong to the files, without a look at the rest
// of the tree. tracks tells whether git tracks a path. Directories that are gone
// have none; an error is one of reading ignore rules.
func IgnoredEnvBeside(r *gitrepo.Repo, files []string, tracks func(name string) bool) ([]string, error) {
	dirs := map[string]bool{"": true}
	for _, name := range files {
		for dir := dirOf(name); !dirs[dir]; dir = dirOf(dir) {
			dirs[dir] = true
		}
	}
	checker, err := r.Checker()
	if err != nil {
		return nil, err
	}
	var out []string
	for dir := range dirs {
		full := filepath.Join(r.WorkTree, filepath.FromSlash(dir))
		entries, err := os.ReadDir(full)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, entry := range entries {
			name := path.Join(dir, entry.Name())
			if !entry.Type().IsRegular() || !isEnvName(entry.Name()) || tracks(name) {
				continue
			}
			rule, err := checker.Match(name, false)
			if err != nil {
				return nil, err
			}
			if rule.Ignored {
				out = append(out, filepath.Join(full, entry.Name()))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}
