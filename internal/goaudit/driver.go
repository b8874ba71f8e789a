package goaudit

import (
	"fmt"
	"go/types"
	"os"
	"reflect"

	"golang.org/x/tools/go/analysis"
)

// A driver runs analyzers over one package, each once.
type driver struct {
	pkg     *loaded
	results map[*analysis.Analyzer]any
	failed  map[*analysis.Analyzer]error
}

// run runs a, and before it what it requires, and returns what a reports. A panic is
// an error.
func (d *driver) run(a *analysis.Analyzer) (found []analysis.Diagnostic, err error) {
	if err := d.failed[a]; err != nil {
		return nil, err
	}
	defer func() {
		if x := recover(); x != nil {
			// What the panic says is left out: it may quote the code.
			err = fmt.Errorf("the analyzer %s failed on the package %s, which was not checked by it: please report this", a.Name, d.pkg.ImportPath)
		}
		if err != nil {
			d.failed[a] = err
		}
	}()
	inputs := map[*analysis.Analyzer]any{}
	for _, need := range a.Requires {
		if _, ok := d.results[need]; !ok {
			if _, err := d.run(need); err != nil {
				return nil, err
			}
		}
		inputs[need] = d.results[need]
	}
	p, facts := d.pkg, d.pkg.universe.facts
	pass := &analysis.Pass{
		Analyzer: a, Fset: p.universe.run.fset, Files: p.files, Pkg: p.types, TypesInfo: p.info, TypesSizes: p.universe.sizes, TypeErrors: p.errors,
		Module:   &analysis.Module{Path: p.Module.Path, GoVersion: p.Module.GoVersion},
		ResultOf: inputs, ReadFile: os.ReadFile,
		Report:            func(x analysis.Diagnostic) { found = append(found, x) },
		ImportObjectFact:  facts.importObject,
		ImportPackageFact: facts.importPackage,
		ExportObjectFact:  facts.exportObject,
		ExportPackageFact: func(f analysis.Fact) { facts.exportPackage(p.types, f) },
		AllObjectFacts:    facts.allObjects,
		AllPackageFacts:   facts.allPackages,
	}
	result, err := a.Run(pass)
	if err != nil {
		return nil, fmt.Errorf("the analyzer %s failed on the package %s: %w", a.Name, p.ImportPath, err)
	}
	d.results[a] = result
	return found, nil
}

// facts are what analyzers know of objects and packages: one of each type.
type facts struct {
	objects  map[objectFact]analysis.Fact
	packages map[packageFact]analysis.Fact
}

type objectFact struct {
	of types.Object
	is reflect.Type
}

type packageFact struct {
	of *types.Package
	is reflect.Type
}

func newFacts() *facts {
	return &facts{map[objectFact]analysis.Fact{}, map[packageFact]analysis.Fact{}}
}

func (f *facts) importObject(of types.Object, into analysis.Fact) bool {
	return copyFact(f.objects[objectFact{of, reflect.TypeOf(into)}], into)
}

func (f *facts) importPackage(of *types.Package, into analysis.Fact) bool {
	return copyFact(f.packages[packageFact{of, reflect.TypeOf(into)}], into)
}

// copyFact copies have, which may be nil, into a fact of its type.
func copyFact(have, into analysis.Fact) bool {
	if have == nil {
		return false
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(have).Elem())
	return true
}

func (f *facts) exportObject(of types.Object, fact analysis.Fact) {
	f.objects[objectFact{of, reflect.TypeOf(fact)}] = fact
}

func (f *facts) exportPackage(of *types.Package, fact analysis.Fact) {
	f.packages[packageFact{of, reflect.TypeOf(fact)}] = fact
}

func (f *facts) allObjects() []analysis.ObjectFact {
	var out []analysis.ObjectFact
	for key, fact := range f.objects {
		out = append(out, analysis.ObjectFact{Object: key.of, Fact: fact})
	}
	return out
}

func (f *facts) allPackages() []analysis.PackageFact {
	var out []analysis.PackageFact
	for key, fact := range f.packages {
		out = append(out, analysis.PackageFact{Package: key.of, Fact: fact})
	}
	return out
}
