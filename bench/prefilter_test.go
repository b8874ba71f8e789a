// Package bench_test measures what bench/run reports and what is no test of
// any one package.
package bench_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
)

// textSize is how much text is searched, in bytes: more than the caches hold.
const textSize = 32 << 20

// BenchmarkPrefilter searches Go source for the keywords of all built-in rules,
// on one core.
func BenchmarkPrefilter(b *testing.B) {
	list, err := rules.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		b.Fatal(err)
	}
	m := set.Matcher()
	text := source(b)
	b.SetBytes(int64(len(text)))
	var hits []rules.Hit
	for b.Loop() {
		hits = m.Hits(hits[:0], text, 0, len(text))
	}
	b.ReportMetric(float64(len(hits)), "hits")
}

// source returns textSize bytes of the source of the Go distribution.
func source(b *testing.B) []byte {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip("no go command")
	}
	var text bytes.Buffer
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(root)), "src"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		data, err := os.ReadFile(name)
		text.Write(data)
		if text.Len() >= textSize {
			return fs.SkipAll
		}
		return err
	})
	if err != nil || text.Len() < textSize {
		b.Skipf("only %d bytes of source: %v", text.Len(), err)
	}
	return text.Bytes()[:textSize]
}
