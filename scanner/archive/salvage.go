package archive

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
)

// A localHeader stands before each member of a zip archive: PKWARE APPNOTE
// 4.3.7, without the signature.
type localHeader struct {
	Version, Flags, Method, Time, Date uint16
	CRC, Packed, Unpacked              uint32
	NameLen, ExtraLen                  uint16
}

const (
	localMagic      = "PK\x03\x04"
	descriptorMagic = "PK\x07\x08" // APPNOTE 4.3.9: behind a member whose size was not known before
	localHeaderLen  = 30           // with the signature
)

// salvage reads the members of a zip archive whose directory is missing or
// damaged, as after a download that was cut off: it looks for local headers
// and takes what unpacks. The damage is already reported.
func (r *run) salvage(path string, depth int, ra io.ReaderAt, n int64) error {
	l := zipLevel{run: r, path: path, depth: depth, whole: &ratio{in: func() int64 { return n }}}
	for at := int64(0); ; {
		at = find(ra, localMagic, at, n)
		if at < 0 {
			return l.end()
		}
		if err := r.count(); err != nil {
			return err
		}
		used, err := l.local(ra, at, n)
		if err != nil {
			return err
		}
		at += used
	}
}

// find returns the offset of the next magic at or after at, or -1.
func find(ra io.ReaderAt, magic string, at, n int64) int64 {
	buf := make([]byte, 64<<10)
	for at < n {
		got, err := ra.ReadAt(buf[:min(int64(len(buf)), n-at)], at)
		if i := bytes.Index(buf[:got], []byte(magic)); i >= 0 {
			return at + int64(i)
		}
		if err != nil || got < len(magic) {
			return -1
		}
		at += int64(got - len(magic) + 1)
	}
	return -1
}

// local takes the member at offset at and returns the length of what it used.
func (l *zipLevel) local(ra io.ReaderAt, at, n int64) (int64, error) {
	in := io.NewSectionReader(ra, at, n-at)
	var h localHeader
	in.Seek(4, io.SeekStart)
	if binary.Read(in, binary.LittleEndian, &h) != nil {
		return localHeaderLen, nil
	}
	name := make([]byte, h.NameLen)
	if _, err := io.ReadFull(in, name); err != nil {
		return localHeaderLen, nil
	}
	start := localHeaderLen + int64(h.NameLen) + int64(h.ExtraLen)
	path := join(l.path, string(name))
	if h.Flags&1 != 0 {
		if l.encrypted++; l.encrypted == 1 {
			l.first = path
		}
		return start, nil
	}
	if bytes.HasSuffix(name, []byte("/")) {
		return start, nil
	}
	packed := h.packed(ra, at+start, n)
	body := &byteCounter{r: bufio.NewReader(io.NewSectionReader(ra, at+start, packed))}
	var r io.Reader
	switch h.Method {
	case 0:
		r = body
	case 8:
		r = flate.NewReader(body)
	default:
		return start, l.problem(path, "not read: its compression is not known without the directory of the archive")
	}
	own := &ratio{in: func() int64 { return body.n }}
	err := l.run.member(path, l.depth, &meter{r: r, run: l.run, total: &l.unpacked, ratios: []*ratio{own, l.whole}}, int64(h.Unpacked))
	return start + body.n, err
}

// packed returns the length of a member's content at offset at.
func (h localHeader) packed(ra io.ReaderAt, at, n int64) int64 {
	rest := max(n-at, 0)
	if h.Flags&8 == 0 && h.Packed != 0xffffffff {
		return min(int64(h.Packed), rest)
	}
	if h.Method == 0 {
		if end := find(ra, descriptorMagic, at, n); end >= 0 {
			return end - at
		}
	}
	return rest // deflate knows its end
}

// A byteCounter counts what is read through it. As an io.ByteReader it lets
// flate read no further than its stream.
type byteCounter struct {
	r *bufio.Reader
	n int64
}

func (c *byteCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *byteCounter) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}
