package role

import (
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/analyzers/internal/keys"
)

var (
	// inQuery matches what is before a key in the query of a URL, which may begin
	// with its query or with a verb of a format.
	inQuery = regexp.MustCompile(`(?i)(?:^|(?:://|^[?&;]|^%[sv])[^\s"'<>]*)[?&;][a-z0-9_.-]+=(?:bearer(?:%20|\+))?$`)
	// inUser matches what is before a key in the user information of a URL.
	inUser = regexp.MustCompile(`://(?:[^/\s"'<>@]*:)?$`)
)

// inURL returns the role of a key that is a part of a URL.
func inURL(pass *analysis.Pass, k *keys.Key) *Role {
	if k.Expr == nil {
		return nil
	}
	if _, fn, i, _ := argument(pass.TypesInfo, k); fn != nil && i == 1 && SetsQuery(fn) {
		return urlRole()
	}
	before, after, ok := strings.Cut(k.Value, k.Secret.Reveal())
	if ok && (inQuery.MatchString(before) || inUser.MatchString(before) && strings.HasPrefix(after, "@")) {
		return urlRole()
	}
	return nil
}

// InURL is what is wrong with a key in a URL.
const InURL = "is in a URL, which ends up in logs and histories: send it in the Authorization header"

func urlRole() *Role { return &Role{What: InURL} }

// OpensQuery reports whether what follows text is the value of a parameter in
// the query of a URL.
func OpensQuery(text string) bool { return inQuery.MatchString(text) }

// SetsQuery reports whether fn sets a parameter of a query.
func SetsQuery(fn *types.Func) bool {
	return pathOf(fn) == "net/url" && (fn.Name() == "Set" || fn.Name() == "Add")
}
