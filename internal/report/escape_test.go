package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"grüße 日本 😀":         "grüße 日本 😀",
		"a\nb\r\tc":          `a\nb\r\tc`,
		"\x1b[31m\x00\x7f":   `\x1b[31m\x00\x7f`,
		"\u009b31m":          `\u009b31m`,
		"\xff\xc3(":          `\xff\xc3(`,
		"\u202ea\u2066":      `\u202ea\u2066`,
		"\u2028\ufeff\ufffe": `\u2028\ufeff\ufffe`,
		"\U0001ffff\ufffd":   `\U0001ffff` + "\ufffd",
		`C:\temp`:            `C:\temp`,
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a\x1b\xff\u202e\U0001fffe")
	f.Fuzz(func(t *testing.T, s string) {
		got := escape(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, hostile) {
			t.Errorf("escape(%q) = %q", s, got)
		}
		if escape(got) != got {
			t.Errorf("escape(%q) is not stable", s)
		}
		u, err := url.Parse(uri(s))
		if err != nil || u.IsAbs() || u.Host != "" || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("uri(%q) = %q is no relative path: %v", s, uri(s), err)
		}
		if strings.TrimPrefix(u.Path, "/.//") != strings.TrimPrefix(s, "//") {
			t.Errorf("uri(%q) = %q is the path %q", s, uri(s), u.Path)
		}
	})
}

// JSON keeps its value and shows no control characters.
func FuzzEscapeJSON(f *testing.F) {
	f.Add("a\x1b\x7f\xff\u202e\ufffd\u009b\U0001fffe")
	f.Fuzz(func(t *testing.T, s string) {
		var o out
		o.value(s)
		if bytes.ContainsFunc(o.buf.Bytes(), func(r rune) bool { return r < 0x10000 && hostile(r) }) {
			t.Errorf("%q", o.buf.String())
		}
		var got string
		if err := json.Unmarshal(o.buf.Bytes(), &got); err != nil || got != strings.ToValidUTF8(s, "\ufffd") && utf8.ValidString(s) {
			t.Errorf("%q became %q: %v", s, got, err)
		}
		var again out
		again.value(got)
		if again.buf.String() != o.buf.String() {
			t.Errorf("%q became %q", o.buf.String(), again.buf.String())
		}
	})
}

func TestURI(t *testing.T) {
	for in, want := range map[string]string{
		"src/main.go":     "src/main.go",
		"a b#c?.md":       "a%20b%23c%3F.md",
		"c:/x":            "c%3A/x",
		"100%\n\xff\"<>^": "100%25%0A%FF%22%3C%3E%5E",
		"[id]/(a)@b,c;d":  "%5Bid%5D/(a)@b,c;d",
		"ü":               "%C3%BC",
		"//host/x":        "/.//host/x",
	} {
		if got := uri(in); got != want {
			t.Errorf("uri(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1 kB", 3_400_000: "3.4 MB", 88_000_000: "88 MB", 999_950: "1 MB", 5_070_000_000: "5.1 GB", 5e15: "5000 TB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("one two\tthree\n\nfour\x1b "+strings.Repeat("x", 20)+" 日本 日本", 10)
	want := []string{"one two", "three", "", `four\x1b`, strings.Repeat("x", 20), "日本 日本"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("wrap = %q, want %q", got, want)
	}
}
