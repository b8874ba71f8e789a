// Package manual takes the manual page of an analyzer from the comment of its
// package, so that the two are one text.
package manual

import "strings"

// Page returns the manual page in file, the text of a Go file whose package
// comment holds one under the heading "Analyzer" and its name: a line with the
// name and a summary, and paragraphs.
func Page(file string) string {
	var page strings.Builder
	found := false
	for line := range strings.Lines(file) {
		text, isComment := strings.CutPrefix(line, "//")
		if !isComment {
			break
		}
		text = strings.TrimPrefix(text, " ")
		if found {
			page.WriteString(text)
		}
		found = found || strings.HasPrefix(text, "# Analyzer ")
	}
	return strings.TrimSpace(page.String())
}
