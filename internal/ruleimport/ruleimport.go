// Package ruleimport converts rule files of other secret scanners to those of
// keylint.
//
// It reads two families of files, in TOML or YAML, told apart by their keys:
//
//   - gitleaks and betterleaks: rules with id, regex, secretGroup, keywords,
//     entropy, path, allowlists, required and skipReport, global allowlists, and
//     extend (https://github.com/gitleaks/gitleaks#configuration);
//   - Kingfisher and Nosey Parker: rules with id, name, pattern, min_entropy,
//     confidence, visible, examples and negative_examples
//     (https://mongodb.github.io/kingfisher/rules/overview,
//     https://github.com/praetorian-inc/noseyparker).
//
// Patterns are taken apart with regexp/syntax and put together again: the group
// of the key gets its name, repetitions without an upper limit get one, and the
// keywords are worked out anew, as keylint wants one of them in every match. Each
// rule that comes out was compiled and found an example made from its pattern.
// What does not survive is reported rule by rule.
package ruleimport

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// A Remark says what became of a part of a file that was not taken as it is.
type Remark struct {
	Rule string // the id in the foreign file; "" for the file as a whole
	Text string
	// Left says that the part was left out; otherwise it was changed.
	Left bool
}

// A Result is a converted file.
type Result struct {
	TOML    []byte // a rule file, with the remarks in comments
	Rules   int    // number of rules in it
	Remarks []Remark
}

// Complete reports whether nothing was left out.
func (r *Result) Complete() bool {
	return !slices.ContainsFunc(r.Remarks, func(m Remark) bool { return m.Left })
}

// Convert converts data, the content of the file called name. open reads a file
// that it extends, by the path that it gives; nil refuses that. The error says
// that data is no rule file at all.
func Convert(name string, data []byte, open func(path string) ([]byte, error)) (*Result, error) {
	doc, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := &conversion{open: open}
	list := doc.tables("rules")
	patterns := slices.ContainsFunc(list, func(t table) bool { return t["pattern"] != nil })
	switch {
	case patterns:
		c.patternRules(list)
	case len(list) > 0 || doc["extend"] != nil || doc["allowlist"] != nil || doc["allowlists"] != nil:
		c.gitleaks(doc, 0)
	default:
		return nil, fmt.Errorf("%s: no rules: a list named rules is expected, as gitleaks, betterleaks, Kingfisher and Nosey Parker have it", name)
	}
	if doc["rules"] != nil && len(list) == 0 {
		return nil, fmt.Errorf("%s: rules is no list of tables", name)
	}
	return c.result(), nil
}

// A conversion gathers what comes of a file.
type conversion struct {
	open    func(string) ([]byte, error)
	done    []converted
	remarks []Remark
}

// A converted rule is one that was compiled.
type converted struct {
	def      rules.Def
	comments []string
}

func (c *conversion) left(rule, format string, args ...any) {
	c.remarks = append(c.remarks, Remark{rule, fmt.Sprintf(format, args...), true})
}

func (c *conversion) changed(rule, format string, args ...any) {
	c.remarks = append(c.remarks, Remark{Rule: rule, Text: fmt.Sprintf(format, args...)})
}

// A draft is a foreign rule on its way.
type draft struct {
	id        string // in the foreign file
	def       rules.Def
	pattern   string
	group     int    // of the key; 0 for the first group, or else the whole match
	groupName string // of the key; goes before group
	words     []string
	positive  []string // texts that the foreign file says are found
	negative  []string // texts that it says are not
}

// add completes a draft and takes it in, if that is possible.
func (c *conversion) add(d *draft) {
	p, err := newPattern(d.pattern, d.group, d.groupName)
	if err != nil {
		c.left(d.id, "%s", reasonOf(err))
		return
	}
	if err := d.setPattern(p); err != nil {
		c.left(d.id, "%s", reasonOf(err))
		return
	}
	if slices.ContainsFunc(c.done, func(x converted) bool { return x.def.ID == d.def.ID }) {
		c.left(d.id, "another rule has this id")
		return
	}
	d.def.CounterExamples = []string{escapeTemplate(d.def.Keywords[0])}
	if err := d.findExample(p); err != nil {
		c.left(d.id, "%s", reasonOf(err))
		return
	}
	for _, note := range p.notes {
		c.changed(d.id, "%s", note)
	}
	c.tryTexts(d)
	c.done = append(c.done, converted{def: d.def, comments: c.about(d.id)})
}

// about returns the remarks on a rule.
func (c *conversion) about(id string) []string {
	var list []string
	for _, m := range c.remarks {
		if m.Rule == id {
			list = append(list, m.Text)
		}
	}
	return list
}

// setPattern gives the rule its pattern and keywords. A pattern without a
// literal text becomes a companion of the foreign keywords.
func (d *draft) setPattern(p *pattern) error {
	d.def.Regex = p.text()
	if d.def.Keywords = p.keywords(); len(d.def.Keywords) > 0 {
		return nil
	}
	for _, w := range d.words {
		if len(w) >= minKeyword {
			d.def.Keywords = append(d.def.Keywords, w)
		}
	}
	if len(d.def.Keywords) == 0 {
		return errors.New("no text of at least 3 bytes stands in every match, and there is no keyword: keylint looks only where a keyword is")
	}
	if len(d.def.With) > 0 {
		return errors.New("no text of at least 3 bytes stands in every match of a rule that requires others")
	}
	d.def.Regex = anyOf(d.def.Keywords)
	d.def.With = []rules.Companion{{Regex: p.text(), Within: defaultWithin}}
	p.notes = append(p.notes, fmt.Sprintf("no text stands in every match: it is looked for within %d bytes of a keyword, not anywhere in a file that has one", defaultWithin))
	return nil
}

// tryTexts remarks on the texts of the foreign file that the rule judges
// otherwise. They are named by number, as they can hold keys.
func (c *conversion) tryTexts(d *draft) {
	r, err := rules.NewRule(d.def)
	if err != nil {
		return // findExample has compiled it
	}
	set, err := rules.NewSet([]*rules.Rule{r})
	if err != nil {
		return
	}
	m := set.Matcher()
	for i, text := range d.positive {
		if len(m.Match([]byte(text))) == 0 {
			c.changed(d.id, "its example %d is not found: keylint may take the text for a placeholder, or a limit is in the way", i+1)
		}
	}
	for i, text := range d.negative {
		if len(m.Match([]byte(text))) > 0 {
			c.changed(d.id, "its negative example %d is found", i+1)
		}
	}
}

// reasonOf returns err in one line.
func reasonOf(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// kebab returns s as an id of keylint.
func kebab(s string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r | 0x20
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return '-'
	}, s)
	return strings.Join(strings.FieldsFunc(clean, func(r rune) bool { return r == '-' }), "-")
}
