package githistory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/scanner"
)

// TestTwins holds the occurrences of a key at several paths to their order, that
// of the paths, and those that are left out to their number.
func TestTwins(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, "", "init", "-q", "-b", "main")
	var in strings.Builder
	fmt.Fprintf(&in, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nx\n", modelStart)
	const times = 400
	for _, path := range []string{"m.env", "z/a.env", "b/z.env", "a.env"} {
		text := path + "\n" + strings.Repeat(keyText(1), times)
		fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
	}
	run(t, dir, in.String(), "fast-import", "--quiet")
	for _, whole := range []bool{false, true} {
		got, _ := scanDir(t, dir, builtin(t), Options{Whole: whole})
		if len(got.findings) != 4 {
			t.Fatalf("%d findings, want 4", len(got.findings))
		}
		for _, f := range got.findings {
			if len(f.Occurrences) != maxOccurrences || f.OccurrencesLeftOut != 4*times-1-maxOccurrences {
				t.Errorf("%s: %d occurrences, %d left out, want %d and %d", f.Path, len(f.Occurrences), f.OccurrencesLeftOut, maxOccurrences, 4*times-1-maxOccurrences)
			}
			others := f.Occurrences[times-1:]
			if !slices.IsSortedFunc(others, func(a, b scanner.Occurrence) int { return strings.Compare(a.Path, b.Path) }) || others[0].Path == f.Path {
				t.Errorf("%s: its occurrences elsewhere are not in order of their paths", f.Path)
			}
		}
	}
}
