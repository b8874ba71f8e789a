// Package keys finds the keys in the constants of a package. It defines the
// analyzer that other analyzers require for that; it reports nothing itself.
//
// A constant is what the type checker knows the value of, and beyond that what
// this package can compute: byte slices, and calls of functions such as
// fmt.Sprintf, strings.Join and base64's DecodeString with constants. Of nested
// expressions that hold one key the outermost counts.
//
// # Cost
//
// go vet starts a process for each package, and compiling the rules takes some
// milliseconds of it. So they are compiled only when something in the package
// could be a key at all (plausible), and nothing is done before the keys are
// asked for.
package keys

import (
	"cmp"
	"flag"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/rules"
)

// Analyzer finds the keys in the constants of a package.
var Analyzer = &analysis.Analyzer{
	Name:             "keys",
	Doc:              "find the keys in the constants of a package",
	Requires:         []*analysis.Analyzer{inspect.Analyzer, agcloud.Analyzer},
	Run:              (&compiler{}).run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Keys](),
	Flags:            flags(),
}

// FormatsFlag is the name of the flag for the shape of the user's keys.
const FormatsFlag = "formats"

func flags() flag.FlagSet {
	var f flag.FlagSet
	f.String(FormatsFlag, "", "regular `expression` for whole keys of a further shape, such as sk-[A-Za-z0-9]{48}")
	return f
}

// A Key is a key in the code.
type Key struct {
	rules.Match           // its Span is that in the value or, without Expr, in the file
	File        *ast.File // nil when the file is not a part of the build
	// Expr is the outermost expression whose value is or holds the key. It is
	// nil when the key stands in a comment, in a tag or outside the build.
	Expr     ast.Expr
	Value    string     // the value of Expr
	Parents  []ast.Node // the nodes around Expr, outermost first
	Pos, End token.Pos
}

// Whole reports whether the value of the expression is the key and no more.
func (k *Key) Whole() bool { return k.Value == k.Secret.Reveal() }

// Keys are the keys of a package, found when first asked for.
type Keys struct {
	all   func() ([]*Key, error)
	rules func() (*rules.Set, error)
}

// All returns the keys, those outside the build last. It fails when the rules do not
// compile with the flags that were given.
func (k *Keys) All() ([]*Key, error) { return k.all() }

// In returns the keys in the text of a file. It fails as All does.
func (k *Keys) In(text []byte) ([]rules.Match, error) {
	if !plausible(string(text)) {
		return nil, nil
	}
	set, err := k.rules()
	if err != nil {
		return nil, err
	}
	return set.Matcher().Match(text), nil
}

// Foreign reports whether the package is one of another module. go vet runs the
// analyzers that have facts on all dependencies, and those leave keys in the code
// of them alone: a search in each would cost too much.
func Foreign(pass *analysis.Pass) bool { return pass.Module != nil && pass.Module.Version != "" }

// run prepares the search; nothing is read yet.
func (c *compiler) run(pass *analysis.Pass) (any, error) {
	gateway := pass.ResultOf[agcloud.Analyzer].(*agcloud.Gateway)
	formats := pass.Analyzer.Flags.Lookup(FormatsFlag).Value.String()
	if err := checkFormats(formats); err != nil {
		return nil, err
	}
	compile := func() (*rules.Set, error) { return c.compile(formats, gateway.Extra()) }
	return &Keys{rules: compile, all: sync.OnceValues(func() ([]*Key, error) {
		f := finder{pass: pass}
		candidates := f.candidates()
		others := f.others()
		if len(candidates) == 0 && len(others) == 0 && !f.plausibleComments() {
			return nil, nil
		}
		set, err := compile()
		if err != nil {
			return nil, err
		}
		f.matcher = set.Matcher()
		return append(f.find(candidates), f.inOthers(others)...), nil
	})}, nil
}

// A finder finds the keys of one package.
type finder struct {
	pass    *analysis.Pass
	matcher *rules.Matcher
	texts   map[*ast.File]*text
}

// find returns the keys among candidates and in what no expression covers.
func (f *finder) find(candidates []candidate) []*Key {
	f.readTexts()
	var list []*Key
	for _, c := range candidates {
		if k := f.key(c); k != nil {
			list = append(list, k)
		}
	}
	list = append(f.dropReferences(outermost(list)), f.elsewhere()...)
	slices.SortStableFunc(list, func(a, b *Key) int { return cmp.Compare(a.Pos, b.Pos) })
	return list
}

// outermost returns list, which is in the order of a walk, without the keys that
// lie in another.
func outermost(list []*Key) []*Key {
	var last *Key
	return slices.DeleteFunc(list, func(k *Key) bool {
		if last != nil && last.Pos <= k.Pos && k.End <= last.End {
			return true
		}
		last = k
		return false
	})
}

// A candidate is an expression whose value could hold a key.
type candidate struct {
	expr    ast.Expr
	value   string
	parents []ast.Node
}

// candidates returns the outermost constant expressions that could hold a key.
func (f *finder) candidates() []candidate {
	var list []candidate
	in := f.pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.WithStack(nil, func(n ast.Node, push bool, stack []ast.Node) bool {
		if !push {
			return true
		}
		expr, ok := n.(ast.Expr)
		if !ok {
			_, isImport := n.(*ast.ImportSpec)
			return !isImport
		}
		if f.isTag(stack) {
			return false
		}
		value, ok := eval(f.pass.TypesInfo, expr)
		if !ok {
			return true
		}
		if plausible(value) && !f.ownConstant(expr) {
			list = append(list, candidate{expr, value, slices.Clone(stack[:len(stack)-1])})
		}
		return f.pass.TypesInfo.Types[expr].Value == nil
	})
	return list
}

// isTag reports whether the innermost node of stack is the tag of a field.
func (f *finder) isTag(stack []ast.Node) bool {
	if len(stack) < 2 {
		return false
	}
	field, ok := stack[len(stack)-2].(*ast.Field)
	return ok && field.Tag != nil && stack[len(stack)-1] == field.Tag
}

// ownConstant reports whether e only names a constant of this package, whose
// declaration is another expression.
func (f *finder) ownConstant(e ast.Expr) bool {
	c := constantOf(f.pass.TypesInfo, e)
	return c != nil && c.Pkg() == f.pass.Pkg
}

// constantOf returns the constant that e names, or nil.
func constantOf(info *types.Info, e ast.Expr) *types.Const {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return nil
	}
	c, _ := info.Uses[id].(*types.Const)
	return c
}

// dropReferences drops the keys that an expression has from a constant which is
// reported itself: one of this package, or one of another that was used before.
func (f *finder) dropReferences(list []*Key) []*Key {
	seen := map[*types.Const]bool{}
	return slices.DeleteFunc(list, func(k *Key) bool {
		c := f.origin(k)
		if c == nil {
			return false
		}
		again := seen[c] || c.Pkg() == f.pass.Pkg
		seen[c] = true
		return again
	})
}

// holds reports whether the value of c contains s.
func holds(c *types.Const, s rules.Secret) bool {
	return c.Val().Kind() == constant.String && strings.Contains(constant.StringVal(c.Val()), s.Reveal())
}

// origin returns the constant whose value already holds the key, or nil.
func (f *finder) origin(k *Key) *types.Const {
	var from *types.Const
	ast.Inspect(k.Expr, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if c := constantOf(f.pass.TypesInfo, e); c != nil && holds(c, k.Secret) {
				from = c
			}
		}
		return from == nil
	})
	return from
}
