package gitignore

import (
	"fmt"
	"strings"
)

// treePaths returns the paths that git is asked about; directories end in a
// slash.
func treePaths() []string {
	paths := []string{
		".env", ".env.local", ".env.example", "prod.env", "#note", "!note", "sp ace", "trail ", "trail  ", " lead", "tab\t", "cr\r",
		"a*b", "a?b", "q?", "[x]", "x]", "x", "back\\slash", "\\", "a+b(c)$", "{a,b}", "^c", "|", "ö", "\xff\xfe", "nl\nnl", "~", "~x",
		"UP", "Up.C", "Makefile", "makefile", "a.b.c", ".gitignored", "bar.tar.gz", "tar.gz", ".o", "o.", "..x", "-", "]", "-a", "a-", "A", "B", "1", "9z", "_",
		"Foo/", "Foo/bar", "FOO", "foo/", "foo/x.c", "foo/x.o", "foo/bar/", "foo/bar/x.c", "foo/bar/foo", "foo/foo/", "foo/foo/foo", "foo/foo/bar",
		"foo/x/y/bar", "foox/bar", "foobar", "foo/.env", "foo/build/", "foo/build/out.o", "foo/Bar/x",
		"bar/foo", "bar/x.c", "bar/bar/", "bar/a/b/foo/x.o", "build/", "build/x.c", "build/sub/x.o", "build/sub/keep", "build/keep",
		"node_modules/", "node_modules/a/index.js", "vendor/", "vendor/a/x.go", "doc/frotz/x", "doc/frotz.txt", "a/doc/frotz/y",
		"é/ü.txt", "sp ace2/x", "sp ace2/sub dir/x.c", "deep/1/2/3/4/5/6/7/8/x.c", "deep/1/2/x.c", "nl\nd/x",
		"dist/app.min.js", "dist/app.js", "packages/one/dist/x.js", "packages/two/dist/x.js", "packages/two/src/x.js", "log/x.log", "log/keep.log",
		"secrets/prod/.env", "secrets/prod/key.pem", "secrets/readme", "Library/Bin/x", "library/bin/x", "x.pyc", "x.pyo", "x.py", "a~", "#a#", ".#a",
	}
	// All paths of up to three segments over a small alphabet.
	names := []string{"a", "b", "ab"}
	for _, d1 := range names {
		for _, d2 := range names {
			for _, leaf := range []string{"a", "b", "x.c", "foo"} {
				paths = append(paths, d1+"/"+d2+"/"+leaf)
			}
		}
		paths = append(paths, d1+"/x.c", d1+"/foo", d1+"/.env")
	}
	return append(paths, "a/b/d/a/b", "a/b/d/ab/x.o")
}

