package fix

import (
	"bytes"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// keyIn returns the finding of the key that stands in place of @ in a file, and
// the content of the file.
func keyIn(path, name, text string) (*scanner.Finding, []byte) {
	key := fakekey.Gateway(1)
	at := strings.Index(text, "@")
	data := []byte(strings.Replace(text, "@", key, 1))
	line := strings.Count(text[:at], "\n") + 1
	column := at - strings.LastIndex(text[:at], "\n")
	return &scanner.Finding{
		Rule: "agcloud-api-key", Category: rules.CategorySecret, Path: path, Name: name,
		Location: scanner.Location{Line: line, Column: column, EndLine: line, EndColumn: column + len(key)},
		Secret:   &scanner.SecretInfo{Secret: rules.NewSecret([]byte(key))},
	}, data
}

// mover returns a Mover in a project without git.
func mover(data []byte) *Mover {
	return &Mover{
		Read:   func(string) []byte { return data },
		Shield: func(string) (*scanner.Fix, bool) { return nil, true },
		Provider: func(rule string) string {
			return map[string]string{"agcloud-api-key": "AGCloud", "x": "1Password & Co."}[rule]
		},
	}
}

// TestMove makes sure where a reference is written, and that it stands nowhere
// else.
func TestMove(t *testing.T) {
	for _, c := range []struct{ path, text, want string }{
		{"compose.yaml", "environment:\n  AGCLOUD_API_KEY: @\n", "environment:\n  AGCLOUD_API_KEY: ${AGCLOUD_API_KEY}\n"},
		{"docker-compose.prod.yml", "- AGCLOUD_API_KEY=@\r\n", "- AGCLOUD_API_KEY=${AGCLOUD_API_KEY}\r\n"},
		{"compose.yml", "  - \"AGCLOUD_API_KEY=@\" # mine", "  - \"AGCLOUD_API_KEY=${AGCLOUD_API_KEY}\" # mine"},
		{"compose.yml", "  AUTH: 'Bearer @'\n", "  AUTH: 'Bearer ${AGCLOUD_API_KEY}'\n"},
		{"compose.yml", "  command: --api-key=@\n", "  command: --api-key=${AGCLOUD_API_KEY}\n"},
		{"compose.yml", "environment: {AGCLOUD_API_KEY: @}\n", ""},
		{"compose.yml", "# AGCLOUD_API_KEY: @\n", ""},
		{"compose.yml", "  @: value\n", ""},
		{"compose.yml", "  AGCLOUD_API_KEY: @,more\n", ""},
		{".mcp.json", `{"env": {"AGCLOUD_API_KEY": "@"}}`, `{"env": {"AGCLOUD_API_KEY": "${AGCLOUD_API_KEY}"}}`},
		{"a/.cursor/mcp.json", "\ufeff" + `{"h": ["Bearer @"]}`, "\ufeff" + `{"h": ["Bearer ${env:AGCLOUD_API_KEY}"]}`},
		{".gemini/settings.json", `{"x":"@","y":1}`, `{"x":"${AGCLOUD_API_KEY}","y":1}`},
		{".mcp.json", `{"@" : "x"}`, ""},
		{".mcp.json", `{"x":"@"`, ""},
		{".mcp.json", "{\"x\":\"@\"} // comment", ""},
		{".claude/settings.json", `{"env":{"AGCLOUD_API_KEY":"@"}}`, ""},
		{".github/workflows/ci.yml", "AGCLOUD_API_KEY: @\n", ""},
		{"main.py", "AGCLOUD_API_KEY = '@'\n", ""},
		{tempPrefix + strings.Repeat("A", 26), "AGCLOUD_API_KEY=@\n", ""},
	} {
		f, data := keyIn(c.path, "AGCLOUD_API_KEY", c.text)
		s, reason := mover(data).Step(f, f)
		if c.want == "" {
			if s != nil || reason == "" || strings.Contains(reason, f.Secret.Secret.Reveal()) {
				t.Errorf("%s: %q is moved, or the reason is %q", c.path, c.text, reason)
			}
			continue
		}
		if s == nil {
			t.Errorf("%s: %q is left: %s", c.path, c.text, reason)
			continue
		}
		e := edits{data: data, list: s.Edits}
		if got := string(e.apply()); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
		if s.Assign.Name != "AGCLOUD_API_KEY" || !s.Assign.Key.Equal(f.Secret.Secret) || strings.Contains(s.Description, f.Secret.Secret.Reveal()) {
			t.Errorf("%s: %s", c.path, s.Description)
		}
	}
}

func TestEnvOf(t *testing.T) {
	for path, want := range map[string]string{
		"compose.yaml": ".env", "deploy/compose.yaml": "deploy/.env", ".mcp.json": ".env", ".cursor/mcp.json": ".env", "a/b/.gemini/settings.json": "a/b/.env",
	} {
		f, ok := formatOf(path)
		if got := f.env(path); !ok || got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// TestVariable makes sure of the names of variables.
func TestVariable(t *testing.T) {
	for _, c := range []struct{ rule, name, want string }{
		{"agcloud-api-key", "OPENAI_API_KEY", "OPENAI_API_KEY"},
		{"agcloud-api-key", "Authorization", "AGCLOUD_API_KEY"},
		{"agcloud-api-key", "PORT", "AGCLOUD_API_KEY"},
		{"agcloud-api-key", "apiKey", "AGCLOUD_API_KEY"},
		{"x", "", "API_KEY"},
		{"unknown", "", "API_KEY"},
	} {
		if got := mover(nil).variable(&scanner.Finding{Rule: c.rule, Name: c.name}); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.rule, c.name, got, c.want)
		}
	}
}

// TestMoveShield makes sure that no key goes to a file that git would take.
func TestMoveShield(t *testing.T) {
	f, data := keyIn("compose.yaml", "AGCLOUD_API_KEY", "AGCLOUD_API_KEY: @\n")
	m := mover(data)
	m.Shield = func(string) (*scanner.Fix, bool) { return nil, false }
	if s, reason := m.Step(f, f); s != nil || !strings.Contains(reason, "git tracks .env") {
		t.Errorf("moved to a file that git tracks: %s", reason)
	}
	line := scanner.Edit{Path: ".gitignore", New: ".env\n"}
	m.Shield = func(string) (*scanner.Fix, bool) {
		return &scanner.Fix{Description: "x", Edits: []scanner.Edit{line}}, true
	}
	s, reason := m.Step(f, f)
	if s == nil || len(s.Edits) != 2 || s.Edits[1] != line {
		t.Errorf("the rule is not part of the step: %v, %s", s, reason)
	}
}

// FuzzMove makes sure that a move never panics, and that of a file it takes
// nothing but the key.
func FuzzMove(f *testing.F) {
	f.Add("compose.yaml", "A_KEY: @\n")
	f.Add(".mcp.json", `{"a":["@"]}`)
	f.Add(".cursor/mcp.json", `{"@":1}`)
	f.Add("x", "@")
	f.Fuzz(func(t *testing.T, path, text string) {
		if strings.Count(text, "@") != 1 {
			return
		}
		finding, data := keyIn(path, "A_KEY", text)
		s, reason := mover(data).Step(finding, finding)
		if (s == nil) == (reason == "") {
			t.Fatalf("step %v, reason %q", s, reason)
		}
		if s == nil {
			return
		}
		before, after, _ := bytes.Cut([]byte(text), []byte("@"))
		e := edits{data: data, list: s.Edits}
		if got := e.apply(); !bytes.HasPrefix(got, before) || !bytes.HasSuffix(got, after) || bytes.Contains(got, []byte(finding.Secret.Secret.Reveal())) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
