package gitignore

import "strings"

// A Matcher ranks files of patterns. It is an immutable stack: Push makes a
// new one and leaves the old one as it was, so a walk keeps one per directory
// and may be concurrent. The nil Matcher has no files and matches nothing.
type Matcher struct {
	below    *Matcher
	base     string // the directory of the file, with a slash at the end; or ""
	patterns *Patterns
}

// Push returns a Matcher with one more file, of higher precedence than those
// of m. Its patterns are relative to dir and apply to paths in it only. dir is
// in the same form as the paths to ask about (all relative to one root, "" for
// the root itself, or all absolute), with forward slashes.
func (m *Matcher) Push(dir string, p *Patterns) *Matcher {
	if p.Len() == 0 {
		return m
	}
	if dir != "" && !strings.HasSuffix(dir, "/") {
		dir += "/"
	}
	return &Matcher{below: m, base: dir, patterns: p}
}

// Match returns the line that decides on a path, with forward slashes and none
// at the end. It does not look at the directories that the path lies in: when
// one of them is ignored, so is the path, whatever Match says. See [Checker].
func (m *Matcher) Match(path string, isDir bool) Result {
	name := path[strings.LastIndexByte(path, '/')+1:]
	for ; m != nil; m = m.below {
		rel, ok := strings.CutPrefix(path, m.base)
		if !ok || rel == "" {
			continue
		}
		if r := m.patterns.last(rel, name, isDir); r != nil {
			return m.patterns.result(r)
		}
	}
	return Result{}
}
