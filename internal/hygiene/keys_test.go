package hygiene

import (
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// TestMeantToBeSeen tells keys that browsers get by design from others of the same
// providers.
func TestMeantToBeSeen(t *testing.T) {
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range list {
		known[r.ID] = true
	}
	for rule, want := range map[string]bool{
		"gcp-api-key": true, "google-oauth-client-secret": false, "gcp-service-account-key": false,
		"mapbox-secret-token": false, "sentry-auth-token": false, "agcloud-api-key": false,
	} {
		if !known[rule] {
			t.Errorf("there is no rule %s: its name was changed", rule)
		}
		if got := isMeantToBeSeen(rule); got != want {
			t.Errorf("%s: %v", rule, got)
		}
	}
	key := fakekey.Alnum(1, 39)
	for name, want := range map[string]int{"NEXT_PUBLIC_PLACES_KEY": 0, "NEXT_PUBLIC_GEMINI_API_KEY": 1} {
		line := name + "=" + key
		f := &Facts{Root: write(t, map[string]string{"a.ts": line}), Files: []string{"a.ts"}}
		s := rules.NewSecret([]byte(key))
		f.Keys = []*scanner.Finding{{
			Rule: "gcp-api-key", Category: rules.CategorySecret, Severity: rules.High, Path: "a.ts",
			Location: scanner.Location{Line: 1, Column: len(name) + 2}, Secret: &scanner.SecretInfo{Redacted: s.Redacted(), Hash: s.Hash(), Secret: s},
		}}
		if got := run(t, f, "key-in-client-bundle"); len(got) != want {
			t.Errorf("%s: %d findings, want %d", name, len(got), want)
		}
	}
}
