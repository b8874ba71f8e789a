package nobackoff

import (
	_ "embed"
	"flag"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

//go:embed doc.go
var doc string

// Analyzer reports requests that are repeated without backing off.
var Analyzer = &analysis.Analyzer{
	Name:             "nobackoff",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, agcloud.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	Flags:            flags(),
}

// unhandledFlag is the name of the flag to report packages that do not handle
// status 429.
const unhandledFlag = "unhandled"

func flags() flag.FlagSet {
	var f flag.FlagSet
	f.Bool(unhandledFlag, false, "report packages that call the gateway and never look at status 429 or Retry-After")
	return f
}

func run(pass *analysis.Pass) (any, error) {
	if !pass.ResultOf[agcloud.Analyzer].(*agcloud.Gateway).Speaks() {
		return nil, nil
	}
	r := report.New(pass)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if what := newLoop(pass.TypesInfo, c.Node()).complaint(); what != "" {
			r.Report(analysis.Diagnostic{Pos: c.Node().Pos(), End: c.Node().Pos() + token.Pos(len("for")), Category: "retry", Message: what})
		}
	}
	if pass.Analyzer.Flags.Lookup(unhandledFlag).Value.String() == "true" {
		checkPackage(pass, r, in)
	}
	return nil, nil
}

// checkPackage reports the first request of a package that never mentions status
// 429 or Retry-After.
func checkPackage(pass *analysis.Pass, r *report.Reporter, in *inspector.Inspector) {
	var first *ast.CallExpr
	for c := range in.Root().Preorder((*ast.CallExpr)(nil), (*ast.BasicLit)(nil), (*ast.Ident)(nil)) {
		switch n := c.Node().(type) {
		case *ast.CallExpr:
			if first == nil && sends(pass.TypesInfo, n) {
				first = n
			}
		case *ast.BasicLit:
			if n.Value == "429" || strings.Contains(strings.ToLower(n.Value), "retry-after") {
				return
			}
		case *ast.Ident:
			if n.Name == "StatusTooManyRequests" {
				return
			}
		}
	}
	if first != nil {
		r.Report(analysis.Diagnostic{
			Pos: first.Pos(), End: first.End(), Category: "retry",
			Message: "the package calls the gateway and never looks at status 429 or Retry-After: repeat such requests with growing delay",
		})
	}
}

// sends reports whether call sends an HTTP request.
func sends(info *types.Info, call *ast.CallExpr) bool {
	fn, ok := typeutil.Callee(info, call).(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "net/http" {
		return false
	}
	switch fn.Name() {
	case "Do", "Post", "PostForm", "Head", "RoundTrip":
		return true
	case "Get": // also of http.Header
		return fn.Signature().Results().Len() == 2
	}
	return false
}
