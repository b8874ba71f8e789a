package role

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/agcloud/keylint/analyzers/internal/edit"
	"github.com/agcloud/keylint/analyzers/internal/keys"
)

const dropDefault = "Drop the default"

// fallback returns the role of a key that is used when none is configured.
func fallback(pass *analysis.Pass, k *keys.Key) *Role {
	fixes, ok := fallbackFix(pass, k)
	if !ok {
		return nil
	}
	return &Role{What: "is the default for when none is configured: fail instead", Fixes: fixes}
}

// fallbackFix reports whether k is a default, and returns the fix that drops it,
// if there is one.
func fallbackFix(pass *analysis.Pass, k *keys.Key) (fixes []analysis.SuggestedFix, ok bool) {
	if k.Expr == nil {
		return tagDefault(pass, k)
	}
	if call, fn, i, above := argument(pass.TypesInfo, k); fn != nil {
		return callDefault(pass, k, call, fn, i, above)
	}
	child, above := parents(pass.TypesInfo, k)
	switch p := at(above, 0).(type) {
	case *ast.AssignStmt:
		return guardedAssignment(pass, k, p, above)
	case *ast.ReturnStmt:
		return lastReturn(pass, k, above)
	case *ast.KeyValueExpr:
		if p.Value == child && isFlagDefault(pass.TypesInfo, p, at(above, 1)) {
			return empty(pass, k), true
		}
	}
	return nil, false
}

// empty returns the fix that puts an empty string in place of the key.
func empty(pass *analysis.Pass, k *keys.Key) []analysis.SuggestedFix {
	basic, ok := pass.TypesInfo.TypeOf(k.Expr).Underlying().(*types.Basic)
	if !ok || basic.Info()&types.IsString == 0 {
		return nil
	}
	return edit.Fix(dropDefault, edit.Replace(k.Expr, `""`))
}

// callDefault is fallbackFix for the i-th argument of a call of fn.
func callDefault(pass *analysis.Pass, k *keys.Key, call *ast.CallExpr, fn *types.Func, i int, above []ast.Node) ([]analysis.SuggestedFix, bool) {
	path, name := pathOf(fn), fn.Name()
	switch {
	case path == "cmp" && name == "Or" && i > 0:
		return dropArgument(pass, call, i), true
	case name == "SetDefault" && i == 1:
		return removeStatement(pass, above), true
	case name == "Default" && strings.Contains(path, "kingpin"):
		return nil, true
	case isFlagPackage(path) && parameter(fn, i) == "value":
		return empty(pass, k), true
	case i > 0 && isEnvHelper(pass.TypesInfo, name, call.Args[i-1]):
		return empty(pass, k), true
	}
	return nil, false
}

func isFlagPackage(path string) bool { return path == "flag" || strings.HasSuffix(path, "/pflag") }

// parameter returns the name of the i-th parameter of fn.
func parameter(fn *types.Func, i int) string {
	params := fn.Signature().Params()
	if i >= params.Len() {
		return ""
	}
	return params.At(i).Name()
}

// isEnvHelper reports whether a function of that name, with the name of a
// variable before the key, is one such as getenv(name, default).
func isEnvHelper(info *types.Info, fn string, before ast.Expr) bool {
	tv := info.Types[before]
	return strings.Contains(strings.ToLower(fn), "env") && tv.Value != nil && tv.Value.Kind() == constant.String && isVariable(constant.StringVal(tv.Value))
}

