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
	b.WriteString(ruleFiles)
	b.WriteString("\n## Hygiene checks\n\n`keylint scan` runs them after the search for keys, but for env-in-history and key-age, which `keylint history` runs; `keylint audit` runs all. [rules] enable, disable and severity, and `--rule`, choose them as they choose rules. Comments that allow findings have no say in them; a baseline has.\n")
	for _, c := range checks {
		fmt.Fprintf(&b, "\n### %s\n\n%s. Severity %s.\n\n%s\n\nWhat to do: %s\n\n%s\n", c.ID, cell(upper(c.Title)), c.Severity, cell(c.Why), cell(c.Help), cell(c.Silent))
	}
	return b.String()
}

// ruleFiles is the section on rules of one's own.
const ruleFiles = `
## Rules of your own

Rule files are TOML, with a table ` + "`[[rule]]`" + ` for each rule; ` + "`[rules] files`" + ` in .keylint.toml
names them, and ` + "`keylint rules test FILE`" + ` checks them. The files in rules/builtin show the form.
` + "`keylint rules bench`" + ` shows what each rule costs on a tree.

A composite rule needs a second thing near its keyword, such as an id beside a secret or the
host that a token is for. Each ` + "`[[rule.with]]`" + ` has a regex, of bounded width, and within, the
distance from the keyword in bytes, at most 2,048. All of them must be there. The group
named secret can stand in one of them; then the nearest match is the key. Either way there
is one finding.

### Rules of other scanners

` + "`keylint rules import FILE --output ours.toml`" + ` converts rules of gitleaks and betterleaks (TOML or
YAML) and of Kingfisher and Nosey Parker (YAML):

| there | here |
|---|---|
| regex or pattern, also with (?x) | regex; the group of the key (secretGroup, TOKEN, the first one) is named secret |
| repetitions without an upper limit | {n,1000} in a key, {n,64} of white space, {n,256} of another character, {n,16} of a group |
| keywords | texts that stand in every match, worked out from the pattern; if there are none, the pattern must stand within 512 bytes of a keyword |
| entropy, min_entropy; references; confidence | the same |
| path; paths of allowlists | paths, exclude_paths, where they can be written as globs |
| stopwords, ignore_if_contains, allowlist regexes that are plain words | stop_words |
| required | with, within 2,048 bytes, or 120 bytes a line of withinLines |
| extend.path | read and merged; of useDefault, keylint's own rules take the place |
| examples | tried on the converted rule; its example is made from the pattern |

Left out, and listed with the reason, are look-around and other syntax that RE2 has not, rules
for names of files alone, validation, filters and counts of characters, allowlists of
commits, of lines and with condition AND. Severity is high where the file says none. The
ids get a prefix, so that they differ from those above.

### What was accepted for other scanners

Marks in comments count for their line, as .gitleaksignore, .secrets.baseline and
` + "`--baseline FILE`" + ` with a JSON report of gitleaks do: gitleaks:allow, trufflehog:ignore, pragma: allowlist
secret, and for the line below pragma: allowlist nextline secret. Names of rules differ, so a
file and line, or a file and key, count for every rule. A fingerprint with a commit counts for
the finding that this commit brought in; a secret that an audit of detect-secrets has called
real is reported. Each scan tells how many findings were accepted so, and
` + "`keylint baseline import FILE`" + ` makes them entries of the baseline. This is on by default, as
somebody has judged these findings and a scanner that reports them all again is switched off;
` + "`[compat] allow = false`" + ` in .keylint.toml reports them.
`

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
	for _, w := range r.With {
		fmt.Fprintf(b, "\nNear that, within %d bytes: ``%s``\n", w.Within, w.Regex)
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
