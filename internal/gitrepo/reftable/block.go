package reftable

import (
	"compress/zlib"
	"errors"
	"io"
	"strings"
)

// A block is records with keys in ascending order, each key given by what it
// shares with the one before.
type block struct {
	records string // without the restart table
	size    int    // bytes in the file, with padding
}

// block returns the block at pos, if there is one of that type. The first one
// shares its block with the header of the file.
func (t *Table) block(pos int, kind byte) (b block, ok bool, err error) {
	skip := blockHeader
	if pos == 0 {
		skip += t.header
	}
	if len(t.data)-pos < skip || t.data[pos+skip-blockHeader] != kind {
		return block{}, false, nil
	}
	length := be24(t.data[pos+skip-blockHeader+1:])
	if length < skip+2 {
		return block{}, false, corruptf("the block at %d has %d bytes", pos, length)
	}
	var body string
	if kind == logBlock {
		var packed int
		if body, packed, err = inflate(t.data[pos+skip:], length-skip); err != nil {
			return block{}, false, err
		}
		b.size = skip + packed
	} else {
		if length > len(t.data)-pos {
			return block{}, false, corruptf("the block at %d is cut off", pos)
		}
		body = t.data[pos+skip : pos+length]
		b.size = t.padded(pos, length)
	}
	restarts := 2 + 3*be16(body[len(body)-2:])
	if restarts > len(body) {
		return block{}, false, corruptf("the block at %d has no room for its restart table", pos)
	}
	b.records = body[:len(body)-restarts]
	return b, true, nil
}

// padded returns the size of a block with the padding that follows it, by the
// sign that git itself goes by: no block begins with a zero byte.
func (t *Table) padded(pos, length int) int {
	end := pos + length
	if length < t.align && (end >= len(t.data) || t.data[end] == 0) {
		return t.align
	}
	return length
}

// inflate returns what data begins with, which must inflate to size bytes, and
// how much of data that is.
func inflate(data string, size int) (body string, packed int, err error) {
	in := strings.NewReader(data)
	z, err := zlib.NewReader(in)
	if err != nil {
		return "", 0, corruptf("a block of reflogs: %v", err)
	}
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(z, int64(size)+1))
	if err != nil {
		return "", 0, corruptf("a block of reflogs: %v", err)
	}
	if n != int64(size) {
		return "", 0, corruptf("a block of reflogs does not inflate to %d bytes", size)
	}
	return b.String(), len(data) - in.Len(), nil
}

// errStop ends a walk early.
var errStop = errors.New("stop")

// eachBlock calls f for the blocks of a type from pos on.
func (t *Table) eachBlock(pos int, kind byte, f func(block) error) error {
	for pos < len(t.data) {
		b, ok, err := t.block(pos, kind)
		if err != nil || !ok {
			return err
		}
		if err := f(b); err != nil {
			return err
		}
		pos += b.size
	}
	return nil
}

// A cursor reads the records of a block one after the other.
type cursor struct {
	rest   string
	key    []byte // of the record last begun
	shared int    // the bytes of it that the key before begins with, too
}

// begin reads the key of the next record and the three bits that tell what
// follows it.
func (c *cursor) begin() (kind byte, err error) {
	prefix, ok := c.varint()
	n, ok2 := c.varint()
	if !ok || !ok2 || prefix > uint64(len(c.key)) || n>>3 > uint64(len(c.rest)) {
		return 0, corruptf("a key is cut off")
	}
	suffix, _ := c.cut(int(n >> 3))
	c.key, c.shared = append(c.key[:prefix], suffix...), int(prefix)
	return byte(n & 7), nil
}

// cut reads n bytes.
func (c *cursor) cut(n int) (string, bool) {
	if n > len(c.rest) {
		return "", false
	}
	s := c.rest[:n]
	c.rest = c.rest[n:]
	return s, true
}

// text reads a string that its length precedes.
func (c *cursor) text() (string, bool) {
	n, ok := c.varint()
	if !ok || n > uint64(len(c.rest)) {
		return "", false
	}
	return c.cut(int(n))
}

// varint reads a number in the encoding of offsets in packs; see
// https://git-scm.com/docs/gitformat-pack.
func (c *cursor) varint() (uint64, bool) {
	n := ^uint64(0)
	for i := 0; i < len(c.rest) && (i == 0 || n < 1<<56); i++ {
		b := c.rest[i]
		n = (n+1)<<7 | uint64(b&0x7f)
		if b < 0x80 {
			c.rest = c.rest[i+1:]
			return n, true
		}
	}
	return 0, false
}
