package ruleimport

import (
	"errors"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

const gitleaksFile = `
title = "acme"
[extend]
useDefault = true
disabledRules = ["generic-api-key"]

[allowlist]
paths = ['''(^|/)vendor/''', '''\.svg$''', '''(a|b)+x''']
stopwords = ["sample"]

[[rules]]
id = "acme-token"
description = "Acme token"
regex = '''(?i)\b(acme_(?:live|test)_[a-z0-9]{32,})(?:['"\s;]|$)'''
entropy = 3.2
keywords = ["acme_"]
[[rules.allowlists]]
regexes = ['''example''', '''^x+$''']

[[rules]]
id = "acme-hex"
regex = '''\b[0-9a-f]{40}\b'''
keywords = ["acmehex"]

[[rules]]
id = "acme-assign"
regex = '''(?i)acmekey[\w .-]{0,20}[\s'"]*(?:=|:)\s*["']?([a-z0-9]{24})["']?'''
secretGroup = 1

[[rules]]
id = "look"
regex = '''acme(?!x)[a-z]{20}'''

[[rules]]
id = "pair"
regex = '''acmesecret_[a-z0-9]{20}'''
[[rules.required]]
id = "acme-id"
withinLines = 3

[[rules]]
id = "acme-id"
regex = '''acmeid_[0-9]{6,}'''
skipReport = true

[[rules]]
id = "names"
path = '''\.p12$'''
`

const kingfisherFile = `
rules:
  - name: Acme Key
    id: kingfisher.acme.1
    pattern: |
      (?x)(?i)
      \b
      acme          # the vendor (
      (?:.|[\n\r]){0,32}?
      \b
      (?P<TOKEN>
        [a-z 0-9]{32}
      )
      \b
    min_entropy: 3.3
    confidence: high
    examples: ["acme nothing"]
    negative_examples: ["acme = 12"]
    pattern_requirements: {min_digits: 2, ignore_if_contains: [dummy]}
    references: [https://example.com/docs]
    depends_on_rule: [{rule_id: kingfisher.acme.2, variable: ID}]
  - name: hidden
    id: kingfisher.acme.2
    pattern: 'acmeid_[0-9]{6}'
    visible: false
`

// convert converts a file and compiles what comes out.
func convert(t *testing.T, text string, open func(string) ([]byte, error)) (*Result, []*rules.Rule) {
	t.Helper()
	res, err := Convert("file", []byte(text), open)
	if err != nil {
		t.Fatal(err)
	}
	if res.Rules == 0 {
		return res, nil
	}
	list, err := rules.Parse("out.toml", res.TOML)
	if err != nil {
		t.Fatalf("%v\n%s", err, res.TOML)
	}
	for _, r := range list {
		if err := r.TestExamples(); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
	}
	return res, list
}

// left returns what was left out.
func left(res *Result) []string {
	var list []string
	for _, m := range res.Remarks {
		if m.Left {
			list = append(list, m.label()+m.Text)
		}
	}
	return list
}

// found returns the ids of the rules that find something in text.
func found(t *testing.T, list []*rules.Rule, text string) []string {
	t.Helper()
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range set.Matcher().Match([]byte(text)) {
		ids = append(ids, m.Rule.ID)
	}
	return ids
}

func TestGitleaks(t *testing.T) {
	res, list := convert(t, gitleaksFile, nil)
	var got []string
	for _, r := range list {
		got = append(got, r.ID+" "+strings.Join(r.Keywords, ","))
		if diff := cmp.Diff([]string{"**/vendor/**", "**/*.svg"}, r.ExcludePaths); diff != "" {
			t.Errorf("%s: exclude_paths: %s", r.ID, diff)
		}
	}
	want := []string{
		"gitleaks-acme-token acme_live_,acme_test_", "gitleaks-acme-hex acmehex", "gitleaks-acme-assign acmekey",
		"gitleaks-pair acmesecret_",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantLeft := []string{"(a|b)+x of an allowlist", "disabledRules: generic-api-key", "acme-token: the regex ^x+$", "look: the pattern has (?!", "names: it judges names"}
	for _, w := range wantLeft {
		if !slices.ContainsFunc(left(res), func(s string) bool { return strings.Contains(s, w) }) {
			t.Errorf("nothing says %q: %q", w, left(res))
		}
	}
	if len(left(res)) != len(wantLeft) || res.Complete() {
		t.Errorf("%d parts left out, want %d: %q", len(left(res)), len(wantLeft), left(res))
	}
	key := strings.ToLower(fakekey.Alnum(1, 40))
	for text, want := range map[string]string{
		"ACME_LIVE_" + key: "gitleaks-acme-token",
		"acme_live_" + key[:20] + "example" + key[:10]:                          "", // a stop word
		"acmehex\n" + fakekey.Hex(1, 40):                                        "gitleaks-acme-hex",
		fakekey.Hex(1, 40):                                                      "",
		"acmekey = '" + key[:24] + "'":                                          "gitleaks-acme-assign",
		"acmeid_1234567\n\nacmesecret_" + key[:20]:                              "gitleaks-pair",
		"acmesecret_" + key[:20]:                                                "",
		"acmeid_1234567" + strings.Repeat("\n", 600) + "acmesecret_" + key[:20]: "",
	} {
		if got := strings.Join(found(t, list, text), ","); got != want {
			t.Errorf("found %q, want %q, in a text of %d bytes", got, want, len(text))
		}
	}
}

func TestKingfisher(t *testing.T) {
	res, list := convert(t, kingfisherFile, nil)
	if len(list) != 1 || list[0].ID != "kingfisher-acme-1" || list[0].Entropy != 3.3 || list[0].Confidence != rules.HighConfidence {
		t.Fatalf("%d rules: %s", len(list), res.TOML)
	}
	if diff := cmp.Diff([]string{"dummy"}, list[0].StopWords); diff != "" {
		t.Error(diff)
	}
	if got := found(t, list, "acme: "+strings.ToLower(fakekey.Alnum(3, 32))); len(got) != 1 {
		t.Errorf("the key is not found by %s", list[0].Regex)
	}
	if diff := cmp.Diff([]string{"rule kingfisher.acme.1: its min_digits is not converted", "rule kingfisher.acme.2: it is not reported by itself (visible: false), and serves other rules only"}, left(res)); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(res.TOML), "its example 1 is not found") || strings.Contains(string(res.TOML), "negative example") {
		t.Errorf("the foreign examples were judged wrongly:\n%s", res.TOML)
	}
}

// TestExtend merges rules with those of the file that is extended.
func TestExtend(t *testing.T) {
	base := "[[rules]]\nid = \"a\"\nregex = '''aaaa_[a-z0-9]{20}'''\nkeywords = [\"aaaa\"]\n[[rules]]\nid = \"b\"\nregex = '''bbbb_[a-z0-9]{20}'''\n"
	own := "[extend]\npath = \"base.toml\"\ndisabledRules = [\"b\"]\n[[rules]]\nid = \"a\"\ndescription = \"mine\"\nentropy = 3.5\n[[rules]]\nid = \"c\"\ndescription = \"c\"\n"
	res, list := convert(t, own, func(path string) ([]byte, error) {
		if path != "base.toml" {
			return nil, errors.New("no such file")
		}
		return []byte(base), nil
	})
	if len(list) != 1 || list[0].Description != "mine" || list[0].Entropy != 3.5 || list[0].Keywords[0] != "aaaa_" {
		t.Errorf("got %s", res.TOML)
	}
	if diff := cmp.Diff([]string{"rule c: it has no regex: it changes a rule that this file does not hold"}, left(res)); diff != "" {
		t.Error(diff)
	}
	res, _ = convert(t, own, nil)
	if !slices.ContainsFunc(left(res), func(s string) bool { return strings.Contains(s, "extend.path: base.toml is not read") }) {
		t.Errorf("left out: %q", left(res))
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "no rules"},
		{"x = 1", "no rules"},
		{"rules = 3", "no rules"},
		{": : :\n\t- [", "neither TOML"},
		{"a: &a [x]\nrules: [*a, *a]", "an alias: write the value out"},
		{strings.Repeat("#", maxFile+1), "split it"},
	} {
		_, err := Convert("f", []byte(c.text), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: error %v, want %q in it", c.text, err, c.want)
		}
	}
}

