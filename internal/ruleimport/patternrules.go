package ruleimport

import (
	"fmt"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// patternKeys are the keys of a rule of Kingfisher or Nosey Parker that are read,
// or that say nothing about what is found in a text.
var patternKeys = []string{
	"name", "id", "description", "pattern", "min_entropy", "confidence", "visible", "examples", "negative_examples",
	"references", "categories", "validation", "revocation", "depends_on_rule", "tls_mode", "pattern_requirements",
}

// patternRules converts rules of Kingfisher or Nosey Parker.
func (c *conversion) patternRules(list []table) {
	for i, t := range list {
		id := or(t.text("id"), t.text("name"))
		if id == "" {
			c.left(fmt.Sprintf("number %d", i+1), "it has neither id nor name")
			continue
		}
		if visible, set := t["visible"].(bool); set && !visible {
			c.left(id, "it is not reported by itself (visible: false), and serves other rules only")
			continue
		}
		c.patternRule(id, t)
	}
}

func (c *conversion) patternRule(id string, t table) {
	d := &draft{
		id: id, pattern: t.text("pattern"), groupName: "TOKEN",
		positive: t.texts("examples"), negative: t.texts("negative_examples"),
	}
	title := or(t.text("name"), id)
	d.def = rules.Def{
		ID: kebab(id), Title: title, Description: or(t.text("description"), title),
		Severity: rules.High, Confidence: confidenceOf(t.text("confidence")),
		Category: rules.CategorySecret, Priority: priority, Entropy: t.number("min_entropy"), References: t.texts("references"),
	}
	if !strings.HasPrefix(d.def.ID, "kingfisher-") && !strings.HasPrefix(d.def.ID, "np-") {
		d.def.ID = withPrefix("imported", id)
	}
	if t["depends_on_rule"] != nil {
		c.changed(id, "depends_on_rule is not converted: it fills in requests of validation, and what is found does not depend on it")
	}
	if t["validation"] != nil || t["revocation"] != nil {
		c.changed(id, "validation and revocation are not converted: see docs/verify.md on [rule.verify]")
	}
	c.requirements(d, t.table("pattern_requirements"))
	c.unknownKeys(id, t, patternKeys)
	c.add(d)
}

// requirements takes the words that rule a match out; counts of characters have
// no counterpart.
func (c *conversion) requirements(d *draft, t table) {
	d.def.StopWords = append(d.def.StopWords, t.texts("ignore_if_contains")...)
	c.unknownKeys(d.id, t, []string{"ignore_if_contains"})
}
