package pack

import "testing"

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
