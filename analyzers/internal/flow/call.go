package flow

import (
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/agcloud/keylint/analyzers/agcloud"
)

// calleeOf returns the function or method that c calls, or nil.
func calleeOf(c *ssa.CallCommon) *types.Func {
	if c.IsInvoke() {
		return c.Method
	}
	fn := c.StaticCallee()
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	obj, _ := fn.Object().(*types.Func)
	if obj != nil {
		obj = obj.Origin()
	}
	return obj
}

// summaryOf returns what is known of the function that c calls, or nil.
func (b *body) summaryOf(c *ssa.CallCommon) *summary {
	if fn := c.StaticCallee(); fn != nil {
		if origin := fn.Origin(); origin != nil {
			fn = origin
		}
		if s := b.tracker.summaries[fn]; s != nil {
			return s
		}
	}
	if obj := calleeOf(c); obj != nil && obj.Pkg() != b.tracker.pass.Pkg {
		s := new(summary)
		if b.tracker.pass.ImportObjectFact(obj, &s.Summary) {
			return s
		}
	}
	return nil
}

// call returns the label of the results of c.
func (b *body) call(c *ssa.CallCommon) label {
	if builtin, ok := c.Value.(*ssa.Builtin); ok {
		return b.builtin(builtin.Name(), c.Args)
	}
	if s := b.summaryOf(c); s != nil {
		for v, l := range s.stores {
			b.tracker.hold(v, b.apply(l, c), b.sum)
		}
		return b.apply(s.Results, c)
	}
	obj := calleeOf(c)
	if obj == nil || obj.Pkg() == nil {
		return 0
	}
	path, name := obj.Pkg().Path(), obj.Name()
	switch {
	case readsEnvironment(path, name) && len(c.Args) > 0:
		return b.variable(c.Args[0])
	case reshapes(path, name):
		var l label
		for _, a := range c.Args {
			l |= b.of(a)
		}
		if path == "cmp" || name == "TrimSpace" {
			return l // one of the arguments as it is
		}
		return l.composed()
	case path == "net/http" && (name == "Set" || name == "Add") && len(c.Args) == 3:
		b.header(c.Args[0], b.of(c.Args[2]))
	}
	return 0
}

// builtin returns the label of the result of a builtin function.
func (b *body) builtin(name string, args []ssa.Value) label {
	var l label
	switch name {
	case "append", "min", "max":
		for _, a := range args {
			l |= b.of(a)
		}
	case "copy":
		b.mark(args[0], b.of(args[1]))
	}
	return l
}

// apply returns what l, which is about the parameters of the function that c
// calls, means for the arguments.
func (b *body) apply(l label, c *ssa.CallCommon) label {
	out := l & keyBit
	for i, a := range c.Args {
		if l&param(i) != 0 {
			out |= b.of(a)
		}
		if l&env(i) != 0 {
			out |= b.variable(a)
		}
	}
	if l&composedBit != 0 {
		return out.composed()
	}
	return out
}

// variable returns the label of the environment variable that name names.
func (b *body) variable(name ssa.Value) label {
	if c, ok := name.(*ssa.Const); ok {
		if c.Value != nil && c.Value.Kind() == constant.String && agcloud.IsKeyVariable(constant.StringVal(c.Value)) {
			return keyBit
		}
		return 0
	}
	var l label
	for i := range b.fn.Params {
		if b.of(name).hasParam(i) {
			l |= env(i)
		}
	}
	return l
}

// header notes that the header h of a request is given a value labelled l.
func (b *body) header(h ssa.Value, l label) {
	b.mark(h, l)
	if load, ok := h.(*ssa.UnOp); ok {
		if f, ok := load.X.(*ssa.FieldAddr); ok && b.requests[f.X]|l != b.requests[f.X] {
			b.requests[f.X] |= l
			b.again = true
		}
	}
}

// collectCall notes which arguments of c are keys, and whether they are logged.
func (b *body) collectCall(c *ssa.CallCommon) {
	b.collectArguments(c)
	if builtin, ok := c.Value.(*ssa.Builtin); ok {
		if name := builtin.Name(); name == "print" || name == "println" {
			b.leak(c.Pos(), name, b.all(c.Args))
		}
		return
	}
	obj := calleeOf(c)
	if s := b.summaryOf(c); s != nil && s.Logged != 0 {
		b.leak(c.Pos(), nameOf(obj, "a function")+", which logs it", b.apply(s.Logged, c))
		return
	}
	if obj == nil || obj.Pkg() == nil {
		return
	}
	if isDump(obj) {
		b.leak(c.Pos(), nameOf(obj, ""), b.requests[c.Args[0]])
		return
	}
	b.leak(c.Pos(), nameOf(obj, ""), b.all(logged(obj, c)))
}

// collectArguments notes which arguments of a call, the receiver aside, are
// keys.
func (b *body) collectArguments(c *ssa.CallCommon) {
	args := c.Args
	if !c.IsInvoke() && c.Signature().Recv() != nil {
		args = args[1:]
	}
	var list []label
	for _, a := range args {
		list = append(list, b.of(a))
	}
	b.tracker.flow.args[c.Pos()] = list
	if obj := calleeOf(c); obj != nil && obj.FullName() == "fmt.Sprintf" && len(args) == 2 {
		b.tracker.flow.formats[c.Pos()] = b.elements(args[1])
	}
}

// elements returns the labels of the elements of the list that is made for
// variadic arguments.
func (b *body) elements(v ssa.Value) []label {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	var list []label
	for _, ref := range *s.X.Referrers() {
		addr, ok := ref.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, use := range *addr.Referrers() {
			if store, ok := use.(*ssa.Store); ok {
				list = append(list, b.of(store.Val)) // in order of index
			}
		}
	}
	return list
}

// all returns the label of all values together.
func (b *body) all(list []ssa.Value) label {
	var l label
	for _, v := range list {
		l |= b.of(v)
	}
	return l
}

// nameOf returns the name of fn for a message, or otherwise if there is none.
func nameOf(fn *types.Func, otherwise string) string {
	if fn == nil {
		return otherwise
	}
	if fn.Pkg() == nil {
		return fn.Name()
	}
	return fn.Pkg().Name() + "." + fn.Name()
}
