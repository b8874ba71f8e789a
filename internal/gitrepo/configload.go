package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

const (
	maxConfig   = 8 << 20 // bytes of a configuration file
	maxIncludes = 10      // files that include each other, as in git
)

// loadConfig reads the configuration of a repository: of the system, the
// user, the repository, the working tree and the environment, in this order,
// with the files that they include.
func (r *Repo) loadConfig() (*Config, error) {
	l := configLoader{repo: r}
	if err := l.loadAll(); err != nil {
		return nil, err
	}
	if l.needURLs {
		// Conditions on remotes can be judged only when all remotes are known.
		l = configLoader{repo: r, urls: remoteURLs(l.vars)}
		if err := l.loadAll(); err != nil {
			return nil, err
		}
	}
	return &Config{l.vars}, nil
}

type configLoader struct {
	repo     *Repo
	vars     []Variable
	depth    int
	needURLs bool     // there was a condition on remotes
	urls     []string // of the remotes, once known
}

func (l *configLoader) loadAll() error {
	for _, file := range l.repo.env.userConfig() {
		// Like git, do without a user's files that are not this user's to read.
		if err := l.file(file); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	if err := l.file(filepath.Join(l.repo.CommonDir, "config")); err != nil {
		return err
	}
	if l.repo.worktreeConfig {
		if err := l.file(filepath.Join(l.repo.GitDir, "config.worktree")); err != nil {
			return err
		}
	}
	return l.environment()
}

// userConfig returns the files of the system and the user, those that take
// precedence last.
func (e environ) userConfig() []string {
	files := e.systemConfig()
	if file := e.get("GIT_CONFIG_GLOBAL"); file != "" {
		return append(files, file)
	}
	if file := e.xdgConfig("config"); file != "" {
		files = append(files, file)
	}
	if home := e.home(); home != "" {
		files = append(files, filepath.Join(home, ".gitconfig"))
	}
	return files
}

// systemConfig returns where git installations keep their configuration.
func (e environ) systemConfig() []string {
	if file := e.get("GIT_CONFIG_SYSTEM"); file != "" {
		return []string{file}
	}
	if off, _ := (Variable{Value: e.get("GIT_CONFIG_NOSYSTEM")}).Bool(); off {
		return nil
	}
	switch runtime.GOOS {
	case "windows":
		var files []string
		for _, dir := range []string{"ProgramData", "ProgramFiles"} {
			if root := e.get(dir); root != "" {
				files = append(files, filepath.Join(root, "Git", "config"), filepath.Join(root, "Git", "etc", "gitconfig"))
			}
		}
		return files
	case "darwin":
		return []string{
			"/Library/Developer/CommandLineTools/usr/share/git-core/gitconfig",
			"/usr/local/etc/gitconfig", "/opt/homebrew/etc/gitconfig", "/etc/gitconfig",
		}
	}
	return []string{"/etc/gitconfig"}
}

// file adds the variables of a file. One that does not exist has none.
func (l *configLoader) file(path string) error {
	vars, err := readConfig(path)
	if err != nil {
		return err
	}
	for _, v := range vars {
		l.vars = append(l.vars, v)
		if err := l.include(v); err != nil {
			return err
		}
	}
	return nil
}

// readConfig parses a file, which may be absent.
func readConfig(path string) ([]Variable, error) {
	data, err := regular.ReadFile(path, maxConfig)
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read git's configuration: %w: make the file readable", err)
	}
	return parseConfig(string(data), path)
}

// isAbsent reports whether an error of opening a file means that there is none.
// Git, too, reads nothing from /dev/null.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, regular.ErrNotRegular) || errors.Is(err, syscall.ENOTDIR)
}

// environment adds the variables of GIT_CONFIG_COUNT; see
// https://git-scm.com/docs/git-config#ENVIRONMENT.
func (l *configLoader) environment() error {
	count := l.repo.env.get("GIT_CONFIG_COUNT")
	if count == "" {
		return nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > 10000 {
		return fmt.Errorf("GIT_CONFIG_COUNT is %q: set it to the number of GIT_CONFIG_KEY_<n> variables", count)
	}
	for i := range n {
		name := l.repo.env.get(fmt.Sprint("GIT_CONFIG_KEY_", i))
		value := l.repo.env.get(fmt.Sprint("GIT_CONFIG_VALUE_", i))
		l.vars = append(l.vars, Variable{Name: canonicalName(name), Value: value, File: "environment"})
	}
	return nil
}

// canonicalName puts all but the subsection into lower case.
func canonicalName(name string) string {
	first, last := strings.IndexByte(name, '.'), strings.LastIndexByte(name, '.')
	if first < 0 {
		return strings.ToLower(name)
	}
	return strings.ToLower(name[:first]) + name[first:last] + strings.ToLower(name[last:])
}

// include reads the file that v includes, if it does and its condition holds.
func (l *configLoader) include(v Variable) error {
	if v.Name != "include.path" {
		condition, ok := strings.CutPrefix(v.Name, "includeif.")
		condition, isPath := strings.CutSuffix(condition, ".path")
		if !ok || !isPath || !l.holds(condition, v.File) {
			return nil
		}
	}
	if v.NoValue {
		return fmt.Errorf("%s:%d: %s has no value: give it a path", v.File, v.Line, v.Name)
	}
	if l.depth == maxIncludes {
		return fmt.Errorf("%s:%d: configuration files include each other more than %d deep: remove the cycle", v.File, v.Line, maxIncludes)
	}
	path := l.repo.env.expand(v.Value)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(v.File), path)
	}
	l.depth++
	defer func() { l.depth-- }()
	return l.file(path)
}

func remoteURLs(vars []Variable) []string {
	var urls []string
	for _, v := range vars {
		if strings.HasPrefix(v.Name, "remote.") && strings.HasSuffix(v.Name, ".url") {
			urls = append(urls, v.Value)
		}
	}
	return slices.Compact(urls)
}
