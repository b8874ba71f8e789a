package hygiene

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// TestEnvInHistory completes findings of files with some versions.
func TestEnvInHistory(t *testing.T) {
	set := builtin(t)
	key := "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n"
	unknown := "MAIL_API_KEY=" + fakekey.Alnum(2, 30) + "\n"
	var wide []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + unknown)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	low := rules.Low
	for name, c := range map[string]struct {
		path     string
		versions []string
		severity rules.Severity // Info for nothing
		says     string
	}{
		"key":                {".env", []string{"PORT=1\n", key}, rules.Critical, "one key: AGCLOUD_API_KEY sk-"},
		"same key twice":     {".env", []string{key, "X=1\n" + key}, rules.Critical, "one key:"},
		"two keys":           {".env", []string{key, unknown}, rules.Critical, "2 keys: "},
		"UTF-16":             {".env", []string{string(wide)}, rules.Critical, "one key: MAIL_API_KEY"},
		"no key":             {".env", []string{"PORT=1\n", "API_KEY=\n"}, rules.Medium, "no key was found"},
		"settings":           {".env", []string{"PORT=1\n"}, rules.Low, "no key was found"},
		"empty":              {".env.local", []string{""}, rules.Medium, "no key was found"},
		"not to be read":     {".env", nil, rules.Medium, "no key was found"},
		"link":               {".env", []string{"../shared/env"}, rules.Info, ""},
		"script":             {".env", []string{"DIR=x\nif true; then source venv; fi\n"}, rules.Info, ""},
		"script with a key":  {".env", []string{"if true; then source venv; fi\n" + key}, rules.Critical, "one key"},
		"of a mode":          {".env.production", []string{"PORT=1\n"}, rules.Info, ""},
		"of a mode, key":     {".env.production", []string{key}, rules.Critical, "one key"},
		"fixture":            {"test/.env", []string{"PORT=1\n"}, rules.Info, ""},
		"fixture, key":       {"test/.env", []string{key}, rules.Critical, "one key"},
		"fixture, plausible": {"test/.env", []string{unknown}, rules.Info, ""},
	} {
		f := &scanner.Finding{Path: c.path, Commit: &scanner.Commit{Time: time.Unix(0, 0)}}
		var versions [][]byte
		for _, v := range c.versions {
			versions = append(versions, []byte(v))
		}
		reported := NewEnvHistory(set, Options{}).Complete(f, versions)
		if reported != (c.severity > rules.Info) {
			t.Errorf("%s: reported %v", name, reported)
			continue
		}
		if reported && (f.Severity != c.severity || !strings.Contains(f.Message, c.says) || strings.Contains(f.Message, fakekey.Gateway(1)) || f.Help == "") {
			t.Errorf("%s: %s: %s", name, f.Severity, f.Message)
		}
		if NewEnvHistory(set, Options{Severity: map[string]rules.Severity{EnvInHistory: low}}).Complete(f, versions); reported && f.Severity != low {
			t.Errorf("%s: the severity that was chosen is not used: %s", name, f.Severity)
		}
	}
}

