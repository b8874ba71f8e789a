// Package keylint_test checks what holds for the repository as a whole: who
// may import whom, habits that tools do not check, and that no key is
// committed.
package keylint_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
)

// ours is the prefix of the packages of this module.
const ours = "github.com/agcloud/keylint/"

// A ban says what packages must not import. Test files are free.
type ban struct {
	from   string   // a directory; with "/..." also all below it
	banned string   // an import path; with "/..." also all below it
	allow  []string // imports, in the same form, that the ban leaves free
	except []string // directories, in the same form, that the ban leaves free
	why    string
}

var bans = []ban{
	{"rules/...", ours + "...", []string{ours + "rules/..."}, nil, "rules are bytes in, spans out, and the bottom layer"},
	{"scanner", ours + "...", []string{ours + "rules", ours + "scanner/internal/delta"}, nil, "the vocabulary knows no source, no output and no git"},
	{"scanner/worktree/...", ours + "...", sourceImports, nil, "a source finds blobs; it matches and prints nothing"},
	{"scanner/archive/...", ours + "...", sourceImports, nil, "a source finds blobs; it matches and prints nothing"},
	{"scanner/gitindex/...", ours + "...", append(sourceImports, ours+"scanner/internal/pack"), nil, "a source finds texts and says where they were; it prints nothing"},
	{"scanner/githistory/...", ours + "...", append(sourceImports, ours+"rules", ours+"scanner/internal/..."), nil, "a source finds texts and says where they were; it prints nothing"},
	{"scanner/internal/...", ours + "...", []string{ours + "scanner/internal/..."}, nil, "reading git objects needs nothing of ours"},
	{"analyzers/...", ours + "...", []string{ours + "analyzers/...", ours + "rules"}, []string{"analyzers/internal/checktest"}, "a tool of go vet links no git and no report"},
	{"analyzers/internal/...", ours + "...", []string{ours + "analyzers/internal/...", ours + "analyzers/agcloud", ours + "rules"}, []string{"analyzers/internal/checktest"}, "what analyzers share knows none of them but the one that knows the gateway"},
	{"cmd/keylint-vet/...", ours + "...", []string{ours + "analyzers/...", ours + "rules"}, nil, "a tool of go vet links no git and no report"},
	{"hooks/...", ours + "...", []string{ours + "internal/gitrepo/..."}, nil, "it installs, removes and reports hooks, and never scans"},
	{"internal/report/...", ours + "...", []string{ours + "scanner", ours + "rules"}, nil, "a format knows findings, and not where they come from"},
	{"internal/verify/...", ours + "...", []string{ours + "scanner", ours + "rules"}, nil, "verification knows keys and hosts, and not where keys come from"},
	{"internal/hygiene/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/dotenv", ours + "internal/gitignore", ours + "internal/gitrepo/...", ours + "internal/lazyregexp"}, nil, "a check knows files and keys, and not what runs it or prints what it finds"},
	{"internal/diff/...", ours + "...", []string{ours + "scanner", ours + "rules"}, nil, "a comparison knows reports, and not what reads or prints them"},
	{"internal/triage/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/report"}, nil, "a session knows findings and marks, and no files"},
	{"internal/triage/...", "os/...", nil, nil, "a session reads and writes nothing: what runs it does"},
	{"...", "charm.land/...", nil, []string{"internal/triage", "internal/cli"}, "one command draws on the terminal; libraries and hooks do not"},
	{"internal/audit/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/audit"}, nil, "merging knows findings, and not which scans they come from"},
	{"internal/goaudit/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "analyzers", ours + "internal/lazyregexp"}, nil, "it knows Go code and the analyzers, and not what else an audit does"},
	{"internal/forge/...", ours + "...", nil, nil, "a list of repositories knows a forge, and not what is done with them"},
	{"internal/rotation/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/dotenv", ours + "internal/lazyregexp"}, nil, "a plan follows from findings and files, and not from what found or prints them"},
	{"internal/fix/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/dotenv", ours + "internal/gitrepo", ours + "internal/lazyregexp"}, nil, "a fix is what a finding says; whoever finds and prints it is another"},
	{"internal/home/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/gitrepo/regular"}, nil, "it knows places and what they mean, and neither prints nor sends what it finds"},
	{"internal/atomicfile/...", ours + "...", nil, nil, "replacing a file needs nothing of ours"},
	{"internal/baseline/...", ours + "...", []string{ours + "scanner", ours + "rules", ours + "internal/atomicfile"}, nil, "a baseline knows findings, and not where they come from"},
	{"internal/ruleimport/...", ours + "...", []string{ours + "rules"}, nil, "a converter knows rules, and no files"},
	{"internal/compat/...", ours + "...", []string{ours + "scanner", ours + "rules"}, nil, "what others accept is known by findings, and not by where they come from"},
	{"internal/config/...", ours + "...", []string{ours + "rules", ours + "internal/gitrepo/regular", ours + "internal/atomicfile"}, nil, "a configuration chooses rules"},
	{"internal/gitignore/...", ours + "...", nil, nil, "what git ignores depends on patterns and paths alone"},
	{"internal/gitrepo/...", ours + "...", []string{ours + "internal/gitrepo/...", ours + "internal/gitignore"}, nil, "sources read repositories through it"},
	{"internal/dotenv/...", ours + "...", nil, nil, "a parser needs nothing of ours"},
	{"internal/cienv/...", ours + "...", nil, nil, "what a CI system says depends on its environment alone"},
	{"internal/lazyregexp/...", ours + "...", nil, nil, "it serves every package"},
	{"internal/fakekey/...", ours + "...", nil, nil, "every package's tests use it"},
	{"...", ours + "internal/cli", nil, []string{"cmd/...", "internal/docgen"}, "the command line wires all others, so none of them may need it"},
	{"...", ours + "internal/fakekey", nil, []string{"analyzers/internal/checktest"}, "only tests make keys up"},
	{"...", "net/http/...", nil, []string{"internal/verify", "internal/forge"}, "nothing leaves the machine but a verification, or a question for the repositories of an organisation, that was asked for"},
	{"...", "database/...", nil, []string{"internal/audit/state"}, "the state of audits is the one database"},
	{"...", "github.com/ncruces/go-sqlite3/...", nil, []string{"internal/audit/state"}, "the state of audits is the one database, and start-up pays for what is linked"},
	{"...", "github.com/go-git/go-git/...", nil, []string{"scanner/githistory", "internal/hygiene"}, "all else reads git's files itself, which is faster and keeps analyzers free of git"},
	{"...", "log", nil, nil, "libraries return errors; what cannot be read is a scanner.Problem"},
}

