package gitrepo

import (
	"strconv"
	"strings"
)

// A CachedTree is what the index remembers of the tree object of a directory,
// from the extension TREE of https://git-scm.com/docs/gitformat-index. Git
// drops what is not true any more, so that a directory whose tree is that of a
// commit need not be compared entry by entry.
type CachedTree struct {
	Name    string   // of the directory; "" for the root
	ID      ObjectID // of its tree; "" when an entry below has changed since
	Entries int      // of the index that the tree covers
	Trees   []*CachedTree
}

// Tree returns what is remembered of a directory in t. It may be nil, and t as
// well.
func (t *CachedTree) Tree(name string) *CachedTree {
	if t == nil {
		return nil
	}
	for _, sub := range t.Trees {
		if sub.Name == name {
			return sub
		}
	}
	return nil
}

// maxCachedDepth is how deep directories may lie in one another. Git has no
// limit; a path of the system has at most 4,096 bytes.
const maxCachedDepth = 2048

// parseCachedTrees parses the extension.
func parseCachedTrees(data string, f ObjectFormat) (*CachedTree, error) {
	p := treeParser{data: data, idSize: f.Size()}
	root, err := p.tree(0)
	if err == nil && p.data != "" {
		err = corruptf("extension TREE has a tail")
	}
	return root, err
}

type treeParser struct {
	data   string // what is left
	idSize int
}

// tree parses a directory and those in it: its name, a NUL, the number of
// entries, a space, the number of subdirectories, a newline, and the id unless
// the first number is negative.
func (p *treeParser) tree(depth int) (*CachedTree, error) {
	name, rest, ok := strings.Cut(p.data, "\x00")
	line, rest, ok2 := strings.Cut(rest, "\n")
	left, right, ok3 := strings.Cut(line, " ")
	entries, err := strconv.Atoi(left)
	subs, err2 := strconv.Atoi(right)
	if !ok || !ok2 || !ok3 || err != nil || err2 != nil || subs < 0 || subs > len(rest) || depth > maxCachedDepth {
		return nil, corruptf("extension TREE is no list of directories")
	}
	t := &CachedTree{Name: name}
	if entries >= 0 {
		if len(rest) < p.idSize {
			return nil, corruptf("extension TREE is cut off")
		}
		t.ID, t.Entries, rest = ObjectID(rest[:p.idSize]), entries, rest[p.idSize:]
	}
	p.data = rest
	for range subs {
		sub, err := p.tree(depth + 1)
		if err != nil {
			return nil, err
		}
		t.Trees = append(t.Trees, sub)
	}
	return t, nil
}
