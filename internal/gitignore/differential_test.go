package gitignore

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestAgainstGit holds this package to git check-ignore --no-index -v: the
// same line must decide on each path, or none.
func TestAgainstGit(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the tree has names that other systems cannot store, or that differ in case only")
	}
	g := newGitTree(t, treePaths())
	sets := slices.Concat(rootSets(), nestedSets(), generatedSets(500))
	if len(sets) < 300 {
		t.Fatalf("only %d sets of patterns", len(sets))
	}
	major, minor := gitVersion(t)
	oldStars := major < 2 || major == 2 && minor < 52
	asked, skipped := 0, 0
	for _, s := range sets {
		if oldStars && s.hasLateStars() {
			skipped++
			continue
		}
		asked++
		if diffs := g.compare(s); len(diffs) > 0 {
			t.Errorf("%s (fold %v): patterns %q: %d paths differ, such as %s", s.name, s.fold, s.files, len(diffs), diffs[0])
		}
	}
	t.Logf("git %d.%d: %d sets of %d paths compared, %d left out", major, minor, asked, len(g.paths), skipped)
	if asked < 300 {
		t.Errorf("only %d sets compared", asked)
	}
}

// hasLateStars reports whether a set holds "**" before a slash or the end, but
// behind another character, in a line with a slash. By gitignore(5) this means
// "*". Git before 2.52 does not always agree with its manual: it strips a
// literal prefix off the pattern and then takes the "**" for one that begins a
// segment (fixed by git commit 1940a02dc1, "match_pathname(): give fnmatch one
// char of prefix context"); before 2.41 it even compares pointers into
// different strings, so that the answer depends on where they lie.
func (s patternSet) hasLateStars() bool {
	for _, text := range s.files {
		for line := range strings.Lines(text) {
			line = cleanLine([]byte(strings.TrimSuffix(line, "\n")))
			line = strings.TrimSuffix(strings.TrimPrefix(line, "!"), "/")
			if strings.Contains(line, "/") && lateStars(line) {
				return true
			}
		}
	}
	return false
}

func lateStars(line string) bool {
	for i := 1; i < len(line); i++ {
		if line[i] != '*' || line[i-1] == '/' || line[i-1] == '*' {
			continue
		}
		rest := strings.TrimLeft(line[i:], "*")
		if len(line)-i-len(rest) > 1 && (rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`)) {
			return true
		}
	}
	return false
}

// TestLateStars documents the meaning of the lines that TestAgainstGit leaves
// out for old versions of git.
func TestLateStars(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"foo**/bar", "foo/bar", true},
		{"foo**/bar", "foox/bar", true},
		{"foo**/bar", "foo/x/bar", false}, // before git 2.52: true
		{"foo**/bar", "foobar", false},    // before git 2.52: true
		{"/foo**", "foox", true},
		{"a/b**", "a/bc/d", false},
	} {
		var m *Matcher
		m = m.Push("", Parse([]byte(c.pattern), ParseOptions{}))
		if got := m.Match(c.path, false).Ignored; got != c.want {
			t.Errorf("%s on %s: got %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
}

// generatedSets returns n sets of lines that are put together at random, the
// same ones on each run.
func generatedSets(n int) []patternSet {
	sets := make([]patternSet, n)
	for i := range sets {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		s := patternSet{name: fmt.Sprint("generated ", i), files: map[string]string{}, fold: i%5 == 4}
		s.files[".gitignore"] = randomLines(r, 1+r.IntN(6))
		for _, name := range []string{"a/.gitignore", "a/b/.gitignore", "foo/.gitignore", "info/exclude", "excludesFile"} {
			if r.IntN(3) == 0 {
				s.files[name] = randomLines(r, 1+r.IntN(4))
			}
		}
		sets[i] = s
	}
	return sets
}

func randomLines(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		if r.IntN(4) == 0 {
			b.WriteByte('!')
		}
		b.WriteString(randomLine(r))
		b.WriteByte('\n')
	}
	return b.String()
}

// randomLine returns a pattern that is likely to match something in the tree.
func randomLine(r *rand.Rand) string {
	segments := []string{
		"a", "b", "ab", "foo", "bar", "Foo", "x.c", "x.o", ".env", "build", "a", "b", "foo",
		"*", "**", "*", "**", "?", "*.c", "*.o", "x.*", "f*", "*o*", "*b", "a*b", "f?o", "b?r", "???",
		"[ab]", "[!a]", "[^a-f]*", "[a-z]oo", "[[:alpha:]]", "[[:upper:]]oo", `\a`, `f\oo`, `\*`, "***", "[F-f]oo", "[A]", `\F*`,
		"fo[", "[[:x:]]", "*[!.]?", "?*?", "*.*", ".*", ".e*v*", "[.]env", "a**b", "**o", "*a*b*",
	}
	if r.IntN(8) == 0 {
		return randomBytes(r)
	}
	var b strings.Builder
	if r.IntN(4) == 0 {
		b.WriteByte('/')
	}
	for i := range 1 + r.IntN(4)*r.IntN(2) {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(segments[r.IntN(len(segments))])
	}
	if r.IntN(4) == 0 {
		b.WriteByte('/')
	}
	return b.String()
}

// randomBytes returns a pattern that is likely to be malformed.
func randomBytes(r *rand.Rand) string {
	const alphabet = `aabbfox.//**??[[]]!^-\\:`
	b := make([]byte, 1+r.IntN(12))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}
