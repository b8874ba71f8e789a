package delta

import (
	"bytes"
	"errors"
	"testing"
)

// FuzzApply replays the runs of a delta: they tell the whole story.
func FuzzApply(f *testing.F) {
	f.Add([]byte("hello world"), []byte{11, 8, 0x90, 5, 3, 'x', 'y', 'z'})
	f.Add([]byte("abc"), []byte{3, 6, 0x90, 3, 0x90, 3})
	f.Add([]byte("abcdef"), []byte{6, 6, 0x90, 3, 0x91, 3, 3})
	f.Add([]byte(""), []byte{0, 0})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		out, runs, err := Apply(nil, nil, base, delta, 1<<20)
		if err != nil {
			return
		}
		at := 0
		for _, r := range runs {
			if r.Start != at || r.End <= r.Start {
				t.Fatalf("runs %v", runs)
			}
			if r.Base >= 0 && !bytes.Equal(out[r.Start:r.End], base[r.Base:r.Base+r.End-r.Start]) {
				t.Fatalf("run %v copies something else", r)
			}
			at = r.End
		}
		if at != len(out) {
			t.Fatalf("runs end at %d of %d", at, len(out))
		}
	})
}

func TestApply(t *testing.T) {
	base := []byte("abcdef")
	for _, c := range []struct {
		name  string
		delta []byte
		want  string
		runs  []Run
	}{
		{"copies that continue are one run", []byte{6, 6, 0x90, 3, 0x91, 3, 3}, "abcdef", []Run{{0, 6, 0}}},
		{"insertions that continue are one run", []byte{6, 2, 1, 'x', 1, 'y'}, "xy", []Run{{0, 2, Inserted}}},
		{"a copy between insertions", []byte{6, 4, 1, 'x', 0x91, 1, 2, 1, 'y'}, "xbcy", []Run{{0, 1, Inserted}, {1, 3, 1}, {3, 4, Inserted}}},
	} {
		out, runs, err := Apply(nil, nil, base, c.delta, 100)
		if err != nil || string(out) != c.want || len(runs) != len(c.runs) {
			t.Fatalf("%s: %q %v %v", c.name, out, runs, err)
		}
		for i := range runs {
			if runs[i] != c.runs[i] {
				t.Errorf("%s: run %d is %v", c.name, i, runs[i])
			}
		}
	}
	for name, delta := range map[string][]byte{
		"another base":       {5, 1, 1, 'x'},
		"beyond the base":    {6, 9, 0x91, 4, 9},
		"longer than told":   {6, 1, 2, 'x', 'y'},
		"shorter than told":  {6, 3, 2, 'x', 'y'},
		"reserved":           {6, 0, 0},
		"cut in a copy":      {6, 3, 0x91, 1},
		"cut in an insert":   {6, 3, 3, 'x'},
		"cut in the header":  {6},
		"endless header":     bytes.Repeat([]byte{0x80}, 20),
		"nothing at all":     {},
		"a result too large": {6, 0xff, 0xff, 0x03, 0x90, 1},
	} {
		if out, _, err := Apply(nil, nil, base, delta, 1000); err == nil {
			t.Errorf("%s: accepted, %q", name, out)
		}
	}
	var large *TooLargeError
	if _, _, err := Apply(nil, nil, base, []byte{6, 0xff, 0xff, 0x03, 0x90, 1}, 1000); !errors.As(err, &large) {
		t.Errorf("a result too large: %v", err)
	}
}
