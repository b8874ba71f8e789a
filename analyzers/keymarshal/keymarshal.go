package keymarshal

import (
	_ "embed"
	"flag"
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

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/edit"
	"github.com/agcloud/keylint/analyzers/internal/flow"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

//go:embed doc.go
var doc string

// Analyzer reports fields with keys that are marshalled or printed.
var Analyzer = &analysis.Analyzer{
	Name:             "keymarshal",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, flow.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	Flags:            flags(),
}

// enabledFlag is the name of the flag that turns the analyzer on.
const enabledFlag = "enabled"

func flags() flag.FlagSet {
	var f flag.FlagSet
	f.Bool(enabledFlag, false, "report such fields")
	return f
}

func run(pass *analysis.Pass) (any, error) {
	if pass.Analyzer.Flags.Lookup(enabledFlag).Value.String() != "true" {
		return nil, nil
	}
	c := checker{pass: pass, flow: pass.ResultOf[flow.Analyzer].(*flow.Flow), r: report.New(pass), fields: map[*types.Var]bool{}}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	for cur := range in.Root().Preorder((*ast.StructType)(nil)) {
		for _, f := range cur.Node().(*ast.StructType).Fields.List {
			c.field(f)
		}
	}
	for cur := range in.Root().Preorder((*ast.FuncDecl)(nil)) {
		c.method(cur.Node().(*ast.FuncDecl))
	}
	return nil, nil
}

// A checker checks one package.
type checker struct {
	pass   *analysis.Pass
	flow   *flow.Flow
	r      *report.Reporter
	fields map[*types.Var]bool // those that hold keys
}

// field notes a field that holds a key, and reports a tag that marshals it.
func (c *checker) field(f *ast.Field) {
	tag := tagOf(f)
	for _, name := range f.Names {
		v, ok := c.pass.TypesInfo.Defs[name].(*types.Var)
		if !ok || !c.flow.Field(v) && !namesVariable(tag) {
			continue
		}
		c.fields[v] = true
		for _, format := range []string{"json", "yaml", "toml", "xml"} {
			if value, ok := tag.Lookup(format); ok && value != "-" && name.IsExported() {
				c.r.Report(analysis.Diagnostic{
					Pos: f.Tag.Pos(), End: f.Tag.End(), Category: "marshal",
					Message:        name.Name + " holds a key and is written out as " + format,
					SuggestedFixes: fix(f.Tag, format, value),
				})
			}
		}
	}
}

// tagOf returns the tag of a field.
func tagOf(f *ast.Field) reflect.StructTag {
	if f.Tag == nil {
		return ""
	}
	s, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return ""
	}
	return reflect.StructTag(s)
}

// namesVariable reports whether tag takes the field from an environment variable
// that holds a key.
func namesVariable(tag reflect.StructTag) bool {
	for _, key := range []string{"env", "envconfig", "envvar"} {
		name, _, _ := strings.Cut(tag.Get(key), ",")
		if agcloud.IsKeyVariable(name) {
			return true
		}
	}
	return false
}

// fix returns the fix that leaves the field out of a format.
func fix(tag *ast.BasicLit, format, value string) []analysis.SuggestedFix {
	old := format + `:"` + value + `"`
	i := strings.Index(tag.Value, old)
	if i < 0 {
		return nil
	}
	pos := tag.Pos() + token.Pos(i)
	return edit.Fix("Leave the field out", analysis.TextEdit{Pos: pos, End: pos + token.Pos(len(old)), NewText: []byte(format + `:"-"`)})
}

// printers are the methods that write a value out.
var printers = []string{"String", "GoString", "Format", "LogValue", "MarshalJSON", "MarshalText", "MarshalYAML", "Error"}

// method reports the uses of fields with keys in a method that writes its
// receiver out, but for those that show a part or the length.
func (c *checker) method(decl *ast.FuncDecl) {
	if decl.Recv == nil || decl.Body == nil || !slices.Contains(printers, decl.Name.Name) {
		return
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SliceExpr:
			return false
		case *ast.BinaryExpr:
			return n.Op == token.ADD
		case *ast.CallExpr:
			id, ok := n.Fun.(*ast.Ident)
			return !ok || id.Name != "len"
		case *ast.SelectorExpr:
			if v, ok := c.pass.TypesInfo.Uses[n.Sel].(*types.Var); ok && c.fields[v] {
				c.r.Report(analysis.Diagnostic{Pos: n.Pos(), End: n.End(), Category: "marshal", Message: decl.Name.Name + " writes out " + n.Sel.Name + ", which holds a key"})
			}
		}
		return true
	})
}