var sourceImports = []string{ours + "scanner", ours + "internal/gitignore", ours + "internal/gitrepo/..."}

// under reports whether name is pattern or, if that ends in "...", below it.
func under(name, pattern string) bool {
	dir, all := strings.CutSuffix(pattern, "...")
	dir = strings.TrimSuffix(dir, "/")
	return name == dir || all && (dir == "" || strings.HasPrefix(name, dir+"/"))
}

// underAny reports whether name is under one of patterns.
func underAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return under(name, p) })
}

// forbids reports whether the package in dir must not import imported.
func (b ban) forbids(dir, imported string) bool {
	return under(dir, b.from) && !underAny(dir, b.except) && under(imported, b.banned) && !underAny(imported, b.allow)
}

// walk calls f for every Go file of the module outside testdata.
func walk(t *testing.T, f func(name string, file *ast.File)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (d.Name() == "testdata" || d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		n++
		f(filepath.ToSlash(name), file)
		return nil
	})
	if err != nil || n < 100 {
		t.Fatalf("read %d files, expected at least 100: %v", n, err)
	}
}

// walkSources is walk without the test files.
func walkSources(t *testing.T, f func(name string, file *ast.File)) {
	t.Helper()
	walk(t, func(name string, file *ast.File) {
		if !strings.HasSuffix(name, "_test.go") {
			f(name, file)
		}
	})
}

func TestImports(t *testing.T) {
	held := make([]bool, len(bans)) // a ban that holds for no file protects nothing
	walkSources(t, func(name string, file *ast.File) {
		dir := path.Dir(name)
		for i, b := range bans {
			held[i] = held[i] || under(dir, b.from)
			for _, spec := range file.Imports {
				if imported := strings.Trim(spec.Path.Value, `"`); b.forbids(dir, imported) {
					t.Errorf("%s must not import %s: %s", name, imported, b.why)
				}
			}
		}
	})
	for i, b := range bans {
		if !held[i] {
			t.Errorf("no file is in %s: correct the ban on %s", b.from, b.banned)
		}
	}
}

