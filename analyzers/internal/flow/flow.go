// Package flow follows keys through the code of a package: from the environment
// variables and constants that hold them, over variables, fields, calls and
// results, to the calls that are given them. It defines the analyzer that other
// analyzers require for that; it reports nothing itself.
//
// # What is followed
//
// A value carries a label that says what it is made of: a key, the parameters of
// its function, the environment variables that these name. Functions of the
// package are summarized by how labels get from parameters to results, to fields
// and into logs, until nothing changes; so a helper that logs what it is given
// is judged at each call. Facts carry summaries, fields and variables to the
// packages that import this one. Fields and package variables have one label for
// all objects and all time. Functions of other packages without a fact give back
// no key, but for those that only reshape text.
//
// Not followed: calls of interface methods and of function values, channels,
// reflection.
//
// # Cost
//
// The SSA form is built only in packages where a key can come from: where a
// string names a variable that holds one, a constant is one, or an imported
// package has facts.
package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/keys"
)

// Analyzer follows keys through a package.
var Analyzer = &analysis.Analyzer{
	Name:             "keyflow",
	Doc:              "follow keys through a package",
	Requires:         []*analysis.Analyzer{inspect.Analyzer, keys.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Flow](),
	FactTypes:        []analysis.Fact{new(Summary), new(Holds)},
}

// A Summary is the fact that a function returns a key or lets values through.
type Summary struct {
	Results label // what the results are made of
	Logged  label // what gets into a log
}

// AFact marks Summary as a fact.
func (*Summary) AFact() {}

// String tells what tests compare.
func (s *Summary) String() string {
	if s.Results.key() {
		return "returns a key"
	}
	return "logs or passes parameters"
}

// Holds is the fact that a variable or field holds a key.
type Holds struct{ Label label }

// AFact marks Holds as a fact.
func (*Holds) AFact() {}

// String tells what tests compare.
func (*Holds) String() string { return "holds a key" }

// A Flow says where the keys of a package go.
type Flow struct {
	leaks   []Leak
	args    map[token.Pos][]label // by the position of the parenthesis of a call
	formats map[token.Pos][]label // the variadic ones of calls of fmt.Sprintf
	sums    map[token.Pos]bool    // by the position of an operator
	fields  map[*types.Var]bool
}

// A Leak is a call that logs a key.
type Leak struct {
	Pos token.Pos // the parenthesis of the call, or the panic
	How string    // what is called
}

// Leaks returns the calls that log a key.
func (f *Flow) Leaks() []Leak { return f.leaks }

// Argument reports whether the i-th argument of call is made of a key, and
// whether it is the key and no more.
func (f *Flow) Argument(call *ast.CallExpr, i int) (key, bare bool) {
	args := f.args[call.Lparen]
	if i >= len(args) {
		return false, false
	}
	return args[i].key(), args[i].bare()
}

// Formatted reports whether the i-th argument behind the format of call, a call
// of fmt.Sprintf, is made of a key.
func (f *Flow) Formatted(call *ast.CallExpr, i int) bool {
	list := f.formats[call.Lparen]
	return i < len(list) && list[i].key()
}

// Empty reports whether no key was followed, so that nothing is known.
func (f *Flow) Empty() bool { return f.args == nil }

// Sum reports whether the right side of e, which adds texts, is made of a key.
func (f *Flow) Sum(e *ast.BinaryExpr) bool { return f.sums[e.OpPos] }

// Field reports whether a field of a struct of the package holds a key.
func (f *Flow) Field(v *types.Var) bool { return f.fields[v] }

func run(pass *analysis.Pass) (any, error) {
	flow := new(Flow)
	if len(pass.TypeErrors) > 0 {
		return flow, nil // there is no SSA form of code with errors
	}
	constants, err := ownConstants(pass)
	if err != nil {
		return nil, err
	}
	if len(constants) == 0 && len(pass.AllObjectFacts()) == 0 && !namesVariable(pass) {
		return flow, nil
	}
	*flow = Flow{args: map[token.Pos][]label{}, formats: map[token.Pos][]label{}, sums: map[token.Pos]bool{}, fields: map[*types.Var]bool{}}
	newTracker(pass, flow, constants).run(buildSSA(pass))
	return flow, nil
}

// ownConstants returns the keys in the code that are followed: not those of
// tests, which are fixtures and logged for those who have the code, and not those
// of other modules.
func ownConstants(pass *analysis.Pass) ([]*keys.Key, error) {
	if keys.Foreign(pass) {
		return nil, nil
	}
	list, err := pass.ResultOf[keys.Analyzer].(*keys.Keys).All()
	return slices.DeleteFunc(slices.Clone(list), func(k *keys.Key) bool {
		return strings.HasSuffix(pass.Fset.Position(k.Pos).Filename, "_test.go")
	}), err
}

// namesVariable reports whether a string of the package is the name of a
// variable that holds a key.
func namesVariable(pass *analysis.Pass) bool {
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for c := range in.Root().Preorder((*ast.BasicLit)(nil)) {
		lit := c.Node().(*ast.BasicLit)
		if lit.Kind == token.STRING && strings.Contains(lit.Value, "_") && len(lit.Value) < 100 {
			if name, err := strconv.Unquote(lit.Value); err == nil && agcloud.IsKeyVariable(name) {
				return true
			}
		}
	}
	return false
}

// buildSSA returns the functions of the package in SSA form. It does what the
// buildssa pass does, which would do it for every package.
func buildSSA(pass *analysis.Pass) []*ssa.Function {
	prog := ssa.NewProgram(pass.Fset, 0)
	for _, p := range pass.Pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg := prog.CreatePackage(pass.Pkg, pass.Files, pass.TypesInfo, false)
	pkg.Build()
	list := []*ssa.Function{pkg.Func("init")}
	for _, file := range pass.Files {
		for _, d := range file.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if obj, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
				list = append(list, prog.FuncValue(obj))
			}
		}
	}
	for i := 0; i < len(list); i++ {
		list = append(list, list[i].AnonFuncs...)
	}
	return list
}