// TestEnvNames holds the quick test of names to what it stands for.
func TestEnvNames(t *testing.T) {
	e := NewEnvHistory(builtin(t), Options{})
	for name, want := range map[string]bool{
		".env": true, ".ENV": true, "prod.env": true, "Prod.Env": true, ".envrc": true, ".flaskenv": true, ".dev.vars": true, ".DEV.VARS": true, ".env.local": true,
		".env.example": false, "main.go": false, "environment": false, ".env.ts": false, "ENVIRONMENT.md": false,
	} {
		if got := e.IsName([]byte(name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestKeyAge ages keys of a history, of the working tree and of an ignored file.
func TestKeyAge(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	dir := write(t, map[string]string{".env": "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\nOTHER_API_KEY=" + fakekey.Gateway(2) + "\n"})
	if err := os.Chtimes(filepath.Join(dir, ".env"), now, now.AddDate(0, 0, -200)); err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	seen := func(n int, path string, age int, head *bool) *scanner.Finding {
		s := rules.NewSecret([]byte(fakekey.Gateway(uint64(n))))
		return &scanner.Finding{
			Rule: "agcloud-api-key", Category: rules.CategorySecret, Severity: rules.Critical, Path: path, AtHead: head,
			Secret: &scanner.SecretInfo{Redacted: s.Redacted(), Hash: s.Hash(), Secret: s}, Commit: &scanner.Commit{ID: "c", Time: now.AddDate(0, 0, -age)},
		}
	}
	tree := func(n int, path string) *scanner.Finding {
		f := seen(n, path, 0, nil)
		f.Commit, f.Line = nil, 5
		return f
	}
	minor := seen(3, "a", 400, &yes)
	minor.Severity = rules.Low
	token := seen(3, "a", 400, &yes)
	token.Rule = "jwt"
	for name, c := range map[string]struct {
		history, tree []*scanner.Finding
		ignored       bool
		limit         int // days
		want          string
	}{
		"old, at HEAD":       {history: []*scanner.Finding{seen(3, "a", 91, &yes)}, want: "a:0 medium"},
		"young":              {history: []*scanner.Finding{seen(3, "a", 89, &yes)}},
		"the limit":          {history: []*scanner.Finding{seen(3, "a", 90, &yes)}},
		"another limit":      {history: []*scanner.Finding{seen(3, "a", 31, &yes)}, limit: 30, want: "a:0 medium"},
		"gone":               {history: []*scanner.Finding{seen(3, "a", 400, &no)}},
		"first seen before":  {history: []*scanner.Finding{seen(3, "a", 10, &yes), seen(3, "b", 400, &no)}, want: "a:0 medium"},
		"at two places":      {history: []*scanner.Finding{seen(3, "a", 400, &yes), seen(3, "b", 300, &yes)}, want: "a:0 medium +1"},
		"in the tree again":  {history: []*scanner.Finding{seen(3, "a", 400, &no)}, tree: []*scanner.Finding{tree(3, "c")}, want: "c:5 medium"},
		"the line of today":  {history: []*scanner.Finding{seen(3, "a", 400, &yes)}, tree: []*scanner.Finding{tree(3, "a")}, want: "a:5 medium"},
		"only in the tree":   {tree: []*scanner.Finding{tree(3, "a")}},
		"minor":              {history: []*scanner.Finding{minor}},
		"expires":            {history: []*scanner.Finding{token}},
		"tests":              {history: []*scanner.Finding{seen(3, "test/a", 400, &yes), seen(3, "a_test.go", 400, &yes), seen(3, "README.md", 400, &yes), seen(3, "x-example.p8", 400, &yes)}},
		"ignored, by file":   {ignored: true, want: ".env:1 low, .env:2 low"},
		"ignored, by commit": {history: []*scanner.Finding{seen(1, "a", 400, &no)}, ignored: true, want: ".env:1 medium, .env:2 low"},
		"ignored, young":     {history: []*scanner.Finding{seen(1, "a", 10, &no)}, ignored: true, want: ".env:2 low"},
		"ignored, long":      {ignored: true, limit: 300},
	} {
		f := &Facts{Root: dir, History: c.history, Keys: c.tree, Now: now, RotateAfter: time.Duration(c.limit) * 24 * time.Hour}
		if c.ignored {
			f.Ignored = []string{".env"}
		}
		var got []string
		for _, found := range run(t, f, "key-age") {
			text := found.Path + ":" + string(rune('0'+found.Line)) + " " + found.Severity.String()
			if n := len(found.Occurrences); n > 0 {
				text += " +" + string(rune('0'+n))
			}
			got = append(got, text)
		}
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%s: %q, want %q", name, g, c.want)
		}
	}
}
