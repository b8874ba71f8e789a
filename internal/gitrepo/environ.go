package gitrepo

import (
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
)

// environ looks up environment variables.
type environ struct {
	get    func(string) string
	inHook bool // those that git sets for hooks count
}

func (o Options) environ() environ {
	if o.Getenv == nil {
		return environ{os.Getenv, o.GitDirEnv}
	}
	return environ{o.Getenv, o.GitDirEnv}
}

// hook looks up a variable that git sets for hooks, if it counts.
func (e environ) hook(name string) string {
	if !e.inHook {
		return ""
	}
	return e.get(name)
}

// home returns the user's home directory, or "".
func (e environ) home() string {
	if home := e.get("HOME"); home != "" {
		return home
	}
	if runtime.GOOS == "windows" {
		return e.get("USERPROFILE")
	}
	return ""
}

// xdgConfig returns the path of one of git's files in the user's configuration
// directory, or "".
func (e environ) xdgConfig(name string) string {
	if dir := e.get("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "git", name)
	}
	if home := e.home(); home != "" {
		return filepath.Join(home, ".config", "git", name)
	}
	return ""
}

// expand replaces a home directory at the start of a configured path. A user
// that does not exist stays as written.
func (e environ) expand(path string) string {
	path = strings.TrimPrefix(path, ":(optional)")
	rest, ok := strings.CutPrefix(path, "~")
	if !ok {
		return path
	}
	name, rest, _ := strings.Cut(rest, "/")
	home := e.home()
	if name != "" {
		u, err := user.Lookup(name)
		if err != nil {
			return path
		}
		home = u.HomeDir
	}
	if home == "" {
		return path
	}
	if rest == "" {
		return home
	}
	return home + "/" + rest // not cleaned: it may be a pattern
}
