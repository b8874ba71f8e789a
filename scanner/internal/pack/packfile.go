package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/agcloud/keylint/scanner/internal/delta"
	"github.com/agcloud/keylint/scanner/internal/inflate"
)

// A packfile is a pack with its index.
type packfile struct {
	path  string
	data  []byte
	index *index
	size  int // of the content: data without header and checksum
}

var errPack = errors.New("the pack is damaged: run git fsck")

// parsePack checks the header of a pack.
func parsePack(path string, data []byte, x *index) (*packfile, error) {
	if len(data) < 12+x.format.Size() || !bytes.HasPrefix(data, []byte("PACK")) {
		return nil, errPack
	}
	if v := binary.BigEndian.Uint32(data[4:]); v != 2 && v != 3 {
		return nil, fmt.Errorf("the pack has version %d, which is not known", v)
	}
	if n := binary.BigEndian.Uint32(data[8:]); int64(n) != int64(x.count) {
		return nil, fmt.Errorf("the pack has %d objects and its index %d: %w", n, x.count, errPack)
	}
	return &packfile{path: path, data: data, index: x, size: len(data) - x.format.Size()}, nil
}

// A header is what stands before the compressed bytes of an entry.
type header struct {
	kind    Kind
	size    uint64 // of the object, or of the delta, decompressed
	baseAt  int64  // ofs-delta: offset of the base in the same pack
	baseID  ID     // ref-delta
	content int64  // offset of the compressed bytes
}

// header reads the header of the entry at offset at.
func (p *packfile) header(at int64) (header, error) {
	if at < 12 || at >= int64(p.size) {
		return header{}, errPack
	}
	b := p.data[at:p.size]
	h := header{kind: Kind(b[0] >> 4 & 7), size: uint64(b[0] & 15)}
	n := 1
	for shift := 4; b[n-1]&0x80 != 0; shift += 7 {
		if n == len(b) || shift > 56 {
			return header{}, errPack
		}
		h.size |= uint64(b[n]&0x7f) << shift
		n++
	}
	switch h.kind {
	case Commit, Tree, Blob, Tag:
	case refDelta:
		if len(b) < n+p.index.format.Size() {
			return header{}, errPack
		}
		h.baseID = p.index.format.id(b[n:])
		n += p.index.format.Size()
	case ofsDelta:
		back, used := offsetVarint(b[n:])
		if used == 0 || back <= 0 || back > at-12 {
			return header{}, errPack
		}
		h.baseAt = at - back
		n += used
	default:
		return header{}, errPack
	}
	h.content = at + int64(n)
	return h, nil
}

// offsetVarint reads the distance of an ofs-delta to its base. used is 0 when
// there is none.
func offsetVarint(b []byte) (n int64, used int) {
	for i, c := range b {
		if i == 8 {
			break
		}
		if i > 0 {
			n++
		}
		n = n<<7 | int64(c&0x7f)
		if c&0x80 == 0 {
			return n, i + 1
		}
	}
	return 0, 0
}

// An inflater decompresses entries. It is for one goroutine.
type inflater struct{ decoder inflate.Decoder }

// inflate returns the size bytes that are compressed at the start of src, in
// dst[:0] if they fit there. More bytes than size, or fewer, are an error.
func (f *inflater) inflate(dst, src []byte, size, limit uint64) ([]byte, error) {
	if size > limit {
		return nil, &delta.TooLargeError{Size: size, Limit: limit}
	}
	out, _, err := f.decoder.Zlib(dst, src, int(size))
	if err != nil {
		return nil, fmt.Errorf("%w: run git fsck", err)
	}
	return out, nil
}
