package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const someID = "0123456789abcdef0123456789abcdef"

func loadText(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestAllows(t *testing.T) {
	c, err := loadText(t, "[[allow]]\nrule = 'jwt'\npath = 'a.go'\nreason = 'sample'\n[[allow]]\nrule = 'jwt'\nfingerprint = '"+someID+"'\nreason = 'sample'\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		rule, path, id string
		want           bool
	}{
		{"jwt", "a.go", "", true},
		{"jwt", "a.go", "else", true},
		{"jwt", "b.go", someID, true},
		{"jwt", "b.go", "else", false},
		{"other", "a.go", someID, false},
		{"jwt", "", "", false},
	} {
		if got := c.Allows(x.rule, x.path, x.id); got != x.want {
			t.Errorf("%s in %s, %s: %v, want %v", x.rule, x.path, x.id, got, x.want)
		}
	}
}

func TestAllowErrors(t *testing.T) {
	for text, want := range map[string]string{
		"path = 'a'\nreason = 'r'":                            "rule is missing",
		"rule = 'jwt'\npath = 'a'":                            "reason is missing",
		"rule = 'jwt'\npath = 'a'\nreason = ' '":              "reason is missing",
		"rule = 'jwt'\nreason = 'r'":                          "path or fingerprint is missing",
		"rule = 'jwt'\nfingerprint = 'x'\nreason = 'r'":       "32 hexadecimal digits",
		"rule = 'jwt'\npaths = ['x']\nreason = 'r'":           "unknown key",
		"rule = 'jwt'\nfingerprint = 'x'\n[[allow]]\nrule=''": "number 1",
	} {
		if _, err := loadText(t, "[[allow]]\n"+text+"\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}

// What was in the file stays in front, byte by byte, and what was added reads
// back.
func TestAppendAllow(t *testing.T) {
	add := []Allow{
		{Rule: "jwt", Path: "docs/a.md", Fingerprint: someID, Reason: "an \"example\" '''\n of the docs"},
		{Rule: "jwt", Path: "a\u202eb", Fingerprint: strings.Replace(someID, "0", "f", 1), Reason: "]] [x] # \\ é"},
	}
	for _, old := range []string{
		"",
		"# only a comment",
		"\ufeff# comment\r\n[rules]\r\ndisable = ['aws'] # keep\r\n",
		"[scan]\nexclude = [\n  'x', # why\n]",
		"[[allow]]\nrule = 'jwt'\npath = 'z'\nreason = 'r'\n\n[rules.severity]\njwt = 'low'\n",
	} {
		text, err := appendAllow("f", []byte(old), add)
		if err != nil {
			t.Fatalf("%q: %v", old, err)
		}
		if !strings.HasPrefix(string(text), old) {
			t.Errorf("%q became %q", old, text)
		}
		if strings.Contains(old, "\r\n") && strings.Count(string(text), "\n") != strings.Count(string(text), "\r\n") {
			t.Errorf("line ends are mixed: %q", text)
		}
		c, err := parse("f", text)
		if err != nil {
			t.Fatal(err)
		}
		n := len(c.Allow)
		if n < 2 || c.Allow[n-2].Reason != `an "example" ''' of the docs` || c.Allow[n-2].Path != "docs/a.md" || c.Allow[n-1].Path != "" {
			t.Errorf("%q reads as %+v", text, c.Allow)
		}
		again, err := appendAllow("f", text, add)
		if err != nil || string(again) != string(text) {
			t.Errorf("added twice: %q, %v", again, err)
		}
	}
}

func TestAppendAllowRefuses(t *testing.T) {
	good := []Allow{{Rule: "jwt", Fingerprint: someID, Reason: "r"}}
	for old, entries := range map[string][]Allow{
		"allow = [{rule='jwt', path='x', reason='r'}]\n": good,
		"[rules":                good,
		"[rules]\nnonsense=1\n": good,
		"":                      {{Rule: "jwt", Reason: "r"}},
		"# c\n":                 {{Rule: "jwt", Fingerprint: someID}},
		"# d\n":                 {{Rule: "jwt", Path: strings.Repeat("x", maxFile), Reason: "r"}},
	} {
		if text, err := appendAllow("f", []byte(old), entries); err == nil {
			t.Errorf("%q became %q", old, text[:min(len(text), 200)])
		}
	}
}

// A file that cannot be kept valid is not touched.
func TestAddAllow(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	entry := []Allow{{Rule: "jwt", Fingerprint: someID, Reason: "r"}}
	if err := AddAllow(path, entry); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(path); err != nil || len(c.Allow) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	const broken = "[rules\n"
	if err := os.WriteFile(path, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := AddAllow(path, entry); err == nil {
		t.Error("a broken configuration was extended")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != broken {
		t.Errorf("holds %q, %v", data, err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func FuzzAppendAllow(f *testing.F) {
	f.Add("# c\n[rules]\ndisable = ['x']", "jwt", "a.go", "a reason")
	f.Add("\ufeff\r\n", "jwt", "a\nb", "]]\n[rules]\ndisable=['y']")
	f.Fuzz(func(t *testing.T, old, rule, path, reason string) {
		before, err := parse("f", []byte(old))
		if err != nil {
			return
		}
		text, err := appendAllow("f", []byte(old), []Allow{{Rule: rule, Path: path, Fingerprint: someID, Reason: reason}})
		if err != nil {
			return
		}
		after, err := parse("f", text)
		if err != nil || !strings.HasPrefix(string(text), old) || len(after.Allow) > len(before.Allow)+1 {
			t.Fatalf("%q became %q: %v", old, text, err)
		}
	})
}
