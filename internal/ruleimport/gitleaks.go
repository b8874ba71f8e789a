package ruleimport

import (
	"fmt"
	"maps"
	"slices"

	"github.com/agcloud/keylint/rules"
)

const (
	priority      = 40   // of converted rules: below those that are built in
	defaultWithin = 512  // bytes to each side of a keyword
	maxWithin     = 2048 // that rules take
	bytesALine    = 120  // a guess, for distances that are given in lines
	maxExtends    = 2    // files that one may build on another, as in gitleaks
)

// gitleaksKeys are the keys of a rule that are read, or that say nothing about
// what is found.
var gitleaksKeys = []string{
	"id", "description", "title", "regex", "secretGroup", "keywords", "entropy", "path", "allowlist", "allowlists",
	"required", "skipReport", "tags", "severity", "confidence", "references",
}

// gitleaks converts a configuration of gitleaks or betterleaks. depth counts the
// files that led to it.
func (c *conversion) gitleaks(doc table, depth int) {
	list := c.extended(doc, depth)
	ids := map[string]table{}
	for _, t := range list {
		ids[t.text("id")] = t
	}
	global := c.globalAllowances(doc)
	for i, t := range list {
		id := t.text("id")
		if id == "" {
			c.left(fmt.Sprintf("number %d", i+1), "it has no id")
			continue
		}
		if t.flag("skipReport") {
			if !isRequired(list, id) {
				c.left(id, "it is never reported (skipReport) and no rule requires it")
			}
			continue
		}
		c.gitleaksRule(t, ids, global)
	}
}

// An allowance is a global allowlist as rules can say it.
type allowance struct {
	rules []string // for which it is; empty for all
	draft          // of its globs and stop words
}

// globalAllowances converts the allowlists of doc that are for all rules or for
// several.
func (c *conversion) globalAllowances(doc table) []allowance {
	var out []allowance
	for _, t := range append(allowlists(doc), doc.tables("allowlists")...) {
		a := allowance{rules: t.texts("targetRules")}
		c.allow(&a.draft, t)
		out = append(out, a)
	}
	return out
}

// isRequired reports whether a rule of list requires the one with id.
func isRequired(list []table, id string) bool {
	return slices.ContainsFunc(list, func(t table) bool {
		return slices.ContainsFunc(t.tables("required"), func(r table) bool { return r.text("id") == id })
	})
}

// allowlists returns the allowlist of the older form, if there is one.
func allowlists(t table) []table {
	if a := t.table("allowlist"); a != nil {
		return []table{a}
	}
	return nil
}

// extended returns the rules of doc on top of those that it extends.
func (c *conversion) extended(doc table, depth int) []table {
	own := doc.tables("rules")
	ext := doc.table("extend")
	if ext == nil {
		return own
	}
	if ext.flag("useDefault") {
		c.changed("", "extend.useDefault: the rules that are built into keylint take the place of the other tool's")
	}
	if ext.text("url") != "" {
		c.left("", "extend.url: nothing is fetched: import that file, too")
	}
	base := c.base(ext.text("path"), depth)
	for _, id := range ext.texts("disabledRules") {
		n := len(base)
		if base = slices.DeleteFunc(base, func(t table) bool { return t.text("id") == id }); len(base) == n {
			c.left("", "extend.disabledRules: %s is not in this file: find the rule of the same kind with “keylint rules list” and name it under [rules] disable", id)
		}
	}
	for _, t := range own {
		i := slices.IndexFunc(base, func(b table) bool { return b.text("id") == t.text("id") })
		if i < 0 {
			base = append(base, t)
			continue
		}
		base[i] = merged(base[i], t)
	}
	return base
}

// base returns the rules of the file at path.
func (c *conversion) base(path string, depth int) []table {
	if path == "" {
		return nil
	}
	if c.open == nil || depth >= maxExtends {
		c.left("", "extend.path: %s is not read: import it, too", path)
		return nil
	}
	data, err := c.open(path)
	if err != nil {
		c.left("", "extend.path: %s", reasonOf(err))
		return nil
	}
	doc, err := decode(data)
	if err != nil {
		c.left("", "extend.path: %s: %s", path, reasonOf(err))
		return nil
	}
	if len(allowlists(doc))+len(doc.tables("allowlists")) > 0 {
		c.left("", "extend.path: the global allowlists of %s", path)
	}
	return c.extended(doc, depth+1)
}

