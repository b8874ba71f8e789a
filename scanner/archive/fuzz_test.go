package archive

import (
	"strings"
	"testing"
)

// Whatever the bytes, the walk ends within its limits, paths are clean, and
// nothing is left behind.
func FuzzWalk(f *testing.F) {
	a, b := file{"a/../..\\x", []byte("AGCLOUD")}, file{"b", make([]byte, 3000)}
	for _, data := range [][]byte{
		zipOf(f, a, b), tarOf(f, a, b), gzipOf(f, tarOf(f, a, b)), zstdOf(f, a.data), zipOf(f, file{"n.tgz", gzipOf(f, tarOf(f, a))}),
		zipOf(f, a, b)[:120], []byte("BZh91AY&SY"), []byte("\xfd7zXZ\x00"), {},
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := Options{Depth: 2, MaxBytes: 1 << 16, MaxMembers: 20, Memory: 1 << 12}
		got, r := walk(t, o, file{"o", data})
		total := 0
		for path, content := range got {
			if path == "o" {
				continue
			}
			total += len(content)
			if strings.ContainsAny(path, "\x00\n\r\x1b") || strings.Contains(path, "/../") || len(path) > 3*(maxName+10) {
				t.Errorf("path %q", path)
			}
		}
		if total > 1<<16+1<<15 || len(got) > 20 || len(r.problems) > maxProblems+2 {
			t.Errorf("%d bytes, %d members, %d problems", total, len(got), len(r.problems))
		}
	})
}