// rootSets returns sets that are a .gitignore in the root, each also with
// core.ignoreCase.
func rootSets() []patternSet {
	texts := []string{
		// Names, paths, directories.
		"foo", "foo/", "/foo", "/foo/", "foo/bar", "/foo/bar", "foo/bar/", "a", "a/b", "a/b/", "/a/b/a", "b/a", "doc/frotz", "doc/frotz/", "x.c", "/x.c",
		"a/", "/a/", "build", "/build/", "Makefile", "makefile", "FOO", "up", ".env", "/.env", ".env.local",
		// Single asterisks.
		"*", "/*", "*/", "/*/", "*.c", "*.C", "/*.c", "*.tar.gz", "*.gz", "*.", ".*", "*o", "f*", "fo*o", "*o*", "*a*", "a*b", "*.*", "foo*", "*foo", "*foo*",
		"foo/*", "foo/*.c", "/foo/*.c", "foo/*/", "*/foo", "*/*/foo", "/*/foo", "a/*/a", "a/*/", "*/b/*", "*/*", "*/*/*", "/*/*", "foo/*/x.c", "f*/b*", "f*/b*/",
		"*b/x.c", "doc/*.txt", "*~", "#*#\n.#*", "*.py*", ".env*", ".env.*", "*.env", "a*a", "*a*b*", "*.min.js", "packages/*/dist", "packages/*/dist/", "foo**/bar", "/foo**", "a/b**", "a**/b/x.c", "?**/b", `a**\/b`,
		// Double asterisks.
		"**", "/**", "**/", "**/foo", "**/foo/", "/**/foo", "**/foo/bar", "**/*.c", "**/x.*", "foo/**", "/foo/**", "foo/**/", "foo/**/x.c", "a/**/b", "a/**/a", "**/a/**", "**/a/**/b",
		"**/**/a", "a/**/**/b", "**/**", "***", "***/foo", "foo/***", "foo/***/x.c", "a/***/b", "**/*/**", "*/**", "*/**/", "**/*", "**/a*", "**/*b/x.c", "deep/**/x.c", "deep/**/3/**/x.c",
		"**/foo/*.c", "**/b/*", "**foo", "foo**", "f**o", "**o**", "a**b", "**.c", `a/**\/b`, `**\/b`, `\**/b`, "/**/", "**/.env", "**/.env*", "foo/**/bar/**", "**/doc/frotz",
		// Negation.
		"*\n!foo", "*\n!*/", "*\n!*/\n!*.c", "/*\n!/foo", "/*\n!/foo\n/foo/*\n!/foo/bar", "foo\n!foo/x.c", "foo/\n!foo/x.c", "foo/*\n!foo/x.c", "!foo\nfoo", "foo\n!foo\nfoo", "!foo",
		"*.o\n!x.o", ".env*\n!.env.example", "build/\n!build/keep", "build/*\n!build/keep", "build/**\n!build/keep", "build/**\n!build/**/\n!build/**/keep", "!", "!!foo", "! foo", "*.log\n!keep.log",
		"foo/\n!foo/", "*\n!.env", "node_modules/\n!node_modules/a/", "/secrets/**\n!/secrets/readme", "*\n!/secrets/\n!/secrets/**",
		// Question marks and classes.
		"?", "??", "f?o", "a?b", "?oo", "x.?", "?/b", "a/?", "[ab]", "[!ab]", "[^ab]", "[a-c]", "[!a-c]*", "[c-a]", "[]x]", "[!]x]", "[]-a]", "[a-]", "[-a]", "[--0]", "[a-c-e]", "[[x]", "[x]]", "[[]x]",
		`[\]x]`, `[\a]`, `[\\]`, `[a-\c]`, `[!\a]`, "[", "[a", "[]", "[!", "[!]", "[a-", `[\`, "a[", "foo[", "[/]", "foo[/]bar", "foo[!x]bar", "a[b]", "x.[co]", "*.[co]", "*.py[co]", "[Mm]akefile", "[Ff]oo/", "[A-Z]*",
		"[[:alpha:]]", "[[:alnum:]]*", "[[:blank:]]*", "*[[:cntrl:]]*", "[[:digit:]]*", "[[:graph:]]", "[[:lower:]]*", "[[:print:]]", "[[:punct:]]*", "*[[:space:]]*", "[[:upper:]]*", "[[:xdigit:]]*",
		"[[:x:]]", "[[:alpha:]", "[[:alpha]]", "[:alpha:]", "[[::]]", "[[:]]", "[![:alpha:]]*", "[[:digit:]a-c]*", "[[:alpha:]-z]*", "[a-[:digit:]]", "[[:ALPHA:]]", "[é]", "[\xc3]*", "[\x80-\xff]*",
		// Escapes.
		`\foo`, `f\oo`, `\#note`, `\!note`, `\*`, `a\*b`, `a\?b`, `\[x\]`, `\[x]`, `foo\`, `foo\\`, `\\`, `back\\slash`, `\ lead`, `trail\ `, `trail\ \ `, `trail \ `, `\/foo`, `foo\/bar`, `foo/\bar`, `\F\o\o`, `[\F]oo`, `\F*`,
		// White space, comments, ends of lines.
		"trail ", "trail  ", " lead", "sp ace", "sp ace2/", "tab\t", "tab\t ", "cr\r", "cr\r\r", "foo\r\nbar\r\n", "foo \r\n", "# foo\nbar", " # foo", "#note", "!#note", "\n\nfoo\n\n", "  \nfoo", "\r\nfoo\r\n", "foo\x00bar", "\xef\xbb\xbffoo", "\xef\xbb\xbf\nfoo", "foo\n\xef\xbb\xbfbar", "\xef\xbb\xbf#x\nfoo",
		// Slashes in odd places.
		"/", "//", "foo//", "//foo", "foo//bar", "./foo", "../foo", "foo/.", "/ ", "!/", "foo/bar//", "**//foo",
		// Characters that mean something elsewhere.
		"a+b(c)$", "{a,b}", "^c", "|", "é", "\xff\xfe", "nl*nl", "~", "~*", "*$", "*.{c,o}", "(a)", "é/*.txt", "**/ü*", "a.b*", "a.b.c", "nl*/x", "*d/x",
		// As they are found.
		"*.py[cod]\n__pycache__/\n.env\n.venv\nbuild/\ndist/\n*.log", "node_modules\n/dist\n.env*\n!.env.example\n*.log\nnpm-debug.log*", "[Bb]in/\n[Ll]ibrary/\n!**/[Bb]in/x", "/*\n!.gitignore\n!/foo/\n!/bar", "**/dist/\n!packages/two/dist/",
	}
	var sets []patternSet
	for i, text := range texts {
		files := map[string]string{".gitignore": text}
		sets = append(sets, patternSet{name: fmt.Sprint("root ", i), files: files})
		if strings.ContainsAny(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			sets = append(sets, patternSet{name: fmt.Sprint("root ", i), files: files, fold: true})
		}
	}
	return sets
}

