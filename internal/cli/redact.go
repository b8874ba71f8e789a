package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agcloud/keylint/rules"
)

// redact masks what is or may be a key in a message, which can quote an
// argument, a path or a line of a configuration. Characters that could steer a
// terminal are left out.
func redact(text string) string {
	return maskRuns(maskMatches(strings.Map(visible, text)))
}

// redactPath is redact for a path that every run shows: it compiles rules only
// where a part of the path looks like a key.
func redactPath(path string) string {
	for _, run := range strings.FieldsFunc(path, func(r rune) bool { return !inKey(r) }) {
		if len(run) >= 16 && rules.PlausibleKey([]byte(run)) {
			return redact(path)
		}
	}
	return path
}

// maskMatches masks what the built-in rules find.
func maskMatches(text string) string {
	list, err := rules.Builtin()
	if err != nil {
		return text
	}
	set, err := rules.NewSet(list)
	if err != nil {
		return text
	}
	var b strings.Builder
	done := 0
	for _, m := range set.Matcher().Match([]byte(text)) {
		if m.Span.Start < done {
			continue
		}
		b.WriteString(text[done:m.Span.Start] + m.Secret.Redacted())
		done = m.Span.End
	}
	return b.String() + text[done:]
}

// leastRun is the length from which on a run of letters and digits can be a
// key of a format that no rule knows, in bytes.
const leastRun = 24

// maskRuns masks runs of letters and digits that look like a key.
func maskRuns(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, func(r rune) bool { return !inKey(r) })
		if n < 0 {
			n = len(text)
		}
		if run := text[:n]; n >= leastRun && rules.PlausibleKey([]byte(run)) {
			b.WriteString(rules.NewSecret([]byte(run)).Redacted())
		} else {
			b.WriteString(run)
		}
		_, size := utf8.DecodeRuneInString(text[n:])
		b.WriteString(text[n : n+size])
		text = text[n+size:]
	}
	return b.String()
}

// inKey reports whether r stands in keys.
func inKey(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '_' || r == '-'
}

// visible maps control characters to a question mark.
func visible(r rune) rune {
	if unicode.IsControl(r) && r != '\n' {
		return '?'
	}
	return r
}
