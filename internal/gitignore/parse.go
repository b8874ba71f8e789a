package gitignore

import (
	"bytes"
	"strings"
)

// ParseOptions say how to read a file of patterns.
type ParseOptions struct {
	// Source names the file in results.
	Source string
	// IgnoreCase matches ASCII letters in both cases, as core.ignoreCase does.
	IgnoreCase bool
}

// Parse reads a file in the syntax of .gitignore. No input is an error: what
// git cannot make sense of matches nothing, and nor does it here.
func Parse(data []byte, o ParseOptions) *Patterns {
	p := &Patterns{source: o.Source, fold: o.IgnoreCase}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for number := 1; len(data) > 0; number++ {
		var raw []byte
		raw, data, _ = bytes.Cut(data, []byte("\n"))
		if line := cleanLine(raw); line != "" {
			p.rules = append(p.rules, parseRule(line, number, o.IgnoreCase))
		}
	}
	p.index()
	return p
}

// ParseLines is Parse for lines that are already separated, such as those of
// a configuration file.
func ParseLines(lines []string, o ParseOptions) *Patterns {
	return Parse([]byte(strings.Join(lines, "\n")), o)
}

// cleanLine returns a line as git sees it: up to the first NUL, without a
// carriage return at the end and without trailing spaces, and empty for
// comments.
func cleanLine(raw []byte) string {
	raw = bytes.TrimSuffix(raw, []byte("\r"))
	raw, _, _ = bytes.Cut(raw, []byte{0})
	if len(raw) == 0 || raw[0] == '#' {
		return ""
	}
	return string(trimSpaces(raw))
}

// trimSpaces removes trailing spaces that are not escaped. A line that ends in
// a lone backslash keeps them.
func trimSpaces(line []byte) []byte {
	end := 0 // behind the last byte that counts
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case '\\':
			i++
			if i == len(line) {
				return line
			}
		}
		end = i + 1
	}
	return line[:end]
}

// A form says how a rule is looked up.
type form uint8

const (
	formNever  form = iota // matches nothing
	formName               // key is the base name
	formPath               // key is the path
	formSuffix             // key ends the base name; it holds a dot
	formTest               // rule.test decides
)

// A scope is the part of a path that a rule's test looks at.
type scope uint8

const (
	scopeName scope = iota // the base name
	scopePath              // the whole path
	scopeTail              // the last segments of the path, as many as the rule has
	scopeFull              // the whole path, if it has as many segments as the rule
)

// A rule is a line.
type rule struct {
	text    string
	line    int32
	prev    int32 // the rule before with the same key, or -1
	negated bool
	dirOnly bool
	form    form
	scope   scope
	slashes int32 // in scopeTail and scopeFull: those of the rule

	key string // of the forms but formTest
	// What a text must begin with, hold and end with, and its least length in
	// bytes: cheap to ask before test.
	head, mid, tail string
	min             int
	test            tester // nil: the conditions above are the whole test
}

// A tester reports whether a text matches.
type tester interface{ Match(text string) bool }

// parseRule classifies a clean line.
func parseRule(line string, number int, fold bool) rule {
	r := rule{text: line, line: int32(number), prev: -1}
	pattern, negated := strings.CutPrefix(line, "!")
	pattern, dirOnly := strings.CutSuffix(pattern, "/")
	r.negated, r.dirOnly = negated, dirOnly

	anchored := strings.Contains(pattern, "/")
	pattern = strings.TrimPrefix(pattern, "/")
	if rest, ok := strings.CutPrefix(pattern, "**/"); ok && anchored && isSafe(rest) {
		r.classify(rest, scopeTail, fold) // at any depth
		return r
	}
	if anchored {
		r.classify(pattern, scopePath, fold)
	} else {
		r.classify(pattern, scopeName, fold)
	}
	return r
}

// classify decides how the pattern is matched against what s says.
func (r *rule) classify(pattern string, s scope, fold bool) {
	if s == scopeTail && !strings.Contains(pattern, "/") {
		s = scopeName // "**/name" means "name"
	}
	r.scope, r.slashes = s, int32(strings.Count(pattern, "/"))
	literal := !hasSpecial(pattern)
	suffix, isSuffix := strings.CutPrefix(pattern, "*")
	isSuffix = isSuffix && s == scopeName && !hasSpecial(suffix)
	if fold && (literal || isSuffix) {
		pattern, suffix = lowerString(pattern), lowerString(suffix)
	}
	switch {
	case pattern == "":
		r.form = formNever
	case literal && s == scopeName:
		r.form, r.key = formName, pattern
	case literal && s == scopePath:
		r.form, r.key = formPath, pattern
	case isSuffix && strings.Contains(suffix, "."):
		r.form, r.key = formSuffix, suffix
	case isSuffix:
		r.form, r.tail, r.min = formTest, suffix, len(suffix)
	case !fold && isSafe(pattern):
		r.form = formTest
		r.useLibrary(pattern)
	default:
		r.form = formTest
		r.useGlob(pattern, fold)
	}
}

// hasSpecial reports whether a pattern is more than a literal.
func hasSpecial(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

// useGlob makes a [Glob] match the rule's pattern.
func (r *rule) useGlob(pattern string, fold bool) {
	if r.scope == scopeTail {
		r.scope, pattern = scopePath, "**/"+pattern
	}
	g := CompileGlob(pattern, fold)
	if g.never {
		r.form = formNever
		return
	}
	r.head, r.mid, r.tail = g.literals()
	r.min, r.test = g.min, g
}
