package docgen

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/agcloud/keylint/analyzers"
	"github.com/agcloud/keylint/internal/cli"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/rules"
)

var update = flag.Bool("update", false, "rewrite the documents")

// TestDocuments holds the generated documents to what they are generated from.
func TestDocuments(t *testing.T) {
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"rules.md": Rules(list, hygiene.Checks()), "cli.md": CLI(cli.Root()), "analyzers.md": Analyzers(analyzers.All())} {
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/%s is stale: run go generate ./internal/docgen", name)
		}
	}
}
