package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/agcloud/keylint/analyzers/internal/keys"
)

// A tracker follows the keys of one package.
type tracker struct {
	pass      *analysis.Pass
	flow      *Flow
	secrets   []string // the keys among the constants
	summaries map[*ssa.Function]*summary
	vars      map[*types.Var]label // fields and package variables that hold a key
	free      map[*ssa.FreeVar]label
	changed   bool
	reporting bool // the last round, in which leaks are collected
}

// A summary is what a function of the package does with its parameters.
type summary struct {
	Summary
	stores map[*types.Var]label // the fields and variables that parameters get into
}

func newTracker(pass *analysis.Pass, flow *Flow, constants []*keys.Key) *tracker {
	t := &tracker{pass: pass, flow: flow, summaries: map[*ssa.Function]*summary{}, vars: map[*types.Var]label{}, free: map[*ssa.FreeVar]label{}}
	for _, k := range constants {
		t.secrets = append(t.secrets, k.Secret.Reveal())
	}
	for _, f := range pass.AllObjectFacts() {
		if v, ok := f.Object.(*types.Var); ok {
			t.vars[v] = f.Fact.(*Holds).Label
		}
	}
	return t
}

// run follows the keys through funcs until nothing changes, then collects what
// the package does with them and exports facts.
func (t *tracker) run(funcs []*ssa.Function) {
	for _, fn := range funcs {
		t.summaries[fn] = &summary{stores: map[*types.Var]label{}}
	}
	const maxRounds = 20 // deeper call chains are cut off
	t.changed = true
	for range maxRounds {
		if !t.changed {
			break
		}
		t.changed = false
		t.round(funcs)
	}
	t.reporting = true
	t.round(funcs)
	t.export()
}

func (t *tracker) round(funcs []*ssa.Function) {
	for _, fn := range funcs {
		b := body{tracker: t, fn: fn, sum: t.summaries[fn], labels: map[ssa.Value]label{}, requests: map[ssa.Value]label{}}
		b.follow()
	}
}

// export exports what importing packages have to know.
func (t *tracker) export() {
	for fn, s := range t.summaries {
		obj, ok := fn.Object().(*types.Func)
		if ok && obj.Pkg() == t.pass.Pkg && (s.Results != 0 || s.Logged != 0) {
			t.pass.ExportObjectFact(obj, &s.Summary)
		}
	}
	for v, l := range t.vars {
		t.flow.fields[v] = true
		if v.Pkg() == t.pass.Pkg && v.Exported() {
			t.pass.ExportObjectFact(v, &Holds{l})
		}
	}
}

// constant returns the label of a constant.
func (t *tracker) constant(c *ssa.Const) label {
	if c.Value == nil || c.Value.Kind() != constant.String {
		return 0
	}
	s := constant.StringVal(c.Value)
	for _, secret := range t.secrets {
		switch {
		case s == secret:
			return keyBit
		case strings.Contains(s, secret):
			return keyBit.composed()
		}
	}
	return 0
}

// hold notes that a field or package variable is given a value labelled l.
func (t *tracker) hold(v *types.Var, l label, sum *summary) {
	if v == nil {
		return
	}
	if l.key() && t.vars[v]|l&carried != t.vars[v] {
		t.vars[v] |= l & carried
		t.changed = true
	}
	if p := l.params(); sum.stores[v]|p != sum.stores[v] {
		sum.stores[v] |= p
		t.changed = true
	}
}

// add sets the bits of l in *dst and notes whether that changed anything.
func (t *tracker) add(dst *label, l label) {
	if *dst|l != *dst {
		*dst |= l
		t.changed = true
	}
}

// leak notes that the call at pos logs a value labelled l.
func (b *body) leak(pos token.Pos, how string, l label) {
	b.tracker.add(&b.sum.Logged, l.params())
	if b.tracker.reporting && l.key() {
		b.tracker.flow.leaks = append(b.tracker.flow.leaks, Leak{pos, how})
	}
}
