package hardcodedkey

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/edit"
	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

// variable returns the environment variable for a key.
func variable(k *keys.Key) string {
	if k.Rule.Provider == "AGCloud" || k.Rule.ID == "generic-gateway-key" {
		return "AGCLOUD_API_KEY"
	}
	return strings.ToUpper(strings.ReplaceAll(k.Rule.ID, "-", "_"))
}

// fix returns the fix that reads k from the environment, if there is one.
func fix(pass *analysis.Pass, k *keys.Key) []analysis.SuggestedFix {
	if k.Expr == nil || k.Secret.Len() > maxVariable || !allowsVariable(k) {
		return nil
	}
	text, edits, ok := replacement(pass, k)
	if !ok {
		return nil
	}
	if decl := constDecl(k.Parents); decl != nil {
		toVar, ok := constToVar(pass, k, decl)
		if !ok {
			return nil
		}
		edits = append(edits, toVar)
	}
	edits = append(edits, edit.Replace(k.Expr, text))
	return edit.Fix("Read the key from "+variable(k), edits...)
}

// maxVariable is the greatest length of a key that is kept in an environment
// variable, in bytes. Longer ones, such as private keys, are kept in files.
const maxVariable = 512

// replacement returns the expression to put in place of that of k, and the edits
// that import what it needs.
func replacement(pass *analysis.Pass, k *keys.Key) (string, []analysis.TextEdit, bool) {
	before, after, ok := strings.Cut(k.Value, k.Secret.Reveal())
	if !ok || strings.Contains(after, k.Secret.Reveal()) {
		return "", nil, false // encoded, or more than once
	}
	name, edits, ok := edit.Import(pass, k.File, k.Pos, "os")
	if !ok {
		return "", nil, false
	}
	text := fmt.Sprintf("%s.Getenv(%q)", name, variable(k))
	if before != "" {
		text = quote(before) + " + " + text
	}
	if after != "" {
		text += " + " + quote(after)
	}
	text, ok = convert(pass, k, text)
	return text, edits, ok
}

// quote returns s as a literal, with lines kept as they are.
func quote(s string) string {
	if strings.ContainsAny(s, "\"\n\\") && strconv.CanBackquote(strings.ReplaceAll(s, "\n", "")) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// convert returns text, an expression of type string, converted to the type that
// the expression of k has.
func convert(pass *analysis.Pass, k *keys.Key, text string) (string, bool) {
	t := pass.TypesInfo.TypeOf(k.Expr)
	if t == nil {
		return "", false
	}
	if basic, ok := types.Unalias(t).(*types.Basic); ok && basic.Info()&types.IsString != 0 {
		if _, isSum := k.Parents[len(k.Parents)-1].(*ast.BinaryExpr); isSum || !strings.Contains(text, " + ") {
			return text, true
		}
		return parenthesized(k, text), true
	}
	switch u := t.(type) {
	case *types.Slice:
		if basic, ok := u.Elem().(*types.Basic); ok {
			return "[]" + basic.Name() + "(" + text + ")", basic.Kind() == types.Byte || basic.Kind() == types.Rune
		}
	case *types.Named:
		basic, ok := u.Underlying().(*types.Basic)
		if ok && basic.Info()&types.IsString != 0 && u.Obj().Pkg() == pass.Pkg && u.TypeArgs() == nil {
			return u.Obj().Name() + "(" + text + ")", true
		}
	}
	return "", false
}

// parenthesized puts text, a sum, in parentheses where it would bind less than
// what is around it.
func parenthesized(k *keys.Key, text string) string {
	switch k.Parents[len(k.Parents)-1].(type) {
	case *ast.IndexExpr, *ast.SliceExpr, *ast.SelectorExpr:
		return "(" + text + ")"
	}
	return text
}

// allowsVariable reports whether an expression that is not constant may stand in
// place of that of k and means the same: not the key of a map or a case, which
// would clash with others, and not one side of a comparison, where an unset
// variable would accept everything.
func allowsVariable(k *keys.Key) bool {
	var child ast.Node = k.Expr
	for _, n := range slices.Backward(k.Parents) {
		switch n := n.(type) {
		case *ast.CaseClause:
			return !slices.ContainsFunc(n.List, func(e ast.Expr) bool { return e == child })
		case *ast.BinaryExpr:
			if n.Op != token.ADD {
				return false
			}
		case *ast.KeyValueExpr:
			if n.Key == child {
				return false
			}
		case ast.Stmt, ast.Decl:
			return true
		}
		child = n
	}
	return true
}

// constDecl returns the declaration of constants that parents are in, or nil.
func constDecl(parents []ast.Node) *ast.GenDecl {
	for _, n := range slices.Backward(parents) {
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			return d
		}
	}
	return nil
}

// constToVar returns the edit that makes a variable of the constant that decl
// declares. It must be the only one, unexported, and used in no constant
// expression and with no other type.
func constToVar(pass *analysis.Pass, k *keys.Key, decl *ast.GenDecl) (analysis.TextEdit, bool) {
	spec, ok := decl.Specs[0].(*ast.ValueSpec)
	if !ok || len(decl.Specs) != 1 || decl.Lparen.IsValid() || len(spec.Names) != 1 || spec.Names[0].IsExported() || spec.Values[0] != k.Expr {
		return analysis.TextEdit{}, false
	}
	c, ok := pass.TypesInfo.Defs[spec.Names[0]].(*types.Const)
	if !ok || !usedAsVariable(pass, c) {
		return analysis.TextEdit{}, false
	}
	return analysis.TextEdit{Pos: decl.TokPos, End: decl.TokPos + token.Pos(len("const")), NewText: []byte("var")}, true
}

// usedAsVariable reports whether every use of c could be one of a variable.
func usedAsVariable(pass *analysis.Pass, c *types.Const) bool {
	used := false
	for id, obj := range pass.TypesInfo.Uses {
		if obj != c {
			continue
		}
		used = true
		if !usedAsString(pass, id) {
			return false
		}
	}
	return used || c.Parent() == pass.Pkg.Scope()
}

// usedAsString reports whether id, a constant, stands where a variable of type
// string may and means the same: not in a declaration of constants, in a case or
// in a comparison, nor where it takes another type.
func usedAsString(pass *analysis.Pass, id *ast.Ident) bool {
	ok := true
	var outermost ast.Expr = id // of the sums that it is an operand of
	ast.Inspect(report.FileOf(pass, id.Pos()), func(n ast.Node) bool {
		if n == nil || n.Pos() > id.Pos() || n.End() < id.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.GenDecl:
			ok = ok && n.Tok != token.CONST
		case *ast.CaseClause:
			ok = ok && !slices.ContainsFunc(n.List, func(e ast.Expr) bool { return e.Pos() <= id.Pos() && id.End() <= e.End() })
		case *ast.BinaryExpr:
			ok = ok && n.Op == token.ADD
			if outermost == id {
				outermost = n
			}
		}
		return true
	})
	return ok && types.Identical(types.Default(pass.TypesInfo.TypeOf(outermost)), types.Typ[types.String])
}
