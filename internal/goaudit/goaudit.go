// Package goaudit runs the analyzers of Go code over the modules of a tree that is
// not trusted.
//
// # What runs
//
// The go command lists packages and files, and nothing else: it compiles nothing,
// downloads nothing and runs nothing of the tree. See [list] for what holds it to
// that. Packages are then parsed and type-checked here, from source. What a package
// imports and is not on the machine is an empty package: the analyzers work with
// what is known, and the report says how many packages were checked so.
//
// Facts of functions are kept for the packages of the modules only. Of the standard
// library and of other modules the types are known, and not what their functions do
// with a key; “go vet -vettool” knows that, too.
package goaudit

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"os/exec"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// Options say what is checked.
type Options struct {
	Root  string   // the tree: an absolute path without symbolic links
	Files []string // of the tree, relative to Root, with forward slashes; others are not reported on
	// Checks are the names of the analyzers that run.
	Checks []string
	// Severity takes the place of what an analyzer has by itself.
	Severity map[string]rules.Severity
	// Found is what a scan of the tree and its checks found. What they say of a line
	// is not said again.
	Found []*scanner.Finding
}

// Names returns the names of the analyzers that report something, sorted.
func Names() []string { return rules.Analyzers() }

// A Check is what there is to know of an analyzer.
type Check struct {
	ID       string
	Title    string // what it reports
	Manual   string // why, and what to do; paragraphs of plain text
	Severity rules.Severity
}

// Checks returns the analyzers that report something, in order of name.
func Checks() []Check {
	var out []Check
	for _, a := range analyzers.All() {
		s, ok := severities[a.Name]
		if !ok {
			continue
		}
		title, manual, _ := strings.Cut(a.Doc, "\n")
		title = strings.TrimPrefix(strings.TrimPrefix(title, a.Name+": "), "report ")
		out = append(out, Check{a.Name, title, strings.TrimSpace(manual), s})
	}
	return out
}

// severities are those of the analyzers.
var severities = map[string]rules.Severity{
	"bearerprefix": rules.Medium,
	"embedkey":     rules.High,
	"hardcodedkey": rules.High,
	"insecuretls":  rules.High,
	"keyfallback":  rules.High,
	"keylog":       rules.Medium,
	"keymarshal":   rules.Medium,
	"keyurl":       rules.Medium,
	"nobackoff":    rules.Low,
	"plainhttp":    rules.High,
	"setenvkey":    rules.Medium,
}

// Run checks the modules of the tree and hands what it finds to h. Its error is that
// of h or of ctx; what cannot be read is a problem.
func Run(ctx context.Context, o Options, h scanner.Handler) error {
	modules := modulesOf(o.Files)
	chosen := choose(o.Checks)
	if len(modules) == 0 || len(chosen) == 0 {
		return nil
	}
	command, err := exec.LookPath("go")
	if err != nil {
		return h.Notice(scanner.Notice{Reason: fmt.Sprintf("the Go code of %s was not checked by the analyzers: there is no go command in PATH", plural(len(modules), "module"))})
	}
	r := &run{Options: o, command: command, analyzers: chosen, fset: token.NewFileSet(), std: map[string]*loaded{}, seen: map[string]int{}}
	for _, dir := range modules {
		if err := r.module(ctx, dir, h); err != nil {
			return err
		}
	}
	return nil
}

// choose returns the analyzers with the given names.
func choose(names []string) []*analysis.Analyzer {
	var out []*analysis.Analyzer
	for _, a := range analyzers.All() {
		if slices.Contains(names, a.Name) {
			out = append(out, a)
		}
	}
	return out
}

// modulesOf returns the directories of the modules among files, "." for the root.
// Those that the go command would pass over are test data and copies: no modules of
// the tree.
func modulesOf(files []string) []string {
	var dirs []string
	for _, name := range files {
		if path.Base(name) != "go.mod" || slices.ContainsFunc(strings.Split(path.Dir(name), "/"), isIgnored) {
			continue
		}
		dirs = append(dirs, path.Dir(name))
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Or(strings.Count(a, "/")-strings.Count(b, "/"), cmp.Compare(a, b)) })
	return dirs
}

// isIgnored reports whether the go command passes over directories of this name
// (https://pkg.go.dev/cmd/go#hdr-Package_lists_and_patterns).
func isIgnored(dir string) bool {
	return dir == "testdata" || dir == "vendor" || strings.HasPrefix(dir, "_") || strings.HasPrefix(dir, ".") && dir != "."
}

// A run is what the modules of a tree share.
type run struct {
	Options
	command   string // the go command
	analyzers []*analysis.Analyzer
	fset      *token.FileSet
	std       map[string]*loaded // packages of the standard library, by path
	seen      map[string]int     // how often a finding was there, by its identity
}

// module checks one module.
func (r *run) module(ctx context.Context, dir string, h scanner.Handler) error {
	packages, err := r.list(ctx, dir)
	if err != nil && ctx.Err() == nil { // a go.work may name what is not there
		packages, err = r.list(ctx, dir, "GOWORK=off")
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return h.Problem(scanner.Problem{Path: path.Join(dir, "go.mod"), Reason: fmt.Sprintf("the packages of the module cannot be listed, so its Go code was not checked: %s: mend the module, or leave these checks out with --no-go", err)})
	}
	u := newUniverse(r, packages)
	for _, p := range packages {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		at := u.load(p)
		found, err := r.check(at)
		at.release()
		if err != nil {
			if err := h.Problem(scanner.Problem{Path: r.pathOf(p.Dir), Reason: err.Error()}); err != nil {
				return err
			}
		}
		for _, f := range found {
			if err := h.Finding(f); err != nil {
				return err
			}
		}
	}
	if n := len(u.partial); n > 0 {
		return h.Notice(scanner.Notice{Path: path.Join(dir, "go.mod"), Reason: fmt.Sprintf("%s of Go code could be checked in part only: what they import is not on this machine, or they have errors; “go mod download” fetches modules", plural(n, "package"))})
	}
	return nil
}

// check runs the analyzers over a package. A panic of one of them is an error.
func (r *run) check(p *loaded) (found []*scanner.Finding, err error) {
	if p == nil || !p.own {
		return nil, nil
	}
	d := &driver{pkg: p, results: map[*analysis.Analyzer]any{}, failed: map[*analysis.Analyzer]error{}}
	for _, a := range r.analyzers {
		diagnostics, failed := d.run(a)
		if err == nil {
			err = failed // the others that fail mostly need the same
		}
		for _, diagnostic := range diagnostics {
			if f := r.finding(p, a, diagnostic); f != nil {
				found = append(found, f)
			}
		}
	}
	return found, err
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
