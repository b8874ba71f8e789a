package gitignore

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	ignore "github.com/sabhiram/go-gitignore"
)

// The longest line in bytes and the most asterisks that are given to the
// library: a regular expression takes time for each asterisk at each byte.
const (
	maxSafe  = 256
	maxStars = 4
)

// isSafe reports whether the library compiles a pattern right, given that it
// is asked only about as many path segments as the pattern has: ordinary ASCII
// characters, none of them with a meaning in a regular expression, single
// slashes between segments, and few asterisks, which do not touch.
func isSafe(pattern string) bool {
	if pattern == "" || len(pattern) > maxSafe {
		return false
	}
	if strings.Count(pattern, "*") > maxStars {
		return false
	}
	if strings.Contains(pattern, "**") || strings.Contains(pattern, "//") {
		return false
	}
	if pattern[0] == '/' || pattern[len(pattern)-1] == '/' {
		return false
	}
	for i := range len(pattern) {
		switch b := pattern[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case strings.IndexByte("*/._-@,=%~:", b) >= 0:
		default:
			return false
		}
	}
	return true
}

// useLibrary makes the library match the rule's safe pattern.
func (r *rule) useLibrary(pattern string) {
	if r.scope == scopePath {
		r.scope = scopeFull
	}
	r.head = pattern[:strings.IndexByte(pattern+"*", '*')]
	r.tail = pattern[strings.LastIndexByte(pattern, '*')+1:]
	r.mid = longest(strings.Split(pattern, "*"))
	r.min = len(pattern) - strings.Count(pattern, "*")
	if strings.Contains(pattern, "*") {
		r.test = &libraryLine{pattern: pattern}
	}
}

func longest(parts []string) string {
	return slices.MaxFunc(parts, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
}

// A libraryLine is a line that the library compiles when it is first needed:
// most lines never are, and a compilation takes dozens of microseconds.
type libraryLine struct {
	pattern string
	once    sync.Once
	parser  *ignore.GitIgnore
}

// Match reports whether the text, of as many segments as the pattern, matches.
func (l *libraryLine) Match(text string) bool {
	l.once.Do(func() { l.parser = ignore.CompileIgnoreLines("/" + l.pattern) })
	return l.parser.MatchesPath(text)
}