// isVariable reports whether s has the form of the name of an environment
// variable.
func isVariable(s string) bool {
	return len(s) > 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// dropArgument returns the fix that leaves the i-th argument out of a call of
// cmp.Or, and the call as well when one argument is left.
func dropArgument(pass *analysis.Pass, call *ast.CallExpr, i int) []analysis.SuggestedFix {
	if len(call.Args) > 2 {
		return edit.Fix(dropDefault, analysis.TextEdit{Pos: call.Args[i-1].End(), End: call.Args[i].End()})
	}
	other := edit.Source(pass, call.Args[0])
	if other == "" {
		return nil
	}
	return edit.Fix(dropDefault, edit.Replace(call, other))
}

// isFlagDefault reports whether kv is the default of a flag that is described by
// a composite literal.
func isFlagDefault(info *types.Info, kv *ast.KeyValueExpr, lit ast.Node) bool {
	field, ok := kv.Key.(*ast.Ident)
	l, isLit := lit.(*ast.CompositeLit)
	if !ok || !isLit {
		return false
	}
	t := types.Unalias(info.TypeOf(l))
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && strings.HasSuffix(named.Obj().Name(), "Flag") && (field.Name == "Value" || strings.HasPrefix(field.Name, "Def"))
}

// guardedAssignment is fallbackFix for an assignment in the body of an if
// statement that asks whether the variable is empty.
func guardedAssignment(pass *analysis.Pass, k *keys.Key, assign *ast.AssignStmt, above []ast.Node) ([]analysis.SuggestedFix, bool) {
	check, ok := at(above, 2).(*ast.IfStmt)
	if !ok || at(above, 1) != ast.Node(check.Body) || assign.Tok != token.ASSIGN || len(assign.Lhs) != 1 {
		return nil, false
	}
	if !asksEmpty(pass.TypesInfo, check, assign.Lhs[0]) {
		return nil, false
	}
	var stmt ast.Stmt = assign
	if len(check.Body.List) == 1 && check.Else == nil && isList(at(above, 3)) {
		stmt = check
	}
	if !edit.Removable(pass.TypesInfo, stmt) {
		return nil, true
	}
	return edit.Fix(dropDefault, edit.Delete(pass, stmt)), true
}

// isList reports whether n holds a list of statements.
func isList(n ast.Node) bool {
	switch n.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// asksEmpty reports whether the condition of check is that v is empty, or the
// result of looking up a variable of the environment that is not set.
func asksEmpty(info *types.Info, check *ast.IfStmt, v ast.Expr) bool {
	switch cond := ast.Unparen(check.Cond).(type) {
	case *ast.UnaryExpr:
		return cond.Op == token.NOT // if !ok
	case *ast.BinaryExpr:
		if cond.Op != token.EQL {
			return false
		}
		name := types.ExprString(v)
		x := types.ExprString(cond.X)
		return x == name || x == "len("+name+")" || isEnvCall(info, cond.X)
	}
	return false
}

// isEnvCall reports whether e is a call that reads the environment.
func isEnvCall(info *types.Info, e ast.Node) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := typeutil.Callee(info, call).(*types.Func)
	return ok && pathOf(fn) == "os" && (fn.Name() == "Getenv" || fn.Name() == "LookupEnv")
}

// lastReturn is fallbackFix for a key that is returned by a function which reads
// the environment as well.
func lastReturn(pass *analysis.Pass, k *keys.Key, above []ast.Node) ([]analysis.SuggestedFix, bool) {
	for _, n := range above {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			reads := false
			ast.Inspect(n, func(n ast.Node) bool {
				reads = reads || n != nil && isEnvCall(pass.TypesInfo, n)
				return !reads
			})
			return empty(pass, k), reads
		}
	}
	return nil, false
}

// tagDefault is fallbackFix for a key in the tag of a field, such as
// default:"…", envDefault:"…" or env:"NAME,default=…".
func tagDefault(pass *analysis.Pass, k *keys.Key) ([]analysis.SuggestedFix, bool) {
	field := fieldAt(k)
	if field == nil || !strings.Contains(strings.ToLower(field.Tag.Value), "default") {
		return nil, false
	}
	lo := int(k.Pos - field.Tag.Pos())
	hi := int(k.End - field.Tag.Pos())
	tag := field.Tag.Value
	if lo < 1 || hi >= len(tag) || tag[lo-1] != '"' || tag[hi] != '"' {
		return nil, true // the key is a part of the value
	}
	start := strings.LastIndexByte(tag[:lo-1], ' ') // the space before, if it is not the first pair
	if start < 0 && hi+2 == len(tag) {
		return edit.Fix(dropDefault, edit.Replace(field.Tag, "")), true
	}
	return edit.Fix(dropDefault, analysis.TextEdit{Pos: field.Tag.Pos() + token.Pos(max(start, 1)), End: k.End + 1}), true
}

// fieldAt returns the field whose tag k lies in, or nil.
func fieldAt(k *keys.Key) *ast.Field {
	if k.File == nil {
		return nil
	}
	var found *ast.Field
	ast.Inspect(k.File, func(n ast.Node) bool {
		if n == nil || n.Pos() > k.Pos || n.End() < k.End {
			return false
		}
		if f, ok := n.(*ast.Field); ok && f.Tag != nil && f.Tag.Pos() <= k.Pos && k.End <= f.Tag.End() {
			found = f
		}
		return true
	})
	return found
}
