package gitignore

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		fold, want    bool
	}{
		{"", "", false, true},
		{"a/**/b", "a/b", false, true},
		{"a/**/b", "a/x/y/b", false, true},
		{"a/**/b", "axb", false, false},
		{"**/b", "xb", false, false},
		{"a/**", "a", false, false},
		{"*/b", "a/c/b", false, false},
		{"**/*a*/c", "x/ba/ca/c", false, true},
		{"[!a]", "/", false, false},
		{"Foo*", "fOOd", true, true},
		{"[A-C]x", "bX", true, true},
		{"[A]", "a", true, false}, // as git has it
		{`\A`, "a", true, false},  // as git has it
	} {
		if got := CompileGlob(c.pattern, c.fold).Match(c.text); got != c.want {
			t.Errorf("%q on %q (fold %v): got %v, want %v", c.pattern, c.text, c.fold, got, c.want)
		}
	}
}

// TestGlobIsBounded ends only if matching takes polynomial time.
func TestGlobIsBounded(t *testing.T) {
	deep := strings.Repeat("a/", 2000)
	for _, c := range []struct{ pattern, text string }{
		{strings.Repeat("a*", 100) + "b", strings.Repeat("a", 4000)},
		{strings.Repeat("*a", 100) + "b", strings.Repeat("a", 4000)},
		{strings.Repeat("**/", 200) + "b", deep + "a"},
		{strings.Repeat("**/a/", 200) + "b", deep + "a"},
		{strings.Repeat("**/*a*/", 200) + "b", deep + "a"},
		{strings.Repeat("*?", 1000) + "b", strings.Repeat("a", 4000)},
		{strings.Repeat("[a-z]*", 500) + "B", strings.Repeat("a", 4000)},
		{"a" + strings.Repeat("*", 1<<20), "a/b"},
		{strings.Repeat("?", 1<<20), "a/b"},
		{strings.Repeat("**/", 1<<18) + "x", deep + "a"},
	} {
		if CompileGlob(c.pattern, false).Match(c.text) {
			t.Errorf("%.20q… matches", c.pattern)
		}
	}
}

// naiveGlob is what gitignore(5) says, by plain backtracking, for patterns
// without classes and escapes.
func naiveGlob(pattern, text string, begins bool) bool {
	if pattern == "" {
		return text == ""
	}
	stars := len(pattern) - len(strings.TrimLeft(pattern, "*"))
	rest := pattern[stars:]
	if stars == 0 {
		fits := text != "" && (pattern[0] == text[0] || pattern[0] == '?' && text[0] != '/')
		return fits && naiveGlob(pattern[1:], text[1:], pattern[0] == '/')
	}
	deep := stars > 1 && begins && (rest == "" || rest[0] == '/')
	if deep && rest != "" && naiveGlob(rest[1:], text, true) {
		return true
	}
	for i := 0; i <= len(text); i++ {
		if naiveGlob(rest, text[i:], false) {
			return true
		}
		if i < len(text) && text[i] == '/' && !deep {
			return false
		}
	}
	return false
}

func TestGlobAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab/*?")), 0, 9, -1).Draw(t, "pattern")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab/")), 0, 9, -1).Draw(t, "text")
		want := naiveGlob(pattern, text, true)
		if got := CompileGlob(pattern, false).Match(text); got != want {
			t.Fatalf("%q on %q: got %v, want %v", pattern, text, got, want)
		}
	})
}

// TestLiterals holds the cheap conditions to the glob: a text that matches
// meets them.
func TestLiterals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := CompileGlob(rapid.StringOfN(rapid.RuneFrom([]rune(`ab/*?[]\`)), 0, 9, -1).Draw(t, "pattern"), false)
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab/")), 0, 9, -1).Draw(t, "text")
		head, mid, tail := g.literals()
		possible := len(text) >= g.min && strings.HasPrefix(text, head) && strings.Contains(text, mid) && strings.HasSuffix(text, tail)
		if g.Match(text) && !possible {
			t.Fatalf("%q matches, but not its literals %q, %q, %q or its length %d", text, head, mid, tail, g.min)
		}
	})
}

// FuzzParse asks hostile files about hostile paths: any answer will do, but
// soon.
func FuzzParse(f *testing.F) {
	seeds := rootSets()
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add([]byte(s.files[".gitignore"]), "foo/bar/x.c", s.fold)
	}
	f.Add([]byte(strings.Repeat("a*", 50)+"b"), strings.Repeat("a", 500), false)
	f.Add([]byte(strings.Repeat("**/", 50)+"b"), strings.Repeat("a/", 500)+"a", false)
	f.Fuzz(func(t *testing.T, data []byte, path string, fold bool) {
		var m *Matcher
		m = m.Push("", Parse(data, ParseOptions{IgnoreCase: fold}))
		r := m.Match(path, true)
		if r.Ignored && r.Negated || r.Matched != (r.Ignored || r.Negated) {
			t.Errorf("contradictory result %+v", r)
		}
	})
}

// FuzzGlob holds the library to our own matcher where both claim a line.
func FuzzGlob(f *testing.F) {
	f.Add("a*b*c", "axbxc")
	f.Add("foo/*.c", "foo/x.c")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !isSafe(pattern) || strings.Count(pattern, "/") != strings.Count(text, "/") || strings.HasPrefix(text, "/") {
			return
		}
		if lib, own := (&libraryLine{pattern: pattern}).Match(text), CompileGlob(pattern, false).Match(text); lib != own {
			t.Errorf("%q on %q: the library says %v, the glob %v", pattern, text, lib, own)
		}
	})
}