// merged returns rule a with what b, of the same id, says of it: lists are
// joined, and all else is replaced.
func merged(a, b table) table {
	out := maps.Clone(a)
	for key, v := range b {
		if more, ok := v.([]any); ok {
			v = append(slices.Clone(a.list(key)), more...)
		}
		out[key] = v
	}
	return out
}

// gitleaksRule converts a rule. ids are all rules, global the global allowlists.
func (c *conversion) gitleaksRule(t table, ids map[string]table, global []allowance) {
	d := &draft{id: t.text("id"), pattern: t.text("regex"), group: int(t.number("secretGroup")), words: t.texts("keywords")}
	d.def = rules.Def{
		ID: withPrefix("gitleaks", d.id), Title: or(t.text("title"), d.id), Description: or(t.text("description"), d.id),
		Severity: severityOf(t.text("severity")), Confidence: confidenceOf(t.text("confidence")),
		Category: rules.CategorySecret, Priority: priority, Entropy: t.number("entropy"), References: t.texts("references"),
	}
	if d.pattern == "" {
		switch {
		case t.text("path") != "":
			c.left(d.id, "it judges names of files alone, and keylint contents: see the checks env-tracked and env-in-image")
		default:
			c.left(d.id, "it has no regex: it changes a rule that this file does not hold")
		}
		return
	}
	if path := t.text("path"); path != "" {
		globs, ok := globsOf(path)
		if !ok {
			c.left(d.id, "its path %s cannot be written as globs, and without it the rule would find other things", path)
			return
		}
		d.def.Paths = globs
	}
	if !c.require(d, t, ids) {
		return
	}
	for _, a := range append(allowlists(t), t.tables("allowlists")...) {
		c.allow(d, a)
	}
	for _, a := range global {
		if len(a.rules) == 0 || slices.Contains(a.rules, d.id) {
			d.def.ExcludePaths = append(d.def.ExcludePaths, a.def.ExcludePaths...)
			d.def.StopWords = append(d.def.StopWords, a.def.StopWords...)
		}
	}
	c.unknownKeys(d.id, t, gitleaksKeys)
	c.add(d)
}

// unknownKeys remarks on the keys that are not read.
func (c *conversion) unknownKeys(id string, t table, known []string) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(known, key) {
			c.left(id, "its %s is not converted", key)
		}
	}
}

// require gives d the rules that t requires as companions. It reports whether
// that could be done.
func (c *conversion) require(d *draft, t table, ids map[string]table) bool {
	for _, r := range t.tables("required") {
		id := r.text("id")
		other := ids[id]
		if other == nil || other.text("regex") == "" {
			c.left(d.id, "it requires %s, which has no regex in this file", id)
			return false
		}
		p, err := newPattern(other.text("regex"), int(other.number("secretGroup")), "")
		if err != nil {
			c.left(d.id, "it requires %s: %s", id, reasonOf(err))
			return false
		}
		d.def.With = append(d.def.With, rules.Companion{Regex: p.unnamed(), Within: c.within(d.id, r)})
	}
	return true
}

// within returns the distance of a required rule in bytes.
func (c *conversion) within(id string, r table) int {
	n := maxWithin
	if lines := r.number("withinLines"); r["withinLines"] != nil {
		n = min(n, int(max(lines, 0)+1)*bytesALine)
	}
	if columns := r.number("withinColumns"); r["withinColumns"] != nil {
		n = min(n, int(max(columns, 0))+bytesALine)
	}
	c.changed(id, "%s is required within %d bytes of the keyword, which stands for lines and columns", r.text("id"), n)
	return n
}

// withPrefix returns id as one of keylint, with a prefix that keeps it apart from
// those of the rules that are built in.
func withPrefix(prefix, id string) string { return kebab(prefix + "-" + id) }

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// severityOf reads a severity; high if there is none that is known.
func severityOf(name string) rules.Severity {
	s := rules.High
	if err := s.UnmarshalText([]byte(name)); err != nil {
		return rules.High
	}
	return s
}

// confidenceOf reads a confidence; medium if there is none that is known.
func confidenceOf(name string) rules.Confidence {
	conf := rules.MediumConfidence
	if err := conf.UnmarshalText([]byte(name)); err != nil {
		return rules.MediumConfidence
	}
	return conf
}
