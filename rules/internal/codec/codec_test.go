package codec

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestVariantsStandInEncodedText encodes texts around a literal and looks for
// one of its variants in them.
func TestVariantsStandInEncodedText(t *testing.T) {
	const lit = "ag?~cloud"
	encoders := map[string]func(string) string{
		"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"url":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"hex":    func(s string) string { return hex.EncodeToString([]byte(s)) },
		"nested": func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte("p:" + hex.EncodeToString([]byte(s))))
		},
		"nested2": func(s string) string { return hex.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s)))) },
	}
	for name, enc := range encoders {
		for pad := range 6 {
			before, after := strings.Repeat("x", pad), " and what follows"
			text := "<" + enc(before+lit+after) + ">"
			if !undoes(text, lit, before, after) {
				t.Errorf("%s with %d bytes before: no variant leads back to the literal in %s", name, pad, text)
			}
		}
	}
}

// undoes reports whether a variant of lit stands in text and Undo gives back
// what is around it, with offsets in bounds.
func undoes(text, lit, before, after string) bool {
	for _, v := range new(Encoder).Variants(lit, false, 2) {
		at := strings.Index(text, v.Text)
		if at < 0 {
			continue
		}
		view, i, ok := Undo([]byte(text), at, at+len(v.Text), v.Form, v.Form.Inner(lit), 64)
		if !ok || !strings.HasSuffix(string(view.Text[:i]), before) || !strings.HasPrefix(string(view.Text[i:]), lit+after) {
			continue
		}
		lo, hi := view.Source(i, i+len(lit))
		return lo >= 0 && lo < hi && hi <= len(text)
	}
	return false
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		`a\u0041\x42\u{43}\n`: "aABC\n", `\"x\"`: `"x"`, `\\u0041`: `\u0041`, "%41%4a%zz%": "AJ%zz%", "&quot;&#65;&#x42;&amp;&nosuch;&#300;": `"AB&&nosuch;&#300;`,
		`\u00e9`: "é", `\u12`: `\u12`, `\`: `\`, "plain": "plain", "": "",
	} {
		v := Plain([]byte(in), 0, len(in))
		got, changed := Unescape(&v)
		if string(got.Text) != want || changed != (in != want) {
			t.Errorf("Unescape(%q) = %q, %v; want %q", in, got.Text, changed, want)
		}
	}
}

func TestJoin(t *testing.T) {
	for in, want := range map[string]string{
		`"ab" + "cd"`: `"abcd"`, `'ab'.'cd' . 'ef'`: `'abcdef'`, `"ab" "cdef"`: `"abcdef"`, `"ab" "doc"`: `"ab" "doc"`, `"ab" "X=12"`: `"ab" "X=12"`, `"ab" "c d e f"`: `"ab" "c d e f"`, "\"ab\" +\n  \"cd\"": `"abcd"`, "\"ab\" \\\n \"cd\"": `"abcd"`,
		"\"ab\"\n\"cd\"": "\"ab\"\n\"cd\"", `""`: `""`, `"a", "b"`: `"a", "b"`, `"a": "b"`: `"a": "b"`,
	} {
		v := Plain([]byte(in), 0, len(in))
		if got, _ := Join(&v); string(got.Text) != want {
			t.Errorf("Join(%q) = %q; want %q", in, got.Text, want)
		}
	}
}

// TestSourceLeadsBack checks, byte by byte, where decoded bytes came from.
func TestSourceLeadsBack(t *testing.T) {
	in := `x = "a\u0042c" + "d%45f";`
	v := Plain([]byte(in), 0, len(in))
	u, _ := Unescape(&v)
	j, _ := Join(&u)
	if string(j.Text) != `x = "aBcdEf";` {
		t.Fatalf("got %q", j.Text)
	}
	var stored []string
	for i := range j.Text {
		lo, hi := j.Source(i, i+1)
		stored = append(stored, in[lo:hi])
		if k := j.Index(lo); k > i || string(j.Text[k:i+1]) != string(j.Text[i]) {
			t.Errorf("byte %d comes from offset %d, which leads to %d", i, lo, k)
		}
	}
	want := []string{"x", " ", "=", " ", `"`, "a", `\u0042`, "c", "d", "%45", "f", `"`, ";"}
	if !slices.Equal(stored, want) {
		t.Errorf("stored as %q", stored)
	}
	if got := fmt.Sprint(j.Encodings(5, 11)); got != "[escape concat percent]" {
		t.Errorf("encodings %s", got)
	}
}

// FuzzViews decodes anything in every way: offsets stay in bounds and in order.
func FuzzViews(f *testing.F) {
	f.Add([]byte(`"a\u0042c" + "d%45f" &quot;QUdDTE9VRA== 6167636c6f7564`), 3)
	f.Add([]byte("QUdD\n  TE9V\\nRA"), 5)
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		at = min(max(at, 0), len(text))
		end := min(len(text), at+8)
		v := Plain(text, 0, len(text))
		views := []View{v}
		for _, next := range []func(*View) (View, bool){Unescape, Join, Unescape, Join} {
			w, _ := next(&views[len(views)-1])
			views = append(views, w)
		}
		views = append(views, undoBase64(&v, at, end, at%3, 100), undoHex(&v, at, end, 100))
		for n, w := range views {
			last := 0
			for i := range w.Text {
				lo, hi := w.Source(i, i+1)
				if lo < 0 || lo >= hi || hi > len(text) || lo < last-4 {
					t.Fatalf("view %d of %q: byte %d comes from %d:%d", n, text, i, lo, hi)
				}
				last = lo
			}
			if len(w.Text) == 0 && len(text) > 0 && n < 5 && !bytes.ContainsAny(text, "\"'`\\%&") {
				t.Fatalf("view %d of %q is empty", n, text)
			}
		}
	})
}
