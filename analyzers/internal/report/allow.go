package report

import (
	"go/token"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// A directive is a comment that allows findings on its line or the next, in the
// form that scans of files know, too:
//
//	//keylint:allow NAME[,NAME...] -- REASON
//
// A name is that of an analyzer or of a rule; "all" stands for every one. Without
// names or reason it allows nothing, and scans of files report it.
type directive struct {
	line    int
	names   []string
	foreign bool // of another tool: no names, no reason, and for one line only
}

// allowed reports whether a directive allows one of names at pos.
func (r *Reporter) allowed(pos token.Pos, names []string) bool {
	file := r.pass.Fset.File(pos)
	if _, ok := r.allows[file.Name()]; !ok {
		content, err := r.pass.ReadFile(file.Name())
		if err != nil {
			content = nil // nothing is allowed then
		}
		r.allows[file.Name()] = directives(string(content))
	}
	line := file.PositionFor(pos, false).Line
	return slices.ContainsFunc(r.allows[file.Name()], func(d directive) bool { return d.allows(line, names) })
}

// allows reports whether d allows one of names on a line.
func (d directive) allows(line int, names []string) bool {
	if d.line != line && (d.foreign || d.line != line-1) {
		return false
	}
	return d.foreign || slices.Contains(d.names, "all") || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(d.names, n) })
}

// directives returns the directives in the text of a file.
func directives(text string) []directive {
	var list []directive
	number := 0
	for line := range strings.Lines(text) {
		number++
		for i, mark := range rules.AllowMarks() {
			_, rest, ok := strings.Cut(line, mark)
			if d := parse(rest, i > 0); ok && (d.foreign || len(d.names) > 0) {
				d.line = number
				if rules.AllowsNextLine(mark) {
					d.line++
				}
				list = append(list, d)
			}
		}
	}
	return list
}

// parse reads what follows the mark of a directive.
func parse(rest string, foreign bool) directive {
	if foreign {
		return directive{foreign: true}
	}
	names, reason := rules.ParseAllow(rest)
	if reason == "" {
		return directive{}
	}
	return directive{names: names}
}
