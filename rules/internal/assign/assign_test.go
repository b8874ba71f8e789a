package assign

import (
	"slices"
	"strings"
	"testing"
)

// values returns the values given to name in text.
func values(text, name string) []string {
	i := strings.Index(text, name)
	s, e := Identifier([]byte(text), i, i+len(name))
	var out []string
	for _, v := range Values([]byte(text), s, e) {
		out = append(out, text[v.Start:v.End])
	}
	return out
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"NAME=v", "v"}, {"NAME = 'v w'", "v w"}, {"NAME: v # x", "v"}, {`"NAME": "v"`, "v"}, {"NAME=", ""}, {"NAME", ""}, {"$NAME", ""}, {"%NAME% v", ""},
		{"export NAME=v;", "v"}, {"${NAME:-v}", "v"}, {"${NAME:?v}", ""}, {"${NAME}v", ""}, {"ENV NAME v", "v"}, {"the NAME v", ""},
		{`f("NAME", "v")`, "v"}, {`x["NAME"] = "v"`, "v"}, {`g("NAME") or "v"`, "v"}, {`g("NAME") ?? "v"`, "v"}, {`g("NAME")` + "\n" + `"v"`, ""},
		{`NAME: str = "v"`, "v"}, {`NAME = f(x, "v")`, "v"}, {"NAME:\n  value: v\n", "v"}, {"NAME:\n  other: v\n", ""}, {"name: NAME\nvalue: v\n", "v"}, {"name: NAME\nvalueFrom: v\n", ""},
		{"<NAME>v</NAME>", "v"}, {"<key>NAME</key> <string>v</string>", "v"}, {"<NAME>", ""}, {"NAME: |\n  v\n", "v"}, {"NAME=\nOTHER=v", ""},
		{`variable "NAME" {` + "\n" + `default = "v"` + "\n}", "v"}, {"{NAME: x, y: \"v\"}", "x"}, {"NAME == \"v\"", "v"}, {"NAME += \"v\"", "v"},
		// Values that stand farther off, or before the name.
		{"value: \"v\"\n  name: NAME\n", "v"}, {"SET value = 'v' WHERE name = 'NAME'", "v"}, {`{"value":"v","key":"NAME"}`, "v"}, {"- value: v\n- name: NAME\n", ""},
		{`{"key": "NAME", "type": "secret", "value": "v"}`, "v"}, {"NAME:\n  type: String\n  default: v\n", "v"}, {"name: NAME\nother: x\nvalue: v\n", ""},
		{"<x name=\"NAME\" y=\"z\">v</x>", "v"}, {"<x name=\"NAME\" a:value=\"v\"/>", "v"}, {"<code>NAME</code>: <code>v</code>", "v"}, {`<x value="v" name="NAME">`, "v"},
		{`put --name "/a/NAME" --type x --value "v"`, "v"}, {"set NAME -b v", "v"}, {`["--NAME", "v"]`, "v"}, {"- --NAME\n- v\n", "v"}, {"NAME\tv", "v"}, {`"NAME";"v"`, "v"},
		// Values with something around them.
		{`NAME="Bearer v"`, "v"}, {"NAME: Bearer v", "v"}, {`f("NAME", "\"v\"")`, "v"}, {"NAME=v.", "v"}, {"NAME=${x:-v}", "v"}, {"NAME: &a v", "v"}, {"NAME = q{v}", "v"}, {`$NAME = ConvertTo-SecureString -String "v"`, "v"},
		{"NAME=%s\\n' 'v'", "v"}, {"**NAME:** v", "v"}, {"NAME: X<Y> = f(|| \"v\")", "v"}, {`NAME = String::from("v")`, "v"}, {`NAME! || "v"`, "v"}, {"NAME=\\\nv", "v"},
	} {
		if got := strings.Join(values(c.text, "NAME"), " "); got != c.want {
			t.Errorf("%q: values %q, want %q", c.text, got, c.want)
		}
	}
}

func TestIdentifier(t *testing.T) {
	for text, want := range map[string]string{
		"x NAME y": "NAME", "a.b-NAME_c.d": "a.b-NAME_c.d", "-NAME-": "NAME", ".NAME.": "NAME", "${NAME-x}": "NAME", "é" + "NAME": "NAME",
	} {
		i := strings.Index(text, "NAME")
		s, e := Identifier([]byte(text), i, i+4)
		if text[s:e] != want {
			t.Errorf("%q: identifier %q, want %q", text, text[s:e], want)
		}
	}
}

// FuzzValues reads anything: values lie behind the name, in bounds, and depend
// on no more than the promised bytes.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"NAME=v", `os.environ["NAME"] = "v"`, "NAME:\n  value: v", "<key>NAME</key>\n<string>v</string>", "variable \"NAME\" {\ndefault = 'v'\n}", "[NAME]\nkey = v\n", "NAME,%v\""} {
		f.Add([]byte(s), 0, 4)
	}
	f.Fuzz(func(t *testing.T, text []byte, lo, n int) {
		lo = min(max(lo, 0), len(text))
		hi := min(len(text), lo+min(max(n, 0), 40))
		s, e := Identifier(text, lo, hi)
		vals := slices.Concat(Values(text, s, e), Section(text, s, e), Call(text, e))
		for _, v := range vals {
			if v.Start < s-Before || v.Start > v.End || v.End > len(text) {
				t.Fatalf("value %v of %q, name %d:%d", v, text, s, e)
			}
		}
		a, b := max(0, s-Before), min(len(text), e+After)
		near := Values(text[a:b], s-a, e-a)
		all := Values(text, s, e)
		if len(near) != len(all) {
			t.Fatalf("%d values near the name, %d in the whole text %q", len(near), len(all), text)
		}
	})
}
