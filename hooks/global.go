package hooks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/agcloud/keylint/internal/gitrepo"
)

// A Global is the hooks of all repositories of a user: a directory that
// core.hooksPath of the user's configuration names. Git runs no hook of a
// repository then, so that the directory has one of each kind that runs them.
type Global struct {
	Dir
	config string // the user's configuration
	set    bool   // it names the directory already, or another one
}

// client are the hooks that git runs where people work; see
// https://git-scm.com/docs/githooks. Those that report what git itself waits for
// an answer on, such as fsmonitor-watchman, are settings of their own.
var client = []string{
	"applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-commit",
	"pre-rebase", "post-checkout", "post-merge", "pre-push", "post-rewrite", "pre-auto-gc", "post-index-change", "sendemail-validate",
}

// OfUser returns the hooks of all repositories of a user. getenv is os.Getenv or
// stands in for it.
func OfUser(getenv func(string) string, binary string) (*Global, error) {
	home := getenv("HOME")
	if home == "" {
		home = getenv("USERPROFILE")
	}
	xdg := getenv("XDG_CONFIG_HOME")
	if xdg == "" {
		xdg = filepath.Join(home, ".config")
	}
	g := &Global{Dir: Dir{Binary: binary, Global: true}}
	g.config = getenv("GIT_CONFIG_GLOBAL")
	if g.config == "" {
		g.config = filepath.Join(home, ".gitconfig")
		if _, err := os.Stat(g.config); err != nil {
			if other := filepath.Join(xdg, "git", "config"); exists(other) {
				g.config = other
			}
		}
	}
	if home == "" && getenv("GIT_CONFIG_GLOBAL") == "" {
		return nil, fmt.Errorf("neither HOME nor USERPROFILE is set: set it to your home directory")
	}
	set, err := gitrepo.FileVariable(g.config, "core.hookspath")
	if err != nil {
		return nil, err
	}
	g.Path = filepath.Join(xdg, "keylint", "hooks")
	if set.Value != "" {
		g.set = true
		g.Path = filepath.FromSlash(expandHome(set.Value, home))
	}
	return g, nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// expandHome replaces ~/ at the start of a path.
func expandHome(path, home string) string {
	if len(path) > 1 && path[0] == '~' && (path[1] == '/' || path[1] == filepath.Separator) {
		return home + path[1:]
	}
	return path
}

// setting is the lines of the configuration that name the directory.
func (g *Global) setting() insertion {
	return insertion{path: g.config, text: "[core]\n\thooksPath = " + filepath.ToSlash(g.Path) + " # keylint\n", mode: 0o644}
}

// Install installs hooks, and for all others that git knows those that run a
// repository's own. It says what it did, a sentence each.
func (g *Global) Install(list []Hook) ([]string, error) {
	var said []string
	for _, name := range client {
		h := Hook{Name: name}
		if i := slices.IndexFunc(list, func(h Hook) bool { return h.Name == name }); i >= 0 {
			h = list[i]
		} else if exists(filepath.Join(g.Path, name)) {
			continue // ours from before, or somebody else's
		}
		s, err := g.Dir.Install(h)
		if err != nil {
			return said, err
		}
		if h.Does != "" {
			said = append(said, s)
		}
	}
	if g.set {
		return said, nil
	}
	s, err := g.setting().insert()
	return append(said, s), err
}

// Uninstall removes the hooks and the setting. It says what it did.
func (g *Global) Uninstall() ([]string, error) {
	var said []string
	for _, name := range client {
		h, err := Find(name)
		if err != nil {
			h = Hook{Name: name}
		}
		s, err := g.Dir.Uninstall(h)
		if err != nil {
			return said, err
		}
		if s != "" && h.Does != "" {
			said = append(said, s)
		}
	}
	s, err := g.setting().remove()
	if s != "" {
		said = append(said, s)
		os.Remove(g.Path) // unless there is something else in it
	}
	return said, err
}
