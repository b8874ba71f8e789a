package analyzers_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/agcloud/keylint/analyzers"
	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/internal/checktest"
	"github.com/agcloud/keylint/rules"
)

func TestAll(t *testing.T) {
	if err := analysis.Validate(analyzers.All()); err != nil {
		t.Error(err)
	}
	var names []string
	for _, a := range analyzers.All() {
		names = append(names, a.Name)
		if head, body, ok := strings.Cut(a.Doc, "\n\n"); !ok || !strings.HasPrefix(head, a.Name+": ") || body == "" {
			t.Errorf("%s has no manual page: %q", a.Name, a.Doc)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("not in order of name: %v", names)
	}
}

// TestOddCode runs all analyzers on code that is wrong or unusual: they must
// not panic, and still report what does not depend on it.
func TestOddCode(t *testing.T) {
	for name, text := range map[string]string{
		"type error":    "package p\n\nvar wrong int = \"text\"\n\nvar x = undefined(\"@{key 1}@\")\n",
		"missing":       "package p\n\nimport \"example.test/nowhere\"\n\nvar x = nowhere.New(\"@{key 1}@\")\n",
		"conversion":    "package p\n\nimport \"example.test/nowhere\"\n\nvar x, y = \"@{key 1}@\", string(nowhere.Text)\n",
		"generic":       "package p\n\nimport \"os\"\n\ntype box[T any] struct{ v T }\n\nfunc (b box[T]) get() T { return b.v }\n\nfunc same[T any](v T) T { return v }\n\nfunc use() { println(same(box[string]{os.Getenv(\"AGCLOUD_API_KEY\")}.get())) }\n\nvar x = same(\"@{key 1}@\")\n",
		"recursive":     "package p\n\nimport \"os\"\n\ntype list struct{ next *list; key string }\n\nfunc (l *list) walk(f func(string)) { f(l.key); l.next.walk(f) }\n\nfunc a(k string) string { return b(k) }\n\nfunc b(k string) string { return a(os.Getenv(\"AGCLOUD_API_KEY\") + k) }\n\nvar x = \"@{key 1}@\"\n",
		"blank":         "package p\n\nimport \"os\"\n\nfunc _() { println(os.Getenv(\"AGCLOUD_API_KEY\")) }\n\ntype t struct{}\n\nfunc (t) _() {}\n\nvar _, x = 1, \"@{key 1}@\"\n",
		"no body":       "package p\n\nfunc outside(string) string\n\nvar x = outside(\"@{key 1}@\")\n",
		"line comments": "package p\n\n//line elsewhere.y:100\nvar x = \"@{key 1}@\"\n",
		"dot import":    "package p\n\nimport . \"os\"\n\nvar x = Getenv(\"@{key 1}@\")\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, content := range map[string]string{"go.mod": "module example.test/p\n\ngo 1.24\n", "p.go": checktest.ExpandText(t, text), "p.s": ""} {
				if err := checktest.Write(filepath.Join(dir, file), content); err != nil {
					t.Fatal(err)
				}
			}
			if found := run(t, dir); !slices.Contains(found, "hardcodedkey") {
				t.Errorf("found %v, want hardcodedkey", found)
			}
		})
	}
}

// run runs all analyzers on the module in dir and returns the names of those that
// report something.
func run(t *testing.T, dir string) []string {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: dir}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze(analyzers.All(), pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Errorf("%s: %v", root.Analyzer.Name, root.Err)
		}
		if len(root.Diagnostics) > 0 {
			found = append(found, root.Analyzer.Name)
		}
	}
	return found
}

// TestNames holds the names that allow directives can have to the analyzers.
func TestNames(t *testing.T) {
	var names []string
	for _, a := range analyzers.All() {
		if a != agcloud.Analyzer { // reports nothing
			names = append(names, a.Name)
		}
	}
	if !slices.Equal(names, rules.Analyzers()) {
		t.Errorf("rules.Analyzers lists %v, there are %v", rules.Analyzers(), names)
	}
}
