package githistory

import (
	"bytes"
	"cmp"
	"encoding/binary"

	"github.com/agcloud/keylint/scanner/internal/pack"
)

// lines returns the lines of a tree, none for no tree.
func (l *lazy) lines(tree handle) *treeLines {
	t := &treeLines{lazy: l, tree: tree}
	if tree != none {
		if kind, data := l.read(tree); kind == pack.Tree {
			t.data = data
		}
	}
	return t
}

// treeLines goes through the lines of a tree.
type treeLines struct {
	*lazy
	tree  handle
	data  []byte // what is left
	line  []byte // the current line
	entry treeEntry
}

// skipCommon takes the lines with which both trees begin.
func (t *treeLines) skipCommon(u *treeLines) {
	same := 0
	for n := min(len(t.data), len(u.data)); same+8 <= n && binary.LittleEndian.Uint64(t.data[same:]) == binary.LittleEndian.Uint64(u.data[same:]); {
		same += 8
	}
	done := 0
	for {
		n := bytes.IndexByte(t.data[done:same], 0)
		if n < 0 || done+n+1+t.format.Size() > same {
			break
		}
		done += n + 1 + t.format.Size()
	}
	t.data, u.data = t.data[done:], u.data[done:]
}

// next makes the next line the current one if that was taken.
func (t *treeLines) next() bool {
	if t.line != nil || len(t.data) == 0 {
		return t.line != nil
	}
	var err error
	if t.entry, err = parseEntry(t.data, 0, t.format.Size()); err != nil {
		t.problems = append(t.problems, pack.Problem{ID: t.ids[t.tree], Err: err})
		t.data = nil
		return false
	}
	t.line = t.data[:t.entry.end]
	return true
}

// take appends the current line to list, which may be nil, and goes on.
func (t *treeLines) take(list *[]entry) {
	if list != nil && t.entry.mode&modeType != modeGitlink {
		*list = append(*list, entry{t.names.number(t.entry.name), t.namedAs(t.entry.id, kindOfMode(t.entry.mode)), t.entry.mode&modeType == modeTree})
	}
	t.data, t.line = t.data[t.entry.end:], nil
}

// compare compares the names of the current lines in the order of trees, in
// which that of a tree counts as if it ended with a slash (base_name_compare in
// git's read-cache.c).
func (t *treeLines) compare(u *treeLines) int {
	a, b := t.entry.name, u.entry.name
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 {
		return c
	}
	return cmp.Compare(t.behind(n), u.behind(n))
}

// behind returns the byte of the name at n, or what ends it.
func (t *treeLines) behind(n int) byte {
	switch {
	case n < len(t.entry.name):
		return t.entry.name[n]
	case t.entry.mode&modeType == modeTree:
		return '/'
	}
	return 0
}
