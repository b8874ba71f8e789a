package gitrepo

import (
	"os"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/gitignore"
)

func TestExcludesFile(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	for _, c := range []struct{ xdg, config, want string }{
		{"", "", s.path("home/.config/git/ignore")},
		{s.path("xdg"), "", s.path("xdg/git/ignore")},
		{"", "excludesFile = ~/ignored", s.path("home/ignored")},
		{"", "excludesFile = rel", s.path("r/rel")},
		{"", "excludesFile = " + s.path("abs"), s.path("abs")},
		{"", "excludesFile =", ""},
	} {
		s.env["XDG_CONFIG_HOME"] = c.xdg
		s.write("home/.gitconfig", "[core]\n"+strings.ReplaceAll(c.config, `\`, `\\`)+"\n")
		if got := s.discover("r").ExcludesFile(); got != c.want {
			t.Errorf("%q, %q: got %q, want %q", c.xdg, c.config, got, c.want)
		}
	}
}

func TestChecker(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.write("home/.config/git/ignore", "*~\n")
	s.write("r/.git/info/exclude", "/private\n")
	s.write("r/.gitignore", "*.LOG\nbuild/\n")
	s.write("r/sub/.gitignore", "!keep.log\n")
	s.write("r/target", "*\n")
	s.git("r", "config", "core.ignoreCase", "true")
	if err := os.MkdirAll(s.path("r/linked"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(s.path("r/target"), s.path("r/linked/.gitignore")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	r := s.discover("r")
	c, err := r.Checker()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]gitignore.Result{
		"a~":            {Matched: true, Ignored: true, Pattern: "*~", Source: s.path("home/.config/git/ignore"), Line: 1},
		"private":       {Matched: true, Ignored: true, Pattern: "/private", Source: s.path("r/.git/info/exclude"), Line: 1},
		"x.log":         {Matched: true, Ignored: true, Pattern: "*.LOG", Source: ".gitignore", Line: 1},
		"sub/keep.log":  {Matched: true, Negated: true, Pattern: "!keep.log", Source: "sub/.gitignore", Line: 1},
		"build/x/y":     {Matched: true, Ignored: true, Pattern: "build/", Source: ".gitignore", Line: 2},
		"linked/file":   {}, // its .gitignore is a symbolic link
		"sub/private/x": {},
	} {
		got, err := c.Match(path, false)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", path, got, err, want)
		}
	}
}

func TestOversizedIgnoreFile(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.write("r/.gitignore", strings.Repeat("#", MaxIgnoreFile+1))
	c, err := s.discover("r").Checker()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Match("a", false); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got error %v", err)
	}
}
