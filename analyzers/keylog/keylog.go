package keylog

import (
	_ "embed"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/agcloud/keylint/analyzers/internal/flow"
	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

//go:embed doc.go
var doc string

// Analyzer reports keys that are logged.
var Analyzer = &analysis.Analyzer{
	Name:             "keylog",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, keys.Analyzer, flow.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	leaks := pass.ResultOf[flow.Analyzer].(*flow.Flow).Leaks()
	if len(leaks) == 0 {
		return nil, nil
	}
	constants, err := pass.ResultOf[keys.Analyzer].(*keys.Keys).All()
	if err != nil {
		return nil, err
	}
	calls := callsByParen(pass)
	r := report.New(pass)
	for _, l := range leaks {
		d := analysis.Diagnostic{Pos: l.Pos, End: l.Pos, Category: "log", Message: "a key is given to " + l.How + ": whoever reads that has the key"}
		if call := calls[l.Pos]; call != nil {
			if spelledOut(call, constants) {
				continue // hardcodedkey reports it, and logging it is the lesser trouble
			}
			d.Pos, d.End = call.Pos(), call.End()
		}
		r.Report(d)
	}
	return nil, nil
}

// callsByParen returns the calls of the package by the position that SSA form
// gives to them.
func callsByParen(pass *analysis.Pass) map[token.Pos]*ast.CallExpr {
	calls := map[token.Pos]*ast.CallExpr{}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		call := c.Node().(*ast.CallExpr)
		calls[call.Lparen] = call
	}
	return calls
}

// spelledOut reports whether a key stands in the arguments of call itself.
func spelledOut(call *ast.CallExpr, constants []*keys.Key) bool {
	for _, k := range constants {
		if call.Lparen < k.Pos && k.End <= call.Rparen {
			return true
		}
	}
	return false
}
