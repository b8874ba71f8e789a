package keys

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// maxNamed is the greatest length of a value that is matched under its names,
// in bytes; longer ones are no keys but texts.
const maxNamed = 2048

// named returns, as lines of assignments, what the code says of the value of c:
// the variable, field, parameter or map key that it is given to, the function
// that it is passed to. The rules judge names; this package only finds them.
func (f *finder) named(c candidate) string {
	if len(c.value) > maxNamed || strings.ContainsAny(c.value, " \t\r\n\"'`\\") {
		return ""
	}
	var out strings.Builder
	for _, name := range f.names(c) {
		if strings.HasSuffix(name, "(") {
			out.WriteString(name + `"` + c.value + "\")\n")
		} else {
			out.WriteString(name + ` = "` + c.value + "\"\n")
		}
	}
	return out.String()
}

// names returns the names for the value of c, the closest first. One that ends
// in a parenthesis is a function.
func (f *finder) names(c candidate) []string {
	var list []string
	var child ast.Node = c.expr
	for _, parent := range slices.Backward(c.parents) {
		names, onward := f.namesAt(parent, child)
		list = append(list, names...)
		if !onward {
			break
		}
		child = parent
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// namesAt returns the names that parent gives to child, and whether the value of
// parent is still that of child, so that the names of parent hold for it, too.
func (f *finder) namesAt(parent, child ast.Node) (names []string, onward bool) {
	switch p := parent.(type) {
	case *ast.ParenExpr, *ast.UnaryExpr:
		return nil, true
	case *ast.ValueSpec:
		return []string{at(identifiers(p.Names), indexOf(p.Values, child))}, false
	case *ast.AssignStmt:
		if i := indexOf(p.Rhs, child); i >= 0 && i < len(p.Lhs) {
			return f.nameOf(p.Lhs[i]), false
		}
	case *ast.KeyValueExpr:
		if p.Value == child {
			return f.nameOf(p.Key), true
		}
	case *ast.CompositeLit:
		return f.fieldNames(p, child), true
	case *ast.CallExpr:
		return f.parameterNames(p, child), f.pass.TypesInfo.Types[p.Fun].IsType() || len(p.Args) == 1
	case *ast.BinaryExpr:
		if p.Op == token.EQL || p.Op == token.NEQ {
			other := p.X
			if other == child {
				other = p.Y
			}
			return f.nameOf(other), false
		}
		return nil, p.Op == token.ADD
	case *ast.ReturnStmt:
		return nil, true
	case *ast.BlockStmt:
		_, isReturn := child.(*ast.ReturnStmt)
		return nil, isReturn
	case *ast.FuncDecl:
		return []string{p.Name.Name}, false
	}
	return nil, false
}

// nameOf returns the names that e ends in: its own, and that of what it is
// selected from before it.
func (f *finder) nameOf(e ast.Expr) []string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return []string{e.Name}
	case *ast.SelectorExpr:
		names := f.nameOf(e.X)
		if len(names) > 0 {
			names = []string{names[0] + "." + e.Sel.Name}
		}
		return append(names, e.Sel.Name)
	case *ast.StarExpr:
		return f.nameOf(e.X)
	case *ast.IndexExpr:
		return f.nameOf(e.Index)
	case *ast.CallExpr:
		return f.nameOf(e.Fun)
	default:
		if tv := f.pass.TypesInfo.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String {
			return []string{constant.StringVal(tv.Value)}
		}
	}
	return nil
}

// fieldNames returns the names that a composite literal gives to an element: of
// its field when it has no key, and of the field of its type.
func (f *finder) fieldNames(lit *ast.CompositeLit, child ast.Node) []string {
	named, isNamed := types.Unalias(f.pass.TypesInfo.TypeOf(lit)).(*types.Named)
	if !isNamed {
		return nil
	}
	typeName := named.Obj().Name()
	if kv, ok := child.(*ast.KeyValueExpr); ok {
		field := at(f.nameOf(kv.Key), 0)
		return []string{typeName + "." + field, typeName + "_" + field}
	}
	st, ok := named.Underlying().(*types.Struct)
	if i := indexOf(lit.Elts, child); ok && i >= 0 && i < st.NumFields() {
		field := st.Field(i).Name()
		return []string{field, typeName + "." + field, typeName + "_" + field}
	}
	return nil
}

// parameterNames returns the names for an argument of a call: the parameter's,
// that of a constant before it, and the function's.
func (f *finder) parameterNames(call *ast.CallExpr, child ast.Node) []string {
	i := indexOf(call.Args, child)
	if i < 0 {
		return nil
	}
	var names []string
	if i > 0 {
		if before, ok := eval(f.pass.TypesInfo, call.Args[i-1]); ok && !strings.ContainsAny(before, " \t\n\"'`\\") {
			names = append(names, before)
		}
	}
	if sig, ok := f.pass.TypesInfo.TypeOf(call.Fun).(*types.Signature); ok && i < sig.Params().Len() {
		names = append(names, sig.Params().At(i).Name())
	}
	if callee := f.nameOf(call.Fun); len(callee) > 0 && i == 0 {
		names = append(names, callee[0]+"(")
	}
	return names
}

// identifiers returns the names of list.
func identifiers(list []*ast.Ident) []string {
	var names []string
	for _, id := range list {
		names = append(names, id.Name)
	}
	return names
}

// at returns list[i], or "" if there is none.
func at(list []string, i int) string {
	if i < 0 || i >= len(list) {
		return ""
	}
	return list[i]
}

// indexOf returns the index of n in list, or -1.
func indexOf(list []ast.Expr, n ast.Node) int {
	return slices.IndexFunc(list, func(e ast.Expr) bool { return e == n })
}
