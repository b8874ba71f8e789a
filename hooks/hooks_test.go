package hooks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// comesBack adds something to a file with some content, takes it out, and
// compares. What add refuses must leave the file as it is.
func comesBack(t *rapid.T, dir, name, content string, add, remove func() (string, error)) {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
	_, err := add()
	added, _ := os.ReadFile(path)
	if err == nil && !strings.Contains(string(added), "keylint") {
		t.Fatalf("nothing was added to %q", content)
	}
	if err != nil && string(added) != content {
		t.Fatalf("%q became %q although %v", content, added, err)
	}
	if err == nil {
		if again, err := add(); err != nil || !strings.HasSuffix(again, "has it already") {
			t.Fatalf("added twice: %s, %v", again, err)
		}
		if _, err := remove(); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		got = nil
	}
	if string(got) != content {
		t.Fatalf("%q came back as %q", content, got)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o640 {
		t.Fatalf("the mode is now %v", info.Mode())
	}
}

// TestManagedFilesComeBack adds to the files of hook managers and takes it out
// again.
func TestManagedFilesComeBack(t *testing.T) {
	pieces := []string{"repos:\n", "repos:  # list\r\n", "- repo: local\n", "  - repo: x", "\n", "# remark\n", "a: b\n", "pre-commit:\n", "npm test", "\t", "repos: []\n"}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		content := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 6).Draw(t, "pieces"), "")
		for _, m := range []Manager{
			{"pre-commit", ".pre-commit-config.yaml", "- repo: https://github.com/agcloud/keylint\n  rev: v1\n  hooks:\n    - id: keylint\n"},
			{"husky", ".husky/pre-commit", "keylint hook run pre-commit\n"},
			{"lefthook", "lefthook.yml", "pre-commit:\n  commands:\n    keylint:\n      run: keylint hook run pre-commit\n"},
		} {
			comesBack(t, dir, m.File, content, func() (string, error) { return m.Add(dir) }, func() (string, error) { return m.Remove(dir) })
		}
	})
}

// TestAgentSettingsComeBack adds to settings of any form and takes it out again;
// in between they are JSON that says the same otherwise.
func TestAgentSettingsComeBack(t *testing.T) {
	dir := t.TempDir()
	space := rapid.SampledFrom([]string{"", " ", "\n", "\n  ", "\t"})
	rapid.Check(t, func(t *rapid.T) {
		list := func(name string) string {
			items := rapid.SampledFrom([]string{"", "{}", `"a"`, `{"matcher":"x"}, {}`}).Draw(t, name)
			return "[" + space.Draw(t, "space") + items + space.Draw(t, "space") + "]"
		}
		object := func(members []string) string {
			return "{" + space.Draw(t, "space") + strings.Join(members, ","+space.Draw(t, "space")) + space.Draw(t, "space") + "}"
		}
		some := func(names ...string) (out []string) {
			for _, n := range names {
				if rapid.Bool().Draw(t, n) {
					out = append(out, `"`+n+`"`+space.Draw(t, "space")+":"+space.Draw(t, "space")+list(n))
				}
			}
			return out
		}
		members := some("a", "b")
		if rapid.Bool().Draw(t, "hooks") {
			members = append(members, `"hooks" : `+object(some("PreToolUse", "Stop", "UserPromptSubmit")))
		}
		members = append(members, some("c")...)
		content := object(members)
		comesBack(t, dir, agentFile, content, func() (string, error) {
			said, err := InstallAgent(dir)
			if data, _ := os.ReadFile(filepath.Join(dir, agentFile)); !json.Valid(data) {
				t.Fatalf("%q became %q", content, data)
			}
			return said, err
		}, func() (string, error) { return UninstallAgent(dir) })
	})
}

// TestScriptsAreOurs recognizes each script that this package writes, whatever the
// path of the program, and no other.
func TestScriptsAreOurs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		binary := rapid.StringMatching(`/[a-z '"$\x60\\]{1,12}`).Draw(t, "binary")
		d := Dir{Binary: strings.ReplaceAll(binary, `\`, "/"), Global: rapid.Bool().Draw(t, "global")}
		for _, h := range append(Known(), Hook{Name: "post-commit"}) {
			script := d.script(h)
			if !isOurs([]byte(script)) || !(Dir{Global: d.Global}).wrote([]byte(script), h) {
				t.Fatalf("not recognized: %s", script)
			}
			if d.wrote([]byte(script+"#"), h) {
				t.Fatal("a changed script is taken for ours")
			}
		}
	})
}

// FuzzOpening looks for keys in settings that may be no JSON at all.
func FuzzOpening(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"hooks":2}],"hooks":{"PreToolUse":[]}}`))
	f.Add([]byte(`{"hooks":3}`))
	f.Add([]byte(`["hooks"]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		at, _, err := opening(data, "hooks", "PreToolUse")
		if err == nil && (at < 1 || data[at-1] != '[' && data[at-1] != '{') {
			t.Errorf("no bracket before offset %d of %q", at, data)
		}
		if out, err := addAgent(data); err == nil && !json.Valid(out) {
			t.Errorf("%q became %q", data, out)
		}
	})
}
