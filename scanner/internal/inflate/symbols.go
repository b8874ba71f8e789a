package inflate

import "encoding/binary"

// symbols decodes the rest of a block that is compressed with c. It ends early
// when there is more output than the limit.
func (d *Decoder) symbols(c *codes) error {
	for {
		if err := d.bits.fill(); err != nil {
			return err
		}
		end, err := d.rounds(c)
		if end || err != nil || d.op > d.limit {
			return err
		}
		if err := d.bits.toTail(); err != nil {
			return err
		}
	}
}

// rounds decodes symbols until the end of the block, the end of the input or
// more output than the limit. It reports whether the block ended. The input
// must have been filled.
//
// A round begins with at least 56 bits: enough for three literals, whose codes
// in a first table have 11 bits at most, and a length, which takes 20 bits. A
// distance takes 28. A round writes 3 literals and a match of 258 bytes at
// most, and copies up to 16 bytes too many, which is less than Slack.
//
// Entries are looked up before the input is refilled, so that both go on at
// the same time. That is possible as all 64 bits of buf are right after a
// refill, and at most 53 of them are consumed before the next.
func (d *Decoder) rounds(c *codes) (end bool, err error) {
	src, pos, buf, n := d.bits.in, d.bits.pos, d.bits.buf, d.bits.count
	out, op := d.out, d.op
	litMask := c.litMask
	last, limit := len(src)-margin, d.limit
	e := c.lit[buf&litMask]
	for op <= limit && pos <= last {
		buf |= load(src, pos) << (n & 63)
		pos += int(63-n&63) >> 3
		n |= 56
		if e&isLiteral != 0 {
			buf >>= e & 63
			n -= uint(e)
			out[op] = byte(e >> 16)
			op++
			e = c.lit[buf&litMask]
			if e&isLiteral != 0 {
				buf >>= e & 63
				n -= uint(e)
				out[op] = byte(e >> 16)
				op++
				e = c.lit[buf&litMask]
				if e&isLiteral != 0 {
					buf >>= e & 63
					n -= uint(e)
					out[op] = byte(e >> 16)
					op++
					e = c.lit[buf&litMask]
				}
			}
		}
		if e&(isLiteral|isSpecial) != 0 {
			if e&isLink != 0 {
				buf >>= e & 63
				n -= uint(e)
				e = c.lit[uint(e>>16)+uint(buf)&(1<<(e>>8&15)-1)]
			}
			if e&isLiteral != 0 {
				buf >>= e & 63
				n -= uint(e)
				out[op] = byte(e >> 16)
				op++
				e = c.lit[buf&litMask]
				continue
			}
			if e&isSpecial != 0 {
				buf >>= e & 63
				n -= uint(e)
				if e&isEnd == 0 {
					return false, ErrDamaged
				}
				end = true
				break
			}
		}
		length := int(e>>16) + int(extraBits(buf, e))
		buf >>= e & 63
		n -= uint(e)

		e = c.dist[buf&c.distMask]
		buf |= load(src, pos) << (n & 63)
		pos += int(63-n&63) >> 3
		n |= 56
		if e&isSpecial != 0 {
			if e&isLink == 0 {
				return false, ErrDamaged
			}
			buf >>= e & 63
			n -= uint(e)
			e = c.dist[uint(e>>16)+uint(buf)&(1<<(e>>8&15)-1)]
			if e&isSpecial != 0 {
				return false, ErrDamaged
			}
		}
		dist := int(e>>16) + int(extraBits(buf, e))
		buf >>= e & 63
		n -= uint(e)
		e = c.lit[buf&litMask]
		if dist > op {
			return false, ErrDamaged
		}
		if dist < 8 {
			repeatNear(out, op, dist, length)
			op += length
			continue
		}
		from, to := op-dist, op
		op += length
		for {
			store(out, to, load(out, from))
			store(out, to+8, load(out, from+8))
			to += 16
			from += 16
			if to >= op {
				break
			}
		}
	}
	d.op, d.bits.pos, d.bits.buf, d.bits.count = op, pos, buf, n&63
	return end, nil
}

// load returns eight bytes of b from b[i] on.
func load(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8 : i+8]) }

// store sets eight bytes of b from b[i] on.
func store(b []byte, i int, v uint64) { binary.LittleEndian.PutUint64(b[i:i+8:i+8], v) }

// repeatNear copies n bytes from dist bytes before out[op] to there, for a
// distance of less than 8.
//
//go:noinline
func repeatNear(out []byte, op, dist, n int) {
	for i := op; i < op+n; i++ {
		out[i] = out[i-dist]
	}
}
