package gitignore

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// patterns parses lines given as one text.
func patterns(text string) *Patterns { return Parse([]byte(text), ParseOptions{Source: "f"}) }

func TestMatcherStack(t *testing.T) {
	var m *Matcher
	if m.Match("x", false).Matched {
		t.Error("the nil Matcher matches")
	}
	root := m.Push("/src", patterns("*.log\n/out"))
	sub := root.Push("/src/sub", patterns("!keep.log"))
	for _, c := range []struct {
		m    *Matcher
		path string
		want bool
	}{
		{root, "/src/a.log", true},
		{root, "/src/out", true},
		{root, "/src/sub/out", false},
		{root, "/srcx/a.log", false}, // not in the directory
		{root, "/src", false},        // nor is the directory itself
		{sub, "/src/sub/keep.log", false},
		{root, "/src/sub/keep.log", true}, // Push left root alone
		{sub, "/src/keep.log", true},
	} {
		if got := c.m.Match(c.path, false).Ignored; got != c.want {
			t.Errorf("%s: got %v, want %v", c.path, got, c.want)
		}
	}
	want := Result{Matched: true, Negated: true, Pattern: "!keep.log", Source: "f", Line: 1}
	if got := sub.Match("/src/sub/keep.log", false); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPushOfNothing(t *testing.T) {
	var m *Matcher
	if m.Push("a", nil) != nil || m.Push("a", patterns("# none\n\n")) != nil {
		t.Error("a file without lines makes the stack higher")
	}
}

func TestParseLines(t *testing.T) {
	var m *Matcher
	m = m.Push("", ParseLines([]string{"a", "!b"}, ParseOptions{Source: "config"}))
	if got := m.Match("b", false); got.Line != 2 || got.Source != "config" || !got.Negated {
		t.Errorf("got %+v", got)
	}
}

// TestCheckerReads sees that ignored directories are not read, each other one
// once, and that errors come through.
func TestCheckerReads(t *testing.T) {
	broken := errors.New("broken")
	reads := make(map[string]int)
	c := NewChecker(nil, func(dir string) (*Patterns, error) {
		reads[dir]++
		switch dir {
		case "":
			return patterns("skip/"), nil
		case "bad":
			return nil, broken
		}
		return nil, nil
	})
	for range 2 {
		if r, err := c.Match("skip/deep/x", false); err != nil || !r.Ignored || r.Pattern != "skip/" {
			t.Errorf("got %+v, %v", r, err)
		}
		if r, err := c.Match("a/b/x", false); err != nil || r.Matched {
			t.Errorf("got %+v, %v", r, err)
		}
	}
	if _, err := c.Match("bad/x", false); !errors.Is(err, broken) {
		t.Errorf("got error %v", err)
	}
	if got := fmt.Sprint(reads); got != "map[:1 a:1 a/b:1 bad:1]" {
		t.Errorf("read %s", got)
	}
}

// TestConcurrentUse is for the race detector: lines are compiled when first
// used.
func TestConcurrentUse(t *testing.T) {
	var m *Matcher
	m = m.Push("", patterns("a*b\nfoo/*.c\n**/x/y*\n[ab]?"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, p := range []string{"axb", "foo/x.c", "d/x/yz", "ab"} {
				if !m.Match(p, false).Ignored {
					t.Errorf("%s is not ignored", p)
				}
			}
		})
	}
	wg.Wait()
}

// A typical list of a web project.
const typical = `node_modules/
/dist
/build/
*.log
npm-debug.log*
yarn-error.log*
.env*
!.env.example
.DS_Store
*.swp
*~
.vscode/*
!.vscode/settings.json
.idea/
*.py[cod]
__pycache__/
.pytest_cache/
coverage/
**/target/
**/generated/*.go
packages/*/lib
docs/**/out
[Bb]in/
[Oo]bj/
*.tmp
.cache
tmp*/
*.min.js
Thumbs.db
.terraform/
*.tfstate
*.tfstate.*
`

func benchmarkPaths() []string {
	var paths []string
	for i := range 1000 {
		paths = append(paths, fmt.Sprintf("packages/service%d/src/components/module%d/file%d.go", i%7, i%31, i))
	}
	return paths
}

func BenchmarkMatch(b *testing.B) {
	var m *Matcher
	m = m.Push("", patterns(typical))
	paths := benchmarkPaths()
	b.ReportAllocs()
	for i := range b.N {
		if m.Match(paths[i%len(paths)], false).Ignored {
			b.Fatal("ignored")
		}
	}
}

// BenchmarkMatchLibrary is Match without our forms and tests of the ends: a
// question to each line's regular expression, as the library does by itself.
func BenchmarkMatchLibrary(b *testing.B) {
	var lines []*libraryLine
	for line := range strings.Lines(typical) {
		lines = append(lines, &libraryLine{pattern: strings.Trim(line, "!/\n")})
	}
	paths := benchmarkPaths()
	b.ReportAllocs()
	for i := range b.N {
		for _, l := range lines {
			l.Match(paths[i%len(paths)])
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		patterns(typical)
	}
}

// BenchmarkCompileLibrary is what the library takes to compile one line.
func BenchmarkCompileLibrary(b *testing.B) {
	for b.Loop() {
		(&libraryLine{pattern: "npm-debug.log*"}).Match("x")
	}
}

func BenchmarkGlob(b *testing.B) {
	g := CompileGlob("docs/**/*out*/x.[ch]", false)
	b.ReportAllocs()
	for b.Loop() {
		g.Match("docs/a/b/c/layouts/d/e/x.c")
	}
}
