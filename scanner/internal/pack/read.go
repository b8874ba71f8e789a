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
	cache map[offset]cached
	kept  int      // bytes in cache
	spare [][]byte // buffers of deltas
	runs  []delta.Run
}

// Reader returns a reader for objects of at most limit bytes.
func (s *Store) Reader(limit uint64) *Reader { return &Reader{store: s, limit: limit} }

// Read returns an object. The content must not be changed. When one copy of it is
// damaged, another is read.
func (r *Reader) Read(id ID) (Kind, []byte, error) {
	r.steps, r.bytes = maxChain, 4*r.limit
	var kind Kind
	var data []byte
	err := safely(func() (err error) {
		kind, data, err = r.read(id)
		return err
	})
	return kind, data, err
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
	var chain []link
	for ; r.steps > 0; r.steps-- {
		here := offset{p, at}
		if base, ok := r.cache[here]; ok {
			return r.apply(base, chain)
		}
		h, err := p.header(at)
		if err != nil {
			return 0, nil, err
		}
		if h.size > r.bytes {
			return 0, nil, &delta.TooLargeError{Size: h.size, Limit: r.bytes}
		}
		r.bytes -= h.size
		data, err := r.inf.inflate(r.buffer(h.kind), p.data[h.content:p.size], h.size, r.limit)
		if err != nil {
			return 0, nil, err
		}
		switch h.kind {
		case ofsDelta:
			chain, at = append(chain, link{here, data}), h.baseAt
			continue
		case refDelta:
			r.steps--
			chain = append(chain, link{here, data})
			kind, base, err := r.read(h.baseID)
			if err != nil {
				return 0, nil, fmt.Errorf("base of a delta: %w", err)
			}
			return r.apply(cached{kind, base}, chain)
		}
		base := cached{h.kind, data}
		if len(chain) > 0 {
			r.keep(here, base)
		}
		return r.apply(base, chain)
	}
	return 0, nil, fmt.Errorf("the chain of deltas is longer than %d: %w", maxChain, errPack)
}

// An offset is where an entry begins.
type offset struct {
	pack *packfile
	at   int64
}

// A link is a delta of a chain.
type link struct {
	offset
	delta []byte
}

// A cached object is one that others were deltas on.
type cached struct {
	kind Kind
	data []byte
}

// maxCache is the most bytes of objects that a reader keeps.
const maxCache = 32 << 20

// keep keeps an object for reads to come: what is asked for next is often a
// delta on it.
func (r *Reader) keep(at offset, c cached) {
	if len(c.data) > maxCache/4 {
		return
	}
	if r.kept += len(c.data); r.kept > maxCache || r.cache == nil {
		r.cache, r.kept = map[offset]cached{}, len(c.data)
	}
	r.cache[at] = c
}

// apply applies the deltas of a chain, the last first.
func (r *Reader) apply(c cached, chain []link) (Kind, []byte, error) {
	for i := len(chain) - 1; i >= 0; i-- {
		out, runs, err := delta.Apply(nil, r.runs, c.data, chain[i].delta, r.limit)
		if err != nil {
			return 0, nil, err
		}
		c.data, r.runs = out, runs
		if cap(chain[i].delta) <= maxSpareDelta {
			r.spare = append(r.spare, chain[i].delta)
		}
		r.keep(chain[i].offset, c)
	}
	return c.kind, c.data, nil
}

// maxSpareDelta is the most bytes of the buffer of a delta that is kept for others.
const maxSpareDelta = 1 << 16

// buffer returns a buffer for an entry of a kind: that of a delta can be one that
// was in use before, as nobody keeps deltas.
func (r *Reader) buffer(k Kind) []byte {
	n := len(r.spare)
	if n == 0 || k != ofsDelta && k != refDelta {
		return nil
	}
	b := r.spare[n-1]
	r.spare = r.spare[:n-1]
	return b
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
