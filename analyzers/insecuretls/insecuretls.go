package insecuretls

import (
	_ "embed"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

//go:embed doc.go
var doc string

// Analyzer reports InsecureSkipVerify in packages that send a key.
var Analyzer = &analysis.Analyzer{
	Name:             "insecuretls",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, agcloud.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	if !pass.ResultOf[agcloud.Analyzer].(*agcloud.Gateway).Speaks() {
		return nil, nil
	}
	r := report.New(pass)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.KeyValueExpr)(nil), (*ast.AssignStmt)(nil)) {
		n := c.Node()
		if skipsVerify(pass.TypesInfo, n) && !strings.HasSuffix(pass.Fset.Position(n.Pos()).Filename, "_test.go") {
			r.Report(analysis.Diagnostic{
				Pos: n.Pos(), End: n.End(), Category: "tls",
				Message: "a connection that accepts every certificate gives the key to whoever is on the way: trust the server's authority with RootCAs",
			})
		}
	}
	return nil, nil
}

// skipsVerify reports whether n sets InsecureSkipVerify to true.
func skipsVerify(info *types.Info, n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		id, ok := n.Key.(*ast.Ident)
		return ok && isSkipVerify(info, id) && isTrue(info, n.Value)
	case *ast.AssignStmt:
		for i, lhs := range n.Lhs {
			if sel, ok := lhs.(*ast.SelectorExpr); ok && i < len(n.Rhs) && isSkipVerify(info, sel.Sel) && isTrue(info, n.Rhs[i]) {
				return true
			}
		}
	}
	return false
}

// isSkipVerify reports whether id names the field of tls.Config.
func isSkipVerify(info *types.Info, id *ast.Ident) bool {
	v, ok := info.Uses[id].(*types.Var)
	return ok && v.IsField() && v.Name() == "InsecureSkipVerify" && v.Pkg() != nil && v.Pkg().Path() == "crypto/tls"
}

func isTrue(info *types.Info, e ast.Expr) bool {
	v := info.Types[e].Value
	return v != nil && v.Kind() == constant.Bool && constant.BoolVal(v)
}
