package githistory

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// A handle is the number that a set of objects gives to one of its objects.
type handle int32

// none is the handle of no object.
const none handle = -1

// objects is what attribution knows of the objects of a repository. There are
// two of them: walked has read everything in one pass and knows the trees only
// where they lead to keys; lazy reads what it is asked for.
type objects interface {
	// id returns the name of an object.
	id(h handle) pack.ID
	// commit returns a commit, nil when it cannot be read.
	commit(h handle) *commit
	// find returns the object with an id in bytes, none when it is not there.
	find(id []byte) handle
	// target returns what a tag points to, none for what is no tag.
	target(h handle) handle
	// kind returns the kind of an object, 0 when it cannot be read.
	kind(h handle) pack.Kind
	// child returns the entry of a name in a tree, none if there is none, or none
	// that leads to a key.
	child(tree handle, n name) handle
	// differ returns the entries that two trees, which may be none, do not share,
	// in an order that is the same for all trees, and at least those that lead to
	// keys.
	differ(from, to handle) (old, now []entry)
	// evidence returns what was found in a blob, commit or tag, nil for nothing.
	evidence(h handle) *scanner.Evidence
}

// An entry is one line of a tree.
type entry struct {
	name  name
	child handle
	tree  bool
}

// A name is the number of a name of an entry. Numbers are given in the order in
// which names are met.
type name int32

// A commit is a node of the graph of history.
type commit struct {
	tree    handle
	parents []handle
	time    int64 // of the committer, seconds since 1970
}

// A header is what a commit object says before its message.
type header struct {
	tree    []byte // id in bytes
	parents [][]byte
	author  signature
	time    int64 // of the committer
	body    int   // offset of the message
}

// clone returns h without a hold on the data that it was read from.
func (h header) clone() header {
	h.tree = bytes.Clone(h.tree)
	for i, p := range h.parents {
		h.parents[i] = bytes.Clone(p)
	}
	return h
}

// A signature is an author or committer.
type signature struct {
	name, email string
	time        int64 // seconds since 1970
	zone        int   // seconds east of UTC
}

var errCommit = errors.New("the commit is damaged: run git fsck")

// parseCommit reads a commit object (see "commit objects" in git's
// user manual): lines of headers, an empty line, the message.
func parseCommit(data []byte, f pack.Format) (header, error) {
	var h header
	rest := data
	for {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		key, value, _ := bytes.Cut(line, []byte(" "))
		if !ok || len(line) == 0 {
			h.body = len(data) - len(after)
			if h.tree == nil {
				return header{}, errCommit
			}
			return h, nil
		}
		rest = after
		switch string(key) {
		case "tree", "parent":
			id, err := f.ParseID(string(value))
			if err != nil {
				return header{}, errCommit
			}
			if key[0] == 't' {
				h.tree = id[:f.Size()]
			} else {
				h.parents = append(h.parents, id[:f.Size()])
			}
		case "author":
			h.author = parseSignature(value)
		case "committer":
			h.time = parseSignature(value).time
		}
	}
}

// parseSignature reads "NAME <EMAIL> SECONDS ZONE". What is not there is empty.
func parseSignature(b []byte) signature {
	var s signature
	open, end := bytes.IndexByte(b, '<'), bytes.LastIndexByte(b, '>')
	if open < 0 || end < open {
		s.name = string(bytes.TrimSpace(b))
		return s
	}
	s.name, s.email = string(bytes.TrimSpace(b[:open])), string(b[open+1:end])
	seconds, zone, _ := bytes.Cut(bytes.TrimSpace(b[end+1:]), []byte(" "))
	s.time, _ = strconv.ParseInt(string(seconds), 10, 64)
	if n, err := strconv.Atoi(string(zone)); err == nil && n > -2400 && n < 2400 {
		s.zone = (n/100*60 + n%100) * 60
	}
	return s
}

// A tagHeader is what a tag object says before its message.
type tagHeader struct {
	object []byte // id in bytes
	tagger signature
	name   string
	body   int // offset of the message
}

// parseTag reads a tag object.
func parseTag(data []byte, f pack.Format) (tagHeader, error) {
	var h tagHeader
	rest := data
	for {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		key, value, _ := bytes.Cut(line, []byte(" "))
		if !ok || len(line) == 0 {
			h.body = len(data) - len(after)
			if h.object == nil {
				return tagHeader{}, errors.New("the tag is damaged: run git fsck")
			}
			return h, nil
		}
		rest = after
		switch string(key) {
		case "object":
			if id, err := f.ParseID(string(value)); err == nil {
				h.object = id[:f.Size()]
			}
		case "tagger":
			h.tagger = parseSignature(value)
		case "tag":
			h.name = string(value)
		}
	}
}

// A treeEntry is one line of a tree object: mode, name, id.
type treeEntry struct {
	mode int // octal, as in git
	name []byte
	id   []byte
	end  int // offset of the next entry
}

// The modes that decide what an entry is, by the bits of the file type.
const (
	modeType    = 0o170000
	modeTree    = 0o040000
	modeGitlink = 0o160000
)

var errTree = errors.New("the tree is damaged: run git fsck")

// parseEntry reads the entry of a tree at an offset: "MODE NAME\0" and the id
// in size bytes.
func parseEntry(data []byte, at, size int) (treeEntry, error) {
	var e treeEntry
	for i := at; ; i++ {
		if i == len(data) || i-at > 7 {
			return e, errTree
		}
		c := data[i]
		if c == ' ' {
			at = i + 1
			break
		}
		if c < '0' || c > '7' {
			return e, errTree
		}
		e.mode = e.mode<<3 | int(c-'0')
	}
	n := bytes.IndexByte(data[at:], 0)
	if n < 0 || at+n+1+size > len(data) {
		return e, errTree
	}
	e.name = data[at : at+n]
	at += n + 1
	e.id = data[at : at+size]
	e.end = at + size
	return e, nil
}
