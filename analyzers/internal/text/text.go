// Package text tells what is known of texts that are put together when a program
// runs.
package text

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// Constant returns the value of e if it is a constant string.
func Constant(info *types.Info, e ast.Expr) (string, bool) {
	tv := info.Types[e]
	if tv.Value == nil || tv.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(tv.Value), true
}

// End returns the constant text that e ends in, as far as it is one operand of
// a sum.
func End(info *types.Info, e ast.Expr) string {
	e = ast.Unparen(e)
	if s, ok := Constant(info, e); ok {
		return s
	}
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return End(info, sum.Y)
	}
	return ""
}

// Start returns the expression whose constant value e begins with: an operand of
// a sum, or the format of fmt.Sprintf. It is nil if e begins with something else.
func Start(info *types.Info, e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	if _, ok := Constant(info, e); ok {
		return e
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return Start(info, e.X)
		}
	case *ast.CallExpr:
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Sprintf" && len(e.Args) > 0 {
			return Start(info, e.Args[0])
		}
	}
	return nil
}

// Verbs returns, for each verb in the format of a call of fmt.Sprintf, the
// format before it. Formats with indexes or stars have none.
func Verbs(info *types.Info, call *ast.CallExpr) []string {
	if len(call.Args) == 0 {
		return nil
	}
	format, ok := Constant(info, call.Args[0])
	if !ok || strings.ContainsAny(format, "[*") {
		return nil
	}
	var list []string
	for i := 0; i+1 < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		if format[i+1] != '%' {
			list = append(list, format[:i])
		}
		i++
	}
	return list
}
