package gitindex

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// A comparison finds the changes.
type comparison struct {
	*Changes
	reader *pack.Reader
	format pack.Format
}

// merged returns the entries that would be in the commit: those that are not in
// conflict, and were not named with git add -N only.
func (c *comparison) merged(x *gitrepo.Index) []gitrepo.Entry {
	first := -1
	for i := range x.Entries {
		if e := &x.Entries[i]; e.Stage() != 0 || e.IntentToAdd() {
			first = i
			break
		}
	}
	if first < 0 {
		return x.Entries
	}
	out := append([]gitrepo.Entry(nil), x.Entries[:first]...)
	for _, e := range x.Entries[first:] {
		switch {
		case e.Stage() != 0:
			if n := len(c.unmerged); n == 0 || c.unmerged[n-1] != e.Path {
				c.unmerged = append(c.unmerged, e.Path)
			}
		case !e.IntentToAdd():
			out = append(out, e)
		}
	}
	return out
}

// trees returns the trees of commits. That of a commit that cannot be read is a
// problem, and everything is new in comparison with it.
func (c *comparison) trees(commits []string) []pack.ID {
	var out []pack.ID
	for _, text := range commits {
		id, err := c.format.ParseID(text)
		if err != nil {
			continue // gitrepo returns ids only
		}
		kind, data, err := c.reader.Read(id)
		line, _, _ := bytes.Cut(data, []byte("\n"))
		digits, ok := strings.CutPrefix(string(line), "tree ")
		tree, parseErr := c.format.ParseID(digits)
		switch {
		case err != nil:
			c.problem("", id, fmt.Errorf("the last commit cannot be read, so all that is staged counts as new: %w", err))
		case kind != pack.Commit || !ok || parseErr != nil:
			c.problem("", id, fmt.Errorf("the last commit is damaged, so all that is staged counts as new: run git fsck"))
		default:
			out = append(out, tree)
		}
	}
	return out
}

// noTree stands for a directory that a parent does not have.
var noTree pack.ID

// directory compares a directory: the entries of the index below prefix, which is
// empty or ends in a slash, what the index remembers of its tree, and the trees
// that the parents have there.
func (c *comparison) directory(prefix string, entries []gitrepo.Entry, cached *gitrepo.CachedTree, trees []pack.ID) {
	if cached != nil && cached.ID != "" && cached.Entries == len(entries) && has(trees, c.id(cached.ID)) {
		return
	}
	parents := make([]map[string]treeEntry, len(trees))
	for i, id := range trees {
		parents[i] = c.tree(id)
	}
	for len(entries) > 0 {
		e := &entries[0]
		name, _, isDir := strings.Cut(e.Path[len(prefix):], "/")
		n := 1
		if isDir {
			n = below(entries, prefix+name+"/")
			c.subdirectory(prefix+name+"/", entries[:n], cached.Tree(name), take(parents, name))
		} else {
			c.file(e, take(parents, name))
		}
		entries = entries[n:]
	}
	for _, left := range parents {
		for _, name := range sortedNames(left) {
			if e := left[name]; !e.isLink() {
				c.gone = append(c.gone, place{prefix + name, e.id, e.isTree()})
			}
		}
	}
}

// below returns how many entries in front lie below a prefix.
func below(entries []gitrepo.Entry, prefix string) int {
	return sort.Search(len(entries), func(i int) bool { return !strings.HasPrefix(entries[i].Path, prefix) })
}

// take removes a name from the trees of all parents and returns what they have
// there; the zero entry stands for nothing.
func take(parents []map[string]treeEntry, name string) []treeEntry {
	out := make([]treeEntry, len(parents))
	for i, p := range parents {
		out[i] = p[name]
		delete(p, name)
	}
	return out
}

// subdirectory compares a directory that the index has. What parents have in its
// place and is no directory is gone.
func (c *comparison) subdirectory(prefix string, entries []gitrepo.Entry, cached *gitrepo.CachedTree, have []treeEntry) {
	trees := make([]pack.ID, len(have))
	for i, e := range have {
		switch {
		case e.isTree():
			trees[i] = e.id
		case e.isFile():
			c.gone = append(c.gone, place{path: strings.TrimSuffix(prefix, "/"), id: e.id})
		}
	}
	if e := &entries[0]; e.Mode == gitrepo.ModeSparseDir && e.Path == prefix {
		tree := c.id(e.ID)
		beside := entries[1:] // which git update-index --cacheinfo can put there
		if has(trees, tree) && len(beside) == 0 {
			return
		}
		entries = nil
		for _, p := range c.files(place{strings.TrimSuffix(prefix, "/"), tree, true}) {
			entries = append(entries, gitrepo.Entry{Path: p.path, ID: gitrepo.ObjectID(p.id[:c.format.Size()]), Mode: gitrepo.ModeFile})
		}
		entries = append(entries, beside...)
	}
	c.directory(prefix, entries, cached, trees)
}

