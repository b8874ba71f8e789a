package githistory

import "sync/atomic"

// A Progress tells how far a scan of a whole history has come. It is safe for
// concurrent use.
type Progress struct {
	total, done, bytes atomic.Int64
}

// Objects returns how many objects were read, and of how many. Both are 0 before
// that is known.
func (p *Progress) Objects() (done, total int64) { return p.done.Load(), p.total.Load() }

// Bytes returns how many bytes the objects that were read have.
func (p *Progress) Bytes() int64 { return p.bytes.Load() }

func (p *Progress) add(size uint64) {
	p.done.Add(1)
	p.bytes.Add(int64(size))
}
