package flow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// readsEnvironment reports whether a function returns the value of the variable
// that its first argument names.
func readsEnvironment(path, name string) bool {
	switch path {
	case "os", "syscall":
		return name == "Getenv" || name == "LookupEnv"
	case "github.com/spf13/viper":
		return name == "GetString"
	}
	return false
}

// reshapes reports whether the results of a function are made of its arguments.
func reshapes(path, name string) bool {
	switch path {
	case "strings", "bytes", "cmp", "slices", "maps", "encoding/json", "encoding/base64", "encoding/hex":
		return true
	case "fmt":
		return strings.HasPrefix(name, "Sprint") || strings.HasPrefix(name, "Append")
	case "strconv":
		return strings.HasPrefix(name, "Quote")
	case "net/url":
		return strings.HasSuffix(name, "Escape")
	case "log/slog":
		return slices.Contains([]string{"String", "Any", "Group", "StringValue", "AnyValue"}, name)
	case "go.uber.org/zap":
		return slices.Contains([]string{"String", "Any", "ByteString", "Strings", "Stringp", "Reflect"}, name)
	}
	return false
}

// isDump reports whether fn turns a request with its header into text.
func isDump(fn *types.Func) bool {
	return fn.Pkg().Path() == "net/http/httputil" && strings.HasPrefix(fn.Name(), "DumpRequest")
}

// logged returns the arguments of c that fn, which it calls, logs or puts into
// an error.
func logged(fn *types.Func, c *ssa.CallCommon) []ssa.Value {
	path, name := fn.Pkg().Path(), fn.Name()
	args := c.Args
	if fn.Signature().Recv() != nil && !c.IsInvoke() && len(args) > 0 {
		args = args[1:]
	}
	switch path {
	case "fmt":
		switch {
		case strings.HasPrefix(name, "Fprint") && isStandardStream(args[0]):
			return args[1:]
		case strings.HasPrefix(name, "Print") || name == "Errorf":
			return args
		}
		return nil
	case "errors":
		if name == "New" {
			return args
		}
		return nil
	}
	if logs(path, name) {
		return args
	}
	return nil
}

// levels are how the names of functions begin that log at a level.
var levels = []string{"Print", "Fatal", "Panic", "Debug", "Info", "Warn", "Error", "Trace", "Log", "DPanic"}

// logs reports whether a function of a logging package logs its arguments.
func logs(path, name string) bool {
	switch path {
	case "log":
		return hasPrefix(name, levels) || name == "Output"
	case "log/slog", "go.uber.org/zap", "github.com/sirupsen/logrus", "k8s.io/klog", "k8s.io/klog/v2", "github.com/golang/glog", "github.com/go-logr/logr":
		return hasPrefix(name, levels) || strings.HasPrefix(name, "With")
	case "github.com/rs/zerolog", "github.com/rs/zerolog/log":
		return hasPrefix(name, []string{"Msg", "Str", "Interface", "Any", "Bytes", "Print", "Fields"})
	case "testing":
		return hasPrefix(name, []string{"Log", "Error", "Fatal", "Skip"})
	}
	return false
}

func hasPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// isStandardStream reports whether v is os.Stdout or os.Stderr.
func isStandardStream(v ssa.Value) bool {
	if made, ok := v.(*ssa.MakeInterface); ok {
		v = made.X
	}
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	g, ok := load.X.(*ssa.Global)
	return ok && g.Pkg != nil && g.Pkg.Pkg.Path() == "os" && (g.Name() == "Stdout" || g.Name() == "Stderr")
}
