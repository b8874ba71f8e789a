package goaudit

import (
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers"
	"github.com/agcloud/keylint/scanner"
)

// told collects what a run says.
type told struct {
	findings []*scanner.Finding
	problems []scanner.Problem
	notices  []scanner.Notice
}

func (h *told) Finding(f *scanner.Finding) error { h.findings = append(h.findings, f); return nil }
func (h *told) Problem(p scanner.Problem) error  { h.problems = append(h.problems, p); return nil }
func (h *told) Notice(n scanner.Notice) error    { h.notices = append(h.notices, n); return nil }

// tree writes files and returns what Run is to be told of them.
func tree(t *testing.T, files map[string]string) Options {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Root: root, Checks: Names()}
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		o.Files = append(o.Files, name)
	}
	slices.Sort(o.Files)
	return o
}

func audit(t *testing.T, o Options) *told {
	t.Helper()
	h := &told{}
	if err := Run(t.Context(), o, h); err != nil {
		t.Fatal(err)
	}
	return h
}

const logs = "package p\n\nimport (\n\t\"log\"\n\t\"os\"\n)\n\nfunc F() {\n\tlog.Print(os.Getenv(\"AGCLOUD_API_KEY\"))\n}\n"

// TestNames holds the severities to the analyzers that there are.
func TestNames(t *testing.T) {
	for _, name := range Names() {
		if _, ok := severities[name]; !ok || !slices.ContainsFunc(analyzers.All(), func(a *analysis.Analyzer) bool { return a.Name == name }) {
			t.Errorf("%s has no severity, or is no analyzer", name)
		}
	}
	if len(severities) != len(Names()) {
		t.Errorf("%d severities for %d analyzers", len(severities), len(Names()))
	}
}

// TestFingerprints moves a line, and adds an equal one.
func TestFingerprints(t *testing.T) {
	one := audit(t, tree(t, map[string]string{"go.mod": "module example.test/p\n\ngo 1.24\n", "p.go": logs}))
	moved := audit(t, tree(t, map[string]string{"go.mod": "module example.test/p\n\ngo 1.24\n", "p.go": strings.Replace(logs, "func F", "// Moved.\n\nfunc F", 1)}))
	two := audit(t, tree(t, map[string]string{"go.mod": "module example.test/p\n\ngo 1.24\n", "p.go": strings.Replace(logs, "}\n", "\tlog.Print(os.Getenv(\"AGCLOUD_API_KEY\"))\n}\n", 1)}))
	if len(one.findings) != 1 || len(moved.findings) != 1 || len(two.findings) != 2 {
		t.Fatalf("%d, %d and %d findings", len(one.findings), len(moved.findings), len(two.findings))
	}
	if one.findings[0].ID != moved.findings[0].ID || one.findings[0].Line == moved.findings[0].Line {
		t.Error("a moved line has another fingerprint, or did not move")
	}
	if two.findings[0].ID != one.findings[0].ID || two.findings[1].ID == one.findings[0].ID {
		t.Error("equal lines are not told apart, or the first of them is another")
	}
}

// TestFacts follows a key through a package of the module.
func TestFacts(t *testing.T) {
	got := audit(t, tree(t, map[string]string{
		"go.mod":    "module example.test/p\n\ngo 1.24\n",
		"conf/c.go": "package conf\n\nimport \"os\"\n\nfunc Get() string { return os.Getenv(\"AGCLOUD_API_KEY\") }\n",
		"p.go":      "package p\n\nimport (\n\t\"log\"\n\n\t\"example.test/p/conf\"\n)\n\nfunc F() { log.Print(conf.Get()) }\n",
	}))
	if len(got.findings) != 1 || got.findings[0].Path != "p.go" || got.findings[0].Rule != "keylog" {
		t.Errorf("%+v", got)
	}
}

// TestNothingRuns has a tree ask the go command to run programs, to download, and to
// use another toolchain.
func TestNothingRuns(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "ran")
	tool := filepath.Join(t.TempDir(), "tool.sh")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\necho ran >>'"+marker+"'\nexec \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOFLAGS", "-toolexec="+tool)
	t.Setenv("CC", tool)
	t.Setenv("GOPACKAGESDRIVER", tool)
	t.Setenv("CGO_ENABLED", "1")
	o := tree(t, map[string]string{
		"go.mod":      "module example.test/p\n\ngo 1.24\n\nrequire example.test/nowhere v1.0.0\n",
		"p.go":        logs,
		"c.go":        "package p\n\n// #cgo CFLAGS: -DX\n// #include <stdio.h>\nimport \"C\"\n\n//go:generate " + tool + " true\n",
		"n/n.go":      "package n\n\nimport \"example.test/nowhere\"\n\nvar _ = nowhere.X\n",
		".git/config": "[core]\n\tfsmonitor = " + tool + "\n\trepositoryformatversion = 0\n",
		".git/HEAD":   "ref: refs/heads/main\n",
	})
	got := audit(t, o)
	if _, err := os.Stat(marker); !os.IsNotExist(err) {
		t.Error("the tree had a program run")
	}
	if len(got.findings) != 1 || got.findings[0].Rule != "keylog" || len(got.notices) != 1 {
		t.Errorf("%d findings, %v, %v", len(got.findings), got.notices, got.problems)
	}
}

// TestPanic has an analyzer fail.
func TestPanic(t *testing.T) {
	o := tree(t, map[string]string{"go.mod": "module example.test/p\n\ngo 1.24\n", "p.go": logs})
	bad := &analysis.Analyzer{Name: "bad", Run: func(*analysis.Pass) (any, error) { panic("what the code says") }}
	r := &run{Options: o, command: "go", analyzers: append([]*analysis.Analyzer{bad}, choose(o.Checks)...), fset: token.NewFileSet(), std: map[string]*loaded{}, seen: map[string]int{}}
	h := &told{}
	if err := r.module(t.Context(), ".", h); err != nil {
		t.Fatal(err)
	}
	if len(h.findings) != 1 || len(h.problems) != 1 || !strings.Contains(h.problems[0].Reason, "bad failed") || strings.Contains(h.problems[0].Reason, "what the code says") {
		t.Errorf("%d findings, %v", len(h.findings), h.problems)
	}
}
