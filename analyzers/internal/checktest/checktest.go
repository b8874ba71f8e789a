// Package checktest runs the tests of analyzers on testdata that holds keys. As
// no key may be committed, the files of testdata are templates, and the keys are
// made when the tests run.
package checktest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

// Run runs an analyzer with its fixes on packages of testdata/src, which lie
// there as in a GOPATH. Without patterns it runs on the package that is named
// like the analyzer.
func Run(t *testing.T, a *analysis.Analyzer, patterns ...string) {
	t.Helper()
	if len(patterns) == 0 {
		patterns = []string{a.Name}
	}
	analysistest.RunWithSuggestedFixes(t, Expand(t, "testdata"), a, patterns...)
}

// Expand writes the templates below dir to a new directory with their keys made,
// and returns that. Templates that are no Go before they are expanded have names
// that end in .tmpl, which is cut off; dot_ at the start of a name becomes a dot,
// as git ignores .env files.
func Expand(t *testing.T, dir string) string {
	t.Helper()
	out := t.TempDir()
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		dir, base := filepath.Split(strings.TrimSuffix(rel, ".tmpl"))
		if rest, ok := strings.CutPrefix(base, "dot_"); ok {
			base = "." + rest
		}
		return Write(filepath.Join(out, dir, base), ExpandText(t, string(text)))
	})
	if err != nil || files == 0 {
		t.Fatalf("expanded %d files of %s: %v", files, dir, err)
	}
	return out
}

// Write writes a file and the directories above it.
func Write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o666)
}

// ExpandText makes the keys in a template. An action stands between @{ and }@:
//
//	@{key 1}@                a key of gateway shape; equal numbers are equal keys
//	@{alnum 1 40}@           40 letters and digits
//	@{head 8 (key 1)}@       the first 8 bytes of a text
//	@{tail 8 (key 1)}@       the text without its first 8 bytes
//	@{base64 (key 1)}@       encoded; also hex
//	@{chars (key 1)}@        as a list of runes in Go; bytes as one of numbers
//	@{mark}@                 the mark of an allow directive, which scans heed
func ExpandText(t *testing.T, text string) string {
	t.Helper()
	tmpl, err := template.New("").Delims("@{", "}@").Funcs(template.FuncMap{
		"key":    func(seed uint64) string { return fakekey.Gateway(seed) },
		"alnum":  fakekey.Alnum,
		"head":   func(n int, s string) string { return s[:n] },
		"tail":   func(n int, s string) string { return s[n:] },
		"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"hex":    func(s string) string { return hex.EncodeToString([]byte(s)) },
		"chars":  chars,
		"bytes":  func(s string) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ", "), "[]") },
		"mark":   func() string { return rules.AllowMarks()[0] },
	}).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := tmpl.Execute(&out, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// chars returns s as a list of runes in Go.
func chars(s string) string {
	var list []string
	for _, r := range s {
		list = append(list, fmt.Sprintf("%q", r))
	}
	return strings.Join(list, ", ")
}

// Set sets a flag of an analyzer for the length of a test.
func Set(t *testing.T, a *analysis.Analyzer, name, value string) {
	t.Helper()
	old := a.Flags.Lookup(name).Value.String()
	if err := a.Flags.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Flags.Set(name, old); err != nil {
			t.Error(err)
		}
	})
}
