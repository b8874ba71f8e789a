package hardcodedkey_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/agcloud/keylint/analyzers/hardcodedkey"
	"github.com/agcloud/keylint/analyzers/internal/checktest"
)

// A shape is a way to hardcode a key. The code stands in the body of a function
// or, when it begins with a declaration keyword and a capital, at the top of the
// file; K is the key and other upper-case words are parts and forms of it.
type shape struct {
	code   string
	missed string // why it is not found, if it is not
}

// shapes are planted one in each file.
var shapes = []shape{
	// Variables and constants.
	{code: `x := "KEY"; use(x)`},
	{code: `var x = "KEY"; use(x)`},
	{code: `var x string = "KEY"; use(x)`},
	{code: `const x = "KEY"; use(x)`},
	{code: `const ( a = iota; x = "KEY" ); use(a, x)`},
	{code: `var a, x = 1, "KEY"; use(a, x)`},
	{code: `var x string; x = "KEY"; use(x)`},
	{code: `var x any = "KEY"; use(x)`},
	{code: `type key string; x := key("KEY"); use(x)`},
	{code: `type key string; var x key = "KEY"; use(x)`},
	{code: `x := []string{"a"}; x[0] = "KEY"; use(x)`},
	{code: `x := "a"; x += "KEY"; use(x)`},
	{code: "x := `KEY`; use(x)"},
	{code: `x := "ESCAPED"; use(x)`},
	{code: `p := new(string); *p = "KEY"`},
	{code: `x := other.Key; use(x)`},
	// Expressions.
	{code: `use("KEY")`},
	{code: `use(1, 2, "KEY")`},
	{code: `use(("KEY"))`},
	{code: `func() { use("KEY") }()`},
	{code: `go use("KEY")`},
	{code: `defer use("KEY")`},
	{code: `c := make(chan string, 1); c <- "KEY"`},
	{code: `if s == "KEY" { use() }`},
	{code: `if "KEY" != s { use() }`},
	{code: `switch s { case "KEY": use() }`},
	{code: `switch { case s == "KEY": use() }`},
	{code: `for x := "KEY"; x != ""; x = "" { use(x) }`},
	{code: `for _, x := range []string{"KEY"} { use(x) }`},
	{code: `use("KEY"[0])`},
	{code: `use(len("KEY"))`},
	{code: `use("KEY"[3:])`},
	{code: `_ = func() string { return "KEY" }`},
	{code: `_ = func() (string, error) { return "KEY", nil }`},
	// Composite literals.
	{code: `use(struct{ a string }{"KEY"})`},
	{code: `use(struct{ a string }{a: "KEY"})`},
	{code: `use(&struct{ a, b string }{a: "a", b: "KEY"})`},
	{code: `use([]string{"a", "KEY"})`},
	{code: `use([...]string{1: "KEY"})`},
	{code: `use(map[string]string{"a": "KEY"})`},
	{code: `use(map[string]int{"KEY": 1})`},
	{code: `use([]map[string][]string{{"a": {"KEY"}}})`},
	{code: `use([]any{1, "KEY"})`},
	// Concatenation.
	{code: `use("HEAD" + "TAIL")`},
	{code: `use("sk" + "-" + "REST")`},
	{code: `const a = "HEAD"; use(a + "TAIL")`},
	{code: `use(other.Head + "TAIL")`},
	{code: `use("a" + s + "KEY")`},
	{code: `use("Bearer " + "KEY" + s)`},
	{code: `a := "HEAD"; use(a + "TAIL")`, missed: "the parts are in variables, which may change"},
	// Bytes and runes.
	{code: `use([]byte("KEY"))`},
	{code: `use([]byte{CHARS})`},
	{code: `use([LEN]byte{CHARS})`},
	{code: `use([]rune{CHARS})`},
	{code: `use(string([]byte{CHARS}))`},
	{code: `use([]byte{BYTES})`},
	{code: `use(append([]byte("HEAD"), "TAIL"...))`, missed: "append of parts is not computed"},
	// Longer texts.
	{code: `use("Bearer KEY")`},
	{code: `use("Authorization: Bearer KEY\r\n")`},
	{code: "use(`{\"key\": \"KEY\"}`)"},
	{code: `use("{\"key\":\"KEY\"}")`},
	{code: "use(`\nkey: KEY\nhost: h\n`)"},
	{code: "use(`curl -H 'Authorization: Bearer KEY' https://aiandgpu.com/v1`)"},
	{code: "use(`export API_KEY=KEY`)"},
	{code: `use("KEY,KEY2")`},
	// Functions of constants.
	{code: `use(fmt.Sprintf("%s-%s", "sk", "REST"))`},
	{code: `use(fmt.Sprintf("Bearer %s", "KEY"))`},
	{code: `use(fmt.Sprint("HEAD", "TAIL"))`},
	{code: `use(strings.Join([]string{"sk", "REST"}, "-"))`},
	{code: `use(strings.Replace("sk_REST", "_", "-", 1))`},
	{code: `use(strings.ReplaceAll("skREST2", "+", "-"))`},
	{code: `use(strings.TrimSpace(" KEY "))`},
	{code: `use(bytes.Join([][]byte{[]byte("HEAD"), []byte("TAIL")}, nil))`},
	{code: `use(strings.NewReader("KEY"))`},
	{code: `use(strings.Repeat("KEY", 1))`},
	{code: `var b strings.Builder; b.WriteString("HEAD"); b.WriteString("TAIL"); use(b.String())`, missed: "the state of a builder is not computed"},
	{code: `use(strings.Map(func(r rune) rune { return r - 1 }, "SHIFTED"))`, missed: "functions of the program are not computed"},
	// Encodings.
	{code: `use("BASE64")`},
	{code: `use("HEX")`},
	{code: `use(base64.StdEncoding.DecodeString("BASE64"))`},
	{code: `use(base64.RawURLEncoding.DecodeString("BASE64"))`},
	{code: `use(base64.StdEncoding.DecodeString("B64HEAD" + "B64TAIL"))`},
	{code: `use(hex.DecodeString("HEX"))`},
	{code: `use([]byte("BASE64"))`},
	// Places that names tell.
	{code: `agcloudKey := "OPAQUE"; use(agcloudKey)`},
	{code: `var cfg struct{ AGCloudAPIKey string }; cfg.AGCloudAPIKey = "OPAQUE"; use(cfg)`},
	{code: `use(struct{ AgcloudToken string }{AgcloudToken: "OPAQUE"})`},
	{code: `use(struct{ AgcloudToken string }{"OPAQUE"})`},
	{code: `use(map[string]string{"AGCLOUD_API_KEY": "OPAQUE"})`},
	{code: `const agcloudKey = "OPHEAD" + "OPTAIL"; use(agcloudKey)`},
	{code: `named("OPAQUE")`},
	{code: `use(AGCloudConfig{Key: "OPAQUE"})`},
	{code: `if s == agcloudKey() { use() }`},
	// Elsewhere.
	{code: `// the old one was KEY`},
	{code: `/* KEY */`},
}