// file compares a file, symbolic link or submodule.
func (c *comparison) file(e *gitrepo.Entry, have []treeEntry) {
	s := change{place: place{path: e.Path, id: c.id(e.ID)}}
	for _, h := range have {
		if h.id == s.id {
			return
		}
		if h.isFile() {
			s.before = append(s.before, h.id)
		} else if h.isTree() {
			c.gone = append(c.gone, place{e.Path, h.id, true})
		}
	}
	if e.Mode == gitrepo.ModeGitlink {
		c.links++
		return
	}
	c.staged = append(c.staged, s)
}

// files returns the files below a tree, in order.
func (c *comparison) files(root place) []place {
	var out []place
	var walk func(p place, depth int)
	walk = func(p place, depth int) {
		if depth > maxDepth {
			c.problem("", p.id, fmt.Errorf("the directories in it lie more than %d deep: run git fsck", maxDepth))
			return
		}
		entries := c.tree(p.id)
		for _, name := range sortedNames(entries) {
			switch e := entries[name]; {
			case e.isTree():
				walk(place{p.path + "/" + name, e.id, true}, depth+1)
			case e.isFile():
				out = append(out, place{path: p.path + "/" + name, id: e.id})
			}
		}
	}
	walk(root, 0)
	return out
}

// maxDepth bounds how deep trees are followed. A path of the system has at most
// 4,096 bytes.
const maxDepth = 2048

// id returns the id of an object of the index.
func (c *comparison) id(o gitrepo.ObjectID) (id pack.ID) {
	copy(id[:], o)
	return id
}

func has(trees []pack.ID, id pack.ID) bool {
	for _, t := range trees {
		if t == id {
			return true
		}
	}
	return false
}

// A treeEntry is an entry of a tree object; the zero value stands for none.
type treeEntry struct {
	mode uint32
	id   pack.ID
}

const modeType = 0o170000

func (e treeEntry) isTree() bool { return e.mode&modeType == uint32(gitrepo.ModeSparseDir) }
func (e treeEntry) isLink() bool { return e.mode&modeType == uint32(gitrepo.ModeGitlink) }

// isFile reports whether the entry is a file or a symbolic link.
func (e treeEntry) isFile() bool { return e.mode != 0 && !e.isTree() && !e.isLink() }

// tree reads a tree object: for each entry the mode in octal digits, a space, the
// name, a NUL and the raw id. What cannot be read is a problem.
func (c *comparison) tree(id pack.ID) map[string]treeEntry {
	if id == noTree {
		return nil
	}
	kind, data, err := c.reader.Read(id)
	if err == nil && kind != pack.Tree {
		err = fmt.Errorf("it is a %s and no tree: run git fsck", kind)
	}
	out, ok := parseTree(data, c.format.Size())
	if err == nil && !ok {
		err = fmt.Errorf("the tree is damaged: run git fsck")
	}
	if err != nil {
		c.problem("", id, fmt.Errorf("what the last commit has in a directory cannot be read, so all that is staged there counts as new: %w", err))
	}
	return out
}

// parseTree returns the entries of a tree up to the first that is damaged, and
// whether there is none.
func parseTree(data []byte, idSize int) (map[string]treeEntry, bool) {
	out := map[string]treeEntry{}
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte{0})
		mode, name, ok2 := strings.Cut(string(head), " ")
		bits, err := strconv.ParseUint(mode, 8, 32)
		if !ok || !ok2 || err != nil || bits == 0 || len(rest) < idSize {
			return out, false
		}
		e := treeEntry{mode: uint32(bits)}
		copy(e.id[:], rest[:idSize])
		out[name] = e
		data = rest[idSize:]
	}
	return out, true
}

func sortedNames(entries map[string]treeEntry) []string {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
