package home

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// TestPlaces holds the table to its syntax.
func TestPlaces(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range places() {
		if seen[p.pattern] {
			t.Errorf("%s is listed twice", p.pattern)
		}
		seen[p.pattern] = true
		if _, err := path.Match(p.pattern, "x"); err != nil || strings.HasPrefix(p.pattern, "/") || strings.Contains(p.pattern, "..") || strings.Contains(strings.TrimSuffix(p.pattern, "/**"), "**") {
			t.Errorf("%s is no pattern: %v", p.pattern, err)
		}
	}
	for name, want := range map[string]kind{
		".aws/credentials": credentials, ".claude/.credentials.json": credentials, ".claude/settings.json": assistant, ".codex/sessions/a/b.jsonl": assistant,
		".bash_history": history, ".local/share/fish/fish_history": history, ".zshrc": profile, ".env.work": environment, ".config/fish/conf.d/a.fish": profile,
	} {
		if got := kindOf(name); got != want {
			t.Errorf("%s: kind %d, want %d", name, got, want)
		}
	}
}

// recorder keeps the names of what a walk finds.
type recorder struct{ blobs, skipped, problems []string }

func (r *recorder) Blob(b scanner.Blob) error { r.blobs = append(r.blobs, b.Path); return nil }
func (r *recorder) Problem(p scanner.Problem) error {
	r.problems = append(r.problems, p.Path)
	return nil
}
func (r *recorder) Skip(path, _ string) error { r.skipped = append(r.skipped, path); return nil }

// TestWalk finds known places only, follows a link at a place, and reports what it
// cannot read.
func TestWalk(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	dir := t.TempDir()
	for _, name := range []string{"dotfiles/zshrc", ".env", ".claude/a/b/c.json", ".claude/node_modules/x.json", "notes.txt", ".aws/config/x", ".cursor/extensions/y.json"} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{".zshrc": "dotfiles/zshrc", ".profile": ".profile", ".bashrc": "nowhere", ".netrc": "/dev/null"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	h, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var r recorder
	if err := h.Walk(context.Background(), &r); err != nil {
		t.Fatal(err)
	}
	if want := []string{".claude/a/b/c.json", ".env", ".zshrc"}; !slices.Equal(r.blobs, want) {
		t.Errorf("blobs %v, want %v", r.blobs, want)
	}
	if !slices.Equal(r.problems, []string{".profile"}) || !slices.Equal(r.skipped, []string{".netrc"}) {
		t.Errorf("problems %v, skipped %v", r.problems, r.skipped)
	}
	for _, bad := range []string{"", "relative", filepath.Join(dir, ".env"), filepath.Join(dir, "none")} {
		if _, err := Open(bad); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
}

// TestAdvise judges a key by the file that it stands in and who can read that.
func TestAdvise(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean nothing there")
	}
	dir := t.TempDir()
	h, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		dirMode  os.FileMode
		mode     os.FileMode
		severity rules.Severity
		fix      bool
		help     string
	}{
		{".aws/credentials", 0o755, 0o600, rules.Info, false, "Nothing has to be done."},
		{".aws/credentials", 0o755, 0o640, rules.High, true, "chmod 600"},
		{".aws/credentials", 0o700, 0o644, rules.Info, false, "Nothing has to be done."},
		{".env", 0o755, 0o600, rules.Low, false, "Nothing has to be done."},
		{".bash_history", 0o755, 0o600, rules.Critical, false, "history -d"},
		{".zsh_history", 0o755, 0o644, rules.Critical, true, "delete line 7"},
		{".zshrc", 0o755, 0o600, rules.Critical, false, "keychain"},
		{".codex/config.toml", 0o755, 0o600, rules.High, false, "${NAME}"},
	} {
		full := filepath.Join(dir, c.name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for path, mode := range map[string]os.FileMode{dir: 0o755, filepath.Dir(full): c.dirMode, full: c.mode} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		f := &scanner.Finding{Category: rules.CategorySecret, Severity: rules.Critical, Path: c.name, Location: scanner.Location{Line: 7}}
		h.Advise(f)
		if f.Severity != c.severity || (f.Fix != nil) != c.fix || !strings.Contains(f.Help, c.help) {
			t.Errorf("%s %o in %o: %s, fix %v, %s", c.name, c.mode, c.dirMode, f.Severity, f.Fix, f.Help)
		}
	}
}
