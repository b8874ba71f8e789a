package cli

import (
	"strings"
	"testing"
)

// Only full ids and branches of the remote get to git, and neither as an option.
func TestRefspec(t *testing.T) {
	id := strings.Repeat("1", 40)
	for rev, want := range map[string]string{
		id:                          id,
		strings.Repeat("a", 64):     strings.Repeat("a", 64),
		"refs/remotes/origin/main":  "+refs/heads/main:refs/remotes/origin/main",
		"refs/remotes/origin/a/b":   "+refs/heads/a/b:refs/remotes/origin/a/b",
		"refs/remotes/origin/HEAD":  "",
		id[:12]:                     "",
		"main":                      "",
		"--upload-pack=touch x":     "",
		id + "\n--upload-pack=x":    "",
		"refs/heads/main:refs/evil": "",
		"HEAD~1":                    "",
	} {
		got, ok := refspec(rev)
		if ok != (want != "") || ok && got != want {
			t.Errorf("refspec(%q) = %q, %v", rev, got, ok)
		}
	}
}

// What git says is cut, on one line, and without passwords.
func TestBeginning(t *testing.T) {
	var b beginning
	for _, text := range []string{"\nfatal: unable to access 'https://user:pass", "word@example.com/x.git': no\x1b[2J\nsecond line", strings.Repeat("x", 5000)} {
		if n, err := b.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("wrote %d of %d: %v", n, len(text), err)
		}
	}
	if got, want := b.first(), "fatal: unable to access 'https://example.com/x.git': no?[2J"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(b.text) != 1024 {
		t.Errorf("kept %d bytes", len(b.text))
	}
}
