// Package docgen renders the generated documents, docs/rules.md, docs/cli.md and
// docs/analyzers.md, from the rules, the command tree and the analyzers themselves. A test fails when a document
// is stale; go generate ./internal/docgen writes them.
package docgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/rules"
)

//go:generate go test -run TestDocuments -update .

// Rules renders docs/rules.md: a table of all rules and checks, and a section for
// each.
func Rules(list []*rules.Rule, checks []hygiene.Check) string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *rules.Rule) int { return strings.Compare(group(a), group(b)) })
	var b strings.Builder
	b.WriteString("<!-- Generated from rules/builtin and internal/hygiene; DO NOT EDIT. -->\n\n# Rules\n\n")
	fmt.Fprintf(&b, "keylint has %d rules for keys and %d checks of how keys are kept. `keylint rules show ID` prints one.\n\n", len(list), len(checks))
	b.WriteString("| rule | severity | finds |\n|---|---|---|\n")
	for _, r := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Severity, cell(r.Title))
	}
	for _, c := range checks {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", c.ID, c.ID, c.Severity, cell(c.Title))
	}
	last := ""
	for _, r := range list {
		if g := group(r); g != last {
			fmt.Fprintf(&b, "\n## %s\n", g)
			last = g
		}
		rule(&b, r)
	}
	b.WriteString("\n## Hygiene checks\n\n`keylint scan` runs them after the search for keys, but for env-in-history and key-age, which `keylint history` runs; `keylint audit` runs all. [rules] enable, disable and severity, and `--rule`, choose them as they choose rules. Comments that allow findings have no say in them; a baseline has.\n")
	for _, c := range checks {
		fmt.Fprintf(&b, "\n### %s\n\n%s. Severity %s.\n\n%s\n\nWhat to do: %s\n\n%s\n", c.ID, cell(upper(c.Title)), c.Severity, cell(c.Why), cell(c.Help), cell(c.Silent))
	}
	return b.String()
}

// group returns the heading under which a rule stands.
func group(r *rules.Rule) string {
	if r.Provider == "" {
		return "Keys of any provider"
	}
	return r.Provider
}

// cell escapes text for a cell of a table.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(s) }

// rule renders the section of a rule.
func rule(b *strings.Builder, r *rules.Rule) {
	fmt.Fprintf(b, "\n### %s\n\n%s. Severity %s, confidence %s.\n\n%s\n", r.ID, cell(r.Title), r.Severity, r.Confidence, cell(r.Description))
	if r.Help != "" {
		fmt.Fprintf(b, "\nWhat to do: %s\n", cell(r.Help))
	}
	for _, f := range []struct {
		label string
		list  []string
	}{{"Found by", r.Keywords}, {"Only in files that contain", r.Requires}, {"Only in", r.Paths}, {"Not in", r.ExcludePaths}} {
		if len(f.list) > 0 {
			fmt.Fprintf(b, "\n%s: `%s`\n", f.label, strings.Join(f.list, "`, `"))
		}
	}
	if r.Checksum != "" {
		fmt.Fprintf(b, "\nThe checksum of the key is verified (%s).\n", r.Checksum)
	}
	switch v := r.Verify; {
	case v.SameAs != "":
		fmt.Fprintf(b, "\nVerified as keys of [%s](#%s) are.\n", v.SameAs, v.SameAs)
	case v.URL != "":
		fmt.Fprintf(b, "\nVerified by a request to `%s`, when that is asked for.\n", v.URL)
	}
	if len(r.References) > 0 {
		fmt.Fprintf(b, "\nSource of the format: <%s>\n", strings.Join(r.References, ">, <"))
	}
}

// CLI renders docs/cli.md: every command with its flags.
func CLI(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("<!-- Generated from the commands; DO NOT EDIT. -->\n\n# The command line\n\n")
	b.WriteString(root.Long + "\n\n## Exit codes\n\n| code | |\n|---|---|\n| 0 | nothing was found |\n| 1 | there are findings at or above `--fail-on` |\n| 2 | wrong usage or configuration |\n| 3 | something could not be read, or there was nothing to scan; findings win over 3 |\n")
	for _, c := range root.Commands() {
		command(&b, c)
	}
	return b.String()
}

// command renders the section of a command and those below it.
func command(b *strings.Builder, c *cobra.Command) {
	if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
		return
	}
	fmt.Fprintf(b, "\n## keylint %s\n\n", strings.TrimPrefix(c.CommandPath(), "keylint "))
	text := c.Long
	if text == "" {
		text = upper(c.Short) + "."
	}
	fmt.Fprintf(b, "%s\n", text)
	if len(c.Commands()) == 0 {
		fmt.Fprintf(b, "\n    %s\n", c.UseLine())
	}
	if flags := flagsOf(c); flags != "" {
		fmt.Fprintf(b, "\n```text\n%s```\n", flags)
	}
	for _, sub := range c.Commands() {
		command(b, sub)
	}
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// flagsOf returns the flags of c with their defaults, as --help shows them, but
// for --help itself, which cobra adds to commands that ran.
func flagsOf(c *cobra.Command) string {
	var out strings.Builder
	for line := range strings.Lines(c.LocalFlags().FlagUsages()) {
		if !strings.HasPrefix(line, "  -h, --help ") {
			out.WriteString(line)
		}
	}
	return out.String()
}
