package report

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/agcloud/keylint/scanner"
)

// frame writes lines of source under their numbers, with carets below what was
// found.
func (t *textWriter) frame(lines []scanner.FrameLine) {
	digits := 0
	for _, l := range lines {
		digits = max(digits, len(strconv.Itoa(l.Number)))
	}
	for _, l := range lines {
		start := min(max(l.Start, 0), len(l.Text))
		end := min(max(l.End, start), len(l.Text))
		before, marked, after := display(l.Text[:start]), display(l.Text[start:end]), display(l.Text[end:])
		gutter := t.paint(dim, indent+pad(strconv.Itoa(l.Number), digits)+" |")
		t.print(strings.TrimRight(gutter+" "+before+marked+after, " "), "\n")
		if l.End > l.Start {
			carets := strings.Repeat("^", max(1, columns(marked)))
			gutter = t.paint(dim, indent+pad("", digits)+" |")
			t.print(gutter, " ", strings.Repeat(" ", columns(before)), t.paint(red, carets), "\n")
		}
	}
}

// display returns source text as it is shown: tabs as four spaces, hostile
// characters escaped.
func display(s string) string { return escape(strings.ReplaceAll(s, "\t", indent)) }

// pad returns s right-aligned in n columns.
func pad(s string, n int) string { return strings.Repeat(" ", max(0, n-len(s))) + s }

// wide lists the ranges of characters that take two columns in a terminal
// (East_Asian_Width W and F of Unicode, UAX #11, in coarse blocks).
func wide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r <= 0x115f, r >= 0x2e80 && r <= 0x303e, r >= 0x3041 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3:
		return true
	case r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6:
		return true
	case r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f680 && r <= 0x1f6ff, r >= 0x1f900 && r <= 0x1f9ff, r >= 0x20000 && r <= 0x3fffd:
		return true
	}
	return false
}

// columns returns the number of terminal columns that a line takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wrap breaks text into lines of at most width columns, words unbroken. Line
// breaks of the text stay.
func wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line, n := "", 0
		for word := range strings.FieldsSeq(escape(strings.ReplaceAll(paragraph, "\t", " "))) {
			w := columns(word)
			if n > 0 && n+1+w > width {
				lines = append(lines, line)
				line, n = "", 0
			}
			if n > 0 {
				line, n = line+" ", n+1
			}
			line, n = line+word, n+w
		}
		lines = append(lines, line)
	}
	return lines
}
