// Package report hands findings to the driver of an analysis: those that no
// directive allows, with a message that tells the redacted key and the
// fingerprint, and without fixes where code is generated.
package report

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/rules"
)

// A Reporter reports what one analyzer finds in one package.
type Reporter struct {
	pass   *analysis.Pass
	allows map[string][]directive // by the name of the file
}

// New returns a Reporter for pass.
func New(pass *analysis.Pass) *Reporter {
	return &Reporter{pass: pass, allows: map[string][]directive{}}
}

// Report reports d unless it is allowed under the name of the analyzer or of a
// rule. Fixes of generated files are left out.
func (r *Reporter) Report(d analysis.Diagnostic, ruleIDs ...string) {
	if r.allowed(d.Pos, append(ruleIDs, r.pass.Analyzer.Name)) {
		return
	}
	if file := FileOf(r.pass, d.Pos); file == nil || ast.IsGenerated(file) {
		d.SuggestedFixes = nil
	}
	r.pass.Report(d)
}

// Key reports a key. what says what is wrong with it; it follows the title of
// the rule and the redacted key.
func (r *Reporter) Key(k *keys.Key, what string, fixes ...analysis.SuggestedFix) {
	name := fileName(r.pass, k.Pos)
	category := "key"
	if strings.HasSuffix(name, "_test.go") {
		category, what = "test-key", what+", in a test"
	}
	id := Fingerprint(k.Rule.ID, Path(r.pass, name), k.Secret)
	r.Report(analysis.Diagnostic{
		Pos: k.Pos, End: k.End, Category: category,
		Message:        fmt.Sprintf("%s %s %s [%s %s]", k.Rule.Title, k.Secret, what, k.Rule.ID, id),
		SuggestedFixes: fixes,
	}, k.Rule.ID)
}

// Embedded reports a key in a file that the comment between pos and end embeds.
func (r *Reporter) Embedded(pos, end token.Pos, m rules.Match, name string) {
	file := Path(r.pass, fileName(r.pass, pos))
	id := Fingerprint(m.Rule.ID, path.Join(path.Dir(file), name), m.Secret)
	r.Report(analysis.Diagnostic{
		Pos: pos, End: end, Category: "embed",
		Message: fmt.Sprintf("%s %s is in %q, which becomes a part of the program [%s %s]", m.Rule.Title, m.Secret, name, m.Rule.ID, id),
	}, m.Rule.ID)
}

// fileName returns the name of the file that pos is in, whatever its line
// directives say, but that of the original if cgo made the file: go vet calls it
// x.cgo1.go, and in the build cache its name has no extension.
func fileName(pass *analysis.Pass, pos token.Pos) string {
	name := pass.Fset.PositionFor(pos, false).Filename
	if strings.HasSuffix(name, ".cgo1.go") || path.Ext(name) == "" {
		name = pass.Fset.Position(pos).Filename
	}
	return name
}

// Fingerprint returns the fingerprint of a key, the same as that of a scan of
// the module's directory.
func Fingerprint(rule, path string, s rules.Secret) string {
	return rules.Digest("keylint/fingerprint/v1", s, rule, path)
}

// Path returns the path of a file of the package relative to the root of its
// module, with forward slashes. It goes by the path of the package, so that it
// is the same wherever the module lies. Without a module it is the base name.
func Path(pass *analysis.Pass, file string) string {
	base := filepath.Base(file)
	if pass.Module == nil || pass.Module.Path == "" {
		return base
	}
	// Have: example.org/m/p, or example.org/m/p_test [example.org/m/p.test].
	pkg, _, _ := strings.Cut(pass.Pkg.Path(), " ")
	if strings.HasSuffix(pass.Pkg.Name(), "_test") {
		pkg = strings.TrimSuffix(pkg, "_test")
	}
	dir, ok := strings.CutPrefix(pkg, pass.Module.Path)
	if !ok {
		return base // a main package given by its files
	}
	return path.Join(strings.TrimPrefix(dir, "/"), base)
}

// FileOf returns the file of the package that pos is in, or nil.
func FileOf(pass *analysis.Pass, pos token.Pos) *ast.File {
	for _, f := range pass.Files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return f
		}
	}
	return nil
}
