// Package analyzers lists the analyzers of keylint, which read Go code as Go:
// with types, constants and data flow. Each lies in a directory of its own; the
// comment of its package is its manual page.
package analyzers

import (
	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/agcloud"
	"github.com/agcloud/keylint/analyzers/bearerprefix"
	"github.com/agcloud/keylint/analyzers/embedkey"
	"github.com/agcloud/keylint/analyzers/hardcodedkey"
	"github.com/agcloud/keylint/analyzers/insecuretls"
	"github.com/agcloud/keylint/analyzers/keyfallback"
	"github.com/agcloud/keylint/analyzers/keylog"
	"github.com/agcloud/keylint/analyzers/keymarshal"
	"github.com/agcloud/keylint/analyzers/keyurl"
	"github.com/agcloud/keylint/analyzers/nobackoff"
	"github.com/agcloud/keylint/analyzers/plainhttp"
	"github.com/agcloud/keylint/analyzers/setenvkey"
)

// All returns the analyzers, in order of name. They include agcloud, which
// reports nothing and carries a flag that others heed.
func All() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		agcloud.Analyzer,
		bearerprefix.Analyzer,
		embedkey.Analyzer,
		hardcodedkey.Analyzer,
		insecuretls.Analyzer,
		keyfallback.Analyzer,
		keylog.Analyzer,
		keymarshal.Analyzer,
		keyurl.Analyzer,
		nobackoff.Analyzer,
		plainhttp.Analyzer,
		setenvkey.Analyzer,
	}
}
