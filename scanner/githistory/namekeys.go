package githistory

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// Names of files and directories can be keys, too. A walk asks for each entry that
// is new whether its name holds one, and keeps the entry if so; attribution then
// takes what has such a name as it takes a blob with a key in it.

// A nameFilter tells which names hold keys. It is for one goroutine.
type nameFilter struct {
	matcher *rules.Matcher
	seed    maphash.Seed
	plain   []string // names without keys, each in the place that its hash gives
}

// plainNames is the number of names that a filter remembers. Trees change mostly
// at the same names, so most questions are answered from there.
const plainNames = 1 << 14

func newNameFilter(m *rules.Matcher) *nameFilter {
	return &nameFilter{matcher: m, seed: maphash.MakeSeed(), plain: make([]string, plainNames)}
}

// hasKey reports whether a name holds a key.
func (f *nameFilter) hasKey(name []byte) bool {
	at := &f.plain[maphash.Bytes(f.seed, name)%plainNames]
	if *at == string(name) {
		return false
	}
	if len(f.matcher.Match(name)) > 0 {
		return true
	}
	*at = string(name)
	return false
}

// nameKeys returns the keys in the last name of a path.
func (a *attribution) nameKeys(p path) []rules.Match {
	if p < realPath {
		return nil
	}
	n := a.paths.list[p].name
	list, ok := a.inNames[n]
	if !ok {
		list = slices.Clone(a.matcher.Match([]byte(a.paths.names.text(n))))
		a.inNames[n] = list
	}
	return list
}

// maskedPath returns a path with the keys in it masked: in its names, and across
// them.
func maskedPath(m *rules.Matcher, text string) string {
	names := strings.Split(text, "/")
	for i, n := range names {
		names[i] = scanner.MaskPath(m, n)
	}
	return scanner.MaskPath(m, strings.Join(names, "/"))
}
