package worktree

import (
	"path/filepath"
	"runtime"
	"testing"
)

// BenchmarkOpenGoroot lists the source of the Go distribution, which is on
// every machine: no git, no rules.
func BenchmarkOpenGoroot(b *testing.B) {
	root := filepath.Join(runtime.GOROOT(), "src")
	b.ReportAllocs()
	for b.Loop() {
		t, err := Open(b.Context(), []string{root}, Options{})
		if err != nil || t.Len() < 5000 {
			b.Fatal(err)
		}
	}
}
