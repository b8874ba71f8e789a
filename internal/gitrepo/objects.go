package gitrepo

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ObjectDirs returns the directory that git writes objects to, and those that
// it also reads, by the environment. Directories that are named in
// info/alternates of any of them are not among them. See
// https://git-scm.com/docs/git#_the_git_repository.
//
// The environment counts where [Options.GitDirEnv] was set. In a hook on what
// is pushed, main holds what is not accepted yet, and the repository's own
// objects are an alternate; see
// https://git-scm.com/docs/git-receive-pack#_quarantine_environment.
func (r *Repo) ObjectDirs() (main string, alternates []string) {
	main = filepath.Join(r.CommonDir, "objects")
	if dir := r.env.hook("GIT_OBJECT_DIRECTORY"); dir != "" {
		main = absolute(dir)
	}
	add := func(dir string) {
		if dir != "" && dir != main && !slices.Contains(alternates, dir) {
			alternates = append(alternates, dir)
		}
	}
	for _, dir := range splitAlternates(r.env.hook("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
		add(absolute(dir))
	}
	if dir := r.env.hook("GIT_QUARANTINE_PATH"); dir != "" {
		add(absolute(dir)) // for a hook that dropped the first variable
	}
	return main, alternates
}

// absolute returns the path seen from the current directory.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}

// splitAlternates splits a list of paths. An entry in double quotes is a C
// string; one that begins with "#" is a comment. Empty ones are left out.
func splitAlternates(list string) []string {
	var dirs []string
	for list != "" {
		dir, rest, quoted := unquoteC(list)
		if !quoted {
			dir, rest, _ = strings.Cut(list, string(filepath.ListSeparator))
		}
		// Behind a quotation mark git skips one byte, whatever it is.
		list = rest
		if quoted && rest != "" {
			list = rest[1:]
		}
		if dir != "" && (quoted || dir[0] != '#') {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// unquoteC reads the C string that s begins with, in git's quoting, and returns
// what follows it.
func unquoteC(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], true
		case c != '\\':
			b.WriteByte(c)
		default:
			c, n := escaped(s[i+1:])
			if n == 0 {
				return "", s, false
			}
			b.WriteByte(c)
			i += n
		}
	}
	return "", s, false
}

// escaped returns the byte that s, behind a backslash, begins with, and how many
// bytes of s stand for it: 0 for an unknown escape.
func escaped(s string) (byte, int) {
	if s == "" {
		return 0, 0
	}
	if i := strings.IndexByte(`abfnrtv\"`, s[0]); i >= 0 {
		return "\a\b\f\n\r\t\v\\\""[i], 1
	}
	if len(s) < 3 {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[:3], 8, 8)
	if err != nil {
		return 0, 0
	}
	return byte(n), 3
}
