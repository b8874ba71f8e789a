package keyurl

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/agcloud/keylint/analyzers/internal/flow"
	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
	"github.com/agcloud/keylint/analyzers/internal/role"
	"github.com/agcloud/keylint/analyzers/internal/text"
)

//go:embed doc.go
var doc string

// Analyzer reports keys in URLs.
var Analyzer = &analysis.Analyzer{
	Name:             "keyurl",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, keys.Analyzer, flow.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	spelledOut := map[ast.Node]bool{}
	if !keys.Foreign(pass) {
		list, err := role.Report(pass, role.URLPart)
		if err != nil {
			return nil, err
		}
		for _, k := range list {
			spelledOut[k.Expr] = true
		}
	}
	reportFlows(pass, spelledOut)
	return nil, nil
}

// reportFlows reports the keys that get into a URL from elsewhere, such as the
// environment, other than in an expression that is reported.
func reportFlows(pass *analysis.Pass, reported map[ast.Node]bool) {
	f := pass.ResultOf[flow.Analyzer].(*flow.Flow)
	if f.Empty() {
		return
	}
	r := report.New(pass)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.BinaryExpr)(nil), (*ast.CallExpr)(nil)) {
		var value ast.Expr
		switch n := c.Node().(type) {
		case *ast.BinaryExpr:
			if n.Op == token.ADD && f.Sum(n) && role.OpensQuery(text.End(pass.TypesInfo, n.X)) {
				value = n.Y
			}
		case *ast.CallExpr:
			value = queryArgument(pass.TypesInfo, f, n)
		}
		if value != nil && !reported[value] && !reported[c.Node()] {
			r.Report(analysis.Diagnostic{Pos: value.Pos(), End: value.End(), Category: "url", Message: "a key " + role.InURL})
		}
	}
}

// queryArgument returns the argument of a call that is a key and gets into the
// query of a URL, or nil.
func queryArgument(info *types.Info, f *flow.Flow, call *ast.CallExpr) ast.Expr {
	fn, ok := typeutil.Callee(info, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return nil
	}
	if role.SetsQuery(fn) {
		if isKey, _ := f.Argument(call, 1); isKey {
			return call.Args[1]
		}
		return nil
	}
	if fn.Pkg().Path() != "fmt" || fn.Name() != "Sprintf" {
		return nil
	}
	for i, before := range text.Verbs(info, call) {
		if i+1 < len(call.Args) && role.OpensQuery(before) && f.Formatted(call, i) {
			return call.Args[i+1]
		}
	}
	return nil
}
