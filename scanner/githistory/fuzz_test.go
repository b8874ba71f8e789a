package githistory

import (
	"bytes"
	"testing"

	"github.com/agcloud/keylint/scanner/internal/pack"
)

const someID = "0123456789abcdef0123456789abcdef01234567"

func FuzzCommit(f *testing.F) {
	f.Add([]byte("tree " + someID + "\nparent " + someID + "\nauthor A <a@b> 1700000000 +0100\ncommitter A <a@b> 1700000001 -0230\n\nsubject\n\nbody\n"))
	f.Add([]byte("tree " + someID + "\nauthor <> x\n"))
	f.Add([]byte("parent x\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseCommit(data, pack.SHA1)
		if err == nil && (len(h.tree) != 20 || h.body > len(data)) {
			t.Fatalf("%+v of %q", h, data)
		}
	})
}

func FuzzTag(f *testing.F) {
	f.Add([]byte("object " + someID + "\ntype commit\ntag v1\ntagger A <a@b> 1700000000 +0100\n\nmessage\n"))
	f.Add([]byte("object x\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseTag(data, pack.SHA1)
		if err == nil && (len(h.object) != 20 || h.body > len(data)) {
			t.Fatalf("%+v of %q", h, data)
		}
	})
}

func FuzzTree(f *testing.F) {
	id := bytes.Repeat([]byte{7}, 20)
	f.Add(append(append([]byte("100644 a\x00"), id...), append([]byte("40000 dir\x00"), id...)...))
	f.Add([]byte("100644 a\x00short"))
	f.Add([]byte("999 x\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for at := 0; at < len(data); {
			e, err := parseEntry(data, at, 20)
			if err != nil {
				return
			}
			if e.end <= at || e.end > len(data) || len(e.id) != 20 {
				t.Fatalf("%+v at %d of %q", e, at, data)
			}
			at = e.end
		}
	})
}
