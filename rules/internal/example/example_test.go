package example

import (
	"encoding/base64"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func TestExpand(t *testing.T) {
	tests := []struct {
		template string
		want     string // a regular expression for the whole result
	}{
		{"", ``},
		{"no placeholder: 100% of {braces} } {", `no placeholder: 100% of \{braces\} \} \{`},
		{"%%{[a]3} %% %", `%\{\[a\]3\} %% %`},
		{"%{[a]3}", `aaa`},
		{"%{[a]0}", ``},
		{"x%{[0-9]4}-%{[a-f]2}y", `x[0-9]{4}-[a-f]{2}y`},
		{"%{[a-c]2-5}", `[a-c]{2,5}`},
		{`%{[\]\\\-\^]20}`, `[\]\\\-^]{20}`},
		{`%{[\n\t\r]20}`, `[\n\t\r]{20}`},
		{"%{[-a]9}", `[-a]{9}`},
		{"%{[a-]9}", `[-a]{9}`},
		{"%{[!-~]40}", `[!-~]{40}`},
		{"%{[{}]5}", `[{}]{5}`},
		{"%{hex:Az}", `417a`},
		{"%{b64:ab}", `YWI=`},
		{"%{b64url:ab}", `YWI`},
		{`%{b64:{"a":{"b":1}}}`, `eyJhIjp7ImIiOjF9fQ==`},
		{"%{b64:%{hex:a}}!", `NjE=!`},
		{"%{hex:%%{x}}", `257b787d`},
		{"%{hex:%{[}]1}}", `7d`},
		{"%{b64:}", ``},
	}
	for _, tt := range tests {
		for seed := range uint64(20) {
			got, err := Expand(tt.template, newRand(seed))
			if err != nil {
				t.Errorf("Expand(%q): %v", tt.template, err)
			} else if !regexp.MustCompile(`^(?:` + tt.want + `)$`).MatchString(got) {
				t.Errorf("Expand(%q) = %q, want a match of %s", tt.template, got, tt.want)
			}
		}
	}
}

func TestExpandNested(t *testing.T) {
	got, err := Expand(`%{b64url:{"sub":"%{[a-z0-9]12}","n":%{[1-9]5}}}`, newRand(1))
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.RawURLEncoding.DecodeString(got)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\{"sub":"[a-z0-9]{12}","n":[1-9]{5}\}$`).Match(text) {
		t.Errorf("the decoded text is %q", text)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct{ template, want string }{
		{"ab%{", "offset 2: unknown placeholder"},
		{"%{}", "offset 0: unknown placeholder"},
		{"%{upper:x}", "offset 0: unknown placeholder"},
		{"%{[abc", "offset 2: no closing bracket"},
		{"%{[", "offset 2: no closing bracket"},
		{`%{[a\`, "offset 2: no closing bracket"},
		{"%{[]3}", "offset 2: empty class"},
		{"%{[^a]3}", "offset 2: a class cannot be negated"},
		{"xx%{[z-a]3}", `offset 5: range "z-a" descends`},
		{"%{[é]3}", "offset 3: a class holds printable ASCII"},
		{"%{[a]}", `offset 5: bad length ""`},
		{"%{[a]x}", `offset 5: bad length "x"`},
		{"%{[a]-1}", `offset 5: bad length "-1"`},
		{"%{[a]1-}", `offset 5: bad length "1-"`},
		{"%{[a]5-2}", "offset 5: lengths 5-2 descend"},
		{"%{[a]99999999}", "offset 5: length 99999999 is over"},
		{"..%{[a]3", "offset 2: no closing brace"},
		{"%{b64:abc", "offset 6: no closing brace"},
		{"%{b64:{}", "offset 6: no closing brace"},
		{"%{hex:%{nope}}", "offset 6: unknown placeholder"},
		{strings.Repeat("%{hex:", 9), "offset 48: over 8 encodings nested"},
	}
	for _, tt := range tests {
		got, err := Expand(tt.template, newRand(1))
		if err == nil {
			t.Errorf("Expand(%q) = %q, want an error", tt.template, got)
		} else if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Expand(%q): error %q, want it to contain %q", tt.template, err, tt.want)
		}
	}
}

// The same numbers make the same text, and others another.
func TestDeterministic(t *testing.T) {
	const template = "%{[A-Za-z0-9]40}"
	a, _ := Expand(template, newRand(1))
	b, _ := Expand(template, newRand(1))
	c, _ := Expand(template, newRand(2))
	if a != b {
		t.Errorf("one seed gave %q and %q", a, b)
	}
	if a == c {
		t.Errorf("two seeds gave %q", a)
	}
}

// Every draw looks random, for the classes and lengths that rules use.
func TestLooksRandom(t *testing.T) {
	for _, class := range []string{"0123456789", "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcd"} {
		for _, n := range []int{1, 2, 7, 8, 10, 16, 20, 32, 64, 200} {
			rng := newRand(uint64(n))
			for range 500 {
				s := fill(class, n, rng)
				if len(s) != n || strings.Trim(s, class) != "" {
					t.Fatalf("fill(%q, %d) = %q", class, n, s)
				}
				if !looksRandom([]byte(s), class) {
					t.Fatalf("fill(%q, %d) = %q, which does not look random", class, n, s)
				}
			}
		}
	}
}

func TestLooksRandomRejects(t *testing.T) {
	const alnum = "0123456789abcdefghijklmnopqrstuvwxyz"
	for _, s := range []string{"abababababababab", "aaaab1cd2ef3gh4i", "abcdefghijklmnop", "1234567890123456"} {
		if looksRandom([]byte(s), alnum) {
			t.Errorf("%q looks random", s)
		}
	}
}

// FuzzExpand holds that no template makes Expand panic, that templates without
// a percent sign are literal, and that errors name an offset in the template.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{"", "a%{[a-z]3}", "%{b64:{%{hex:x}}}", "%%{", `%{[\]]1-2}`, "%{[^", "%{b64url:"} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, template string, seed uint64) {
		got, err := Expand(template, newRand(seed))
		if err != nil && !strings.Contains(err.Error(), "offset ") {
			t.Errorf("Expand(%q): error %q names no offset", template, err)
		}
		if !strings.Contains(template, "%") && (err != nil || got != template) {
			t.Errorf("Expand(%q) = %q, %v, want it unchanged", template, got, err)
		}
	})
}
