package compat

import (
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

// finding returns a finding of key at a line of path.
func finding(key, path string, line int) *scanner.Finding {
	return &scanner.Finding{
		Rule: "r", Path: path, Location: scanner.Location{Line: line},
		Secret: &scanner.SecretInfo{Secret: rules.NewSecret([]byte(key))},
	}
}

func allowances(t *testing.T, text string) *Allowances {
	t.Helper()
	a := &Allowances{}
	if err := a.Add("file", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestIgnore(t *testing.T) {
	a := allowances(t, "# comment\n\nsrc/a.py:generic-api-key:3\n"+commit+":src/b.py:aws:7\nnonsense\nc:d.py:x:2\na:b\n")
	if a.Len() != 3 {
		t.Errorf("%d entries, want 3", a.Len())
	}
	committed := finding("k", "src/b.py", 7)
	committed.Commit = &scanner.Commit{ID: commit}
	elsewhere := finding("k", "src/b.py", 7)
	elsewhere.Commit = &scanner.Commit{ID: strings.Repeat("a", 40)}
	again := finding("k", "src/a.py", 3)
	again.Occurrences = []scanner.Occurrence{{Path: "src/a.py", Line: 9}}
	for _, c := range []struct {
		name string
		f    *scanner.Finding
		want bool
	}{
		{"its line", finding("k", "src/a.py", 3), true},
		{"another line", finding("k", "src/a.py", 4), false},
		{"another file", finding("k", "a.py", 3), false},
		{"its commit", committed, true},
		{"another commit", elsewhere, false},
		{"no commit", finding("k", "src/b.py", 7), false},
		{"a colon in the path", finding("k", "c:d.py", 2), true},
		{"a second place", again, false},
		{"no key", &scanner.Finding{Path: "src/a.py", Location: scanner.Location{Line: 3}}, false},
	} {
		if got := a.Accept(c.f); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	notices := a.Notices()
	if len(notices) != 3 || !strings.HasPrefix(notices[0].Reason, "3 finding(s) accepted") || notices[1].Line != 5 || notices[2].Line != 7 {
		t.Errorf("notices %v", notices)
	}
}

func TestDetectSecrets(t *testing.T) {
	key, real := fakekey.Gateway(1), fakekey.Gateway(2)
	hash := func(s string) string { return fmt.Sprintf("%x", sha1.Sum([]byte(s))) }
	a := allowances(t, fmt.Sprintf(`{"version":"1.5.0","results":{"src\\a.py":[{"type":"x","hashed_secret":%q,"line_number":3},{"hashed_secret":%q,"is_secret":true}]}}`, hash(key), hash(real)))
	for _, c := range []struct {
		f    *scanner.Finding
		want bool
	}{
		{finding(key, "src/a.py", 99), true},
		{finding(real, "src/a.py", 3), false},
		{finding(key, "src/b.py", 3), false},
	} {
		if got := a.Accept(c.f); got != c.want {
			t.Errorf("%s:%d: %v, want %v", c.f.Path, c.f.Line, got, c.want)
		}
	}
}

func TestGitleaksReport(t *testing.T) {
	key := fakekey.Gateway(1)
	type object map[string]any
	text, err := json.Marshal([]object{
		{"File": "./a.py", "Secret": key[3:], "Match": "key=" + key, "StartLine": 1, "EndLine": 1},
		{"File": "b.py", "Secret": "REDACTED", "Match": "REDACTED", "StartLine": 5, "EndLine": 6, "Commit": commit},
		{"File": "c.py", "Secret": "REDACTED", "StartLine": 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := allowances(t, string(text))
	redacted := finding(key, "b.py", 6)
	redacted.Commit = &scanner.Commit{ID: commit}
	for _, c := range []struct {
		f    *scanner.Finding
		want bool
	}{
		{finding(key, "a.py", 30), true},
		{finding(key[3:], "a.py", 30), true},
		{finding(fakekey.Gateway(2), "a.py", 1), false},
		{redacted, true},
		{finding(key, "b.py", 6), false},
		{finding(key, "c.py", 5), true},
		{finding(key, "c.py", 6), false},
	} {
		if got := a.Accept(c.f); got != c.want {
			t.Errorf("%s:%d: %v, want %v", c.f.Path, c.f.Line, got, c.want)
		}
	}
	if text := fmt.Sprintf("%+v %v %#v", a.byPath, a.Notices(), a); strings.Contains(text, key[3:]) {
		t.Error("the allowances print a key")
	}
}

func TestErrors(t *testing.T) {
	key := fakekey.Gateway(1)
	for _, text := range []string{"{", "{}", "[1]", `[{"File":3,"Secret":"` + key + `"}]`, `{"results":{"` + key + `":3}}`, `["` + key + `"`} {
		err := (&Allowances{}).Add("f.json", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "f.json is no ") || strings.Contains(err.Error(), key) {
			t.Errorf("%d bytes: error %v", len(text), err)
		}
	}
}

func FuzzAdd(f *testing.F) {
	f.Add([]byte("a.py:rule:3\n"+commit+":b:c:4\n"), 3)
	f.Add([]byte(`{"results":{"a":[{"hashed_secret":"`+commit+`"}]}}`), 1)
	f.Add([]byte(`[{"File":"a","Secret":"REDACTED","StartLine":2}]`), 2)
	f.Fuzz(func(t *testing.T, data []byte, line int) {
		a := &Allowances{}
		if a.Add("f", data) != nil {
			return
		}
		for path := range a.byPath {
			a.Accept(finding("a key of no form", path, line))
		}
		a.Notices()
	})
}
