package goaudit

import (
	"go/ast"
	"go/parser"
	"go/types"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// A universe is the packages of a module and all that they import, type-checked
// once.
type universe struct {
	run      *run
	packages map[string]*loaded // by import path, as go list has it
	partial  map[string]bool    // own packages that could not be checked in full, by import path
	facts    *facts
	sizes    types.Sizes
}

// A loaded package is type-checked; an own one has its syntax, too.
type loaded struct {
	*listed
	universe *universe
	own      bool // it is a package of the tree
	files    []*ast.File
	types    *types.Package
	info     *types.Info
	errors   []types.Error
}

func newUniverse(r *run, list []*listed) *universe {
	return &universe{
		run: r, packages: make(map[string]*loaded, len(list)), partial: map[string]bool{},
		facts: newFacts(), sizes: types.SizesFor("gc", runtime.GOARCH),
	}
}

// load type-checks a package whose imports were loaded before. It is nil for what has
// no files: the package that runs tests, and what is not there.
func (u *universe) load(l *listed) *loaded {
	if l.Standard {
		if p := u.run.std[l.ImportPath]; p != nil {
			u.packages[l.ImportPath] = p
			return p
		}
	}
	if len(l.GoFiles) == 0 || strings.HasSuffix(l.ImportPath, ".test") {
		return nil
	}
	p := &loaded{listed: l, universe: u, own: u.isOwn(l)}
	u.packages[l.ImportPath] = p
	p.parse()
	p.check()
	if l.Standard {
		u.run.std[l.ImportPath] = p
	}
	if !p.own {
		p.release()
	}
	return p
}

// release forgets all of a package but what others see of it. p may be nil.
func (p *loaded) release() {
	if p != nil {
		p.files, p.info, p.errors = nil, nil, nil
	}
}

// isOwn reports whether a package is one of the tree, and no copy of another.
func (u *universe) isOwn(l *listed) bool {
	if l.Standard || l.Module == nil || l.Module.Version != "" {
		return false
	}
	rel, err := filepath.Rel(u.run.Root, l.Dir)
	return err == nil && filepath.IsLocal(rel) && !strings.Contains("/"+filepath.ToSlash(rel)+"/", "/vendor/")
}

func (p *loaded) parse() {
	mode := parser.SkipObjectResolution
	if p.own {
		mode |= parser.ParseComments
	}
	for _, name := range p.GoFiles {
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.Dir, name)
		}
		f, err := parser.ParseFile(p.universe.run.fset, name, nil, mode)
		if err != nil {
			p.wanting()
		}
		if f != nil {
			p.files = append(p.files, f)
		}
	}
}

// wanting notes that the package is not known in full.
func (p *loaded) wanting() {
	if p.own {
		p.universe.partial[p.ImportPath] = true
	}
}

func (p *loaded) check() {
	u := p.universe
	conf := types.Config{
		Importer: importer{p}, Sizes: u.sizes, FakeImportC: true, IgnoreFuncBodies: !p.own, DisableUnusedImportCheck: true,
		Error: func(err error) {
			p.wanting()
			if e, ok := err.(types.Error); ok {
				p.errors = append(p.errors, e)
			}
		},
	}
	if p.own {
		p.info = &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}, Defs: map[*ast.Ident]types.Object{},
			Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
			Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
		}
	}
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	// Its error is the first of those that conf.Error was told.
	p.types, _ = conf.Check(strings.Fields(p.ImportPath)[0], u.run.fset, p.files, p.info)
}

// importer finds the imports of a package.
type importer struct{ of *loaded }

// Import implements types.Importer. A package that is not on the machine is an empty
// one.
func (i importer) Import(name string) (*types.Package, error) {
	if name == "unsafe" {
		return types.Unsafe, nil
	}
	if real, ok := i.of.ImportMap[name]; ok {
		name = real
	}
	if p := i.of.universe.packages[name]; p != nil && p.types != nil {
		return p.types, nil
	}
	i.of.wanting()
	empty := types.NewPackage(name, path.Base(name))
	empty.MarkComplete()
	return empty, nil
}
