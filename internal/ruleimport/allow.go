package ruleimport

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// allowKeys are the keys of an allowlist that are read or say nothing.
var allowKeys = []string{"description", "condition", "paths", "regexTarget", "regexes", "stopwords", "targetRules", "commits"}

// allow gives d what an allowlist leaves out, as far as rules of keylint can say
// it: globs of paths and stop words.
func (c *conversion) allow(d *draft, a table) {
	if strings.EqualFold(a.text("condition"), "and") || a.text("condition") == "&&" {
		c.left(d.id, "an allowlist that asks for all of its conditions: more is found")
		return
	}
	for _, path := range a.texts("paths") {
		globs, ok := globsOf(path)
		if !ok {
			c.left(d.id, "the path %s of an allowlist cannot be written as globs: more is found; name the files in .keylintignore", path)
			continue
		}
		d.def.ExcludePaths = append(d.def.ExcludePaths, globs...)
	}
	d.def.StopWords = append(d.def.StopWords, a.texts("stopwords")...)
	c.allowRegexes(d, a)
	if n := len(a.list("commits")); n > 0 {
		c.left(d.id, "%d commits of an allowlist: accept their findings with “keylint baseline write”", n)
	}
	c.unknownKeys(d.id, a, allowKeys)
}

// allowRegexes turns the regexes of an allowlist that are plain texts into stop
// words.
func (c *conversion) allowRegexes(d *draft, a table) {
	target := a.text("regexTarget")
	for _, text := range a.texts("regexes") {
		if target != "" && target != "secret" {
			c.left(d.id, "an allowlist for the %s: more is found", target)
			return
		}
		re, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			c.left(d.id, "the regex %s of an allowlist cannot be read: more is found", text)
			continue
		}
		words, ok := exact(re)
		if !ok || hasAnchor(re) || slices.Contains(words, "") {
			c.left(d.id, "the regex %s of an allowlist is no list of words: more is found", text)
			continue
		}
		c.changed(d.id, "the regex %s of an allowlist is written as stop words, case ignored", text)
		d.def.StopWords = append(d.def.StopWords, words...)
	}
}

// hasAnchor reports whether re asks for anything but characters.
func hasAnchor(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, hasAnchor)
}

// globsOf returns globs for the paths in which pattern, a regular expression,
// matches; ok is false when there are none that mean the same. It knows texts
// and alternatives, anchored or not, behind any beginning.
func globsOf(pattern string) (globs []string, ok bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, false
	}
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat || re.Op == syntax.OpCapture {
		parts = flat(&syntax.Regexp{Op: syntax.OpConcat, Sub: parts})
	}
	begin, end := false, false
	if parts[0].Op == syntax.OpBeginText || parts[0].Op == syntax.OpBeginLine {
		begin, parts = true, parts[1:]
	}
	if n := len(parts); n > 0 && (parts[n-1].Op == syntax.OpEndText || parts[n-1].Op == syntax.OpEndLine) {
		end, parts = true, parts[:n-1]
	}
	if len(parts) > 0 && isAnything(parts[0]) {
		begin, parts = false, parts[1:]
	}
	if n := len(parts); n > 0 && isAnything(parts[n-1]) {
		end, parts = false, parts[:n-1]
	}
	below := false
	if n := len(parts); n > 1 && end && isBelow(parts[n-1]) {
		below, parts = true, parts[:n-1]
	}
	rest := &syntax.Regexp{Op: syntax.OpConcat, Sub: parts}
	slash := len(parts) > 0 && isRootOrSlash(parts[0])
	if slash {
		rest.Sub = parts[1:]
	}
	set, ok := written(rest)
	if !ok || len(set) == 0 || hasAnchor(rest) || slices.ContainsFunc(set, func(s string) bool { return strings.Trim(s, "/") == "" }) {
		return nil, false
	}
	for _, s := range set {
		globs = append(globs, globs1(s, begin, end, slash)...)
		if below {
			globs = append(globs, globs1(s+"/", begin, false, slash)...)
		}
	}
	return globs, true
}

// globs1 returns the globs for one text of a path, which is quoted.
func globs1(text string, begin, end, slash bool) []string {
	rooted, inner := strings.CutPrefix(text, "/")
	before := "**/*"
	switch {
	case begin && !slash:
		before = ""
	case slash || inner:
		before, text = "**/", rooted
	}
	switch {
	case end:
		return []string{before + text}
	case strings.HasSuffix(text, "/"):
		return []string{before + text + "**"}
	}
	return []string{before + text + "*", before + text + "*/**"}
}

// isAnything reports whether re matches any text, as .* does.
func isAnything(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar && (re.Sub[0].Op == syntax.OpAnyChar || re.Sub[0].Op == syntax.OpAnyCharNotNL)
}

// isBelow reports whether re is (/.*)?, which is for all that a directory holds.
func isBelow(re *syntax.Regexp) bool {
	if re.Op != syntax.OpQuest {
		return false
	}
	parts := flat(&syntax.Regexp{Op: syntax.OpConcat, Sub: re.Sub})
	return len(parts) == 2 && parts[0].Op == syntax.OpLiteral && string(parts[0].Rune) == "/" && isAnything(parts[1])
}

// isRootOrSlash reports whether re is (^|/).
func isRootOrSlash(re *syntax.Regexp) bool {
	if re.Op != syntax.OpAlternate || len(re.Sub) != 2 {
		return false
	}
	a, b := re.Sub[0], re.Sub[1]
	return (a.Op == syntax.OpBeginText || a.Op == syntax.OpBeginLine) && b.Op == syntax.OpLiteral && string(b.Rune) == "/"
}

// written returns all texts that re matches, as globs; ok is false when they are
// many, or when case is ignored in a part of them only.
func written(re *syntax.Regexp) (set []string, ok bool) {
	if ignoring, minding := cases(re); ignoring && minding {
		return nil, false
	} else if !ignoring {
		set, ok = texts(re, func(s string) string { return s })
		return quoted(set, false), ok
	}
	set, ok = exact(re)
	return quoted(set, true), ok
}

// cases reports whether there are letters in re whose case is ignored, and such
// whose case is minded.
func cases(re *syntax.Regexp) (ignoring, minding bool) {
	switch {
	case re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase != 0:
		return true, false
	case re.Op == syntax.OpLiteral:
		text := string(re.Rune)
		return false, strings.ToLower(text) != strings.ToUpper(text)
	case re.Op == syntax.OpCharClass:
		set, _ := exactClass(re, func(s string) string { return s })
		all := strings.Join(set, "")
		if strings.ToLower(all) == strings.ToUpper(all) {
			return false, false
		}
		ignoring = strings.ContainsAny(all, strings.ToUpper(all)) && strings.ContainsAny(all, strings.ToLower(all))
		return ignoring, !ignoring
	}
	for _, s := range re.Sub {
		i, m := cases(s)
		ignoring, minding = ignoring || i, minding || m
	}
	return ignoring, minding
}

// quoted returns texts as globs. fold writes a letter as a class of both cases.
func quoted(texts []string, fold bool) []string {
	var out []string
	for _, t := range texts {
		var b strings.Builder
		for _, r := range t {
			switch lower, upper := strings.ToLower(string(r)), strings.ToUpper(string(r)); {
			case strings.ContainsRune("*?[]{}\\", r):
				b.WriteString("\\" + string(r))
			case fold && lower != upper:
				b.WriteString("[" + lower + upper + "]")
			default:
				b.WriteRune(r)
			}
		}
		out = append(out, b.String())
	}
	return out
}
