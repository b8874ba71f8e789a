package rules

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules/internal/prefilter"
)

// gatewayHost is the host of the AGCloud API as the built-in rules name it.
const gatewayHost = "aiandgpu.com"

// AddHosts returns a change for [Builtin] that lets the rules about the AGCloud
// gateway hold for further hosts, such as a proxy in front of it.
func AddHosts(hosts []string) func(*Def) {
	alternatives := []string{regexp.QuoteMeta(gatewayHost)}
	for _, h := range hosts {
		alternatives = append(alternatives, regexp.QuoteMeta(h))
	}
	pattern := "(?:" + strings.Join(alternatives, "|") + ")"
	return func(d *Def) {
		if d.Provider != "AGCloud" || len(hosts) == 0 {
			return
		}
		d.Regex = strings.ReplaceAll(d.Regex, regexp.QuoteMeta(gatewayHost), pattern)
		d.Keywords = addHosts(d.Keywords, hosts)
		d.Requires = addHosts(d.Requires, hosts)
	}
}

// addHosts returns list with a copy, for each host, of the texts that name the
// gateway.
func addHosts(list, hosts []string) []string {
	out := slices.Clone(list)
	for _, text := range list {
		for _, h := range hosts {
			if strings.Contains(text, gatewayHost) {
				out = append(out, strings.ReplaceAll(text, gatewayHost, h))
			}
		}
	}
	return out
}

// FormatRule returns a rule for keys of a configured shape, given as a regular
// expression of the key alone. The expression must have a bounded width and
// contain a fixed text of at least three bytes, by which keys are found.
func FormatRule(id, pattern string) (*Rule, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	keyword := longestLiteral(re.Simplify())
	if len(keyword) < prefilter.MinLiteral {
		return nil, fmt.Errorf("%s has no fixed text of at least %d bytes by which keys can be found: write it out, as sk- in sk-[A-Za-z0-9]{48}", pattern, prefilter.MinLiteral)
	}
	return NewRule(Def{
		ID: id, Title: "AGCloud API key", Provider: "AGCloud",
		Description: "A text of the shape that [agcloud] key_formats gives for AGCloud keys.",
		Help:        "Revoke it under Dashboard, API Keys; generate a new one, keep it in the environment variable AGCLOUD_API_KEY, and update the applications that use it.",
		Severity:    Critical, Confidence: HighConfidence, Priority: 45,
		Keywords: []string{keyword}, CaseSensitive: re.Flags&syntax.FoldCase == 0, Depth: 2,
		Regex:    "(?:^|[^A-Za-z0-9_-])(?P<secret>" + pattern + ")(?:[^A-Za-z0-9_-]|$)",
		Examples: []string{"(the configured shape)"}, CounterExamples: []string{"(any other text)"},
		Verify: Recipe{SameAs: "agcloud-api-key"},
	})
}

// longestLiteral returns the longest text that every match of re contains, as
// far as that is evident.
func longestLiteral(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return longestLiteral(re.Sub[0])
	case syntax.OpConcat:
		best := ""
		for _, sub := range re.Sub {
			if s := longestLiteral(sub); len(s) > len(best) {
				best = s
			}
		}
		return best
	}
	return ""
}
