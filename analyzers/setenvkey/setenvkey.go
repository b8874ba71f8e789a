package setenvkey

import (
	_ "embed"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/role"
)

//go:embed doc.go
var doc string

// Analyzer reports keys that the code puts into an environment.
var Analyzer = &analysis.Analyzer{
	Name:             "setenvkey",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{keys.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	_, err := role.Report(pass, role.Environment)
	return nil, err
}
