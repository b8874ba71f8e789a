package inflate

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzZlib compares with compress/zlib. The known differences are in likeStd.
func FuzzZlib(f *testing.F) {
	text := sourceText(f)
	seeds := [][]byte{nil, {0x78}, {0x78, 0x9c}, {0x78, 0x9c, 7}, bytes.Repeat([]byte{0x78, 0x9c}, 40)}
	for _, level := range []int{-2, 0, 1, 6, 9} {
		for _, size := range []int{0, 1, 20, 200, 2000} {
			seeds = append(seeds, deflated(f, text[:size], level))
		}
	}
	for _, src := range oddCodes() {
		seeds = append(seeds, src)
	}
	for _, src := range seeds {
		f.Add(src, false)
	}
	f.Fuzz(func(t *testing.T, src []byte, repair bool) {
		if repair && len(src) > 1 { // a good header, so that mutations reach further
			src = append([]byte{0x78, 0x9c}, src[2:]...)
		}
		var d Decoder
		likeStd(t, &d, src)
		if !repair {
			return
		}
		// A good checksum, if the stream is good otherwise.
		out, err := d.Prefix(nil, src, 1<<20)
		if end := d.bits.consumed(); err == nil && len(out) < 1<<20 && end <= len(src) {
			likeStd(t, &d, binary.BigEndian.AppendUint32(bytes.Clone(src[:end]), adler32(out)))
		}
	})
}
