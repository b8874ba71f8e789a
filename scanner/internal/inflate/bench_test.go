package inflate

import (
	"bytes"
	stdzlib "compress/zlib"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zlib"
)

// A resetter is a reader of compress/zlib or its namesake.
type resetter interface {
	io.Reader
	Reset(r io.Reader, dict []byte) error
}

// newStd and newKlauspost return readers that can be reset.
func newStd(r io.Reader) (resetter, error) {
	z, err := stdzlib.NewReader(r)
	if err != nil {
		return nil, err
	}
	return z.(resetter), nil
}

func newKlauspost(r io.Reader) (resetter, error) {
	z, err := zlib.NewReader(r)
	if err != nil {
		return nil, err
	}
	return z.(resetter), nil
}

// A reader decompresses with a resetter, which it keeps.
type reader struct {
	src  bytes.Reader
	z    resetter
	make func(io.Reader) (resetter, error)
}

// zlib has the contract of Decoder.Zlib.
func (r *reader) zlib(dst, src []byte, size int) (out []byte, used int, err error) {
	r.src.Reset(src)
	if r.z == nil {
		r.z, err = r.make(&r.src)
	} else {
		err = r.z.Reset(&r.src, nil)
	}
	if err != nil {
		return nil, 0, err
	}
	if cap(dst) < size+1 {
		dst = make([]byte, size+1)
	}
	n, err := io.ReadFull(r.z, dst[:size+1])
	if n != size || err == nil || err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, 0, ErrDamaged
	}
	return dst[:size], len(src) - r.src.Len(), nil
}

// contenders are what the benchmarks compare.
var contenders = []struct {
	name string
	make func() func(dst, src []byte, size int) ([]byte, int, error)
}{
	{"inflate", func() func(dst, src []byte, size int) ([]byte, int, error) { return new(Decoder).Zlib }},
	{"klauspost", func() func(dst, src []byte, size int) ([]byte, int, error) {
		return (&reader{make: newKlauspost}).zlib
	}},
	{"std", func() func(dst, src []byte, size int) ([]byte, int, error) {
		return (&reader{make: newStd}).zlib
	}},
}

func BenchmarkZlib(b *testing.B) {
	text := sourceText(b)
	for _, size := range []int{100, 1000, 20_000, 1_000_000} {
		var streams [][]byte
		rnd := rand.New(rand.NewPCG(1, 2))
		for range 64 {
			at := rnd.IntN(len(text) - size)
			streams = append(streams, deflated(b, text[at:at+size], -1))
		}
		for _, c := range contenders {
			b.Run(fmt.Sprintf("%d/%s", size, c.name), func(b *testing.B) {
				b.SetBytes(int64(size))
				f := c.make()
				var dst []byte
				for i := 0; b.Loop(); i++ {
					out, _, err := f(dst, streams[i%len(streams)], size)
					if err != nil {
						b.Fatal(err)
					}
					dst = out
				}
			})
		}
	}
}

// sourceText returns more than a megabyte of Go.
func sourceText(tb testing.TB) []byte {
	tb.Helper()
	var text []byte
	names, err := filepath.Glob("../../../*/*.go")
	if err != nil {
		tb.Fatal(err)
	}
	more, err := filepath.Glob("../../../*/*/*.go")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range append(names, more...) {
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		text = append(text, b...)
	}
	for len(text) > 0 && len(text) < 1_100_000 {
		text = append(text, text...)
	}
	if len(text) == 0 {
		tb.Fatal("no source found")
	}
	return text
}

// deflated returns b compressed.
func deflated(tb testing.TB, b []byte, level int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := stdzlib.NewWriterLevel(&buf, level)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// BenchmarkEntries decompresses the first 100,000 entries of the largest pack
// of the repository that KEYLINT_BENCH_REPO names, a git directory.
func BenchmarkEntries(b *testing.B) {
	dir := os.Getenv("KEYLINT_BENCH_REPO")
	if dir == "" {
		b.Skip("KEYLINT_BENCH_REPO is not set")
	}
	pack := largestPack(b, dir)
	entries := packEntries(b, pack, 100_000)
	total := 0
	for _, e := range entries {
		total += e.size
	}
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(total))
			f := c.make()
			var dst []byte
			for b.Loop() {
				for _, e := range entries {
					out, _, err := f(dst, pack[e.at:], e.size)
					if err != nil {
						b.Fatal(err)
					}
					dst = out
				}
			}
		})
	}
}

// largestPack returns the largest pack of the git directory dir.
func largestPack(b *testing.B, dir string) []byte {
	b.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "objects/pack/*.pack"))
	if err != nil {
		b.Fatal(err)
	}
	var largest string
	var size int64
	for _, name := range names {
		if fi, err := os.Stat(name); err == nil && fi.Size() > size {
			largest, size = name, fi.Size()
		}
	}
	pack, err := os.ReadFile(largest)
	if err != nil {
		b.Fatal(err)
	}
	return pack
}

// A packEntry is where the compressed bytes of an entry of a pack are.
type packEntry struct{ at, size int }

// packEntries walks the first n entries of a pack. It checks each of them with
// compress/zlib.
func packEntries(b *testing.B, pack []byte, n int) []packEntry {
	b.Helper()
	const ofsDelta, refDelta, idSize = 6, 7, 20
	var entries []packEntry
	var d Decoder
	std := &reader{make: newStd}
	var dst, want []byte
	for at := 12; at < len(pack)-idSize && len(entries) < n; {
		kind, size := pack[at]>>4&7, int(pack[at]&15)
		for shift := 4; pack[at]&0x80 != 0; shift += 7 {
			at++
			size |= int(pack[at]&0x7f) << shift
		}
		at++
		switch kind {
		case ofsDelta:
			for pack[at]&0x80 != 0 {
				at++
			}
			at++
		case refDelta:
			at += idSize
		}
		out, used, err := d.Zlib(dst, pack[at:], size)
		if err != nil {
			b.Fatal(err)
		}
		same, stdUsed, err := std.zlib(want, pack[at:], size)
		if err != nil || used != stdUsed || !bytes.Equal(out, same) {
			b.Fatalf("entry at %d: %d bytes used, compress/zlib uses %d, error %v", at, used, stdUsed, err)
		}
		dst, want = out, same
		entries = append(entries, packEntry{at, size})
		at += used
	}
	return entries
}
