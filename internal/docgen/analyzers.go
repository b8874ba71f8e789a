package docgen

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// vetText is what docs/analyzers.md tells of all analyzers together.
const vetText = `keylint-vet has %d analyzers. Each says what it found with the redacted key, the rule
and the fingerprint, which is that of ` + "`keylint scan`" + ` in the directory of the module.

A comment accepts a finding on its line or the next, by the name of the analyzer or
of the rule, and with a reason:

    key := load("fixture") //keylint:allow ANALYZER -- REASON

Files that are generated are reported and not fixed. In a package with type errors
the analyzers report what they can, but do not follow keys.

With go vet, mind:

- ` + "`-fix`" + ` says nothing of findings without a fix and ends with 0. In CI run twice: once
  with ` + "`-fix`" + `, once without.
- ` + "`-json`" + ` ends with 0 whatever is found.
- Results are cached by the tool and its flags. So there is no configuration file;
  everything is configured by flags.
`

// Analyzers renders docs/analyzers.md: a table of all analyzers, and the manual
// page of each.
func Analyzers(list []*analysis.Analyzer) string {
	var b strings.Builder
	b.WriteString("<!-- Generated from the analyzers; DO NOT EDIT. -->\n\n# Analyzers\n\n")
	fmt.Fprintf(&b, vetText, len(list))
	b.WriteString("\n| analyzer | |\n|---|---|\n")
	for _, a := range list {
		summary, _ := page(a)
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", a.Name, a.Name, cell(summary))
	}
	for _, a := range list {
		_, text := page(a)
		fmt.Fprintf(&b, "\n## %s\n\n%s\n%s", a.Name, text, analyzerFlags(a))
	}
	return b.String()
}

// page returns the summary of a manual page, without the name, and its text in
// Markdown.
func page(a *analysis.Analyzer) (summary, text string) {
	head, text, _ := strings.Cut(a.Doc, "\n\n")
	var b strings.Builder
	for line := range strings.Lines(text) {
		if code, isCode := strings.CutPrefix(line, "\t"); isCode {
			line = "    " + code
		}
		b.WriteString(line)
	}
	return strings.TrimPrefix(head, a.Name+": "), b.String()
}

// analyzerFlags returns a table of the flags of an analyzer.
func analyzerFlags(a *analysis.Analyzer) string {
	var rows []string
	a.Flags.VisitAll(func(f *flag.Flag) {
		name, usage := flag.UnquoteUsage(f)
		rows = append(rows, strings.TrimSpace(fmt.Sprintf("| `-%s.%s %s", a.Name, f.Name, name))+"` | "+cell(usage)+" |")
	})
	if len(rows) == 0 {
		return ""
	}
	slices.Sort(rows)
	return "\n| flag | |\n|---|---|\n" + strings.Join(rows, "\n") + "\n"
}
