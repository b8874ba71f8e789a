package pack

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/zlib"
)

// A Content is an object that is read piece by piece. It must be closed.
type Content struct {
	io.Reader
	Kind Kind
	Size uint64 // in bytes
	file io.Closer
}

// Close implements io.Closer.
func (c *Content) Close() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}

// Content opens an object. One that is stored whole is read as it is asked for,
// whatever its size; one that is stored as a delta is held in memory, and an
// error when it has more than limit bytes. Unlike the other ways to read it does
// not look for a second copy when reading fails on the way.
func (s *Store) Content(id ID, limit uint64) (*Content, error) {
	if c := s.whole(id); c != nil {
		return c, nil
	}
	if path, ok := s.loose[id]; ok {
		l, err := openLoose(path)
		if err == nil {
			return &Content{exactly(l.content, l.size), l.kind, l.size, l.file}, nil
		}
	}
	kind, data, err := s.Reader(limit).Read(id)
	return &Content{bytes.NewReader(data), kind, uint64(len(data)), nil}, err
}

// whole opens an object that a pack has whole, and returns nil when none has.
func (s *Store) whole(id ID) *Content {
	for _, p := range s.packs {
		i, ok := p.index.find(id)
		if !ok {
			continue
		}
		at, err := p.index.offset(i)
		if err != nil {
			continue
		}
		h, err := p.header(at)
		if err != nil || h.kind == ofsDelta || h.kind == refDelta {
			continue
		}
		if z, err := zlib.NewReader(bytes.NewReader(p.data[h.content:p.size])); err == nil {
			return &Content{exactly(z, h.size), h.kind, h.size, nil}
		}
	}
	return nil
}
