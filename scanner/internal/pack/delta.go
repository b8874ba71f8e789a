package pack

import (
	"errors"
	"fmt"
)

// An Op is a step of a delta: a run of the result.
type Op struct {
	Start, End int // of the run in the result
	// Base is where in the base the run is copied from; -1 for inserted bytes.
	Base int
}

var errDelta = errors.New("the delta is damaged: run git fsck")

// deltaSizes reads the header of a delta: the sizes of base and result.
func deltaSizes(delta []byte) (base, result uint64, rest []byte, err error) {
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

// applyDelta appends the result of delta on base to dst[:0] and its steps to
// ops[:0]. The result has at most limit bytes.
func applyDelta(dst []byte, ops []Op, base, delta []byte, limit uint64) ([]byte, []Op, error) {
	baseSize, size, delta, err := deltaSizes(delta)
	if err != nil {
		return nil, nil, err
	}
	if baseSize != uint64(len(base)) {
		return nil, nil, fmt.Errorf("it is for a base of %d bytes, and its base has %d: %w", baseSize, len(base), errDelta)
	}
	if size > limit {
		return nil, nil, &tooLargeError{size, limit}
	}
	dst, ops = dst[:0], ops[:0]
	if uint64(cap(dst)) < size {
		// A lying size costs no more than what the delta can really produce:
		// each of its bytes at most 16 MiB, the longest copy.
		dst = make([]byte, 0, min(size, uint64(len(delta))<<24))
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
			from = -1
			dst = append(dst, delta[:c]...)
			delta = delta[c:]
		default:
			return nil, nil, errDelta
		}
		ops = append(ops, Op{start, len(dst), from})
	}
	if uint64(len(dst)) != size {
		return nil, nil, errDelta
	}
	return dst, ops, nil
}

// copyArgs reads the arguments of the copy instruction c.
func copyArgs(c byte, delta []byte) (from, n int, rest []byte, err error) {
	for bit := range 7 {
		if c&(1<<bit) == 0 {
			continue
		}
		if len(delta) == 0 {
			return 0, 0, nil, errDelta
		}
		if bit < 4 {
			from |= int(delta[0]) << (8 * bit)
		} else {
			n |= int(delta[0]) << (8 * (bit - 4))
		}
		delta = delta[1:]
	}
	if n == 0 {
		n = 0x10000
	}
	return from, n, delta, nil
}

// A tooLargeError says that an object is larger than what may be held.
type tooLargeError struct{ size, limit uint64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the object has %d bytes; the limit is %d", e.size, e.limit)
}
