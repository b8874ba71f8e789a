package hygiene

import (
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
)

// TestBearerMissing looks at one line each of a file that speaks to the gateway.
func TestBearerMissing(t *testing.T) {
	key := fakekey.Gateway(1)
	const fix = "Bearer "
	for line, want := range map[string]string{
		`headers = {"Authorization": "KEY"}`:                           fix,
		`headers["Authorization"] = "KEY"`:                             fix,
		`req.Header.Set("Authorization", "KEY")`:                       fix,
		`curl -H "Authorization: KEY" https://api`:                     fix,
		`{ 'authorization': 'KEY', x: 1 }`:                             fix,
		"headers: { Authorization: `KEY` }":                            fix,
		`"Authorization" => "KEY",`:                                    fix,
		`headers = {"Authorization": "Bearer" + key}`:                  "joined",
		"headers: { Authorization: `Bearer${key}` }":                   "joined",
		`headers = {"Authorization": f"Bearer{key}"}`:                  "joined",
		`headers = {"Authorization": "Bearer KEY"}`:                    "",
		`headers = {"Authorization": "Basic dXNlcjpwYXNzd29yZA=="}`:    "",
		`headers = {"Authorization": "Token KEY"}`:                     "",
		`{ Authorization: KEY }`:                                       "", // an identifier, for all that is known
		`headers = {"Authorization": key}`:                             "",
		`headers = {"Authorization": getAuthorizationValue()}`:         "",
		`headers = {"Authorization": f"Bearer {key}"}`:                 "",
		"headers: { Authorization: `Bearer ${key}` }":                  "",
		`headers = {"Authorization": "Bearer " + key}`:                 "",
		`curl -H "Authorization: $AGCLOUD_API_KEY" https://api`:        "",
		`headers = {"Authorization": "YOUR_API_KEY_GOES_HERE"}`:        "",
		`allow: ["Authorization", "X-Requested-With-Credentials"]`:     "",
		`Access-Control-Allow-Headers: Authorization, Content-Type`:    "",
		`header "Authorization" = "${var.agcloud_api_key_of_service}"`: "",
	} {
		dir := write(t, map[string]string{"a.txt": "// https://aiandgpu.com\n" + strings.ReplaceAll(line, "KEY", key) + "\n"})
		if strings.Contains(line, "YOUR_API") {
			dir = write(t, map[string]string{"a.txt": line})
		}
		facts := func(mentions ...string) *Facts {
			return &Facts{Root: dir, Files: []string{"a.txt"}, Mentions: mentions, Hosts: []string{"aiandgpu.com"}}
		}
		if got := run(t, facts(), "bearer-missing"); len(got) > 0 {
			t.Errorf("%s: reported in a file that does not speak to the gateway", line)
		}
		got := run(t, facts("a.txt"), "bearer-missing")
		if (len(got) > 0) != (want != "") {
			t.Errorf("%s: %d findings", line, len(got))
			continue
		}
		for _, f := range got {
			if strings.Contains(f.Message, key) {
				t.Errorf("%s: the message holds the key", line)
			}
			if (f.Fix != nil) != (want == fix) || f.Line != 2 {
				t.Errorf("%s: line %d, fix %v", line, f.Line, f.Fix)
			}
			if f.Fix != nil {
				text := strings.ReplaceAll(line, "KEY", key)
				if e := f.Fix.Edits[0]; e.New != fix || e.Start != e.End || !strings.HasPrefix(text[f.Column-1:], key) {
					t.Errorf("%s: fix %+v", line, e)
				}
			}
		}
	}
}
