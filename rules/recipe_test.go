package rules

import (
	"strings"
	"testing"
)

const recipeRule = `
[[rule]]
id = "acme-key"
title = "Acme key"
description = "A key of Acme."
severity = "high"
confidence = "high"
keywords = ["acme_"]
regex = '(?P<secret>acme_[a-z0-9]{20})'
examples = ["acme_%{[a-z0-9]20}"]
counter_examples = ["acme"]
[rule.verify]
method = "POST"
url = "https://keys.acme.example/me"
headers = { Authorization = "Bearer {key}" }
body = "{}"
[[rule.verify.answer]]
status = [401]
state = "dead"
reason = "the service refuses it"
`

// TestRecipes makes sure that recipes which would give a key away, or judge by
// what proves nothing, are refused with the reason.
func TestRecipes(t *testing.T) {
	if _, err := Parse("rules.toml", []byte(recipeRule)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"https://keys", "http://keys", "url: must be https"},
		{"acme.example/me", "acme.example/me?key={key}", "url: has no placeholders"},
		{"https://keys", "https://user:x@keys", "url: must be https"},
		{`"POST"`, `"PUT"`, "method"},
		{`"POST"`, `"GET"`, "body: goes with the method POST"},
		{`body = "{}"`, `body = "{key}"`, "body: has no placeholders"},
		{"Bearer {key}", "Bearer", "headers: must have {key}"},
		{`"Bearer {key}" }`, `"Bearer {key}", X-Key = "{key}" }`, "in one place"},
		{`"Bearer {key}" }`, `"Bearer {key}", Cookie = "a" }`, "Cookie is not for recipes"},
		{`"Bearer {key}" }`, `"Bearer {key}\r\nX: y" }`, "line break"},
		{`"Bearer {key}" }`, `"Bearer {key}", "X:" = "y" }`, "no name of a header"},
		{"[401]", "[429]", "status 429 does not mean"},
		{"[401]", "[500]", "status 500 says nothing"},
		{"[401]", "[302]", "status 302 says nothing"},
		{"[401]", "[407]", "status 407 says nothing"},
		{"[401]", "[]", "needs status"},
		{`"dead"`, `"unknown"`, "needs status"},
		{`"the service refuses it"`, `" "`, "needs a reason"},
		{`body = "{}"`, `keys = "("`, "keys: error parsing"},
		{`body = "{}"`, `same_as = "x"`, "either same_as or url"},
		{`url = "https://keys.acme.example/me"`, "", "url: is missing"},
		{`body = "{}"`, `bodi = "{}"`, "unknown key"},
	} {
		text := strings.Replace(recipeRule, c.old, c.new, 1)
		if _, err := Parse("rules.toml", []byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want …%s…", c.new, err, c.want)
		}
	}
}

// TestRecipeDoesNotMatter makes sure that a recipe has no say in the digest of
// a rule, by which results are kept.
func TestRecipeDoesNotMatter(t *testing.T) {
	plain, _, _ := strings.Cut(recipeRule, "[rule.verify]")
	a, errA := Parse("rules.toml", []byte(recipeRule))
	b, errB := Parse("rules.toml", []byte(plain))
	if errA != nil || errB != nil || a[0].sum != b[0].sum {
		t.Errorf("%v, %v, or the digests differ", errA, errB)
	}
}
