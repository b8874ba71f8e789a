package rules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

// composite is a rule whose key is a companion, and one with a condition.
const composite = `
[[rule]]
id = "acme-pair"
title = "Acme pair"
description = "x"
severity = "high"
confidence = "high"
keywords = ["acme-"]
regex = '''\bacme-[0-9]{4}\b'''
examples = ["acme-%{[0-9]4} %{[A-Za-z0-9]30}"]
counter_examples = ["acme-1234", "acme-1 %{[A-Za-z0-9]30}"]
[[rule.with]]
regex = '''\b(?P<secret>[A-Za-z0-9]{30})\b'''
within = 50

[[rule]]
id = "host-token"
title = "Host token"
description = "x"
severity = "high"
confidence = "high"
keywords = ["hosttoken="]
regex = '''hosttoken=(?P<secret>[A-Za-z0-9]{20})'''
examples = ["acme.example hosttoken=%{[A-Za-z0-9]20}"]
counter_examples = ["other.example hosttoken=%{[A-Za-z0-9]20}"]
[[rule.with]]
regex = '''acme\.example'''
within = 60
`

func compositeSet(t testing.TB) *rules.Set {
	t.Helper()
	list, err := rules.Parse("composite.toml", []byte(composite))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if err := r.TestExamples(); err != nil {
			t.Error(err)
		}
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestCompositesAreLocal holds composite rules to what the matcher promises:
// the bytes in the window of a hit decide.
func TestCompositesAreLocal(t *testing.T) {
	set := compositeSet(t)
	m := set.Matcher()
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 30).Draw(t, "pieces") {
			seed := rapid.Uint64().Draw(t, "seed")
			pieces := []string{"acme-1234", fakekey.Alnum(seed, 30), " ", "\n", "acme.example", "hosttoken=" + fakekey.Alnum(seed, 20), "\\u0041", "plain words", "acme-12"}
			b.WriteString(rapid.SampledFrom(pieces).Draw(t, "piece") + " ")
		}
		text := []byte(b.String())
		hits := m.Hits(nil, text, 0, len(text))
		whole := shown(m.Candidates(nil, text, hits, rules.AnyContext), 0)
		if diff := cmp.Diff(whole, byWindow(t, set, text, hits)); diff != "" {
			t.Fatalf("%q: whole and window by window differ:\n%s", text, diff)
		}
		found += len(whole)
	})
	if found == 0 {
		t.Error("no text had a candidate")
	}
}

// TestNearestCompanion checks which companion counts, and where the key lies.
func TestNearestCompanion(t *testing.T) {
	m := compositeSet(t).Matcher()
	far, near := fakekey.Alnum(1, 30), fakekey.Alnum(2, 30)
	for _, c := range []struct{ text, want string }{
		{far + "          acme-1234 " + near, near},
		{near + " acme-1234    " + far, near},
		{"acme-1234" + strings.Repeat(" ", 60) + far, ""},
		{"acme-1234 acme-5678 " + near, near},
		{"acme-12345 " + near, ""},
	} {
		got := ""
		for _, x := range m.Match([]byte(c.text)) {
			got += x.Secret.Reveal()
			if c.text[x.Span.Start:x.Span.End] != x.Secret.Reveal() {
				t.Errorf("the span %v is not that of the key", x.Span)
			}
		}
		if got != c.want {
			t.Errorf("%q: found %q, want %q", c.text, got, c.want)
		}
	}
}

// TestCompanionErrors checks what rules with companions are refused for.
func TestCompanionErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"within = 50", "within = 0", "within: 0 is not between"},
		{"within = 50", "within = 4096", "within: 4096 is not between"},
		{"[A-Za-z0-9]{30})\\b", "[A-Za-z0-9]{30,})\\b", "is unbounded"},
		{"[A-Za-z0-9]{30})\\b", "[A-Za-z0-9]{30}\\b", "with: "},
		{"regex = '''acme\\.example'''", "", "regex is missing"},
		{"acme\\.example'''", "(?P<secret>acme\\.example)'''", "more than one pattern has the key"},
		{"(?P<secret>[A-Za-z0-9]{30})", "[A-Za-z0-9]{30}", "no group named secret"},
	} {
		_, err := rules.Parse("bad.toml", []byte(strings.Replace(composite, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s → %s: error %v, want %q in it", c.old, c.new, err, c.want)
		}
	}
}
