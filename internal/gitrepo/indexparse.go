package gitrepo

import (
	"errors"
	"fmt"
	"strings"
)

// Offsets and sizes of https://git-scm.com/docs/gitformat-index, in bytes.
const (
	headerSize   = 12 // signature, version, number of entries
	statSize     = 40 // of an entry, before the object id
	modeOffset   = 24
	sizeOffset   = 36
	extHeader    = 8 // signature, size
	blockSize    = 64 << 10
	maxPathRatio = 64 // paths of version 4 may take this many bytes per byte of index
)

// errCorrupt is the error for every index that breaks the rules of the format.
var errCorrupt = errors.New("corrupt index: see what git status says, or rebuild it with rm .git/index && git reset")

func corruptf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), errCorrupt)
}

// An indexFile is a parsed file: an index, or the changes of a split index.
type indexFile struct {
	Index
	checksum ObjectID // zero bytes when index.skipHash is set
	link     *splitLink
}

// parseIndex parses an index of version 2, 3 or 4. Paths and ids are parts of
// data. The checksum is not compared; see verifyChecksum.
func parseIndex(data string, f ObjectFormat) (*indexFile, error) {
	size := f.Size()
	if len(data) < headerSize+size || data[:4] != "DIRC" {
		return nil, corruptf("it does not begin with DIRC")
	}
	x := &indexFile{checksum: ObjectID(data[len(data)-size:])}
	x.Version = int(be32(data, 4))
	if x.Version < 2 || x.Version > 4 {
		return nil, fmt.Errorf("index version %d: %w: update keylint", x.Version, errors.ErrUnsupported)
	}
	p := entryParser{data: data[:len(data)-size], pos: headerSize, idSize: size, version: x.Version}
	count := int(be32(data, 8))
	if count > len(p.data)/p.minEntry() {
		return nil, corruptf("%d entries do not fit into %d bytes", count, len(data))
	}
	x.Entries = make([]Entry, count)
	for i := range x.Entries {
		if err := p.entry(&x.Entries[i]); err != nil {
			return nil, err
		}
	}
	if err := x.extensions(p.data[p.pos:], f); err != nil {
		return nil, err
	}
	if x.link == nil {
		return x, checkOrder(x.Entries)
	}
	return x, nil
}

// checkOrder returns an error unless the entries are sorted and different.
func checkOrder(entries []Entry) error {
	for i := 1; i < len(entries); i++ {
		if a, b := &entries[i-1], &entries[i]; compareEntries(a, b) >= 0 {
			return corruptf("%q comes before %q", a.Path, b.Path)
		}
	}
	return nil
}

// extensions reads what follows the entries.
func (x *indexFile) extensions(data string, f ObjectFormat) error {
	for len(data) > 0 {
		if len(data) < extHeader {
			return corruptf("%d bytes behind the entries", len(data))
		}
		name, size := data[:4], int(be32(data, 4))
		if data = data[extHeader:]; size > len(data) {
			return corruptf("extension %q is cut off", name)
		}
		var err error
		switch {
		case name == "link":
			x.link, err = parseLink(data[:size], f)
		case name == "sdir":
			x.Sparse = true
		case name == "TREE":
			x.Cached, err = parseCachedTrees(data[:size], f)
		case name[0] < 'A' || name[0] > 'Z':
			err = fmt.Errorf("index extension %q: %w: update keylint", name, errors.ErrUnsupported)
		}
		if err != nil {
			return err
		}
		data = data[size:]
	}
	return nil
}

type entryParser struct {
	data    string // without the checksum
	pos     int
	idSize  int
	version int

	// In version 4:
	path  string          // of the entry before
	total int             // bytes of all paths
	block strings.Builder // what paths are cut from, to save allocations
}

// minEntry returns the size of the smallest entry.
func (p *entryParser) minEntry() int { return statSize + p.idSize + 2 + 1 }

// entry parses the entry at pos.
func (p *entryParser) entry(e *Entry) error {
	start := p.pos
	if len(p.data)-start < p.minEntry() {
		return corruptf("the entries are cut off")
	}
	e.Mode = Mode(be32(p.data, start+modeOffset))
	e.Size = be32(p.data, start+sizeOffset)
	p.pos += statSize
	e.ID = ObjectID(p.data[p.pos : p.pos+p.idSize])
	p.pos += p.idSize
	e.flags = be16(p.data, p.pos)
	p.pos += 2
	if e.flags&flagExtended != 0 {
		if p.version < 3 || len(p.data)-p.pos < 2 {
			return corruptf("unexpected extended flags")
		}
		e.flags |= be16(p.data, p.pos) << 16
		p.pos += 2
	}
	var err error
	if p.version == 4 {
		e.Path, err = p.compressedPath()
		p.path = e.Path
	} else {
		e.Path, err = p.paddedPath(start, int(e.flags&flagNameLen))
	}
	return err
}

// paddedPath parses a path of version 2 or 3 of an entry that begins at start.
// length is what the entry's flags say.
func (p *entryParser) paddedPath(start, length int) (string, error) {
	rest := p.data[p.pos:]
	if length == flagNameLen { // or longer
		length = strings.IndexByte(rest, 0)
	}
	if length < 0 || length >= len(rest) || rest[length] != 0 {
		return "", corruptf("a path is cut off")
	}
	// One to eight zero bytes make the entry a multiple of eight bytes.
	p.pos = start + (p.pos-start+length+8)&^7
	if p.pos > len(p.data) {
		return "", corruptf("an entry is cut off")
	}
	return rest[:length], nil
}

// compressedPath parses a path of version 4: how many bytes to remove from the
// path before, and what to put there.
func (p *entryParser) compressedPath() (string, error) {
	remove, ok := p.varint()
	if !ok || remove > len(p.path) {
		return "", corruptf("a path is shorter than nothing")
	}
	rest := p.data[p.pos:]
	length := strings.IndexByte(rest, 0)
	if length < 0 {
		return "", corruptf("a path is cut off")
	}
	p.pos += length + 1
	keep := len(p.path) - remove
	p.total += keep + length
	if p.total > maxPathRatio*len(p.data) {
		return "", corruptf("the paths are too long")
	}
	if keep == 0 {
		return rest[:length], nil
	}
	return p.join(p.path[:keep], rest[:length]), nil
}

// join returns a + b, as a part of a larger block where that has room: what a
// Builder has returned stays valid while it grows within its capacity.
func (p *entryParser) join(a, b string) string {
	if p.block.Cap()-p.block.Len() < len(a)+len(b) {
		p.block = strings.Builder{}
		p.block.Grow(max(blockSize, len(a)+len(b)))
	}
	start := p.block.Len()
	p.block.WriteString(a)
	p.block.WriteString(b)
	return p.block.String()[start:]
}

// varint parses a number in the encoding of offsets in packs; see
// https://git-scm.com/docs/gitformat-pack.
func (p *entryParser) varint() (int, bool) {
	n := -1
	for p.pos < len(p.data) && n < 1<<32 {
		b := p.data[p.pos]
		p.pos++
		n = (n+1)<<7 | int(b&0x7f)
		if b < 0x80 {
			return n, true
		}
	}
	return 0, false
}

func be16(s string, i int) uint32 { return uint32(s[i])<<8 | uint32(s[i+1]) }

func be32(s string, i int) uint32 { return be16(s, i)<<16 | be16(s, i+2) }
