package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerifyTable(t *testing.T) {
	c, err := Load(write(t, "[verify]\nrate = 0.5\nbudget = 20\ndisable = [\"jwt\"]\n"))
	if err != nil || c.Verify.Rate != 0.5 || c.Verify.Budget != 20 || !slices.Equal(c.Verify.Disable, []string{"jwt"}) {
		t.Errorf("%+v, %v", c, err)
	}
	for text, want := range map[string]string{
		"rate = 51":            ":2: [verify] rate: 51 is not between 0 and 50",
		"rate = -1":            ":2: [verify] rate",
		"rate = nan":           ":2: [verify] rate",
		"budget = -1":          ":2: [verify] budget: must not be negative",
		"hosts = [\"a.test\"]": ":2: [verify] hosts: hosts are named in your own configuration",
		"enable = true":        "unknown key verify.enable",
	} {
		if _, err := Load(write(t, "[verify]\n"+text+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want …%s…", text, err, want)
		}
	}
	c, err = Load(write(t, "[verify]\ndisable = [\"nope\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.RuleList(nil); err == nil || !strings.Contains(err.Error(), `[verify] disable: no rule is named "nope"`) {
		t.Errorf("%v", err)
	}
}

func TestLoadUser(t *testing.T) {
	c, err := LoadUser(write(t, "[verify]\nhosts = [\"keys.acme.example\"]\n"))
	if err != nil || !slices.Equal(c.Verify.Hosts, []string{"keys.acme.example"}) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := LoadUser(filepath.Join(t.TempDir(), "nowhere")); err != nil || len(c.Verify.Hosts) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	for _, text := range []string{"[verify]\nrate = 1\n", "[scan]\nexclude = [\"x\"]\n", "[verify]\nhost = 1\n", "["} {
		if _, err := LoadUser(write(t, text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
