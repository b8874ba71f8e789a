package embedkey

import (
	_ "embed"
	"flag"
	"go/ast"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/keys"
	"github.com/agcloud/keylint/analyzers/internal/manual"
	"github.com/agcloud/keylint/analyzers/internal/report"
)

//go:embed doc.go
var doc string

// Analyzer reports files with keys that are embedded.
var Analyzer = &analysis.Analyzer{
	Name:             "embedkey",
	Doc:              manual.Page(doc),
	Requires:         []*analysis.Analyzer{keys.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	Flags:            flags(),
}

// ReadFlag is the name of the flag that makes the analyzer read embedded files.
const ReadFlag = "read"

func flags() flag.FlagSet {
	var f flag.FlagSet
	f.Bool(ReadFlag, false, "read the embedded files; for runs outside go vet")
	return f
}

func run(pass *analysis.Pass) (any, error) {
	c := checker{pass: pass, r: report.New(pass), read: pass.Analyzer.Flags.Lookup(ReadFlag).Value.String() == "true"}
	for _, file := range pass.Files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if args, ok := strings.CutPrefix(comment.Text, "//go:embed "); ok {
					if err := c.directive(comment, args); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	return nil, nil
}

// A checker checks one package.
type checker struct {
	pass *analysis.Pass
	r    *report.Reporter
	read bool
}

// directive checks the patterns of a directive.
func (c *checker) directive(comment *ast.Comment, args string) error {
	dir := filepath.Dir(c.pass.Fset.PositionFor(comment.Pos(), false).Filename)
	for _, p := range patterns(args) {
		names := []string{p}
		if c.read {
			names = files(dir, p)
		}
		for _, name := range names {
			if err := c.file(comment, dir, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// patterns returns the patterns of a directive, which may be quoted.
func patterns(args string) []string {
	var list []string
	for args = strings.TrimSpace(args); args != ""; args = strings.TrimSpace(args) {
		quoted, err := strconv.QuotedPrefix(args)
		if err != nil {
			name, rest, _ := strings.Cut(args, " ")
			list, args = append(list, strings.TrimPrefix(name, "all:")), rest
			continue
		}
		name, err := strconv.Unquote(quoted)
		if err == nil {
			list = append(list, strings.TrimPrefix(name, "all:"))
		}
		args = args[len(quoted):]
	}
	return list
}

// files returns the files below dir that a pattern names, relative to it. Those
// that cannot be listed are left to the build, which fails then.
func files(dir, pattern string) []string {
	var list []string
	matches, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return nil
	}
	for _, m := range matches {
		fs.WalkDir(os.DirFS(dir), m, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				list = append(list, name)
			}
			return nil
		})
	}
	return list
}

// file reports an embedded file that holds a key, or whose name says so.
func (c *checker) file(comment *ast.Comment, dir, name string) error {
	if c.read {
		found, err := c.content(comment, dir, name)
		if found || err != nil || !isEnvFile(name) {
			return err
		}
	}
	if isEnvFile(name) || !c.read && isKeyFile(name) {
		c.r.Report(analysis.Diagnostic{Pos: comment.Pos(), End: comment.End(), Category: "embed", Message: strconv.Quote(name) + " becomes a part of the program: read it, or the environment, when the program runs"})
	}
	return nil
}

// maxSize is the size of the largest embedded file that is read, in bytes.
const maxSize = 8 << 20

// content reports the keys in a file, and whether there are any.
func (c *checker) content(comment *ast.Comment, dir, name string) (bool, error) {
	full := filepath.Join(dir, filepath.FromSlash(name))
	if info, err := os.Stat(full); err != nil || info.Size() > maxSize {
		return false, nil // a scan of the files reports what it cannot read
	}
	text, err := os.ReadFile(full)
	if err != nil {
		return false, nil
	}
	found, err := c.pass.ResultOf[keys.Analyzer].(*keys.Keys).In(text)
	for _, m := range found {
		c.r.Embedded(comment.Pos(), comment.End(), m, name)
	}
	return len(found) > 0, err
}

// isEnvFile reports whether name is that of a .env file, and not of a template
// for one.
func isEnvFile(name string) bool {
	base := path.Base(name)
	if base != ".env" && !strings.HasPrefix(base, ".env.") && base != ".env*" {
		return false
	}
	for _, template := range []string{"example", "sample", "template", "dist"} {
		if strings.HasSuffix(base, template) {
			return false
		}
	}
	return true
}

// isKeyFile reports whether name is that of a private key.
func isKeyFile(name string) bool {
	ext := path.Ext(name)
	return ext == ".pem" || ext == ".key"
}
