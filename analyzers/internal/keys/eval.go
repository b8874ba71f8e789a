package keys

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"unicode/utf8"

	"golang.org/x/tools/go/types/typeutil"
)

// maxElements is the most elements of a composite literal that are looked at.
// Longer ones are tables and files, not keys.
const maxElements = 4096

// eval returns the text that e always has, whether the type checker knows it or
// not: a string, or bytes or runes taken together.
func eval(info *types.Info, e ast.Expr) (string, bool) {
	if tv := info.Types[e]; tv.Value != nil {
		if tv.Value.Kind() != constant.String {
			return "", false
		}
		return constant.StringVal(tv.Value), true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return eval(info, e.X)
	case *ast.CompositeLit:
		return evalElements(info, e)
	case *ast.CallExpr:
		return evalCall(info, e)
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		x, ok := eval(info, e.X)
		if !ok {
			return "", false
		}
		y, ok := eval(info, e.Y)
		return x + y, ok
	}
	return "", false
}

// evalElements returns the bytes or runes of a composite literal as text.
func evalElements(info *types.Info, lit *ast.CompositeLit) (string, bool) {
	elem := elementOf(info.TypeOf(lit))
	if elem == nil || elem.Info()&types.IsInteger == 0 || len(lit.Elts) < minRun || len(lit.Elts) > maxElements {
		return "", false
	}
	var out []rune
	for _, e := range lit.Elts {
		tv := info.Types[e]
		if tv.Value == nil {
			return "", false // also an element with an index
		}
		n, exact := constant.Int64Val(constant.ToInt(tv.Value))
		if !exact || n < 0 || n > utf8.RuneSelf {
			return "", false
		}
		out = append(out, rune(n))
	}
	return string(out), true
}

// elementOf returns the basic type of the elements of a slice or array, or nil.
func elementOf(t types.Type) *types.Basic {
	if t == nil {
		return nil
	}
	var elem types.Type
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Array:
		elem = u.Elem()
	default:
		return nil
	}
	basic, _ := elem.Underlying().(*types.Basic)
	return basic
}

// evalCall returns the text that a conversion or a call of a known function
// yields.
func evalCall(info *types.Info, call *ast.CallExpr) (string, bool) {
	if info.Types[call.Fun].IsType() && len(call.Args) == 1 {
		return evalConversion(info, call)
	}
	fn, ok := typeutil.Callee(info, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return "", false
	}
	f := evaluatorOf(fn.Pkg().Path(), fn.Name())
	if f == nil {
		return "", false
	}
	return f(info, call)
}

// evalConversion returns the text that a conversion to a string or to a slice of
// bytes or runes keeps.
func evalConversion(info *types.Info, call *ast.CallExpr) (string, bool) {
	t := info.TypeOf(call)
	if t == nil { // in code with errors
		return "", false
	}
	basic, isBasic := t.Underlying().(*types.Basic)
	if isBasic && basic.Info()&types.IsString != 0 || elementOf(t) != nil {
		return eval(info, call.Args[0])
	}
	return "", false
}

// An evaluator returns the text that a call yields.
type evaluator func(*types.Info, *ast.CallExpr) (string, bool)

// evaluatorOf returns the evaluator of a function that makes text of constants,
// or nil.
func evaluatorOf(pkg, name string) evaluator {
	switch pkg {
	case "fmt":
		switch name {
		case "Sprintf":
			return evalSprintf
		case "Sprint":
			return evalSprint
		}
	case "strings", "bytes":
		switch name {
		case "Join":
			return evalJoin
		case "Replace", "ReplaceAll":
			return evalReplace
		case "Clone":
			return onText(strings.Clone)
		case "TrimSpace":
			return onText(strings.TrimSpace)
		case "ToLower":
			return onText(strings.ToLower)
		case "ToUpper":
			return onText(strings.ToUpper)
		}
	case "encoding/base64":
		if name == "DecodeString" {
			return onText(decodeBase64)
		}
	case "encoding/hex":
		if name == "DecodeString" {
			return onText(decodeHex)
		}
	}
	return nil
}

// onText returns the evaluation of a function of one text.
func onText(f func(string) string) evaluator {
	return func(info *types.Info, call *ast.CallExpr) (string, bool) {
		if len(call.Args) != 1 {
			return "", false
		}
		s, ok := eval(info, call.Args[0])
		if !ok {
			return "", false
		}
		s = f(s)
		return s, s != ""
	}
}

// decodeBase64 decodes s, of whatever alphabet; it returns "" on failure.
func decodeBase64(s string) string {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}

// decodeHex decodes s; it returns "" on failure.
func decodeHex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(b)
}

// evalSprintf formats constants as the program would.
func evalSprintf(info *types.Info, call *ast.CallExpr) (string, bool) {
	if len(call.Args) < 2 || call.Ellipsis.IsValid() {
		return "", false
	}
	format, ok := eval(info, call.Args[0])
	if !ok {
		return "", false
	}
	args, ok := evalArgs(info, call.Args[1:])
	if !ok {
		return "", false
	}
	return fmt.Sprintf(format, args...), true
}

// evalSprint formats constants as the program would.
func evalSprint(info *types.Info, call *ast.CallExpr) (string, bool) {
	if len(call.Args) < 1 || call.Ellipsis.IsValid() {
		return "", false
	}
	args, ok := evalArgs(info, call.Args)
	return fmt.Sprint(args...), ok
}

// evalArgs returns the values of expressions that are texts or whole numbers.
func evalArgs(info *types.Info, list []ast.Expr) ([]any, bool) {
	var args []any
	for _, e := range list {
		if s, ok := eval(info, e); ok {
			args = append(args, s)
			continue
		}
		tv := info.Types[e]
		if tv.Value == nil || tv.Value.Kind() != constant.Int {
			return nil, false
		}
		n, _ := constant.Int64Val(tv.Value)
		args = append(args, n)
	}
	return args, true
}

// evalJoin joins the elements of a composite literal.
func evalJoin(info *types.Info, call *ast.CallExpr) (string, bool) {
	if len(call.Args) != 2 {
		return "", false
	}
	lit, ok := call.Args[0].(*ast.CompositeLit)
	if !ok || len(lit.Elts) > maxElements {
		return "", false
	}
	sep, ok := evalSeparator(info, call.Args[1])
	if !ok {
		return "", false
	}
	var parts []string
	for _, e := range lit.Elts {
		s, ok := eval(info, e)
		if !ok {
			return "", false
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, sep), true
}

// evalSeparator is eval for the separator of a join, which may be nil.
func evalSeparator(info *types.Info, e ast.Expr) (string, bool) {
	if info.Types[e].IsNil() {
		return "", true
	}
	return eval(info, e)
}

// evalReplace replaces constants in a constant.
func evalReplace(info *types.Info, call *ast.CallExpr) (string, bool) {
	if len(call.Args) < 3 {
		return "", false
	}
	var s [3]string
	for i := range s {
		var ok bool
		if s[i], ok = eval(info, call.Args[i]); !ok {
			return "", false
		}
	}
	return strings.ReplaceAll(s[0], s[1], s[2]), true
}
