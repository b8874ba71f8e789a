// Package gitignore decides what git ignores, exactly as git does.
//
// # How lines are matched
//
// A file of patterns is parsed line by line as git parses it: byte order mark,
// carriage returns, comments, escapes, trailing spaces, "!", a leading and a
// trailing slash. What each line then costs depends on its form:
//
//   - a plain name ("node_modules") and a plain path ("/build/out") are looked
//     up in a map, and so is "*.ext", by its extension;
//   - a line of the safe subset (ordinary ASCII characters and single "*", with
//     or without a leading "**/") is compiled by github.com/sabhiram/go-gitignore
//     when a path first passes the test of the line's literal head and tail. The
//     library is asked only about the bytes that the line is about: the base name,
//     or as many path segments as the line has. Outside the subset it is wrong
//     ("?", classes, escapes, "**" in the middle, letter case), and compiling a
//     line takes it dozens of microseconds;
//   - all else is a [Glob], our own matcher with the semantics of git's wildmatch,
//     in time bounded by the product of the lengths of pattern and path.
//
// # How lines are ranked
//
// A [Matcher] is a stack of files, lowest precedence at the bottom: git's order
// is core.excludesFile, $GIT_DIR/info/exclude, then the .gitignore of each
// directory from the root down. The last line that matches decides, of the
// highest file that has one. An ignored directory is the end: nothing below it
// can be taken back. A walk sees to that by itself; a [Checker] does it for
// single paths.
//
// A differential test holds all of this to git check-ignore; see
// https://git-scm.com/docs/gitignore for the syntax. Where versions of git
// differ, this package follows git 2.52 and later: before, "**" behind a
// literal prefix ("foo**/bar") was at times taken for "**" that begins a path
// segment.
package gitignore

// A Result is the line that decides on a path. The zero Result means that no
// line matches.
type Result struct {
	// Matched reports whether any line matches.
	Matched bool
	// Ignored reports whether that line ignores: it is not negated.
	Ignored bool
	// Negated reports whether that line begins with "!".
	Negated bool
	Pattern string // the line, without trailing spaces
	Source  string // the file, as given to Parse
	Line    int    // from 1
}
