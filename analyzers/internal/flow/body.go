package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A body follows labels through one function.
type body struct {
	tracker  *tracker
	fn       *ssa.Function
	sum      *summary
	labels   map[ssa.Value]label
	requests map[ssa.Value]label // HTTP requests whose header holds a key
	again    bool
}

// follow labels the values of the function until nothing changes, and then
// collects what it does with them.
func (b *body) follow() {
	for i, p := range b.fn.Params {
		b.labels[p] = param(i)
	}
	b.again = true
	for b.again {
		b.again = false
		b.each(b.step)
	}
	b.each(b.collect)
}

// each calls f for every instruction of the function.
func (b *body) each(f func(ssa.Instruction)) {
	for _, block := range b.fn.Blocks {
		for _, in := range block.Instrs {
			f(in)
		}
	}
}

// of returns the label of a value.
func (b *body) of(v ssa.Value) label {
	switch v := v.(type) {
	case *ssa.Const:
		return b.tracker.constant(v)
	case *ssa.Global:
		obj, _ := v.Object().(*types.Var)
		return b.tracker.vars[obj]
	case *ssa.FreeVar:
		return b.tracker.free[v]
	}
	return b.labels[v]
}

// mark adds l to the label of v.
func (b *body) mark(v ssa.Value, l label) {
	if b.labels[v]|l != b.labels[v] {
		b.labels[v] |= l
		b.again = true
	}
}

// step lets labels through one instruction.
func (b *body) step(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		b.store(in.Addr, b.of(in.Val))
	case *ssa.MapUpdate:
		b.mark(in.Map, b.of(in.Value))
	case *ssa.MakeClosure:
		b.bind(in)
	case *ssa.Return:
		for _, r := range in.Results {
			b.tracker.add(&b.sum.Results, b.of(r))
		}
	case *ssa.Call:
		b.mark(in, b.call(in.Common()))
	case ssa.Value:
		if l := b.value(in); l != 0 {
			b.mark(in, l)
		}
	}
}

// value returns the label that an instruction gives to its value.
func (b *body) value(v ssa.Value) label {
	switch v := v.(type) {
	case *ssa.Phi:
		var l label
		for _, e := range v.Edges {
			l |= b.of(e)
		}
		return l
	case *ssa.BinOp:
		if v.Op == token.ADD {
			return (b.of(v.X) | b.of(v.Y)).composed()
		}
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return b.load(v.X)
		}
	case *ssa.Slice:
		return b.slice(v)
	case *ssa.MakeInterface:
		return b.of(v.X) | b.printed(v.X.Type())
	case *ssa.FieldAddr:
		return b.tracker.vars[fieldOf(v.X.Type(), v.Field)]
	case *ssa.Field:
		return b.tracker.vars[fieldOf(v.X.Type(), v.Field)]
	case *ssa.Extract:
		return b.kept(v, v.Tuple)
	case *ssa.Convert:
		return b.kept(v, v.X)
	case *ssa.ChangeType:
		return b.of(v.X)
	case *ssa.ChangeInterface:
		return b.of(v.X)
	case *ssa.TypeAssert:
		return b.of(v.X)
	case *ssa.IndexAddr:
		return b.of(v.X)
	case *ssa.Index:
		return b.kept(v, v.X)
	case *ssa.Lookup:
		return b.of(v.X)
	case *ssa.Range:
		return b.of(v.X)
	case *ssa.Next:
		return b.of(v.Iter)
	}
	return 0
}

// kept returns the label of x if v can still hold what x holds.
func (b *body) kept(v, x ssa.Value) label {
	if !canHold(v.Type()) {
		return 0
	}
	return b.of(x)
}

// slice returns the label of a part of a text or list: a cut of a text is taken
// for a masked key.
func (b *body) slice(v *ssa.Slice) label {
	if _, isArray := v.X.Type().Underlying().(*types.Pointer); !isArray && (v.Low != nil || v.High != nil) {
		return 0
	}
	return b.of(v.X)
}

// load returns the label of what addr points to.
func (b *body) load(addr ssa.Value) label {
	l := b.of(addr)
	if f, ok := addr.(*ssa.FieldAddr); ok && isHeader(f) {
		l |= b.requests[f.X]
	}
	return l
}

// isHeader reports whether f is the address of the header of an HTTP request.
func isHeader(f *ssa.FieldAddr) bool {
	v := fieldOf(f.X.Type(), f.Field)
	return v != nil && v.Name() == "Header" && v.Pkg() != nil && v.Pkg().Path() == "net/http"
}

// store gives what addr points to the label l.
func (b *body) store(addr ssa.Value, l label) {
	if l == 0 {
		return
	}
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		b.tracker.hold(fieldOf(a.X.Type(), a.Field), l, b.sum)
	case *ssa.Global:
		obj, _ := a.Object().(*types.Var)
		b.tracker.hold(obj, l, b.sum)
	case *ssa.IndexAddr:
		b.mark(a.X, l)
	case *ssa.FreeVar:
		b.bound(a, l)
	default:
		b.mark(addr, l)
	}
}

// bind gives the variables that a function literal captures their labels. The
// parameters of this function mean nothing there.
func (b *body) bind(c *ssa.MakeClosure) {
	fn := c.Fn.(*ssa.Function)
	for i, v := range c.Bindings {
		b.bound(fn.FreeVars[i], b.of(v))
		b.mark(v, b.tracker.free[fn.FreeVars[i]])
	}
}

func (b *body) bound(v *ssa.FreeVar, l label) {
	if l &= carried; b.tracker.free[v]|l != b.tracker.free[v] {
		b.tracker.free[v] |= l
		b.tracker.changed = true
	}
}

// printed returns the label that a struct has when it is printed: a key, if a
// field holds one and no method of the type says what is printed.
func (b *body) printed(t types.Type) label {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || printsItself(t) {
		return 0
	}
	for f := range st.Fields() {
		if l := b.tracker.vars[f]; l != 0 {
			return l.composed()
		}
	}
	return 0
}

// printsItself reports whether a method of t or its pointer says how values of
// the type are printed.
func printsItself(t types.Type) bool {
	methods := types.NewMethodSet(types.NewPointer(t))
	for _, name := range []string{"String", "Format", "GoString", "LogValue", "Error", "MarshalLogObject"} {
		if methods.Lookup(nil, name) != nil {
			return true
		}
	}
	return false
}

// fieldOf returns the i-th field of a struct, or of what t points to.
func fieldOf(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if st, ok := t.Underlying().(*types.Struct); ok && i < st.NumFields() {
		return st.Field(i).Origin()
	}
	return nil
}

// collect notes what a call or a sum does with keys.
func (b *body) collect(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Panic:
		b.leak(in.Pos(), "panic", b.of(in.X))
	case *ssa.BinOp:
		if in.Op == token.ADD && b.of(in.Y).key() {
			b.tracker.flow.sums[in.Pos()] = true
		}
	case ssa.CallInstruction:
		b.collectCall(in.Common())
	}
}
