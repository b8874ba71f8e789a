package flow

import "go/types"

// A label says what a value is made of: bits for the parameters of its function
// in its low half, bits for the variables of the environment that they name in
// its high half, and at the top one for a key and one for that other text may
// have been put before it or behind.
type label uint64

const (
	keyBit      label = 1 << 63
	composedBit label = 1 << 62
	carried           = keyBit | composedBit // what means the same in every function
	envShift          = 31
	maxParams         = 31
)

// key reports whether a key is in it.
func (l label) key() bool { return l&keyBit != 0 }

// bare reports whether it is a key as it came.
func (l label) bare() bool { return l&carried == keyBit }

// composed returns the label of l with other text.
func (l label) composed() label {
	if l == 0 {
		return 0
	}
	return l | composedBit
}

// param returns the label of the i-th parameter.
func param(i int) label {
	if i >= maxParams {
		return 0
	}
	return 1 << i
}

// hasParam reports whether the i-th parameter is in l.
func (l label) hasParam(i int) bool { return l&param(i) != 0 }

// env returns the label of the variable that the i-th parameter names.
func env(i int) label { return param(i) << envShift }

// params returns the part of l about parameters.
func (l label) params() label { return l & (1<<maxParams - 1) }

// canHold reports whether a value of type t can be made of a key: text, and what
// holds text. Errors, numbers and structs are not; fields have their own labels.
func canHold(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.Byte || u.Kind() == types.Rune
	case *types.Slice:
		return canHold(u.Elem())
	case *types.Array:
		return canHold(u.Elem())
	case *types.Map:
		return canHold(u.Elem())
	case *types.Pointer:
		_, isStruct := u.Elem().Underlying().(*types.Struct)
		return !isStruct && canHold(u.Elem())
	case *types.Interface:
		return u.NumMethods() == 0
	case *types.Struct:
		return isAttribute(t)
	}
	return false
}

// isAttribute reports whether t is a field of a structured logger.
func isAttribute(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	switch named.Obj().Pkg().Path() {
	case "log/slog":
		return named.Obj().Name() == "Attr" || named.Obj().Name() == "Value"
	case "go.uber.org/zap", "go.uber.org/zap/zapcore":
		return named.Obj().Name() == "Field"
	}
	return false
}
