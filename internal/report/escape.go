package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// hostile reports whether a terminal, a log viewer or an XML parser may do
// anything but show r: C0 and C1 controls, DEL, line separators, noncharacters
// and all characters that change the direction of text (the property
// Bidi_Control of Unicode, see UAX #9 and CVE-2021-42574).
func hostile(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	case r&0xfffe == 0xfffe:
		return true
	}
	return false
}

// escape returns s with hostile characters and invalid UTF-8 written out: \n,
// \x1b, \u202e, and \xff for a byte that is no character. The result is one
// line of valid UTF-8.
func escape(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !hostile(r):
			b.WriteString(s[i : i+n])
		default:
			b.WriteString(escapeRune(r))
		}
		i += n
	}
	return b.String()
}

// paragraphs returns s with its line breaks kept and each line escaped.
func paragraphs(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := range lines {
		lines[i] = escape(strings.TrimRight(lines[i], " \t\r"))
	}
	return strings.Join(lines, "\n")
}

// clean reports whether escape has nothing to do.
func clean(s string) bool {
	for _, r := range s {
		if hostile(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// escapeRune writes out a hostile character as Go does.
func escapeRune(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// escapeJSON appends JSON to dst with hostile characters of the basic plane and
// U+FFFD as \u escapes. Hostile characters stand in strings only, so the value
// is the same. U+FFFD is among them because encoding/json writes it as an
// escape for an invalid byte and as a character otherwise, and a report must
// not change when it is read and written again.
func escapeJSON(dst *bytes.Buffer, b []byte) {
	start := 0
	for i := 0; i < len(b); {
		if c := b[i]; c < utf8.RuneSelf && c != 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r < 0x10000 && (hostile(r) || r == utf8.RuneError) {
			dst.Write(b[start:i])
			fmt.Fprintf(dst, `\u%04x`, r)
			start = i + n
		}
		i += n
	}
	dst.Write(b[start:])
}

// uri returns a path as a relative reference of RFC 3986: what is not allowed
// in a path segment is percent-encoded byte by byte, and so is the colon, which
// could make the first segment a scheme.
func uri(path string) string {
	const allowed = "-._~/!$&'()*+,;=@"
	var b strings.Builder
	if strings.HasPrefix(path, "//") {
		b.WriteString("/.") // or the first segment would be a host
	}
	for i := range len(path) {
		c := path[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(allowed, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// markdown returns s, on one line, with the characters escaped that mean
// something in Markdown.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range escape(s) {
		if strings.ContainsRune("\\`*_[]<>#|~!@&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut returns at most n characters of s, with an ellipsis for what it left out.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
