package role

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/edit"
	"github.com/agcloud/keylint/analyzers/internal/keys"
)

// setenv returns the role of a key that the code puts into an environment: by
// os.Setenv, by the Setenv of a test, or as that of a command.
func setenv(pass *analysis.Pass, k *keys.Key) *Role {
	if _, fn, i, above := argument(pass.TypesInfo, k); fn != nil && fn.Name() == "Setenv" && i == 1 {
		return &Role{What: "is put into the environment by the code: set it outside", Fixes: removeStatement(pass, above)}
	}
	if k.Expr == nil {
		return nil
	}
	for i, n := range slices.Backward(k.Parents) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == 1 && isEnvField(pass.TypesInfo, n.Lhs[0]) {
				return commandRole(removeOnly(pass, n, reversed(k.Parents[:i+1])))
			}
			return nil
		case *ast.KeyValueExpr:
			if isEnvField(pass.TypesInfo, n.Key) {
				return commandRole(nil)
			}
		case ast.Stmt, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

func commandRole(fixes []analysis.SuggestedFix) *Role {
	return &Role{What: "is put into the environment of a command by the code: let it inherit the key", Fixes: fixes}
}

// isEnvField reports whether e names the field Env of exec.Cmd or a type like
// it.
func isEnvField(info *types.Info, e ast.Expr) bool {
	var id *ast.Ident
	switch e := e.(type) {
	case *ast.SelectorExpr:
		id = e.Sel
	case *ast.Ident:
		id = e
	default:
		return false
	}
	v, ok := info.Uses[id].(*types.Var)
	return ok && v.IsField() && v.Name() == "Env" && v.Pkg() != nil && (v.Pkg().Path() == "os/exec" || v.Pkg().Path() == "os" || v.Pkg().Path() == "syscall")
}

// reversed returns list from its end.
func reversed(list []ast.Node) []ast.Node {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// removeOnly returns the fix that removes an assignment which appends a single
// variable.
func removeOnly(pass *analysis.Pass, assign *ast.AssignStmt, above []ast.Node) []analysis.SuggestedFix {
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return nil
	}
	if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "append" {
		return nil
	}
	return removeStatement(pass, above)
}

// removeStatement returns the fix that removes the statement at the start of
// above, or the if statement that only checks its error.
func removeStatement(pass *analysis.Pass, above []ast.Node) []analysis.SuggestedFix {
	switch s := at(above, 0).(type) {
	case *ast.ExprStmt:
	case *ast.AssignStmt:
		if check, ok := at(above, 1).(*ast.IfStmt); ok && check.Init == s && check.Else == nil {
			above = above[1:]
		} else if !isBlankOrEnv(pass.TypesInfo, s) {
			return nil
		}
	default:
		return nil
	}
	switch at(above, 1).(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		if edit.Removable(pass.TypesInfo, above[0]) {
			return edit.Fix("Delete the statement", edit.Delete(pass, above[0]))
		}
	}
	return nil
}

// isBlankOrEnv reports whether s assigns to nothing but the blank identifier or
// the environment of a command.
func isBlankOrEnv(info *types.Info, s *ast.AssignStmt) bool {
	id, ok := s.Lhs[0].(*ast.Ident)
	return len(s.Lhs) == 1 && (ok && id.Name == "_" || isEnvField(info, s.Lhs[0]))
}

// at returns list[i], or nil if there is none.
func at(list []ast.Node, i int) ast.Node {
	if i >= len(list) {
		return nil
	}
	return list[i]
}
