package hygiene

import (
	"fmt"
	"testing"

	"github.com/agcloud/keylint/rules"
)

// TestPlaceholder makes sure that what fix puts into templates is never taken
// for a key.
func TestPlaceholder(t *testing.T) {
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	if rules.PlausibleKey([]byte(Placeholder)) {
		t.Errorf("%s looks like a key", Placeholder)
	}
	for _, name := range []string{"AGCLOUD_API_KEY", "OPENAI_API_KEY", "SECRET_TOKEN", "PASSWORD"} {
		for _, form := range []string{"%s=%s\n", "%s=\"%s\"\n", "# %s: %s\n", "export %s='%s'\n"} {
			if found := set.Matcher().Match(fmt.Appendf(nil, form, name, Placeholder)); len(found) > 0 {
				t.Errorf("%s by %s is found in "+form, found[0].Secret, found[0].Rule.ID, name, Placeholder)
			}
		}
	}
}
