package plainhttp

import (
	_ "embed"
	"go/ast"
	"go/constant"
	"go/token"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/edit"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

//go:embed doc.go
var doc string

// Analyzer reports http URLs of the gateway.
var Analyzer = &analysis.Analyzer{
	Name:             "plainhttp",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer, agcloud.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
}

func run(pass *analysis.Pass) (any, error) {
	gateway := pass.ResultOf[agcloud.Analyzer].(*agcloud.Gateway)
	if !gateway.Speaks() {
		return nil, nil
	}
	url := urlPattern(gateway.Hosts())
	r := report.New(pass)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.Nodes(nil, func(n ast.Node, push bool) bool {
		e, ok := n.(ast.Expr)
		if !push || !ok {
			return true
		}
		value := pass.TypesInfo.Types[e].Value
		if value == nil || value.Kind() != constant.String {
			return true
		}
		if _, isName := ast.Unparen(e).(*ast.Ident); !isName && url.MatchString(constant.StringVal(value)) {
			r.Report(analysis.Diagnostic{
				Pos: e.Pos(), End: e.End(), Category: "url",
				Message:        "a request over http shows its key to everybody on the way: use https",
				SuggestedFixes: fix(e),
			})
		}
		return false
	})
	return nil, nil
}

// urlPattern returns an expression for http URLs of hosts.
func urlPattern(hosts []string) *regexp.Regexp {
	var quoted []string
	for _, h := range hosts {
		quoted = append(quoted, regexp.QuoteMeta(h))
	}
	return regexp.MustCompile(`(?i)\bhttp://(?:[a-z0-9-]+\.)*(?:` + strings.Join(quoted, "|") + `)(?:[^a-z0-9.-]|$)`)
}

// fix returns the fix that makes https of the scheme, if e has it in one
// literal.
func fix(e ast.Expr) []analysis.SuggestedFix {
	var edits []analysis.TextEdit
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.Count(lit.Value, "http://") == 1 {
			after := lit.Pos() + token.Pos(strings.Index(lit.Value, "http://")+len("http"))
			edits = append(edits, edit.Insert(after, "s"))
		}
		return true
	})
	if len(edits) != 1 {
		return nil
	}
	return edit.Fix("Use https", edits...)
}
