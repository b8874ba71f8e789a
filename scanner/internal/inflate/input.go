package inflate

import "encoding/binary"

// An input reads bits, the low ones of a byte first.
//
// It fetches eight bytes at once. Near the end of the input it goes on in a
// copy of the last bytes that zeros follow, so nothing is read outside the
// input and no caller has to care: decoding may run into the zeros, but then
// more is consumed than there was, and the end of the stream shows that.
type input struct {
	in     []byte // with the zeros, once in the tail
	pos    int    // the next byte of in
	buf    uint64 // the next bits; those above count are right or 0
	count  uint   // bits of buf, less than 64
	end    int    // bytes of in without the zeros
	before int    // bytes of the input before in
	tailed bool
	tail   [64]byte
}

// margin is how many bytes of in a round of decoding may fetch: two words, the
// second of them seven bytes after the first.
const margin = 16

// reset starts at src[pos].
func (i *input) reset(src []byte, pos int) {
	i.in, i.pos, i.end, i.before = src, pos, len(src), 0
	i.buf, i.count, i.tailed = 0, 0, false
}

// fill makes at least 56 bits available. It fails when the input ended long
// ago.
func (i *input) fill() error {
	if i.pos > len(i.in)-8 {
		if err := i.toTail(); err != nil {
			return err
		}
	}
	i.buf |= binary.LittleEndian.Uint64(i.in[i.pos:]) << (i.count & 63)
	i.pos += int(63-i.count&63) >> 3
	i.count |= 56
	return nil
}

// take consumes the next n bits, which must be available.
func (i *input) take(n uint) uint {
	v := uint(i.buf) & (1<<n - 1)
	i.buf >>= n & 63
	i.count -= n
	return v
}

// toTail goes on in the tail. It must be called within margin bytes of the end
// only. A call from the tail fails: all of the input is consumed.
func (i *input) toTail() error {
	if i.tailed {
		return ErrDamaged
	}
	i.pos -= int(i.count >> 3)
	i.count &= 7
	i.buf &= 1<<i.count - 1
	n := copy(i.tail[:], i.in[i.pos:])
	clear(i.tail[n:])
	i.before += i.pos
	i.in, i.pos, i.end, i.tailed = i.tail[:], 0, n, true
	return nil
}

// align skips to the next whole byte and returns the input from there.
func (i *input) align() []byte {
	i.pos -= int(i.count >> 3)
	i.buf, i.count = 0, 0
	return i.in[min(i.pos, i.end):i.end]
}

// consumed returns how many bytes of the input are used, the current one
// included. If it is more than there were, the input was cut short.
func (i *input) consumed() int {
	return i.before + i.pos - int(i.count>>3)
}
