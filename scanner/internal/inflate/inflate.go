// Package inflate decompresses zlib streams (RFC 1950) of deflated data
// (RFC 1951) that are wholly in memory and whose length is known, as git's
// packs hold them.
//
// A history is hundreds of thousands of small streams, and reading it spends
// most of its time in decompression. General readers take their input byte by
// byte through an interface, keep a window apart from the output and fill
// tables of one size. Here input and output are slices, the output is the
// window, and a table is no larger than its code needs. The first 100,000
// entries of git's own repository, of 1.1 KB on average, take 0.39 of the time
// of klauspost/compress/zlib and 0.32 of that of compress/zlib, both reset and
// not made anew. BenchmarkEntries repeats the comparison.
//
// The idea of the decoding tables is that of libdeflate: one lookup yields a
// literal, or a base and the number of extra bits, or the place of a second
// table for long codes; see the type entry.
package inflate

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrDamaged is the error for all that cannot be decompressed.
var ErrDamaged = errors.New("the compressed data is damaged")

// Slack is how much larger than its content an output must be: copies are made
// in chunks and may write beyond the end. A dst with less capacity than the
// size and Slack is replaced.
const Slack = 320

// maxRatio is the most bytes that one compressed byte yields: a match of 258
// bytes takes two bits at least.
const maxRatio = 1032

// A Decoder decompresses. The zero value is ready. It holds tables to use
// again, and is for one goroutine at a time.
type Decoder struct {
	bits   input
	out    []byte           // its length includes Slack
	op     int              // bytes written to out
	limit  int              // decoding stops when op is larger
	fixed  *codes           // of blocks with fixed codes; nil before the first
	codes  codes            // of the current block with dynamic codes
	sorted [maxLens]entry   // for build
	lens   [maxLens]codeLen // for dynamic
	pre    [1 << preBits]entry
}

// Zlib decompresses the stream at the start of src, whose content must have
// size bytes, and checks its checksum. It writes to the capacity of dst, also
// beyond the content, or to a new slice if that is too small. It returns the
// content and the length of the stream. Bytes of src after the stream are
// ignored. All errors are ErrDamaged. A stream with a preset dictionary is
// damaged.
func (d *Decoder) Zlib(dst, src []byte, size int) (out []byte, used int, err error) {
	if err := d.start(dst, src, size); err != nil {
		return nil, 0, err
	}
	defer d.release()
	d.limit = size
	if err := d.blocks(); err != nil || d.op != size {
		return nil, 0, ErrDamaged
	}
	used = d.bits.consumed() + 4
	if used > len(src) || binary.BigEndian.Uint32(src[used-4:used]) != adler32(d.out[:size]) {
		return nil, 0, ErrDamaged
	}
	return d.out[:size], used, nil
}

// Prefix is Zlib for the first n bytes of the content, or for all of it if
// there are fewer. It checks no checksum. What stands after the n-th byte is
// hardly looked at: damage of it may or may not be an error.
func (d *Decoder) Prefix(dst, src []byte, n int) (out []byte, err error) {
	if n/maxRatio > len(src) {
		n = maxRatio * len(src)
	}
	if err := d.start(dst, src, n); err != nil {
		return nil, err
	}
	defer d.release()
	d.limit = n - 1
	if err := d.blocks(); err != nil || d.bits.consumed() > len(src) {
		return nil, ErrDamaged
	}
	return d.out[:min(n, d.op)], nil
}

// start checks the header of src and makes room for size bytes. A size that
// src cannot yield is an error, so a lie costs no memory.
func (d *Decoder) start(dst, src []byte, size int) error {
	if len(src) < 2 || size < 0 || size/maxRatio > len(src) || size > math.MaxInt-Slack {
		return ErrDamaged
	}
	const deflate, window, dictionary = 8, 7, 0x20
	h := binary.BigEndian.Uint16(src)
	if src[0]&15 != deflate || src[0]>>4 > window || h%31 != 0 || src[1]&dictionary != 0 {
		return ErrDamaged
	}
	if cap(dst) < size+Slack {
		dst = make([]byte, size+Slack)
	}
	d.out, d.op = dst[:size+Slack], 0
	d.bits.reset(src, 2)
	return nil
}

// release forgets the slices of the caller.
func (d *Decoder) release() {
	d.out, d.bits.in = nil, nil
}

// blocks decodes blocks until the last one, or until there is more output than
// the limit.
func (d *Decoder) blocks() error {
	for final := false; !final && d.op <= d.limit; {
		if err := d.bits.fill(); err != nil {
			return err
		}
		final = d.bits.take(1) == 1
		var err error
		switch d.bits.take(2) {
		case 0:
			err = d.stored()
		case 1:
			if d.fixed == nil {
				d.fixed = fixedCodes()
			}
			err = d.symbols(d.fixed)
		case 2:
			if err = d.dynamic(); err == nil {
				err = d.symbols(&d.codes)
			}
		default:
			err = ErrDamaged
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stored copies a block that is not compressed.
func (d *Decoder) stored() error {
	rest := d.bits.align()
	if len(rest) < 4 {
		return ErrDamaged
	}
	n := binary.LittleEndian.Uint16(rest)
	if n != ^binary.LittleEndian.Uint16(rest[2:]) || int(n) > len(rest)-4 {
		return ErrDamaged
	}
	// One byte more than the limit is enough to show that there is more.
	d.op += copy(d.out[d.op:d.limit+1], rest[4:4+int(n)])
	d.bits.pos += 4 + int(n)
	return nil
}
