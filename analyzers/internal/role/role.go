// Package role says what a key in the code is there for, where that is known: a
// default for the case that none is configured, the value of an environment
// variable that is set, a part of a URL. Each role has an analyzer of its own,
// which gives better advice than hardcodedkey, and one key is reported once.
package role

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

// A Kind is a kind of role.
type Kind int

// The kinds of roles, in the order in which they are asked for.
const (
	Environment Kind = iota // the value of a variable that is set
	Default                 // the key for when none is configured
	URLPart                 // in a query or in user information
)

// A Role is what a key is there for.
type Role struct {
	Kind  Kind
	What  string // what is wrong with it, for a message
	Fixes []analysis.SuggestedFix
}

// Of returns the role of k, or nil if it has none.
func Of(pass *analysis.Pass, k *keys.Key) *Role {
	for kind, of := range []func(*analysis.Pass, *keys.Key) *Role{Environment: setenv, Default: fallback, URLPart: inURL} {
		if r := of(pass, k); r != nil {
			r.Kind = Kind(kind)
			return r
		}
	}
	return nil
}

// Report reports the keys whose role is of a kind, and returns them.
func Report(pass *analysis.Pass, kind Kind) ([]*keys.Key, error) {
	list, err := pass.ResultOf[keys.Analyzer].(*keys.Keys).All()
	if err != nil {
		return nil, err
	}
	var reported []*keys.Key
	r := report.New(pass)
	for _, k := range list {
		if use := Of(pass, k); use != nil && use.Kind == kind {
			r.Key(k, use.What, use.Fixes...)
			reported = append(reported, k)
		}
	}
	return reported, nil
}

// parents returns the nodes around the expression of k, the innermost first,
// without those that pass its value on as it is: parentheses and conversions.
func parents(info *types.Info, k *keys.Key) (child ast.Expr, above []ast.Node) {
	child = k.Expr
	above = slices.Clone(k.Parents)
	slices.Reverse(above)
	for len(above) > 0 {
		switch p := above[0].(type) {
		case *ast.ParenExpr:
			child = p
		case *ast.CallExpr:
			if !info.Types[p.Fun].IsType() {
				return child, above
			}
			child = p
		default:
			return child, above
		}
		above = above[1:]
	}
	return child, above
}

// argument returns the call that the key is an argument of, its callee and which
// argument it is; the callee is nil if it is none.
func argument(info *types.Info, k *keys.Key) (call *ast.CallExpr, fn *types.Func, i int, above []ast.Node) {
	if k.Expr == nil {
		return nil, nil, 0, nil
	}
	child, above := parents(info, k)
	if len(above) == 0 {
		return nil, nil, 0, nil
	}
	call, ok := above[0].(*ast.CallExpr)
	if !ok {
		return nil, nil, 0, nil
	}
	fn, _ = typeutil.Callee(info, call).(*types.Func)
	i = slices.Index(call.Args, child)
	if i < 0 {
		fn = nil
	}
	return call, fn, i, above[1:]
}

// pathOf returns the path of the package that declares fn.
func pathOf(fn *types.Func) string {
	if fn.Pkg() == nil {
		return ""
	}
	return fn.Pkg().Path()
}
