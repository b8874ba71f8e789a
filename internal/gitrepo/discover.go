package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// maxPointer is the size in bytes of the largest file that holds a path or a
// reference.
const maxPointer = 64 << 10

// Discover returns the repository that a file or directory lies in: that of
// the nearest directory upwards with a .git directory or file, or that is a
// bare repository. GIT_CEILING_DIRECTORIES ends the search. Without a
// repository the error is [ErrNotFound]; other errors mean that there is one
// but that it cannot be read.
func Discover(path string, o Options) (*Repo, error) {
	env := o.environ()
	if o.GitDirEnv && env.get("GIT_DIR") != "" {
		return fromEnvironment(env)
	}
	start, err := startDir(path)
	if err != nil {
		return nil, err
	}
	ceilings := env.ceilings()
	for dir := start; ; {
		r, err := openAt(dir, env)
		if !errors.Is(err, errNoneHere) {
			if err == nil && o.GitDirEnv {
				err = r.setIndexFile()
			}
			return r, err
		}
		parent := filepath.Dir(dir)
		if parent == dir || ceilings[parent] {
			return nil, fmt.Errorf("%s: %w", start, ErrNotFound)
		}
		dir = parent
	}
}

// Open returns the repository whose working tree or git directory dir is. It
// does not look upwards. The errors are those of [Discover].
func Open(dir string, o Options) (*Repo, error) {
	dir, err := startDir(dir)
	if err != nil {
		return nil, err
	}
	o.GitDirEnv = false // the variables are about another repository
	r, err := openAt(dir, o.environ())
	if errors.Is(err, errNoneHere) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNotFound)
	}
	return r, err
}

// startDir returns the directory to begin at, absolute and without symbolic
// links.
func startDir(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs = resolve(abs)
	info, err := os.Stat(abs)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		abs = filepath.Dir(abs)
	}
	return abs, nil
}

// ceilings returns the directories at which discovery ends.
func (e environ) ceilings() map[string]bool {
	dirs := make(map[string]bool)
	for _, dir := range filepath.SplitList(e.get("GIT_CEILING_DIRECTORIES")) {
		if filepath.IsAbs(dir) {
			dirs[resolve(filepath.Clean(dir))] = true
		}
	}
	return dirs
}

// errNoneHere means that a directory is no repository, but one above may be.
var errNoneHere = errors.New("no repository here")

// openAt returns the repository at dir, or errNoneHere.
func openAt(dir string, env environ) (*Repo, error) {
	dotGit := filepath.Join(dir, ".git")
	info, err := os.Stat(dotGit)
	switch {
	case err == nil && info.Mode().IsRegular():
		gitDir, err := readGitFile(dotGit)
		if err != nil {
			return nil, err
		}
		return newRepo(gitDir, dir, env)
	case err == nil && isGitDir(dotGit):
		return newRepo(dotGit, dir, env)
	case isGitDir(dir):
		return newRepo(dir, "", env)
	}
	return nil, errNoneHere
}

func newRepo(gitDir, workTree string, env environ) (*Repo, error) {
	r := &Repo{GitDir: gitDir, CommonDir: commonDir(gitDir), env: env}
	if err := r.load(workTree); err != nil {
		return nil, err
	}
	return r, nil
}

// readGitFile returns the git directory that a .git file names: that of a
// linked working tree or a submodule.
func readGitFile(path string) (string, error) {
	data, err := regular.ReadFile(path, maxPointer)
	if err != nil {
		return "", err
	}
	dir, ok := strings.CutPrefix(string(data), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("%s does not begin with %q: %w: restore or remove the file", path, "gitdir: ", ErrNotFound)
	}
	dir = filepath.FromSlash(strings.TrimRight(dir, "\r\n"))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(path), dir)
	}
	if !isGitDir(dir) {
		return "", fmt.Errorf("%s leads to %s: %w: restore the directory, or remove the file", path, dir, ErrNotFound)
	}
	return filepath.Clean(dir), nil
}

// isGitDir reports whether dir looks like a git directory, by the signs that
// git itself goes by.
func isGitDir(dir string) bool {
	common := commonDir(dir)
	return isDir(filepath.Join(common, "objects")) && isDir(filepath.Join(common, "refs")) &&
		isHead(filepath.Join(dir, "HEAD"))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isHead reports whether a file can be HEAD.
func isHead(path string) bool {
	if target, err := os.Readlink(path); err == nil {
		return strings.HasPrefix(target, "refs/")
	}
	data, err := regular.ReadFile(path, maxPointer)
	if err != nil {
		return false
	}
	ref, symbolic := cutRef(string(data))
	return symbolic && strings.HasPrefix(ref, "refs/") || isHex(ref)
}

// commonDir returns the git directory that gitDir shares with others.
func commonDir(gitDir string) string {
	data, err := regular.ReadFile(filepath.Join(gitDir, "commondir"), maxPointer)
	if err != nil {
		return gitDir
	}
	dir := filepath.FromSlash(strings.TrimRight(string(data), "\r\n"))
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(gitDir, dir)
	}
	return filepath.Clean(dir)
}

// fromEnvironment returns the repository that GIT_DIR names; see
// https://git-scm.com/docs/git#_the_git_repository.
func fromEnvironment(env environ) (*Repo, error) {
	gitDir, err := filepath.Abs(env.get("GIT_DIR"))
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(gitDir); err == nil && info.Mode().IsRegular() {
		if gitDir, err = readGitFile(gitDir); err != nil {
			return nil, err
		}
	}
	if !isGitDir(gitDir) && env.get("GIT_COMMON_DIR") == "" {
		return nil, fmt.Errorf("GIT_DIR is %s: %w: unset it, or set it to the .git directory", gitDir, ErrNotFound)
	}
	gitDir = resolve(gitDir)
	r := &Repo{GitDir: gitDir, CommonDir: commonDir(gitDir), env: env}
	if dir := env.get("GIT_COMMON_DIR"); dir != "" {
		if r.CommonDir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
	}
	if dir := env.get("GIT_WORK_TREE"); dir != "" {
		if r.WorkTree, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		r.WorkTree = resolve(r.WorkTree)
	}
	here, err := startDir(".")
	if err != nil {
		return nil, err
	}
	if err := r.load(here); err != nil {
		return nil, err
	}
	return r, r.setIndexFile()
}

// setIndexFile honours GIT_INDEX_FILE. Git runs hooks in the root of the
// working tree, to which a relative path refers.
func (r *Repo) setIndexFile() error {
	file := r.env.get("GIT_INDEX_FILE")
	if file == "" {
		return nil
	}
	abs, err := filepath.Abs(file)
	r.IndexFile = abs
	return err
}
