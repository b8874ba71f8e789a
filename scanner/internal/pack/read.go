package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// ErrMissing is the error of an object that is not in the store, as in shallow
// and partial clones.
var ErrMissing = errors.New("the object is not in the repository")

// maxChain is the most deltas between an object and its base. git makes chains
// of 50 and, if asked, of 4,095 (pack.depth).
const maxChain = 10_000

// A Reader reads single objects. It holds buffers and is for one goroutine.
// Whoever reads all objects should use a walk instead.
type Reader struct {
	store *Store
	limit uint64
	inf   inflater
}

// Reader returns a reader for objects of at most limit bytes.
func (s *Store) Reader(limit uint64) *Reader { return &Reader{store: s, limit: limit} }

// Read returns an object. The content is the caller's.
func (r *Reader) Read(id ID) (Kind, []byte, error) { return r.read(id, maxChain) }

// read is Read for an object that may lie on a chain of at most depth deltas.
func (r *Reader) read(id ID, depth int) (Kind, []byte, error) {
	var failed error
	for _, p := range r.store.packs {
		i, ok := p.index.find(id)
		if !ok {
			continue
		}
		at, err := p.index.offset(i)
		if err == nil {
			var k Kind
			var data []byte
			if k, data, err = r.readAt(p, at, depth); err == nil {
				return k, data, nil
			}
		}
		failed = err // another pack may have a good copy
	}
	if path, ok := r.store.loose[id]; ok {
		return r.readLoose(path)
	}
	if failed != nil {
		return 0, nil, failed
	}
	return 0, nil, ErrMissing
}

// readAt reads the object at an offset of a pack.
func (r *Reader) readAt(p *packfile, at int64, depth int) (Kind, []byte, error) {
	var deltas [][]byte
	for ; depth > 0; depth-- {
		h, err := p.header(at)
		if err != nil {
			return 0, nil, err
		}
		data, err := r.inf.inflate(nil, p.data[h.content:p.size], h.size, r.limit)
		if err != nil {
			return 0, nil, err
		}
		if !h.kind.isDelta() {
			data, err = r.apply(data, deltas)
			return h.kind, data, err
		}
		deltas = append(deltas, data)
		if h.kind == ofsDelta {
			at = h.baseAt
			continue
		}
		kind, base, err := r.read(h.baseID, depth-1)
		if err != nil {
			return 0, nil, fmt.Errorf("base of a delta: %w", err)
		}
		base, err = r.apply(base, deltas)
		return kind, base, err
	}
	return 0, nil, fmt.Errorf("the chain of deltas is longer than %d: %w", maxChain, errPack)
}

// apply applies the deltas, the last first.
func (r *Reader) apply(base []byte, deltas [][]byte) ([]byte, error) {
	for i := len(deltas) - 1; i >= 0; i-- {
		out, _, err := applyDelta(nil, nil, base, deltas[i], r.limit)
		if err != nil {
			return nil, err
		}
		base = out
	}
	return base, nil
}

// maxLooseHeader is the most bytes of "commit 18446744073709551615\0".
const maxLooseHeader = 32

// readLoose reads a loose object: zlib over its kind, its size and its content.
func (r *Reader) readLoose(path string) (Kind, []byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, err
	}
	if err := r.inf.reset(raw); err != nil {
		return 0, nil, fmt.Errorf("the loose object is damaged: %w", err)
	}
	var head [maxLooseHeader]byte
	n, err := io.ReadFull(r.inf.z, head[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, nil, fmt.Errorf("the loose object is damaged: %w", err)
	}
	kind, size, used, ok := looseHeader(head[:n])
	if !ok {
		return 0, nil, errors.New("the loose object is damaged: run git fsck")
	}
	if size > r.limit {
		return 0, nil, &tooLargeError{size, r.limit}
	}
	rest := io.LimitReader(r.inf.z, int64(size)+1)
	data, err := io.ReadAll(io.MultiReader(bytes.NewReader(head[used:n]), rest))
	if err != nil || uint64(len(data)) != size {
		return 0, nil, errors.New("the loose object is damaged: run git fsck")
	}
	return kind, data, nil
}

// looseHeader reads "KIND SIZE\0". used is its length.
func looseHeader(b []byte) (k Kind, size uint64, used int, ok bool) {
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return 0, 0, 0, false
	}
	name, digits, _ := bytes.Cut(b[:end], []byte(" "))
	size, err := strconv.ParseUint(string(digits), 10, 63)
	k = kindOf(string(name))
	return k, size, end + 1, err == nil && k != 0
}
