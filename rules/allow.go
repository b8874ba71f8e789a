package rules

import "strings"

// AllowMarks returns the texts that begin an allow directive: keylint's own first,
// then those of gitleaks, TruffleHog and detect-secrets, which are honoured too.
// [Matcher.Allows] finds them.
func AllowMarks() []string {
	return []string{"keylint:allow", "gitleaks:allow", "trufflehog:ignore", "pragma: allowlist secret", nextLineMark}
}

// nextLineMark is the mark of detect-secrets for the line below it.
const nextLineMark = "pragma: allowlist nextline secret"

// AllowsNextLine reports whether mark, that of another tool, is for the line below
// it instead of its own.
func AllowsNextLine(mark string) bool { return mark == nextLineMark }

// ParseAllow reads what follows the mark of an allow directive on its line:
//
//	NAME[,NAME...] -- REASON
//
// A name is the ID of a rule or the name of an analyzer; "all" stands for every
// one. What has no form of a name is left out, and so is the end of a comment
// behind the reason. A directive without names or without a reason allows nothing.
func ParseAllow(rest string) (names []string, reason string) {
	list, reason, _ := strings.Cut(rest, "--")
	if strings.TrimLeft(list, " \t") == list {
		list = "" // the mark goes on
	}
	for _, n := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if isName(n) {
			names = append(names, n)
		}
	}
	return names, strings.TrimSpace(strings.TrimRight(strings.TrimSpace(reason), "*/->"))
}

// Analyzers returns the names of the analyzers of Go code, which directives can
// name as they name rules.
func Analyzers() []string {
	return []string{
		"bearerprefix", "embedkey", "hardcodedkey", "insecuretls", "keyfallback", "keylog",
		"keymarshal", "keyurl", "nobackoff", "plainhttp", "setenvkey",
	}
}

// isName reports whether s has the form of a rule's ID.
func isName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && strings.Trim(s, "-") != ""
}
