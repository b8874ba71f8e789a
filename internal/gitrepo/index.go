package gitrepo

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
)

// An ObjectFormat is how a repository names objects: the value of
// extensions.objectFormat.
type ObjectFormat string

// The formats there are.
const (
	SHA1   ObjectFormat = "sha1"
	SHA256 ObjectFormat = "sha256"
)

// Size returns the length of an id in bytes.
func (f ObjectFormat) Size() int {
	if f == SHA256 {
		return sha256.Size
	}
	return sha1.Size
}

func (f ObjectFormat) newHash() hash.Hash {
	if f == SHA256 {
		return sha256.New()
	}
	return sha1.New()
}

// An ObjectID is the raw bytes of an object's id.
type ObjectID string

// String returns the id in hexadecimal digits.
func (id ObjectID) String() string { return hex.EncodeToString([]byte(id)) }

// A Mode is the mode of an index entry: an object type and permissions.
type Mode uint32

// The modes that git writes.
const (
	ModeFile       Mode = 0o100644
	ModeExecutable Mode = 0o100755
	ModeSymlink    Mode = 0o120000
	ModeGitlink    Mode = 0o160000 // a submodule
	ModeSparseDir  Mode = 0o040000 // a directory outside of a sparse checkout
)

// An Entry is a path in the index.
type Entry struct {
	// Path is relative to the root of the working tree, with forward slashes.
	// That of a sparse directory ends in a slash.
	Path string
	ID   ObjectID
	Mode Mode
	Size uint32 // of the file on disk when it was added, modulo 1<<32

	flags uint32 // the 16 bits of flags, and the 16 of extended flags above them
}

const (
	flagAssumeValid  = 1 << 15
	flagExtended     = 1 << 14
	flagStage        = 3 << 12
	flagNameLen      = 1<<12 - 1
	flagSkipWorktree = 1 << (14 + 16)
	flagIntentToAdd  = 1 << (13 + 16)
)

// Stage returns 0, or for the sides of a conflict 1 (base), 2 (ours) or 3
// (theirs).
func (e *Entry) Stage() int { return int(e.flags&flagStage) >> 12 }

// SkipWorktree reports whether a sparse checkout leaves the file out.
func (e *Entry) SkipWorktree() bool { return e.flags&flagSkipWorktree != 0 }

// IntentToAdd reports whether the path was added without content, by git add -N.
func (e *Entry) IntentToAdd() bool { return e.flags&flagIntentToAdd != 0 }

// AssumeValid reports whether git was told to take the file for unchanged.
func (e *Entry) AssumeValid() bool { return e.flags&flagAssumeValid != 0 }

// An Index is the list of the paths that git tracks. It is immutable and safe
// for concurrent use. The zero Index is empty.
type Index struct {
	Version int
	// Entries are sorted by path, bytewise, then by stage.
	Entries []Entry
	// Sparse reports whether there may be entries for directories.
	Sparse bool
	// Cached is what is remembered of tree objects; nil when there is nothing.
	Cached *CachedTree
}

// search returns the position of the first entry at or after a path.
func (x *Index) search(path string) int {
	i, _ := slices.BinarySearchFunc(x.Entries, path, func(e Entry, path string) int {
		return strings.Compare(e.Path, path)
	})
	return i
}

// Find returns the first entry, in order of stages, of a file, symbolic link
// or submodule.
func (x *Index) Find(path string) (*Entry, bool) {
	if i := x.search(path); i < len(x.Entries) && x.Entries[i].Path == path {
		return &x.Entries[i], true
	}
	return nil, false
}

// Under returns the entries in a directory, at any depth; of the root, "", all
// entries. A sparse directory counts as one in itself.
func (x *Index) Under(dir string) []Entry {
	if dir == "" {
		return x.Entries
	}
	// '0' is the byte behind '/', so this is the first path that is not below.
	return x.Entries[x.search(dir+"/"):x.search(dir+"0")]
}
