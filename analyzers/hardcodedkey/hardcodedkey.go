package hardcodedkey

import (
	_ "embed"
	"flag"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
	"github.com/agcloud/keylint/analyzers/internal/role"
)

//go:embed doc.go
var doc string

// Analyzer reports keys in the code.
var Analyzer = &analysis.Analyzer{
	Name:             "hardcodedkey",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{keys.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	Flags:            flags(),
}

// allFlag is the name of the flag to report the keys that other analyzers
// report.
const allFlag = "all"

func flags() flag.FlagSet {
	var f flag.FlagSet
	formats := keys.Analyzer.Flags.Lookup(keys.FormatsFlag)
	f.Var(formats.Value, formats.Name, formats.Usage)
	f.Bool(allFlag, false, "report also what keyfallback, setenvkey and keyurl report")
	return f
}

func run(pass *analysis.Pass) (any, error) {
	list, err := pass.ResultOf[keys.Analyzer].(*keys.Keys).All()
	if err != nil {
		return nil, err
	}
	all := pass.Analyzer.Flags.Lookup(allFlag).Value.String() == "true"
	r := report.New(pass)
	for _, k := range list {
		switch {
		case !reportedElsewhere(pass, k):
			r.Key(k, advice(k), fix(pass, k)...)
		case all:
			r.Key(k, advice(k))
		}
	}
	return nil, nil
}

// reportedElsewhere reports whether another analyzer reports k.
func reportedElsewhere(pass *analysis.Pass, k *keys.Key) bool {
	use := role.Of(pass, k)
	return use != nil && (use.Kind != role.URLPart || !keys.Foreign(pass))
}

// advice returns what is wrong with k and what to do.
func advice(k *keys.Key) string {
	if k.Secret.Len() > maxVariable {
		return "is in the code: keep it in a file outside"
	}
	return "is in the code: read it from the environment"
}
