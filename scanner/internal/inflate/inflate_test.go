package inflate

import (
	"bytes"
	"compress/flate"
	stdzlib "compress/zlib"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// likeStd checks that d does with src what compress/zlib does, and reports
// whether that accepts it.
func likeStd(t *testing.T, d *Decoder, src []byte) bool {
	t.Helper()
	in := bytes.NewReader(src)
	var want []byte
	z, err := stdzlib.NewReader(in)
	if err == nil {
		want, err = io.ReadAll(z)
	}
	if len(src) > 1 && src[1]&0x20 != 0 {
		// compress/zlib takes a stream with a preset dictionary if the
		// dictionary is empty. zlib does not, unless it is told so.
		err = stdzlib.ErrDictionary
	}
	for _, size := range []int{len(want), len(want) + 1, len(want) - 1, 0} {
		out, used, ourErr := d.Zlib(nil, src, size)
		if ok := err == nil && size == len(want); ok != (ourErr == nil) {
			t.Fatalf("%x: size %d of %d: error %v, compress/zlib says %v", clip(src), size, len(want), ourErr, err)
		}
		if ourErr != nil && (ourErr != ErrDamaged || out != nil || used != 0) {
			t.Fatalf("size %d: got %d bytes, %d used and error %v", size, len(out), used, ourErr)
		}
		if ourErr == nil && (!bytes.Equal(out, want) || used != len(src)-in.Len()) {
			t.Fatalf("%x: got %d bytes of %d used, which are wrong; want %d used", clip(src), len(out), used, len(src)-in.Len())
		}
	}
	for _, n := range []int{0, 1, len(want) / 2, len(want), len(want) + 1000} {
		got, ourErr := d.Prefix(nil, src, n)
		if err == nil && ourErr != nil {
			t.Fatalf("%x: the first %d of %d bytes: %v", clip(src), n, len(want), ourErr)
		}
		if ourErr == nil && !bytes.Equal(got, want[:min(n, len(want))]) {
			t.Fatalf("%x: the first %d of %d bytes differ", clip(src), n, len(want))
		}
	}
	return err == nil
}

// clip shortens b for a message.
func clip(b []byte) []byte { return b[:min(len(b), 400)] }

// contents returns texts of many sizes and kinds.
func contents(tb testing.TB) [][]byte {
	text := sourceText(tb)
	rnd := rand.New(rand.NewPCG(3, 4))
	var all [][]byte
	for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 30, 100, 257, 258, 259, 1000, 4095, 4096, 20_000, 32_768, 65_535, 65_536, 300_000} {
		at := rnd.IntN(len(text) - n)
		all = append(all, text[at:at+n], randomBytes(rnd, n, 256), randomBytes(rnd, n, 4), make([]byte, n))
		for _, period := range []int{1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 100} {
			all = append(all, repeated(randomBytes(rnd, period, 256), n))
		}
	}
	return all
}

// randomBytes returns n random bytes less than top.
func randomBytes(rnd *rand.Rand, n, top int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.IntN(top))
	}
	return b
}

// repeated returns n bytes of b, again and again.
func repeated(b []byte, n int) []byte {
	return bytes.Repeat(b, n/len(b)+1)[:n]
}

func TestLevels(t *testing.T) {
	var d Decoder
	for _, b := range contents(t) {
		for _, level := range []int{flate.HuffmanOnly, 0, 1, 2, 6, 9} {
			if !likeStd(t, &d, append(deflated(t, b, level), "and what follows in the pack"...)) {
				t.Fatal("compress/zlib does not read what it wrote")
			}
		}
	}
}

// TestBlocks reads streams of stored, fixed and dynamic blocks in turn, and
// empty ones.
func TestBlocks(t *testing.T) {
	var d Decoder
	text := sourceText(t)
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var buf bytes.Buffer
		w, err := stdzlib.NewWriterLevel(&buf, 6)
		if err != nil {
			t.Fatal(err)
		}
		for range rnd.IntN(20) {
			n := rnd.IntN(1 << rnd.IntN(13))
			b := text[rnd.IntN(len(text)-n):][:n] // dynamic, or fixed if short
			if rnd.IntN(3) == 0 {
				b = randomBytes(rnd, n, 256) // stored
			}
			if _, err := w.Write(b); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !likeStd(t, &d, buf.Bytes()) {
			t.Fatal("compress/zlib does not read what it wrote")
		}
	}
}

func TestTruncated(t *testing.T) {
	var d Decoder
	text := sourceText(t)
	for _, size := range []int{0, 10, 60, 700, 3000} {
		for _, level := range []int{flate.HuffmanOnly, 0, 6} {
			whole := deflated(t, text[:size], level)
			for n := range whole {
				if _, _, err := d.Zlib(nil, slices.Clip(whole[:n]), size); err == nil {
					t.Fatalf("%d of %d bytes: no error", n, len(whole))
				}
			}
			if size > 100 {
				continue
			}
			for n := range whole {
				likeStd(t, &d, whole[:n])
			}
		}
	}
}

// TestMutated changes bits of streams.
func TestMutated(t *testing.T) {
	var d Decoder
	text := sourceText(t)
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, size := range []int{5, 40, 300, 2000} {
		for range 500 {
			b := deflated(t, text[rnd.IntN(len(text)-size):][:size], []int{-2, 0, 1, 6}[rnd.IntN(4)])
			for range 1 + rnd.IntN(3) {
				b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8)
			}
			likeStd(t, &d, b)
		}
	}
}

func TestSize(t *testing.T) {
	var d Decoder
	src := deflated(t, []byte("hello"), 6)
	for _, size := range []int{-1, math.MinInt, 1 << 20, math.MaxInt32, math.MaxInt} {
		if _, _, err := d.Zlib(nil, src, size); !errors.Is(err, ErrDamaged) {
			t.Errorf("Zlib, size %d: error %v", size, err)
		}
		got, err := d.Prefix(nil, src, size)
		if wantErr := size < 0; wantErr != (err != nil) || !wantErr && string(got) != "hello" {
			t.Errorf("Prefix, size %d: %q, error %v", size, got, err)
		}
	}
	// What no honest stream holds is not allocated.
	if n := testing.AllocsPerRun(10, func() { d.Zlib(nil, src, 1<<30) }); n != 0 {
		t.Errorf("%v allocations for a size that cannot be", n)
	}
	if out, err := d.Prefix(nil, src, math.MaxInt); err != nil || cap(out) > maxRatio*len(src)+2*Slack {
		t.Errorf("Prefix allocated %d bytes, error %v", cap(out), err)
	}
}

// TestReuse checks that a dst with room is used and that nothing is allocated
// then.
func TestReuse(t *testing.T) {
	var d Decoder
	text := sourceText(t)[:5000]
	src := deflated(t, text, 6)
	dst := make([]byte, 10, len(text)+Slack)
	out, _, err := d.Zlib(dst, src, len(text))
	if err != nil || &out[0] != &dst[0] || !bytes.Equal(out, text) {
		t.Fatalf("dst was not used, or wrongly: error %v", err)
	}
	if n := testing.AllocsPerRun(10, func() { d.Zlib(dst, src, len(text)) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
	if d.out != nil || d.bits.in != nil {
		t.Error("the decoder keeps slices of its caller")
	}
	full := make([]byte, 0, len(text)+Slack-1)
	if out, _, err := d.Zlib(full, src, len(text)); err != nil || !bytes.Equal(out, text) || cap(out) == cap(full) {
		t.Errorf("a dst without slack: error %v", err)
	}
}