// TestShapes plants each shape in a file of its own and looks for it.
func TestShapes(t *testing.T) {
	if len(shapes) < 60 {
		t.Fatalf("only %d shapes", len(shapes))
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.test/planted\n\ngo 1.24\n")
	write(t, filepath.Join(dir, "other", "other.go"), checktest.ExpandText(t, "package other\n\nconst Key = \"@{key 900}@\"\n\nconst Head = \"@{head 20 (key 901)}@\"\n"))
	for i, s := range shapes {
		write(t, filepath.Join(dir, fmt.Sprintf("p%03d", i), "p.go"), s.file(t, uint64(i)))
	}
	found := report(t, dir)
	missed := 0
	for i, s := range shapes {
		n := found[fmt.Sprintf("p%03d", i)]
		switch {
		case s.missed == "" && n == 0:
			t.Errorf("not found: %s", s.code)
		case s.missed != "" && n > 0:
			t.Errorf("found, but is said to be missed: %s", s.code)
		case n > 1 && !strings.Contains(s.code, "KEY2"):
			t.Errorf("reported %d times: %s", n, s.code)
		}
		if s.missed != "" {
			missed++
		}
	}
	t.Logf("%d shapes, %d missed", len(shapes), missed)
}

// file returns the file with the shape in it.
func (s shape) file(t *testing.T, seed uint64) string {
	code := strings.NewReplacer(
		"KEY2", "@{key KEYSEED}@1", "OPHEAD", "@{head 20 (alnum SEED 40)}@", "OPTAIL", "@{tail 20 (alnum SEED 40)}@", "OPAQUE", "@{alnum SEED 40}@",
		"AGCLOUD_API_KEY", "AGCLOUD_API_KEY", "API_KEY", "API_KEY", "B64HEAD", "@{head 20 (base64 (key SEED))}@", "B64TAIL", "@{tail 20 (base64 (key SEED))}@",
		"BASE64", "@{base64 (key SEED)}@", "HEX", "@{hex (key SEED)}@", "CHARS", "@{chars (key SEED)}@", "BYTES", "@{bytes (key SEED)}@",
		"LEN", "51", "ESCAPED", `\x73k-@{tail 3 (key SEED)}@`, "REST2", "+@{tail 3 (key SEED)}@", "REST", "@{tail 3 (key SEED)}@", "SHIFTED", "tl.@{tail 3 (key SEED)}@",
		"HEAD", "@{head 20 (key SEED)}@", "TAIL", "@{tail 20 (key SEED)}@", "KEY", "@{key SEED}@",
	).Replace(s.code)
	if strings.Contains(s.code, "other.Head") {
		seed = 901
	}
	code = strings.NewReplacer("KEYSEED", fmt.Sprint(seed+1000), "SEED", fmt.Sprint(seed)).Replace(code)
	var imports strings.Builder
	for _, name := range []string{"bytes", "encoding/base64", "encoding/hex", "fmt", "strings", "example.test/planted/other"} {
		if strings.Contains(code, name[strings.LastIndexByte(name, '/')+1:]+".") {
			fmt.Fprintf(&imports, "import %q\n", name)
		}
	}
	return checktest.ExpandText(t, "package p\n\n"+imports.String()+"\nvar s string\n\nfunc use(...any) {}\n\n"+support(code)+"\nfunc _() {\n\t"+code+"\n}\n")
}

// support returns the declarations that the code of a shape needs.
func support(code string) string {
	switch {
	case strings.Contains(code, "named("):
		return "func named(agcloudAPIKey string) {}\n"
	case strings.Contains(code, "AGCloudConfig"):
		return "type AGCloudConfig struct{ Key string }\n"
	case strings.Contains(code, "agcloudKey()"):
		return "func agcloudKey() string { return \"@{alnum 990 40}@\" }\n"
	}
	return ""
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := checktest.Write(name, text); err != nil {
		t.Fatal(err)
	}
}

// report runs the analyzer on the module in dir and returns the number of
// findings by directory.
func report(t *testing.T, dir string) map[string]int {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: dir}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{hardcodedkey.Analyzer}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Errorf("%s: %v", root.Package.PkgPath, root.Err)
		}
		for _, e := range root.Package.Errors {
			t.Errorf("%v", e)
		}
		for _, d := range root.Diagnostics {
			found[filepath.Base(filepath.Dir(root.Package.Fset.Position(d.Pos).Filename))]++
		}
	}
	return found
}
