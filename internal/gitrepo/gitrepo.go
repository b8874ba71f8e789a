// Package gitrepo finds git repositories and reads their layout,
// configuration, ignore rules, index, references and reflogs, without running
// git and without loading an object.
//
// It reads what git reads (https://git-scm.com/docs/gitrepository-layout,
// https://git-scm.com/docs/git-config,
// https://git-scm.com/docs/gitformat-index) and opens regular files only, so a
// hostile repository cannot make it hang; the memory that it takes is linear
// in the size of the files. It runs nothing that a repository configures, and
// so does not ask who owns one (safe.directory).
//
// What it does not do: GIT_CONFIG_PARAMETERS ("git -c"), the boundary between
// file systems as an end of discovery, GIT_REFERENCE_BACKEND, and namespaces.
package gitrepo

import (
	"errors"
	"fmt"
	"path/filepath"
)

// ErrNotFound is the error of [Discover] and [Open] where there is no
// repository. A .git file that leads nowhere is no repository either: the
// error says so.
var ErrNotFound = errors.New("not a git repository")

// Options say how to look for a repository. The zero value is ready to use.
type Options struct {
	// Getenv looks up environment variables: HOME, XDG_CONFIG_HOME, and those
	// of git that name configuration files. Nil means os.Getenv.
	Getenv func(name string) string
	// GitDirEnv makes Discover honour GIT_DIR, GIT_WORK_TREE, GIT_COMMON_DIR
	// and GIT_INDEX_FILE, as a program that git runs as a hook should; likewise
	// [Repo.ObjectDirs] GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES
	// and GIT_QUARANTINE_PATH, and others GIT_SHALLOW_FILE and GIT_GRAFT_FILE.
	GitDirEnv bool
}

// A Repo is a repository, seen from one of its working trees. It is immutable
// and safe for concurrent use.
type Repo struct {
	// WorkTree is the root of the working tree; empty when there is none: the
	// repository is bare, or the path lies inside of the git directory.
	WorkTree string
	// GitDir is the git directory of the working tree: HEAD and the index.
	GitDir string
	// CommonDir is the git directory that all working trees share. It differs
	// from GitDir in linked working trees only.
	CommonDir string
	// IndexFile is the index of the working tree. It may not exist.
	IndexFile string
	// Format is how objects are named.
	Format ObjectFormat
	// Config is the configuration of the system, the user and the repository.
	Config *Config

	env            environ
	worktreeConfig bool // extensions.worktreeConfig
	refStorage     refStorage
}

// IgnoreCase reports whether core.ignoreCase is set. A value that is no
// boolean counts as unset.
func (r *Repo) IgnoreCase() bool {
	fold, err := r.Config.Bool("core.ignorecase", false)
	return fold && err == nil
}

// load fills in what the configuration says, for a repository of which the
// directories are known. found is the working tree by the place of .git.
func (r *Repo) load(found string) error {
	local, err := r.localConfig()
	if err != nil {
		return err
	}
	if r.Format, err = objectFormat(local); err != nil {
		return err
	}
	r.setRefStorage(local)
	if r.WorkTree, err = r.workTree(local, found); err != nil {
		return err
	}
	if r.IndexFile == "" {
		r.IndexFile = filepath.Join(r.GitDir, "index")
	}
	r.Config, err = r.loadConfig()
	return err
}

// localConfig reads what decides on the layout: the repository's own file
// and the working tree's, without includes. core.bare and core.worktree of the
// shared file are not for linked working trees.
func (r *Repo) localConfig() (*Config, error) {
	vars, err := readConfig(filepath.Join(r.CommonDir, "config"))
	if err != nil {
		return nil, err
	}
	c := &Config{vars}
	if r.worktreeConfig, err = c.Bool("extensions.worktreeconfig", false); err != nil {
		return nil, err
	}
	if r.CommonDir != r.GitDir {
		c.drop("core.bare", "core.worktree")
	}
	if r.worktreeConfig {
		own, err := readConfig(filepath.Join(r.GitDir, "config.worktree"))
		if err != nil {
			return nil, err
		}
		c.vars = append(c.vars, own...)
	}
	return c, nil
}

// objectFormat returns how objects are named.
func objectFormat(c *Config) (ObjectFormat, error) {
	v, ok := c.Get("extensions.objectformat")
	if !ok {
		return SHA1, nil
	}
	switch f := ObjectFormat(v.Value); f {
	case SHA1, SHA256:
		return f, nil
	}
	return "", fmt.Errorf("%s:%d: objects are named by %q, which keylint does not know: update keylint", v.File, v.Line, v.Value)
}

// workTree returns the root of the working tree, or "".
func (r *Repo) workTree(c *Config, found string) (string, error) {
	if r.WorkTree != "" {
		return r.WorkTree, nil // set by the environment
	}
	if v, ok := c.Get("core.worktree"); ok && found != "" {
		path := filepath.FromSlash(v.Value)
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.GitDir, path)
		}
		return resolve(path), nil
	}
	bare, err := c.Bool("core.bare", false)
	if err != nil || bare {
		return "", err
	}
	return found, nil
}