func TestVerbose(t *testing.T) {
	for in, want := range map[string]string{
		"a b#c":                   "a b#c",
		"(?x) a b # c\n d":        "abd",
		"(?xi) a":                 "(?i)a",
		"(?x: a b) c d":           "(?:ab) c d",
		"(?x)a(?-x: b )c d":       "a(?: b )cd",
		"(?x)a\\ b\\#c [ d # ] e": "a b#c[d#]e",
		"(?x)( a | b ) (?P<n> c)": "(a|b)(?P<n>c)",
		"(?i)(a (?x) b c) d e":    "(?i)(a bc) d e",
		"(?x) # no end":           "",
		"a(?# b ( c )(?# d":       "a",
	} {
		if got := plainFlags(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestKeywords(t *testing.T) {
	for in, want := range map[string]string{
		`gh[pousr]_[a-z]{9}`:            "gho_,ghp_,ghr_,ghs_,ghu_",
		`(?i)acme.{0,9}token[0-9]+`:     "token",
		`(?:foo|barbar)[0-9]`:           "barbar0,barbar1,barbar2,barbar3,barbar4,barbar5,barbar6,barbar7,barbar8,barbar9,foo0,foo1,foo2,foo3,foo4,foo5,foo6,foo7,foo8,foo9",
		`(?:foo)?[0-9a-z]{20}`:          "",
		`[0-9a-f]{32}`:                  "",
		`x?(?:abcd[0-9a-z]|efgh[a-z])+`: "abcd,efgh",
	} {
		re, err := syntax.Parse(in, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		p := pattern{re: re}
		if got := strings.Join(p.keywords(), ","); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestGlobs(t *testing.T) {
	for in, want := range map[string]string{
		`\.svg$`:                           "**/*.svg",
		`(^|/)vendor/`:                     "**/vendor/**",
		`(?:^|/)go\.sum$`:                  "**/go.sum",
		`^docs/.*`:                         "docs/**",
		`node_modules`:                     "**/*node_modules*,**/*node_modules*/**",
		`.*\.Lock$`:                        "**/*.Lock",
		`^a\.(?:x|y)$`:                     "a.x,a.y",
		`(?i)\.svg$`:                       "**/*.[sS][vV][gG]",
		`(?i)\.jpe?g$`:                     "**/*.[jJ][pP][eE][gG],**/*.[jJ][pP][gG]",
		`(?i:a)bc$`:                        "",
		`(?:^|/)(?:Pipfile|poetry)\.lock$`: "**/Pipfile.lock,**/poetry.lock",
		`(?:^|/)node_modules(?:/.*)?$`:     "**/node_modules,**/node_modules/**",
		`a.c`:                              "",
		`.*`:                               "",
		`(`:                                "",
	} {
		got, ok := globsOf(in)
		if strings.Join(got, ",") != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v", in, got, ok)
		}
	}
}

// FuzzConvert holds the converter to its promise: what comes out loads.
func FuzzConvert(f *testing.F) {
	f.Add([]byte(gitleaksFile))
	f.Add([]byte(kingfisherFile))
	f.Add([]byte("rules:\n- id: x\n  regex: '(?x) abc(?P<y>d*)e+?'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<12 {
			return
		}
		res, err := Convert("f", data, func(string) ([]byte, error) { return data, nil })
		if err != nil || res.Rules == 0 {
			return
		}
		if _, err := rules.Parse("f", res.TOML); err != nil {
			t.Errorf("%v\n%s", err, res.TOML)
		}
	})
}
