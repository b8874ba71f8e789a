package pack

import (
	"errors"
	"fmt"

	"github.com/agcloud/keylint/scanner/internal/delta"
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
	steps int    // entries that the current read may still look at
	bytes uint64 // bytes that it may still inflate
}

// Reader returns a reader for objects of at most limit bytes.
func (s *Store) Reader(limit uint64) *Reader { return &Reader{store: s, limit: limit} }

// Read returns an object. The content is the caller's. When one copy of it is
// damaged, another is read.
func (r *Reader) Read(id ID) (Kind, []byte, error) {
	r.steps, r.bytes = maxChain, 4*r.limit
	return r.read(id)
}

func (r *Reader) read(id ID) (Kind, []byte, error) {
	failed := error(ErrMissing)
	for _, p := range r.store.packs {
		i, ok := p.index.find(id)
		if !ok {
			continue
		}
		at, err := p.index.offset(i)
		if err == nil {
			var k Kind
			var data []byte
			if k, data, err = r.readAt(p, at); err == nil {
				return k, data, nil
			}
		}
		failed = err // another pack may have a good copy
	}
	if path, ok := r.store.loose[id]; ok {
		return r.readLoose(path)
	}
	return 0, nil, failed
}

// readAt reads the object at an offset of a pack.
func (r *Reader) readAt(p *packfile, at int64) (Kind, []byte, error) {
	var deltas [][]byte
	for ; r.steps > 0; r.steps-- {
		h, err := p.header(at)
		if err != nil {
			return 0, nil, err
		}
		if h.size > r.bytes {
			return 0, nil, &delta.TooLargeError{Size: h.size, Limit: r.bytes}
		}
		r.bytes -= h.size
		data, err := r.inf.inflate(nil, p.data[h.content:p.size], h.size, r.limit)
		if err != nil {
			return 0, nil, err
		}
		kind := h.kind
		switch h.kind {
		case ofsDelta:
			deltas, at = append(deltas, data), h.baseAt
			continue
		case refDelta:
			deltas = append(deltas, data)
			r.steps--
			if kind, data, err = r.read(h.baseID); err != nil {
				return 0, nil, fmt.Errorf("base of a delta: %w", err)
			}
		}
		data, err = r.apply(data, deltas)
		return kind, data, err
	}
	return 0, nil, fmt.Errorf("the chain of deltas is longer than %d: %w", maxChain, errPack)
}

// apply applies the deltas, the last first.
func (r *Reader) apply(base []byte, deltas [][]byte) ([]byte, error) {
	for i := len(deltas) - 1; i >= 0; i-- {
		out, _, err := delta.Apply(nil, nil, base, deltas[i], r.limit)
		if err != nil {
			return nil, err
		}
		base = out
	}
	return base, nil
}

func (r *Reader) readLoose(path string) (Kind, []byte, error) {
	l, err := openLoose(path)
	if err != nil {
		return 0, nil, err
	}
	defer l.file.Close()
	data, err := l.read(nil, r.limit)
	return l.kind, data, err
}
