// Package reftable reads references and reflogs that git stores as reftables:
// extensions.refStorage is reftable. The format is that of
// https://git-scm.com/docs/reftable, in versions 1 (SHA-1) and 2 (SHA-256 too).
//
// A [Table] is one file, of which nothing changes after it was written. A
// [Stack] is the files that together hold the references of a git directory,
// where what is newer hides what is older.
//
// The memory that reading takes is linear in the size of the files, apart from
// one block of a reflog, which has 16 MiB at most: names that are too long for
// the bytes that they are made from are an error.
package reftable

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// ErrCorrupt is the error for every table that breaks the rules of the format.
var ErrCorrupt = errors.New("corrupt reftable: see what git refs verify says, and restore the file from a backup or another clone")

func corruptf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrCorrupt)
}

// Offsets and sizes of the format, in bytes.
const (
	magic       = "REFT"
	headerSize1 = 24
	headerSize2 = 28  // with the name of the hash
	footerTail  = 44  // what the footer has behind a header: five positions, a CRC-32
	blockHeader = 4   // type, length
	maxRatio    = 64  // names may take this many bytes per byte of file
	minNames    = 1e6 // and this many in any case
)

// The types of blocks.
const (
	refBlock = 'r'
	logBlock = 'g'
)

// A Table is a file of references and reflogs. It is immutable and safe for
// concurrent use.
type Table struct {
	data     string // without the footer
	header   int    // size in bytes
	align    int    // block size, 0 when blocks are not aligned
	idSize   int    // bytes of an object id
	minIndex uint64 // the smallest update index of a reference
	logs     int    // position of the first block of reflogs, -1 without
}

// Parse reads the header and footer of a table whose ids have idSize bytes.
func Parse(data string, idSize int) (*Table, error) {
	if len(data) < headerSize1+1 || data[:len(magic)] != magic {
		return nil, corruptf("it does not begin with %s", magic)
	}
	t := &Table{header: headerSize1, idSize: idSize, logs: -1}
	switch version := data[4]; version {
	case 1:
	case 2:
		t.header = headerSize2
	default:
		return nil, fmt.Errorf("reftable version %d: %w: update keylint", version, errors.ErrUnsupported)
	}
	footer := len(data) - t.header - footerTail
	if footer < t.header {
		return nil, corruptf("it is cut off")
	}
	if data[footer:footer+t.header] != data[:t.header] {
		return nil, corruptf("header and footer differ")
	}
	sum := len(data) - crc32.Size
	if crc32.ChecksumIEEE([]byte(data[footer:sum])) != be32(data[sum:]) {
		return nil, corruptf("the checksum of the footer is wrong")
	}
	if hash := t.hash(data); hash != idSize {
		return nil, corruptf("its ids have %d bytes and those of the repository %d", hash, idSize)
	}
	t.data = data[:footer]
	t.align = be24(data[5:])
	t.minIndex = be64(data[8:])
	return t, t.setLogs(be64(data[footer+t.header+24:]))
}

// hash returns the size of the ids in bytes that the header tells, or 0.
func (t *Table) hash(data string) int {
	if t.header == headerSize1 || data[headerSize1:headerSize2] == "sha1" {
		return 20
	}
	if data[headerSize1:headerSize2] == "s256" {
		return 32
	}
	return 0
}

// setLogs sets where the reflogs begin. A table that has nothing else begins
// with them, and its footer says 0.
func (t *Table) setLogs(pos uint64) error {
	switch {
	case pos > uint64(len(t.data)):
		return corruptf("the reflogs begin behind the end")
	case pos > 0:
		t.logs = int(pos)
	case len(t.data) > t.header && t.data[t.header] == logBlock:
		t.logs = 0
	}
	return nil
}

// namesBudget returns how many bytes of names may be made from the table.
func (t *Table) namesBudget() int { return minNames + maxRatio*len(t.data) }

func be16(s string) int { return int(s[0])<<8 | int(s[1]) }

func be24(s string) int { return be16(s)<<8 | int(s[2]) }

func be32(s string) uint32 { return uint32(be24(s))<<8 | uint32(s[3]) }

func be64(s string) uint64 { return binary.BigEndian.Uint64([]byte(s[:8])) }
