package gitrepo

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitignore"
)

// holds reports whether the condition of an includeIf section holds; file is
// the one that the section stands in. Unknown conditions do not hold. See
// https://git-scm.com/docs/git-config#_conditional_includes.
func (l *configLoader) holds(condition, file string) bool {
	kind, pattern, ok := strings.Cut(condition, ":")
	if !ok {
		return false
	}
	switch kind {
	case "gitdir":
		return l.repo.inGitDir(pattern, file, false)
	case "gitdir/i":
		return l.repo.inGitDir(pattern, file, true)
	case "onbranch":
		branch, ok := l.repo.branch()
		return ok && gitignore.CompileGlob(withDeep(pattern), false).Match(branch)
	case "hasconfig":
		pattern, ok := strings.CutPrefix(pattern, "remote.*.url:")
		l.needURLs = l.needURLs || ok
		return ok && slices.ContainsFunc(l.urls, gitignore.CompileGlob(pattern, false).Match)
	}
	return false
}

// inGitDir reports whether the repository's directory matches a pattern.
func (r *Repo) inGitDir(pattern, file string, fold bool) bool {
	pattern = filepath.ToSlash(r.env.expand(pattern))
	prefix := ""
	if rest, ok := strings.CutPrefix(pattern, "./"); ok {
		prefix = filepath.ToSlash(filepath.Dir(resolve(file))) + "/" // taken literally
		pattern = rest
	} else if !strings.HasPrefix(pattern, "/") && !filepath.IsAbs(pattern) {
		pattern = "**/" + pattern
	}
	glob := gitignore.CompileGlob(withDeep(pattern), fold)
	for _, dir := range []string{resolve(r.GitDir), r.GitDir} {
		dir = filepath.ToSlash(dir)
		if len(dir) < len(prefix) || !equal(dir[:len(prefix)], prefix, fold) {
			continue
		}
		if glob.Match(dir[len(prefix):]) {
			return true
		}
	}
	return false
}

func equal(a, b string, fold bool) bool {
	return a == b || fold && strings.EqualFold(a, b)
}

// withDeep makes a pattern that ends in a slash match all below.
func withDeep(pattern string) string {
	if strings.HasSuffix(pattern, "/") {
		return pattern + "**"
	}
	return pattern
}

// resolve returns the path without symbolic links if it can.
func resolve(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
