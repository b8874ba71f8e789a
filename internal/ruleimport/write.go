package ruleimport

import (
	"fmt"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// result writes what was converted.
func (c *conversion) result() *Result {
	var b strings.Builder
	b.WriteString("# Converted by “keylint rules import”. Texts, severities and limits are guesses:\n# look at them before you rely on them.\n")
	for _, m := range c.remarks {
		if m.Left {
			comment(&b, "left out: "+m.label()+m.Text)
		}
	}
	for _, x := range c.done {
		write(&b, &x)
	}
	return &Result{TOML: []byte(b.String()), Rules: len(c.done), Remarks: c.remarks}
}

// label returns the name of what the remark is on, with a colon.
func (m Remark) label() string {
	if m.Rule == "" {
		return ""
	}
	return "rule " + printable(m.Rule) + ": "
}

// String returns the remark in one line.
func (m Remark) String() string {
	kind := "changed: "
	if m.Left {
		kind = "left out: "
	}
	return kind + m.label() + printable(m.Text)
}

// comment writes a comment of one line.
func comment(b *strings.Builder, text string) { b.WriteString("# " + printable(text) + "\n") }

// printable returns text in one line without control characters.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// write writes a rule.
func write(b *strings.Builder, x *converted) {
	d := &x.def
	b.WriteString("\n")
	for _, text := range x.comments {
		comment(b, text)
	}
	b.WriteString("[[rule]]\n")
	for _, f := range []struct{ key, value string }{
		{"id", d.ID}, {"title", d.Title}, {"description", d.Description},
		{"severity", d.Severity.String()}, {"confidence", d.Confidence.String()},
	} {
		fmt.Fprintf(b, "%s = %s\n", f.key, quote(f.value))
	}
	fmt.Fprintf(b, "priority = %d\n", d.Priority)
	list(b, "keywords", d.Keywords)
	fmt.Fprintf(b, "regex = %s\n", literal(d.Regex))
	if d.Entropy > 0 {
		fmt.Fprintf(b, "entropy = %.4f\n", d.Entropy)
	}
	list(b, "stop_words", d.StopWords)
	list(b, "paths", d.Paths)
	list(b, "exclude_paths", d.ExcludePaths)
	list(b, "references", d.References)
	list(b, "examples", d.Examples)
	list(b, "counter_examples", d.CounterExamples)
	for _, w := range d.With {
		companion(b, w)
	}
}

func companion(b *strings.Builder, w rules.Companion) {
	fmt.Fprintf(b, "\n[[rule.with]]\nregex = %s\nwithin = %d\n", literal(w.Regex), w.Within)
}

// list writes a list of strings, if it is not empty.
func list(b *strings.Builder, key string, values []string) {
	if len(values) == 0 {
		return
	}
	var quoted []string
	for _, v := range values {
		quoted = append(quoted, quote(v))
	}
	fmt.Fprintf(b, "%s = [%s]\n", key, strings.Join(quoted, ", "))
}

// literal returns s as a literal string of TOML, if it can be one.
func literal(s string) string {
	if strings.Contains(s, "'''") || strings.HasSuffix(s, "'") || s != printable(s) {
		return quote(s)
	}
	return "'''" + s + "'''"
}

// quote returns s as a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "?") {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r == '\n':
			b.WriteString("\\n")
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + "\""
}
