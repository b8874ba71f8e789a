package scanner

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// The rules that report allow directives themselves.
const (
	AllowInvalidRule = "allow-invalid" // a directive without a rule or a reason
	AllowUnusedRule  = "allow-unused"  // a directive that allows nothing
)

// A directive is a comment that accepts a finding on its line or the next:
//
//	keylint:allow RULE[,RULE...] -- REASON
//
// "all" in place of a rule stands for every rule. The marks of other tools, which
// have neither rule nor reason, are honoured on their own line, or on the next one
// if they say so.
type directive struct {
	line    int
	column  int
	rules   []string
	reason  string
	foreign bool // the mark of another tool; line is that of the finding
	used    bool
}

// directive reads the allow directive whose mark is at s.
func (x *lineIndex) directive(s rules.Span) directive {
	var d directive
	d.line, d.column = x.point(s.Start)
	mark := string(x.text.text[s.Start:s.End])
	if d.foreign = isForeign(mark); d.foreign {
		if rules.AllowsNextLine(mark) {
			d.line++
		}
		return d
	}
	_, end := x.line(x.number(s.Start))
	rest := x.text.text[s.End:max(s.End, end)]
	d.rules, d.reason = rules.ParseAllow(string(rest))
	return d
}

// isForeign reports whether mark is that of another tool.
func isForeign(mark string) bool { return mark != rules.AllowMarks()[0] }

// directives appends to dst the directives whose marks are at spans of text.
func (w *blobScanner) directives(dst []directive, text []byte, spans []rules.Span, lines *lineIndex) []directive {
	for _, s := range spans {
		if isDirective(text, s.End) && !(w.opts.OwnMarks && isForeign(string(text[s.Start:s.End]))) {
			dst = append(dst, lines.directive(s))
		}
	}
	return dst
}

// isDirective reports whether the mark that ends at i in text begins a
// directive, and not a mention of directives in code or documentation, where a
// quote or a placeholder such as RULE or <rule> follows.
func isDirective(text []byte, i int) bool {
	if i == len(text) {
		return true
	}
	if c := text[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
		return false
	}
	rest := bytes.TrimLeft(text[i:min(len(text), i+8)], " \t")
	return len(rest) == 0 || rest[0] != '<' && (rest[0] < 'A' || rest[0] > 'Z')
}

// valid reports whether d names a rule and a reason.
func (d *directive) valid() bool { return d.foreign || len(d.rules) > 0 && d.reason != "" }

// allows reports whether d accepts findings of rule.
func (d *directive) allows(rule string) bool {
	return d.valid() && (d.foreign || slices.Contains(d.rules, rule) || slices.Contains(d.rules, "all"))
}

// allowances are the directives of a file.
type allowances struct {
	list []directive
	path string
}

// allow reports whether a directive accepts a finding of rule at loc, and
// marks the directive as used. One on the same line comes before one on the
// line above.
func (a *allowances) allow(rule string, loc Location) bool {
	for _, above := range []int{0, 1} {
		for i := range a.list {
			d := &a.list[i]
			if d.line == loc.Line-above && d.allows(rule) && !(d.foreign && above > 0) {
				d.used = true
				return true
			}
		}
	}
	return false
}

// report adds to res what is wrong with the directives themselves. One that names
// an analyzer is keylint-vet's to judge.
func (a *allowances) report(res *result, source string) {
	a.reportForeign(res)
	for _, d := range a.list {
		switch {
		case d.foreign:
			// It may be for what only the other tool finds.
		case !d.valid():
			res.findings = append(res.findings, directiveFinding(d, a.path, source, AllowInvalidRule, "allow directive without rule or reason", "Write keylint:allow RULE -- REASON; until then it accepts nothing."))
		case !d.used && !slices.ContainsFunc(d.rules, func(n string) bool { return slices.Contains(rules.Analyzers(), n) }):
			res.notices = append(res.notices, Notice{Path: a.path, Line: d.line, Reason: fmt.Sprintf("the directive allows %s, and nothing here is reported by that: remove it", strings.Join(d.rules, ", "))})
		}
	}
}

// reportForeign adds to res how often marks of other tools accepted findings.
func (a *allowances) reportForeign(res *result) {
	n, first := 0, 0
	for _, d := range a.list {
		if d.foreign && d.used {
			if n++; n == 1 {
				first = d.line
			}
		}
	}
	if n > 0 {
		res.notices = append(res.notices, Notice{Path: a.path, Line: first, Reason: fmt.Sprintf("marks of other scanners accepted findings on %d line(s) of this file, this one first: write keylint:allow RULE -- REASON, so that others know why", n)})
	}
}

func directiveFinding(d directive, path, source, rule, message, help string) *Finding {
	return &Finding{
		ID:   Fingerprint(rule, path, rules.Secret{}),
		Rule: rule, Category: rules.CategoryHygiene, Severity: rules.Medium, Confidence: rules.HighConfidence,
		Message: message, Help: help, Source: source, Path: path,
		Location: Location{Line: d.line, Column: d.column, EndLine: d.line, EndColumn: d.column + len("keylint:allow")},
	}
}
