package inflate

const (
	preBits    = 7
	lastLit    = 285
	lastDist   = 29
	endOfBlock = 256
)

// preOrder is the order in which a block gives the lengths of the codes for
// the lengths of the other codes (RFC 1951, 3.2.7).
var preOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// An entry for the length of a code has the number of times it stands for in
// bits 16 to 23, and the length in bits 24 to 27. isLiteral means here: the
// length before, again.
const preLen = 24

var preMeanings = func() (m [19]entry) {
	for n := range entry(16) {
		m[n] = n<<preLen | 1<<16
	}
	m[16] = isLiteral | 3<<16 | 2
	m[17] = 3<<16 | 3
	m[18] = 11<<16 | 7
	return m
}()

// The meanings of the symbols for literals and lengths, and for distances
// (RFC 1951, 3.2.5): the entries without the length of the code.
var (
	litMeanings = func() (m [maxLits]entry) {
		for s := range m {
			m[s] = noCode
		}
		for s := range entry(endOfBlock) {
			m[s] = isLiteral | s<<16
		}
		m[endOfBlock] = isSpecial | isEnd
		base := entry(3)
		for s := entry(257); s < lastLit; s++ {
			extra := entry(0)
			if s >= 265 {
				extra = (s - 261) / 4
			}
			m[s] = base<<16 | extra
			base += 1 << extra
		}
		m[lastLit] = 258 << 16
		return m
	}()
	distMeanings = func() (m [maxDists]entry) {
		base := entry(1)
		for s := range entry(lastDist + 1) {
			extra := entry(0)
			if s >= 4 {
				extra = s/2 - 1
			}
			m[s] = base<<16 | extra
			base += 1 << extra
		}
		m[lastDist+1], m[lastDist+2] = noCode, noCode
		return m
	}()
)

// fixedCodes returns the codes of a block that gives none (RFC 1951, 3.2.6).
func fixedCodes() *codes {
	var d Decoder
	lens := d.lens[:maxLits]
	for s := range uint(maxLits) {
		n := uint(8)
		switch {
		case 144 <= s && s < 256:
			n = 9
		case 256 <= s && s < 280:
			n = 7
		}
		lens[s] = newCodeLen(s, n)
	}
	c := new(codes)
	c.litMask, _ = d.build(c.lit[:], lens, litMeanings[:], 9)
	for s := range uint(maxDists) {
		lens[s] = newCodeLen(s, 5)
	}
	c.distMask, _ = d.build(c.dist[:], lens[:maxDists], distMeanings[:], distBits)
	return c
}

// dynamic reads the codes of a block that begins with them.
func (d *Decoder) dynamic() error {
	in := &d.bits
	lits, dists, pres := in.take(5)+257, in.take(5)+1, in.take(4)+4
	if lits > lastLit+1 || dists > lastDist+1 {
		return ErrDamaged
	}
	preMask, err := d.preCode(pres)
	if err != nil {
		return err
	}
	k, err := d.codeLens(lits+dists, preMask)
	if err != nil {
		return err
	}
	n := k
	for n > 0 && d.lens[n-1].symbol() >= lits {
		n--
	}
	for i := range d.lens[n:k] {
		d.lens[n+i] -= newCodeLen(lits, 0)
	}
	var ok bool
	c := &d.codes
	if c.litMask, ok = d.build(c.lit[:], d.lens[:n], litMeanings[:], litBits(d.limit)); !ok {
		return ErrDamaged
	}
	if c.distMask, ok = d.build(c.dist[:], d.lens[n:k], distMeanings[:], distBits); !ok {
		return ErrDamaged
	}
	return nil
}

// preCode reads the code for the lengths of the other codes into d.pre.
func (d *Decoder) preCode(pres uint) (mask uint64, err error) {
	var lens [19]uint
	in := &d.bits
	for i, s := range preOrder[:pres] {
		if i == 0 || i == 16 { // 16 lengths take 48 bits
			if err := in.fill(); err != nil {
				return 0, err
			}
		}
		lens[s] = in.take(3)
	}
	k := 0
	for s, n := range lens {
		d.lens[k] = newCodeLen(uint(s), n)
		if n != 0 {
			k++
		}
	}
	mask, ok := d.build(d.pre[:], d.lens[:k], preMeanings[:], preBits)
	if !ok {
		return 0, ErrDamaged
	}
	return mask, nil
}

// codeLens reads the lengths of total codes. It puts those that are not 0 into
// d.lens and returns their number.
func (d *Decoder) codeLens(total uint, mask uint64) (k int, err error) {
	in := &d.bits
	buf, n := in.buf, in.count
	prev := uint(0)
	for i := uint(0); i < total; {
		if n < 14 {
			in.buf, in.count = buf, n
			if err := in.fill(); err != nil {
				return 0, err
			}
			buf, n = in.buf, in.count
		}
		e := d.pre[buf&mask&(1<<preBits-1)]
		times := uint(e>>16&0xff) + extraBits(buf, e)
		buf >>= e & 63
		n -= uint(e & 63)
		if i+times > total {
			return 0, ErrDamaged
		}
		if e&(isLiteral|isSpecial) == 0 { // a length, or zeros
			prev = uint(e >> preLen)
			d.lens[k] = newCodeLen(i, prev)
			k += int(prev+15) >> 4
			i += times
			continue
		}
		if i == 0 || e&isSpecial != 0 {
			return 0, ErrDamaged
		}
		for end := i + times; i < end; i++ {
			d.lens[k] = newCodeLen(i, prev)
			k += int(prev+15) >> 4
		}
	}
	in.buf, in.count = buf, n
	return k, nil
}

// extraBits returns the extra bits of the entry e, which is the one for buf.
func extraBits(buf uint64, e entry) uint {
	return uint(buf&^(^uint64(0)<<(e&63))) >> (e >> 8 & 15)
}
