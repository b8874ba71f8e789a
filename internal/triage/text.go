package triage

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/agcloud/keylint/internal/report"
)

// maxField bounds what is shown of one text of a report, in bytes.
const maxField = 1024

// maxMarks is how many combining characters in a row are shown as such. More
// would pile up over other lines.
const maxMarks = 2

// clip returns at most maxField bytes of s, whole characters, with an ellipsis for
// what it left out.
func clip(s string) string {
	if len(s) <= maxField {
		return s
	}
	n := maxField
	for n > maxField-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// field returns a text of a report as it is shown: of bounded length, on one line
// and tame.
func field(s string) string { return tame(report.Escape(clip(s))) }

// tame writes out what report.Escape leaves and terminals disagree about how wide
// it is: characters of format, such as joiners, soft hyphens and tags; selectors of
// variants; and piled up combining characters.
func tame(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	marks := 0
	for _, r := range s {
		if r >= ' ' && r < 0x7f {
			b.WriteRune(r)
			marks = 0
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		if marks > maxMarks || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Zl, unicode.Zp) || unicode.IsControl(r) {
			b.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// oneLine returns a reason as it is kept: printable, on one line, single spaces.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, " "), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// columns returns how many columns s takes at most: terminals that know grapheme
// clusters and those that do not differ.
func columns(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return max(ansi.StringWidth(s), ansi.StringWidthWc(s))
}

// fit returns as much of s as has room in n columns, with an ellipsis for the rest.
func fit(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	s = ansi.Truncate(s, n, "…")
	for columns(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// fitEnd returns as much of the end of s as has room in n columns.
func fitEnd(s string, n int) string {
	for at := len(s); at > 0; {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		if n -= columns(s[at-size : at]); n < 0 {
			return s[at:]
		}
		at -= size
	}
	return s
}

// wrap breaks a line into lines of at most n columns, anywhere.
func wrap(s string, n int) []string {
	if columns(s) <= n || n <= 0 {
		return []string{s}
	}
	return strings.Split(ansi.Hardwrap(s, n, true), "\n")
}

// ANSI escape sequences (ECMA-48, SGR).
const (
	plain    = ""
	bold     = "1"
	dim      = "2"
	green    = "32"
	yellow   = "33"
	cyan     = "36"
	boldRed  = "1;31"
	inverted = "7"
)

// A span is text in one style. Its text is tame.
type span struct{ style, text string }

// line draws spans in at most m.width columns.
func (m *Model) line(spans ...span) string {
	var b strings.Builder
	room := m.width
	for _, s := range spans {
		text := fit(s.text, room)
		if text == "" {
			continue
		}
		room -= columns(text)
		if m.opts.Color && s.style != plain {
			text = "\x1b[" + s.style + "m" + text + "\x1b[m"
		}
		b.WriteString(text)
	}
	return b.String()
}
