package nobackoff

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// A loop is what matters about a loop for whether it backs off.
type loop struct {
	info    *types.Info
	sends   bool
	leaves  bool // it has a way out in its body
	repeats bool // it goes on after an error or a bad status
	bounded bool // by a condition, a range or a context
	delays  []ast.Expr
	changed map[types.Object]bool // the variables that it changes
}

// newLoop looks at a for or range statement.
func newLoop(info *types.Info, n ast.Node) *loop {
	l := &loop{info: info, changed: map[types.Object]bool{}}
	switch n := n.(type) {
	case *ast.ForStmt:
		l.bounded = n.Cond != nil
		l.walk(n.Body)
		if n.Post != nil {
			l.walk(n.Post)
		}
	case *ast.RangeStmt:
		l.bounded = true
		l.change(n.Key)
		l.change(n.Value)
		if basic, ok := info.TypeOf(n.X).Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
			l.walk(n.Body) // for each element of a list it would be no repetition
		}
	}
	return l
}

// complaint returns what is wrong with the loop, or "".
func (l *loop) complaint() string {
	switch {
	case !l.sends || !l.repeats || !l.leaves:
		return ""
	case len(l.delays) == 0:
		return "the request is repeated without a delay: wait longer each time, or the gateway keeps answering 429"
	case !l.grows():
		return "the request is repeated with the same delay each time: let it grow, or the gateway keeps answering 429"
	case !l.bounded:
		return "the request is repeated without end: give up after some attempts"
	}
	return ""
}

// walk looks at the statements of the loop, but not into function literals that
// run elsewhere and inner loops, which are loops of their own.
func (l *loop) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return false
		case *ast.CallExpr:
			l.call(n)
		case *ast.ReturnStmt:
			l.leaves = true
		case *ast.BranchStmt:
			l.leaves = l.leaves || n.Tok == token.BREAK || n.Tok == token.GOTO
		case *ast.IfStmt:
			l.repeats = l.repeats || l.repeatsOn(n)
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				l.change(e)
			}
		case *ast.IncDecStmt:
			l.change(n.X)
		}
		return true
	})
}

// call notes what a call means for the loop.
func (l *loop) call(call *ast.CallExpr) {
	l.sends = l.sends || sends(l.info, call)
	fn, ok := typeutil.Callee(l.info, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return
	}
	switch path, name := fn.Pkg().Path(), fn.Name(); {
	case path == "time" && (name == "Sleep" || name == "After" || name == "NewTimer" || name == "Reset") && len(call.Args) == 1:
		l.delays = append(l.delays, call.Args[0])
	case path == "context" && (name == "Done" || name == "Err"):
		l.bounded = true
	case strings.Contains(strings.ToLower(path+name), "backoff"), strings.Contains(path, "/time/rate"):
		l.delays = append(l.delays, call)
	}
}

// change notes that the loop changes a variable.
func (l *loop) change(e ast.Expr) {
	if id, ok := e.(*ast.Ident); ok {
		if obj := l.info.ObjectOf(id); obj != nil {
			l.changed[obj] = true
		}
	}
}

// repeatsOn reports whether an if statement lets the loop go on after an error
// or a bad status: in its body, or behind it because its body leaves on success.
func (l *loop) repeatsOn(s *ast.IfStmt) bool {
	failed, ok := l.failure(s.Cond)
	if !ok {
		return false
	}
	if failed {
		return !leaves(s.Body)
	}
	return leaves(s.Body)
}

// failure reports whether a condition says that a request failed, or, with ok
// alone, that it did not. Without ok it says something else.
func (l *loop) failure(cond ast.Expr) (failed, ok bool) {
	switch c := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		if c.Op == token.LAND || c.Op == token.LOR {
			if failed, ok = l.failure(c.X); ok {
				return failed, ok
			}
			return l.failure(c.Y)
		}
		return l.comparison(c)
	}
	return false, false
}

// comparison is failure for a comparison of an error with nil or of a status
// with a number.
func (l *loop) comparison(c *ast.BinaryExpr) (failed, ok bool) {
	if l.info.Types[c.Y].IsNil() && types.Identical(l.info.TypeOf(c.X), types.Universe.Lookup("error").Type()) {
		return c.Op == token.NEQ, true
	}
	sel, isSel := ast.Unparen(c.X).(*ast.SelectorExpr)
	if !isSel || sel.Sel.Name != "StatusCode" || l.info.Types[c.Y].Value == nil {
		return false, false
	}
	good := strings.HasPrefix(l.info.Types[c.Y].Value.ExactString(), "2")
	switch c.Op {
	case token.EQL:
		return !good, true
	case token.NEQ:
		return good, true
	case token.GEQ, token.GTR:
		return !good, true
	case token.LSS, token.LEQ:
		return false, true
	}
	return false, false
}

// leaves reports whether a block ends by leaving the loop.
func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.BREAK || s.Tok == token.GOTO
	}
	return false
}

// grows reports whether a delay depends on something that the loop changes or
// learns.
func (l *loop) grows() bool {
	for _, d := range l.delays {
		found := false
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				found = found || l.changed[l.info.ObjectOf(n)]
			case *ast.CallExpr:
				found = found || !l.info.Types[n.Fun].IsType() // a function, which may remember
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}
