// Package lazyregexp compiles regular expressions when they are first needed.
// Those of package variables would otherwise be compiled in each run of
// keylint, whether it asks for them or not: as a hook, it lives for some
// milliseconds.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles text once, however often and from
// wherever it is called. The function panics when text is no regular expression.
func New(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