// nestedSets returns sets over several files.
func nestedSets() []patternSet {
	var sets []patternSet
	add := func(name string, pairs ...string) {
		files := make(map[string]string)
		for i := 0; i < len(pairs); i += 2 {
			files[pairs[i]] = pairs[i+1]
		}
		sets = append(sets, patternSet{name: name, files: files}, patternSet{name: name, files: files, fold: true})
	}
	add("deeper wins", ".gitignore", "*.c", "foo/.gitignore", "!x.c")
	add("deeper wins, ignoring", ".gitignore", "!*.c", "foo/.gitignore", "x.c")
	add("ignored directory is the end", ".gitignore", "foo/", "foo/.gitignore", "!x.c\n!*")
	add("taken back", ".gitignore", "foo/*", "foo/.gitignore", "!bar", "foo/bar/.gitignore", "x.c")
	add("anchored in a subdirectory", "foo/.gitignore", "/bar\nfoo/bar")
	add("anchored only there", "a/.gitignore", "/b/x.c\nb/foo")
	add("deep asterisks in a subdirectory", "a/.gitignore", "**/a\n!/a\nb/**")
	add("info/exclude", "info/exclude", ".env\nbuild/", ".gitignore", "!.env")
	add("info/exclude over excludesFile", "info/exclude", "!x.c", "excludesFile", "x.c\n*.o")
	add("excludesFile", "excludesFile", "*~\n.env*\n/foo")
	add("all three", "excludesFile", "*.c", "info/exclude", "!x.c\n*.o", ".gitignore", "!*.o\nfoo", "foo/.gitignore", "!foo", "bar/.gitignore", "!foo\n*.c")
	add("deny all", ".gitignore", "*\n!*/\n!.gitignore", "foo/.gitignore", "!x.c", "a/b/.gitignore", "!*")
	add("empty files", ".gitignore", "", "foo/.gitignore", "\n\n# nothing\n", "info/exclude", "")
	add("directory-only below", ".gitignore", "bar/", "foo/.gitignore", "!bar/", "foo/bar/.gitignore", "*.c")
	add("names with glob characters", "foo/bar/.gitignore", "*", "a/ab/.gitignore", "!*\nx.c")
	add("same line twice", ".gitignore", "x.c\nx.c", "a/.gitignore", "x.c\n!x.c\nx.c")
	return sets
}
