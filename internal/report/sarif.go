package report

import (
	"io"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A sarifWriter writes SARIF 2.1.0
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), within
// what GitHub reads and takes
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
//
// Of more than maxResults findings it keeps the worst, and says in a
// notification how many it left out. It keeps them till the end, because the
// rules that they refer to, and the cut, depend on all of them.
//
// SARIF counts columns in characters and keylint in bytes; see columnsOf.
// Nothing in it names a person, and nothing shows source text.
type sarifWriter struct {
	out
	opts     Options
	tool     scanner.Tool
	findings worst
	problems sample[scanner.Problem]
	notices  sample[scanner.Notice]
}

// project is where the tool is at home.
const project = "https://github.com/agcloud/keylint"

// sourceRoot is the conventional name of the directory that all paths are
// relative to. Where it lies is left to the reader: reports of two machines
// can be compared, and name no user.
const sourceRoot = "%SRCROOT%"

func newSARIF(w io.Writer, o Options) Writer {
	s := &sarifWriter{out: out{w: w}, opts: o, findings: worst{max: maxResults}}
	s.problems.max, s.notices.max = maxNotes, maxNotes
	return s
}

func (w *sarifWriter) Begin(tool scanner.Tool, _ scanner.Target) error {
	w.tool = tool
	return w.flush()
}

func (w *sarifWriter) Finding(f *scanner.Finding) error {
	w.findings.add(f)
	return w.flush()
}

func (w *sarifWriter) Problem(p scanner.Problem) error {
	w.problems.add(p)
	return w.flush()
}

func (w *sarifWriter) Notice(n scanner.Notice) error {
	w.notices.add(n)
	return w.flush()
}

func (w *sarifWriter) End(s scanner.Summary) error {
	findings := w.findings.list()
	used, index := w.rules(findings)
	w.print(`{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0","runs":[{`, "\n")
	w.print(`"tool":`)
	w.value(sarifTool{Driver: sarifDriver{
		Name: "keylint", Version: w.tool.Version, InformationURI: project, Rules: used,
	}})
	w.print(",\n\"originalUriBaseIds\":")
	w.value(map[string]sarifArtifact{sourceRoot: {Description: &sarifText{Text: "The root of the scanned tree."}}})
	w.print(",\n\"columnKind\":\"utf16CodeUnits\",\n\"invocations\":")
	w.value([]sarifInvocation{{ExecutionSuccessful: s.Complete, Notifications: w.notifications()}})
	w.print(",\n")
	w.open("results")
	lines := ordinal{}
	for _, f := range findings {
		w.element(w.result(f, index[f.Rule], lines))
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.close()
	w.print("}]}\n")
	return w.flush()
}

// rules returns the rules of the findings, by id, and the index of each.
func (w *sarifWriter) rules(findings []*scanner.Finding) ([]sarifRule, map[string]int) {
	first := map[string]*scanner.Finding{}
	var ids []string
	for _, f := range findings {
		if first[f.Rule] == nil {
			first[f.Rule] = f
			ids = append(ids, f.Rule)
		}
	}
	slices.Sort(ids)
	used, index := []sarifRule{}, map[string]int{}
	for i, id := range ids {
		index[id] = i
		used = append(used, sarifRuleOf(w.opts.rule(first[id]), first[id].Category))
	}
	return used, index
}

// sarifRuleOf describes a rule. GitHub takes descriptions of 1,024 characters.
func sarifRuleOf(d RuleDoc, category string) sarifRule {
	help := d.Help
	if help == "" {
		help = d.Description
	}
	md := help
	if len(d.References) > 0 {
		md += "\n\nReferences:\n\n- " + strings.Join(d.References, "\n- ")
	}
	return sarifRule{
		ID:                   d.ID,
		ShortDescription:     sarifText{Text: cut(d.Title, 1024)},
		FullDescription:      sarifText{Text: cut(d.Description, 1024)},
		Help:                 sarifText{Text: help, Markdown: md},
		HelpURI:              d.reference(),
		DefaultConfiguration: sarifConfiguration{Level: sarifLevel(d.Severity)},
		Properties: map[string]any{
			"security-severity": securitySeverity(d.Severity),
			"tags":              slices.Compact([]string{"security", category}),
		},
	}
}

// sarifLevel maps a severity to a level of SARIF, section 3.27.10.
func sarifLevel(s rules.Severity) string {
	switch {
	case s >= rules.High:
		return "error"
	case s == rules.Medium:
		return "warning"
	}
	return "note"
}

// securitySeverity maps a severity to the middle of GitHub's range for it:
// above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low. There is
// none for info, and 0.0 would make the rule no security rule.
func securitySeverity(s rules.Severity) string {
	switch s {
	case rules.Critical:
		return "9.5"
	case rules.High:
		return "8.0"
	case rules.Medium:
		return "5.5"
	case rules.Low:
		return "2.0"
	}
	return "0.1"
}
