package agcloud

import (
	_ "embed"
	"flag"
	"go/ast"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/agcloud/keylint/analyzers/internal/manual"
)

//go:embed doc.go
var doc string

// Analyzer tells whether a package speaks to the gateway.
var Analyzer = &analysis.Analyzer{
	Name:             "agcloud",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{inspect.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Gateway](),
	Flags:            flags(),
}

// hostFlag is the name of the flag that adds hosts.
const hostFlag = "host"

func flags() flag.FlagSet {
	var f flag.FlagSet
	f.String(hostFlag, "", "further `hosts` of the gateway, separated by commas")
	return f
}

// DefaultHost is the host of the gateway.
const DefaultHost = "aiandgpu.com"

// A Gateway says how the gateway is called, and whether a package speaks to it.
type Gateway struct {
	extra  []string
	speaks func() bool
}

func run(pass *analysis.Pass) (any, error) {
	g := &Gateway{}
	for h := range strings.SplitSeq(pass.Analyzer.Flags.Lookup(hostFlag).Value.String(), ",") {
		if h = strings.TrimSpace(h); h != "" {
			g.extra = append(g.extra, h)
		}
	}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	g.speaks = sync.OnceValue(func() bool { return g.mentioned(in) })
	return g, nil
}

// Extra returns the hosts that were added to DefaultHost.
func (g *Gateway) Extra() []string { return g.extra }

// Hosts returns all hosts of the gateway.
func (g *Gateway) Hosts() []string { return append([]string{DefaultHost}, g.extra...) }

// Speaks reports whether a string of the package names the gateway.
func (g *Gateway) Speaks() bool { return g.speaks() }

// mentioned reports whether a string literal that in visits names the gateway.
func (g *Gateway) mentioned(in *inspector.Inspector) bool {
	for c := range in.Root().Preorder((*ast.BasicLit)(nil)) {
		if g.Named(c.Node().(*ast.BasicLit).Value) {
			return true
		}
	}
	return false
}

// Named reports whether text names the gateway: its host, or a variable of its
// own.
func (g *Gateway) Named(text string) bool {
	return strings.Contains(text, "AGCLOUD_") || g.Host(text)
}

// Host reports whether text contains a host of the gateway.
func (g *Gateway) Host(text string) bool {
	for _, h := range g.Hosts() {
		if strings.Contains(text, h) {
			return true
		}
	}
	return false
}

// keyVariable matches the environment variables that hold a key of the gateway
// or of the clients that are pointed at it.
var keyVariable = regexp.MustCompile(`^(?:[A-Z0-9_]*(?:AGCLOUD|AIANDGPU)[A-Z0-9_]*(?:KEY|TOKEN|SECRET)[A-Z0-9_]*|ANTHROPIC_(?:API_KEY|AUTH_TOKEN)|OPENAI_API_KEY)$`)

// notKey matches those of them that hold something else.
var notKey = regexp.MustCompile(`_(?:FILE|PATH|NAME|ID|DIR|URL)$`)

// IsKeyVariable reports whether the environment variable of that name holds a
// key.
func IsKeyVariable(name string) bool {
	return keyVariable.MatchString(name) && !notKey.MatchString(name)
}
