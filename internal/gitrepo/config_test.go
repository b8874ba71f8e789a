package gitrepo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// list prints variables as git config --list -z does.
func list(vars []Variable) string {
	var b strings.Builder
	for _, v := range vars {
		b.WriteString(v.Name)
		if !v.NoValue {
			b.WriteString("\n" + v.Value)
		}
		b.WriteByte(0)
	}
	return b.String()
}

// configTexts returns files of every kind of syntax, some of them broken.
func configTexts() []string {
	return []string{
		"", "\n\n", "# comment\n; comment\n", "\ufeff[a]\nb = c\n",
		"[core]\n\tbare = false\n", "[core]bare=false", "[core] bare", "[core]\nbare\nx = 1", "[Core]\nIgnoreCase = TRUE\n",
		"[a]\r\nb = c\r\nd = e\r\n", "[a]\nb = c\r", "[a]\nb = c \t\n", "[a]\nb =\n", "[a]\nb =   \n", "[a]\nb=c d  e\n", "[a]\nb = c # d\n", "[a]\nb = c; d\n", "[a]\nb = \"c # d\" ; e\n",
		"[a]\nb = \"c\n", "[a]\nb = c\\\n d\n", "[a]\nb = c\\", "[a]\nb = \\t\\n\\b\\\\\\\"\n", "[a]\nb = \\x\n", "[a]\nb = x \"y  z\" w\n", "[a]\nb = \"  \" \n", "[a]\nb = x \"\" \n", "[a]\nb = \"#\" #\n", "[a]\nb = c \\\n\n",
		"[a \"B.c D\"]\ne = f\n", "[a \"x\\\"y\\\\z\\q\"]\ne = f\n", "[a \"\"]\ne = f\n", "[a.B]\nc = d\n", "[a\t \"b\"]\nc = d\n", "[a \"b\" ]\nc = d\n", "[a \"b]\nc = d\n", "[a b]\nc = d\n", "[a \"b\nc\"]\n", "[a-b.c]\nd = e\n",
		"[]\na = b\n", "[a\n", "[a", "[a_b]\nc = d\n", "[a]\nb_c = d\n", "[a]\n1b = c\n", "[a]\nb-1 = c\n", "[a]\nb c\n", "[a]\nb # c\n", "[a]\nb;\n", "[a]\n=b\n", "[a]\n!\n", "[a] ; comment\nb = c\n", "[a][b]\nc = d\n",
		"[a]\nb = c\n[a]\nb = d\n", "[a]\n  b = é ü\n", "[a]\nb = c\x0bd\n", "[a]\nb = \\\"c\\\"\n",
		"[user]\n\tname = A B\n\temail = a@example.org\n[core]\n\texcludesFile = ~/x\n[alias]\n\tx = \"!f() { echo \\\"$1\\\"; }; f\"\n[url \"git@example.org:\"]\n\tinsteadOf = https://example.org/\n",
	}
}

func TestConfigSyntaxAgainstGit(t *testing.T) {
	s := newSandbox(t)
	for _, text := range configTexts() {
		s.write("file", text)
		want, wantErr := s.tryGit(".", "config", "--file", "file", "--list", "-z")
		got, err := parseConfig(text, "file")
		if (err != nil) != (wantErr != nil) {
			t.Errorf("%q: got error %v, git says %v: %s", text, err, wantErr, want)
			continue
		}
		if err == nil && list(got) != want {
			t.Errorf("%q: got %q, git says %q", text, list(got), want)
		}
	}
}

// TestConfigErrorsTellTheLine holds errors to naming file and line.
func TestConfigErrorsTellTheLine(t *testing.T) {
	_, err := parseConfig("[a]\nb = c\n[d\n", "some/config")
	if err == nil || !strings.HasPrefix(err.Error(), "some/config:3: ") {
		t.Errorf("got error %v", err)
	}
}

// TestConfigAgainstGit compares all files of a repository, with includes.
func TestConfigAgainstGit(t *testing.T) {
	s := newSandbox(t)
	s.init("work/r")
	s.commit("work/r", "a")
	s.git("work/r", "checkout", "-q", "-b", "feature/x")
	s.git("work/r", "remote", "add", "origin", "https://example.org/team/project.git")
	s.git("work/r", "config", "extensions.worktreeConfig", "true")
	s.git("work/r", "config", "--worktree", "core.ignoreCase", "true")
	s.env["XDG_CONFIG_HOME"] = s.path("xdg")
	s.write("xdg/git/config", "[from]\nxdg = yes\n")
	s.env["GIT_CONFIG_COUNT"] = "1"
	s.env["GIT_CONFIG_KEY_0"] = "From.Sub.Section.ENV"
	s.env["GIT_CONFIG_VALUE_0"] = "yes"
	conditions := []string{
		"gitdir:~/../work/", "gitdir:" + s.path("work") + "/", "gitdir:" + s.path("work/r/.git"), "gitdir:work/r/.git", "gitdir:r/", "gitdir:" + s.path("other") + "/", "gitdir:WORK/", "gitdir/i:WORK/",
		"gitdir:./", "gitdir:./../work/", "gitdir:**/r/.git", "gitdir:wor?/r/", "onbranch:feature/", "onbranch:feature/*", "onbranch:main", "onbranch:**",
		"hasconfig:remote.*.url:https://example.org/**", "hasconfig:remote.*.url:https://example.com/**", "hasconfig:remote.*.url:https://*/team/project.git", "unknown:x", "gitdir",
	}
	var global strings.Builder
	global.WriteString("[init]\ndefaultBranch = main\n[include]\npath = sub/plain\npath = ~/tilde\npath = missing\n")
	for i, condition := range conditions {
		fmt.Fprintf(&global, "[includeIf \"%s\"]\npath = cond%d\n", condition, i)
		s.write(fmt.Sprint("home/cond", i), fmt.Sprintf("[cond]\nholds = %s\n", condition))
	}
	s.write("home/.gitconfig", global.String())
	s.write("home/sub/plain", "[from]\nplain = yes\n[include]\npath = deeper\n")
	s.write("home/sub/deeper", "[from]\ndeeper = yes\n")
	s.write("home/tilde", "[from]\ntilde = yes\n")
	want := s.git("work/r", "config", "--list", "-z")
	got := list(s.discover("work/r").Config.vars)
	if diff := cmp.Diff(strings.Split(want, "\x00"), strings.Split(got, "\x00")); diff != "" {
		t.Errorf("configuration differs from git's (-git +ours):\n%s", diff)
	}
}

func TestIncludeCycle(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.write("home/.gitconfig", "[include]\npath = .gitconfig\n")
	if _, err := Discover(s.path("r"), s.options()); err == nil || !strings.Contains(err.Error(), "remove the cycle") {
		t.Errorf("got error %v", err)
	}
}

func TestBool(t *testing.T) {
	for text, want := range map[string]string{
		"b": "true", "b = yes": "true", "b = On": "true", "b = 2": "true", "b = 0": "false", "b =": "false", "b = NO": "false", "b = off": "false", "b = maybe": "error",
	} {
		vars, err := parseConfig("[a]\n"+text, "f")
		if err != nil {
			t.Fatal(err)
		}
		got, err := (&Config{vars}).Bool("a.b", false)
		if s := fmt.Sprint(got); err == nil && s != want || (err != nil) != (want == "error") {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, text := range configTexts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		vars, err := parseConfig(text, "file")
		if err != nil {
			return
		}
		for _, v := range vars {
			if v.Line < 1 || v.Name == "" {
				t.Errorf("variable %+v", v)
			}
		}
	})
}
