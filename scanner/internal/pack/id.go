// Package pack reads the objects of git repositories: packfiles with their
// indexes, and loose objects, in the object directory and its alternates. It
// reads files and runs no git.
//
// What it reads is untrusted: lengths, offsets and chains are checked before
// they are used, memory is bounded by what is in flight, and what cannot be
// read is an error of that object, not the end.
//
// The formats are those of git's documentation: gitformat-pack(5) for packs,
// indexes and deltas, gitrepository-layout(5) for loose objects and alternates.
package pack

import (
	"encoding/hex"
	"fmt"
)

// A Format is the hash function of a repository (extensions.objectFormat).
type Format int

// The formats.
const (
	SHA1   Format = iota // 20 bytes
	SHA256               // 32 bytes
)

// Size returns the length of an ID in bytes.
func (f Format) Size() int {
	if f == SHA256 {
		return 32
	}
	return 20
}

// An ID names an object. IDs of SHA-1 repositories have 12 zero bytes at the end.
type ID [32]byte

// String returns the ID in hexadecimal digits.
func (f Format) String(id ID) string { return hex.EncodeToString(id[:f.Size()]) }

// ParseID reads an ID in hexadecimal digits.
func (f Format) ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 2*f.Size() {
		return id, fmt.Errorf("%q is no object id of %d digits", s, 2*f.Size())
	}
	_, err := hex.Decode(id[:], []byte(s))
	return id, err
}

// id returns the ID that begins b.
func (f Format) id(b []byte) ID {
	var id ID
	copy(id[:], b[:f.Size()])
	return id
}

// A Kind is the type of an object as packs number it.
type Kind uint8

// The kinds. The deltas are how a pack stores an object, and no object's own.
const (
	Commit   Kind = 1
	Tree     Kind = 2
	Blob     Kind = 3
	Tag      Kind = 4
	ofsDelta Kind = 6
	refDelta Kind = 7
)

// String returns git's name of the kind.
func (k Kind) String() string {
	switch k {
	case Commit:
		return "commit"
	case Tree:
		return "tree"
	case Blob:
		return "blob"
	case Tag:
		return "tag"
	case ofsDelta:
		return "ofs-delta"
	case refDelta:
		return "ref-delta"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// kindOf returns the kind that git calls name, 0 if there is none.
func kindOf(name string) Kind {
	for k := Commit; k <= Tag; k++ {
		if k.String() == name {
			return k
		}
	}
	return 0
}
