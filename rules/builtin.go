package rules

import (
	"embed"
	"io/fs"
	"slices"
)

//go:embed builtin/*.toml
var builtinFiles embed.FS

// A builtinRule is a rule of the builtin directory with what checking and
// compiling it told, so that a run of keylint needs to do neither.
type builtinRule struct {
	def       Def
	footprint footprint
	sum       string // see Rule.sum
}

//go:generate go test -run ^TestBuiltin(Table|Literals)$ -update .

// Builtin returns the rules that are part of keylint, in order of file name
// and place in the file. Each change is applied to each declaration before it
// is compiled.
func Builtin(changes ...func(*Def)) ([]*Rule, error) {
	list := make([]*Rule, 0, len(builtinTable))
	unchanged := make([]Rule, len(builtinTable))
	for i := range builtinTable {
		b := &builtinTable[i]
		if len(changes) == 0 {
			list = append(list, b.rule(&unchanged[i]))
			continue
		}
		d := b.def
		for _, change := range changes {
			change(&d)
		}
		if d.Regex == b.def.Regex && d.Severity == b.def.Severity && slices.Equal(d.Keywords, b.def.Keywords) && slices.Equal(d.Requires, b.def.Requires) {
			list = append(list, b.rule(&unchanged[i]))
			continue
		}
		r, err := NewRule(d)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// rule makes r the rule, which was checked when the table was made.
func (b *builtinRule) rule(r *Rule) *Rule {
	r.Def, r.footprint, r.sum = b.def, b.footprint, b.sum
	if len(b.def.With) > 0 {
		r.with = make([]pattern, len(b.def.With))
	}
	return r
}

// parseBuiltin reads the rules from their files, as the table was made from.
func parseBuiltin() ([]*Rule, error) {
	names, err := fs.Glob(builtinFiles, "builtin/*.toml")
	if err != nil {
		return nil, err
	}
	var all []*Rule
	for _, name := range names {
		data, err := builtinFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list, err := Parse(name, data)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}
