// Package delta applies the deltas in which git stores one object as a change
// of another: runs copied from the base, and inserted bytes between them. See
// "Deltified representation" in gitformat-pack(5).
package delta

import (
	"errors"
	"fmt"
	"math/bits"
)

// A Run is a part of the result of a delta. Base is where in the base it was
// copied from, -1 for inserted bytes. The runs of a delta cover the result, in
// order and without gaps.
type Run struct{ Start, End, Base int }

// Inserted is the Base of a run that was not copied.
const Inserted = -1

var errDelta = errors.New("the delta is damaged: run git fsck")

// A TooLargeError says that an object is larger than what may be held.
type TooLargeError struct{ Size, Limit uint64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the object has %d bytes, more than the %d that are held in memory", e.Size, e.Limit)
}

// sizes reads the header of a delta: the sizes of base and result.
func sizes(delta []byte) (base, result uint64, rest []byte, err error) {
	if base, delta, err = sizeVarint(delta); err != nil {
		return 0, 0, nil, err
	}
	if result, delta, err = sizeVarint(delta); err != nil {
		return 0, 0, nil, err
	}
	return base, result, delta, nil
}

// sizeVarint reads a size: 7 bits a byte, the lowest first.
func sizeVarint(b []byte) (n uint64, rest []byte, err error) {
	for i, c := range b {
		if i == 9 {
			break
		}
		n |= uint64(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return n, b[i+1:], nil
		}
	}
	return 0, nil, errDelta
}

// Apply returns the result of delta on base in dst[:0], which it grows, and its
// runs in runs[:0]. A result of more than limit bytes is a [TooLargeError].
func Apply(dst []byte, runs []Run, base, delta []byte, limit uint64) ([]byte, []Run, error) {
	baseSize, size, delta, err := sizes(delta)
	if err != nil {
		return nil, nil, err
	}
	if baseSize != uint64(len(base)) {
		return nil, nil, fmt.Errorf("it is for a base of %d bytes, and its base has %d: %w", baseSize, len(base), errDelta)
	}
	if size > limit {
		return nil, nil, &TooLargeError{size, limit}
	}
	dst, runs = dst[:0], runs[:0]
	if uint64(cap(dst)) < size {
		// A lying size costs no more than what the delta can really produce:
		// each of its bytes at most 16 MiB, the longest copy.
		dst = make([]byte, 0, min(size+size/8, uint64(len(delta))<<24))
	}
	for len(delta) > 0 {
		c := delta[0]
		delta = delta[1:]
		start := len(dst)
		var from int
		switch {
		case c&0x80 != 0:
			var n int
			if from, n, delta, err = copyArgs(c, delta); err != nil {
				return nil, nil, err
			}
			if from+n > len(base) || uint64(start+n) > size {
				return nil, nil, errDelta
			}
			dst = append(dst, base[from:from+n]...)
		case c != 0 && int(c) <= len(delta) && uint64(start)+uint64(c) <= size:
			from = Inserted
			dst = append(dst, delta[:c]...)
			delta = delta[c:]
		default:
			return nil, nil, errDelta
		}
		runs = join(runs, Run{start, len(dst), from})
	}
	if uint64(len(dst)) != size {
		return nil, nil, errDelta
	}
	return dst, runs, nil
}

// join appends r to runs, or to the last of them when r continues it: long
// copies and insertions are stored as several.
func join(runs []Run, r Run) []Run {
	if n := len(runs) - 1; n >= 0 {
		last := &runs[n]
		if r.Base == Inserted && last.Base == Inserted || r.Base != Inserted && last.Base != Inserted && last.Base+last.End-last.Start == r.Base {
			last.End = r.End
			return runs
		}
	}
	return append(runs, r)
}

// copyArgs reads the arguments of the copy instruction c: up to four bytes of
// offset and three of length, of which c tells those that are there.
func copyArgs(c byte, delta []byte) (from, n int, rest []byte, err error) {
	if len(delta) < bits.OnesCount8(c&0x7f) {
		return 0, 0, nil, errDelta
	}
	i := 0
	for bit := range 4 {
		if c&(1<<bit) != 0 {
			from |= int(delta[i]) << (8 * bit)
			i++
		}
	}
	for bit := range 3 {
		if c&(0x10<<bit) != 0 {
			n |= int(delta[i]) << (8 * bit)
			i++
		}
	}
	if n == 0 {
		n = 0x10000
	}
	return from, n, delta[i:], nil
}