// TestBans tries the bans themselves on imports that they must and must not
// stop.
func TestBans(t *testing.T) {
	for _, c := range []struct {
		dir, imported string
		want          bool
	}{
		{"rules", ours + "scanner", true},
		{"rules/internal/codec", ours + "internal/cli", true},
		{"rules", ours + "rules/internal/codec", false},
		{"scanner", ours + "scanner/worktree", true},
		{"scanner", ours + "rules", false},
		{"scanner/archive", ours + "rules", true},
		{"scanner/worktree", ours + "internal/gitrepo/regular", false},
		{"internal/report", ours + "scanner/worktree", true},
		{"internal/baseline", ours + "scanner", false},
		{"internal/cli", "net/http", true},
		{"internal/cli", "net/http/httptest", true},
		{"internal/verify", "net/http", false},
		{"internal/forge", "net/http", false},
		{"internal/cli", "database/sql", true},
		{"internal/audit", "github.com/ncruces/go-sqlite3", true},
		{"internal/audit/state", "github.com/ncruces/go-sqlite3/driver", false},
		{"internal/verify", ours + "internal/config", true},
		{"internal/cli", "github.com/go-git/go-git/v5", true},
		{"scanner/githistory", "github.com/go-git/go-git/v5/plumbing", false},
		{"analyzers/keylog", ours + "scanner", true},
		{"analyzers/keylog", ours + "analyzers/internal/flow", false},
		{"analyzers/internal/flow", ours + "analyzers/keylog", true},
		{"cmd/keylint-vet", ours + "internal/cli", true},
		{"rules", "log", true},
		{"rules", "log/slog", false},
		{"rules", "net/httpish", false},
	} {
		if got := slices.ContainsFunc(bans, func(b ban) bool { return b.forbids(c.dir, c.imported) }); got != c.want {
			t.Errorf("%s importing %s: banned %v, want %v", c.dir, c.imported, got, c.want)
		}
	}
}

// mayInit are the directories that register something with another program.
var mayInit = []string{"analyzers/gclplugin"}

// mayExit are the directories of programs; everything else returns errors.
var mayExit = []string{"cmd/...", "bench/measure", "bench/accuracy", "rules/internal/words/train"}

func TestNoInitNoExit(t *testing.T) {
	walkSources(t, func(name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil && !underAny(path.Dir(name), mayInit) {
					t.Errorf("%s has an init: pass what it sets as a parameter", name)
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "os" && n.Sel.Name == "Exit" && !underAny(path.Dir(name), mayExit) {
					t.Errorf("%s calls os.Exit: return an error, only programs may exit", name)
				}
			}
			return true
		})
	})
}

func TestPackageComments(t *testing.T) {
	documented := map[string]bool{}
	walk(t, func(name string, file *ast.File) {
		dir := path.Dir(name)
		documented[dir] = documented[dir] || file.Doc != nil
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("the package in %s has no package comment", dir)
		}
	}
}

// maxMain bounds the length of a main.go, in lines.
const maxMain = 50

func TestMainIsShort(t *testing.T) {
	mains, err := filepath.Glob("cmd/*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no cmd/*/main.go: %v", err)
	}
	for _, name := range mains {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n >= maxMain {
			t.Errorf("%s has %d lines, %d or more: move logic to internal/cli", name, n, maxMain)
		}
	}
}

// TestFuzzTargetsHaveSeeds makes sure that no fuzz target starts from nothing.
func TestFuzzTargetsHaveSeeds(t *testing.T) {
	targets := 0
	walk(t, func(name string, file *ast.File) {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Fuzz") || !strings.HasSuffix(name, "_test.go") {
				continue
			}
			targets++
			corpus, err := filepath.Glob(filepath.Join(filepath.Dir(name), "testdata", "fuzz", f.Name.Name, "*"))
			if err != nil {
				t.Fatal(err)
			}
			if len(corpus) == 0 && !seeds(f) {
				t.Errorf("%s: %s has no seeds: call f.Add or fill testdata/fuzz/%s", name, f.Name.Name, f.Name.Name)
			}
		}
	})
	if targets == 0 {
		t.Error("no fuzz target was found")
	}
}

// seeds reports whether f calls Add on its *testing.F, or hands that to a
// function, which then does.
func seeds(f *ast.FuncDecl) bool {
	if len(f.Type.Params.List) != 1 || len(f.Type.Params.List[0].Names) != 1 {
		return false
	}
	param := f.Type.Params.List[0].Names[0].Name
	isParam := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && id.Name == param
	}
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			sel, isMethod := call.Fun.(*ast.SelectorExpr)
			found = found || isMethod && sel.Sel.Name == "Add" && isParam(sel.X) || slices.ContainsFunc(call.Args, isParam)
		}
		return !found
	})
	return found
}

// tracked returns the files that git tracks. It skips the test where there is
// no repository, as in a module's zip file.
func tracked(t *testing.T) []string {
	t.Helper()
	if _, err := os.Lstat(".git"); err != nil {
		t.Skip("not a git checkout")
	}
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// TestNoKeysCommitted looks for keys in everything that git tracks. Allow
// directives do not count here: a key in a test is made when the test runs.
func TestNoKeysCommitted(t *testing.T) {
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	m := set.Matcher()
	for _, name := range tracked(t) {
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // removed and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range m.Match(text) {
			line := bytes.Count(text[:found.Span.Start], []byte("\n")) + 1
			t.Errorf("%s:%d holds what looks like a key, %s by %s: make test keys with internal/fakekey", name, line, found.Secret, found.Rule.ID)
		}
	}
}
