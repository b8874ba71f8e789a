package bearerprefix

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/edit"
	"github.com/agcloud/keylint/analyzers/internal/flow"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
	"github.com/agcloud/keylint/analyzers/internal/text"
)

//go:embed doc.go
var doc string

// Analyzer reports Authorization headers without "Bearer ".
var Analyzer = &analysis.Analyzer{
	Name:             "bearerprefix",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, agcloud.Analyzer, flow.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	f := pass.ResultOf[flow.Analyzer].(*flow.Flow)
	if f.Empty() || !pass.ResultOf[agcloud.Analyzer].(*agcloud.Gateway).Speaks() {
		return nil, nil
	}
	r := report.New(pass)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		call := c.Node().(*ast.CallExpr)
		fn, ok := typeutil.Callee(pass.TypesInfo, call).(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "net/http" || len(call.Args) != 2 {
			continue
		}
		isKey, bare := f.Argument(call, 1)
		if !isKey {
			continue
		}
		value := call.Args[1]
		switch fn.Name() {
		case "SetBasicAuth":
			r.Report(diagnostic(value, "the gateway takes no basic authentication: set the header Authorization to \"Bearer \" and the key", nil))
		case "Set", "Add":
			if name, ok := text.Constant(pass.TypesInfo, call.Args[0]); ok && strings.EqualFold(name, "Authorization") {
				checkValue(pass, r, value, bare)
			}
		}
	}
	return nil, nil
}

// checkValue reports the value of an Authorization header, which is made of a
// key, if it does not begin with the right scheme.
func checkValue(pass *analysis.Pass, r *report.Reporter, value ast.Expr, bare bool) {
	if bare {
		fix := edit.Fix(`Put "Bearer " before the key`, edit.Insert(value.Pos(), `"Bearer " + `))
		r.Report(diagnostic(value, "the Authorization header needs \"Bearer \" before the key, or the gateway answers 401", fix))
		return
	}
	start := text.Start(pass.TypesInfo, value)
	if start == nil {
		return // composed elsewhere
	}
	scheme, _ := text.Constant(pass.TypesInfo, start)
	if strings.HasPrefix(scheme, "Bearer ") {
		return
	}
	r.Report(diagnostic(value, "the Authorization header begins with "+schemeName(scheme)+" and not with \"Bearer \" before the key: the gateway answers 401", schemeFix(start)))
}

func diagnostic(value ast.Expr, message string, fixes []analysis.SuggestedFix) analysis.Diagnostic {
	return analysis.Diagnostic{Pos: value.Pos(), End: value.End(), Category: "authorization", Message: message, SuggestedFixes: fixes}
}

// schemeName returns how a message calls a wrong scheme. It shows only the
// common ones, as the text could be a key.
func schemeName(scheme string) string {
	for _, known := range []string{"Bearer", "Basic", "bearer", "Token"} {
		if strings.HasPrefix(scheme, known) {
			return `"` + known + `"`
		}
	}
	return "other text"
}

// schemeFix returns the fix that corrects the scheme in a literal, if it is one
// of the common wrong ones.
func schemeFix(start ast.Expr) []analysis.SuggestedFix {
	lit, ok := start.(*ast.BasicLit)
	if !ok {
		return nil
	}
	for _, wrong := range []string{"Bearer", "Basic ", "bearer ", "Token "} {
		if strings.HasPrefix(lit.Value[1:], wrong) {
			start := lit.Pos() + 1
			return edit.Fix(`Put "Bearer " before the key`, analysis.TextEdit{Pos: start, End: start + token.Pos(len(wrong)), NewText: []byte("Bearer ")})
		}
	}
	return nil
}
