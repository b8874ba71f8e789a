package hygiene

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// An envKey is a key in a .env file.
type envKey struct {
	name   string
	secret rules.Secret
	loc    scanner.Location
}

// isKey reports whether a finding of a scan is one of a key.
func isKey(f *scanner.Finding) bool {
	return f.Secret != nil && f.Category == rules.CategorySecret
}

// isMinor reports whether a key does little harm, as those of test modes do.
func isMinor(f *scanner.Finding) bool { return f.Severity < rules.Medium }

// keysOfEnv returns the keys in a .env file or template: those that rules found
// in it, and the values of variables whose names are those of keys and that look
// like one, unless rules say that they are minor. Where things are tried out,
// only rules have a say.
func keysOfEnv(name string, stored []byte, found, minor []*scanner.Finding) []envKey {
	text := decodeEnv(stored)
	entries, _ := dotenv.Parse(text.data)
	var keys []envKey
	for _, e := range entries {
		if e.Value == "" || e.Interpolated {
			continue
		}
		within := func(k *scanner.Finding) bool { return strings.Contains(e.Value, k.Secret.Secret.Reveal()) }
		if slices.ContainsFunc(minor, within) {
			continue
		}
		if slices.ContainsFunc(found, within) || !isFixture(name) && dotenv.IsKeyName(e.Key) && !isPublicName(e.Key) && rules.PlausibleKey([]byte(e.Value)) {
			keys = append(keys, envKey{e.Key, rules.NewSecret([]byte(e.Value)), text.location(e.ValueStart, e.ValueEnd)})
		}
	}
	for _, k := range found {
		if !slices.ContainsFunc(keys, func(e envKey) bool { return strings.Contains(e.secret.Reveal(), k.Secret.Secret.Reveal()) }) {
			keys = append(keys, envKey{k.Name, k.Secret.Secret, k.Location})
		}
	}
	slices.SortStableFunc(keys, func(a, b envKey) int {
		return cmp.Or(cmp.Compare(a.loc.Line, b.loc.Line), cmp.Compare(a.loc.Column, b.loc.Column))
	})
	return keys
}

// keysIn returns the keys in a .env file that was not scanned.
func keysIn(m *rules.Matcher, name string, stored []byte) []envKey {
	var found, minor []*scanner.Finding
	text := decodeEnv(stored)
	for _, match := range m.Match(text.data) {
		if !match.Rule.AppliesTo(name) || match.Known != nil && match.Known.Origin == name {
			continue
		}
		k := scanner.NewFinding(match, name, SourceName)
		k.Location = text.location(match.Span.Start, match.Span.End)
		switch {
		case !isKey(k):
		case isMinor(k):
			minor = append(minor, k)
		default:
			found = append(found, k)
		}
	}
	return keysOfEnv(name, stored, found, minor)
}

// An envText is the text of a .env file. Editors of Windows save some as UTF-16.
type envText struct {
	data  []byte // as UTF-8, or as stored
	width int    // bytes that a code unit takes as stored; 0 when data is stored
}

func decodeEnv(stored []byte) envText {
	text, encoding, ok := scanner.Text(stored)
	switch {
	case !ok || encoding == "":
		return envText{data: stored}
	case strings.HasPrefix(string(encoding), "utf-32"):
		return envText{text, 4}
	}
	return envText{text, 2}
}

// location returns the place of data[start:end] in the file as stored.
func (t envText) location(start, end int) scanner.Location {
	l := locationOf(t.data, start, end)
	if t.width > 0 {
		l.Column = 1 + t.size(t.data[start-l.Column+1:start])
		l.EndColumn = 1 + t.size(t.data[end-l.EndColumn+1:end])
	}
	return l
}

// size returns how many bytes a text takes as stored.
func (t envText) size(text []byte) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		n += t.width
		if t.width == 2 && r > 0xffff {
			n += 2 // a pair of surrogates
		}
		text = text[size:]
	}
	return n
}
