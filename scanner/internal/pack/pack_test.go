package pack

import (
	"bytes"
	"testing"
)

func FuzzIndex(f *testing.F) {
	f.Add([]byte("\xfftOc\x00\x00\x00\x02"), true)
	f.Add(make([]byte, 256*4+40), false)
	f.Add(append([]byte("\xfftOc\x00\x00\x00\x02"), make([]byte, 256*4+64)...), true)
	f.Fuzz(func(t *testing.T, data []byte, long bool) {
		format := SHA1
		if long {
			format = SHA256
		}
		x, err := parseIndex(data, format)
		if err != nil {
			return
		}
		for i := range x.count {
			if o, err := x.offset(i); err == nil && o < 0 {
				t.Fatalf("offset %d", o)
			}
			x.find(format.id(x.name(i)))
		}
	})
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("hello world"), []byte{11, 8, 0x90, 5, 3, 'x', 'y', 'z'})
	f.Add([]byte("abc"), []byte{3, 6, 0x90, 3, 0x90, 3})
	f.Add([]byte(""), []byte{0, 0})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		out, ops, err := applyDelta(nil, nil, base, delta, 1<<20)
		if err != nil {
			return
		}
		// The steps tell the whole story: replay them.
		at := 0
		for _, op := range ops {
			if op.Start != at || op.End <= op.Start {
				t.Fatalf("steps %v", ops)
			}
			if op.Base >= 0 && !bytes.Equal(out[op.Start:op.End], base[op.Base:op.Base+op.End-op.Start]) {
				t.Fatalf("step %v copies something else", op)
			}
			at = op.End
		}
		if at != len(out) {
			t.Fatalf("steps end at %d of %d", at, len(out))
		}
	})
}

func FuzzEntry(f *testing.F) {
	f.Add(append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x00"), 0x35, 0x78, 0x9c), int64(12))
	f.Add(append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x00"), 0xe5, 0x80, 0x01), int64(12))
	f.Fuzz(func(t *testing.T, data []byte, at int64) {
		p := packfile{data: data, size: len(data), index: &index{}}
		h, err := p.header(at)
		if err != nil {
			return
		}
		if h.content <= at || h.content > int64(len(data)) || h.kind == ofsDelta && (h.baseAt < 12 || h.baseAt >= at) {
			t.Fatalf("header %+v at %d", h, at)
		}
		var inf inflater
		if out, err := inf.inflate(nil, data[h.content:], h.size, 1<<16); err == nil && uint64(len(out)) != h.size {
			t.Fatalf("%d bytes of %d", len(out), h.size)
		}
	})
}
