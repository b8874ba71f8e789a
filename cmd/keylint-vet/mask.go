package main

import (
	"bytes"
	"regexp"

	"github.com/agcloud/keylint/rules"
)

var (
	// sourceLine matches lines of a diff that are not added, and lines that -c
	// shows.
	sourceLine = regexp.MustCompile(`(?m)^(?:[- ]|[0-9]+\t).*$`)
	// literal matches the literals of a line; raw ones may go on in the next.
	literal = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)+'|`[^`]*(?:`|$)")
)

// mask returns text, which shows source, without keys: what the rules find is
// redacted, and literals are left out of lines that may hold keys in pieces.
func mask(text []byte) ([]byte, error) {
	list, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	set, err := rules.NewSet(list)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	end := 0
	for _, m := range set.Matcher().Match(text) {
		out.Write(text[end:m.Span.Start])
		out.WriteString(m.Secret.Redacted())
		end = m.Span.End
	}
	out.Write(text[end:])
	return sourceLine.ReplaceAllFunc(out.Bytes(), func(line []byte) []byte {
		return literal.ReplaceAllFunc(line, func(lit []byte) []byte { return append(append(lit[:1:1], "…"...), lit[0]) })
	}), nil
}
