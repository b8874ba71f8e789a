package scanner

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// A pieceReader reads a file in pieces that overlap by twice the margin, so
// that what a piece decides does not depend on where it was cut.
type pieceReader struct {
	r      io.Reader
	size   int64 // expected; -1 when unknown
	chunk  int   // most bytes in buf
	margin int
	buf    []byte // what is in memory
	lo     int    // where in buf the part begins that no piece has covered
	next   int    // where in buf the next piece begins
	read   int64
	eof    bool
}

// A piece is a part of a file. Hits that begin in raw[lo:hi] belong to it; the
// rest is there for the rules to look at. The next piece begins at raw[next].
type piece struct {
	raw          []byte
	lo, hi, next int
	last         bool
	whole        bool // it is the only one
}

// widen raises the margin for text that is stored in width bytes a character.
func (r *pieceReader) widen(width int) {
	r.margin *= width
	r.chunk = max(r.chunk, 4*r.margin)
}

// fill reads until the buffer is full or the file ends.
func (r *pieceReader) fill() error {
	n := copy(r.buf, r.buf[r.next:])
	r.buf = r.buf[:n]
	r.next = 0
	if cap(r.buf) == 0 {
		r.buf = make([]byte, 0, 64<<10)
	}
	for len(r.buf) < r.chunk && !r.eof {
		if len(r.buf) == cap(r.buf) {
			r.buf = slices.Grow(r.buf, cap(r.buf))
		}
		n, err := r.r.Read(r.buf[len(r.buf):min(cap(r.buf), r.chunk)])
		r.buf = r.buf[:len(r.buf)+n]
		r.read += int64(n)
		if errors.Is(err, io.EOF) {
			r.eof = true
		} else if err != nil {
			return err
		}
	}
	if r.eof && r.size >= 0 && r.read < r.size {
		return fmt.Errorf("it ended after %d of %d bytes; it changed while it was read: scan again", r.read, r.size)
	}
	return nil
}

// cut returns what was read as a piece and prepares the next one.
func (r *pieceReader) cut() piece {
	p := piece{raw: r.buf, lo: r.lo, hi: len(r.buf), last: r.eof, whole: r.eof && r.lo == 0}
	if !r.eof {
		p.hi = (len(r.buf) - r.margin) &^ 3 // whole characters of every width
		p.next = (p.hi - r.margin) &^ 3
		r.lo, r.next = p.hi-p.next, p.next
	}
	return p
}
