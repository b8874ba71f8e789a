package triage

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// An order is one that the list can have.
type order int

const (
	byReport order = iota
	bySeverity
	byPath
	byRule
	byMark
	orders // how many there are
)

// String returns the order in words.
func (o order) String() string {
	return [orders]string{"report", "severity", "path", "rule", "mark"}[o]
}

// arrange makes the list anew: filtered and sorted. The cursor stays on its
// finding if that is still there. Marks set later do not change the list, so that
// nothing moves under the fingers.
func (m *Model) arrange() {
	on := -1
	if m.cursor < len(m.shown) {
		on = m.shown[m.cursor]
	}
	words := strings.Fields(strings.ToLower(m.filter))
	m.shown = m.shown[:0]
	for i := range m.items {
		if m.items[i].matches(words) {
			m.shown = append(m.shown, i)
		}
	}
	slices.SortStableFunc(m.shown, m.compare)
	if m.reverse {
		slices.Reverse(m.shown)
	}
	m.cursor = max(slices.Index(m.shown, on), 0)
}

// compare compares two items by the order of the list.
func (m *Model) compare(a, b int) int {
	x, y := m.items[a].finding, m.items[b].finding
	switch m.order {
	case bySeverity:
		return cmp.Compare(y.Severity, x.Severity)
	case byPath:
		return cmp.Or(strings.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line))
	case byRule:
		return strings.Compare(x.Rule, y.Rule)
	case byMark:
		return cmp.Compare(m.items[a].mark, m.items[b].mark)
	}
	return cmp.Compare(a, b)
}

// matches reports whether all words stand in what is known of an item.
func (i *item) matches(words []string) bool {
	if len(words) == 0 {
		return true
	}
	if i.text == "" {
		i.text = i.searched()
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(i.text, w) })
}

// searched returns what filters look at, in lower case.
func (i *item) searched() string {
	f := i.finding
	parts := []string{i.mark.String(), i.reason, f.Severity.String(), f.Rule, f.Category, f.Path, f.Message, f.Name}
	if f.Secret != nil {
		parts = append(parts, f.Secret.Redacted)
	}
	if f.Commit != nil {
		parts = append(parts, f.Commit.ID, f.Commit.Author, f.Commit.Email, f.Commit.Subject)
	}
	if f.Verify != nil {
		parts = append(parts, f.Verify.Status)
	}
	for n := range parts {
		parts[n] = field(parts[n])
	}
	return strings.ToLower(strings.Join(parts, "\n"))
}

// move takes a key that moves or arranges.
func (m *Model) move(k string) {
	if m.screen != listScreen {
		m.turn(k)
		return
	}
	m.cursor = moved(k, m.cursor, len(m.shown), max(m.rows(), 1))
	switch k {
	case "enter", "ctrl+j", "right", "l":
		m.open(m.cursor)
	case "/":
		m.prompt, m.input, m.before = filterPrompt, m.filter, m.filter
	case "esc":
		m.filter = ""
		m.arrange()
	case "s":
		m.order = (m.order + 1) % orders
		m.arrange()
	case "S":
		m.reverse = !m.reverse
		m.arrange()
	}
}

// moved returns the line that a key leads to from line at, of so many lines in pages
// of so many rows. It may lie outside.
func moved(k string, at, lines, rows int) int {
	switch k {
	case "up", "k":
		return at - 1
	case "down", "j":
		return at + 1
	case "pgup", "ctrl+b":
		return at - rows
	case "pgdown", "ctrl+f", "space":
		return at + rows
	case "home", "g":
		return 0
	case "end", "G":
		return lines - 1
	}
	return at
}

// open shows the finding in a row of the list.
func (m *Model) open(row int) {
	if row >= 0 && row < len(m.shown) {
		m.screen, m.cursor, m.at, m.scroll = detailScreen, row, m.shown[row], 0
	}
}

// settle brings the cursor back into the list, and the list to the cursor, and lays
// out the screen that scrolls.
func (m *Model) settle() {
	m.cursor = max(min(m.cursor, len(m.shown)-1), 0)
	rows := max(m.rows(), 1)
	m.top = max(min(m.top, m.cursor, len(m.shown)-rows), m.cursor-rows+1, 0)
	if m.screen != listScreen {
		m.page = m.text()
		m.scroll = max(min(m.scroll, len(m.page)-rows), 0)
	}
}

// row draws a row of the list.
func (m *Model) row(n int) string {
	i := &m.items[m.shown[n]]
	f := i.finding
	pointer, style := "  ", plain
	if n == m.cursor {
		pointer, style = "> ", inverted
	}
	key := ""
	if f.Secret != nil {
		key = "  " + field(f.Secret.Redacted)
	}
	if f.Verify != nil {
		key += " (" + field(f.Verify.Status) + ")"
	}
	severity := severityStyle(f.Severity)
	if style != plain {
		severity = style
	}
	return m.line(
		span{style, pointer + pad(markText(i), 9)},
		span{severity, pad(f.Severity.String(), 9)},
		span{style, where(f) + key + "  " + headline(f) + " [" + field(f.Rule) + "]"},
	)
}

// markText returns the mark for the list: nothing while it is open.
func markText(i *item) string {
	if i.mark == Open {
		return ""
	}
	return i.mark.String()
}

// severityStyle returns the colour of a severity.
func severityStyle(s rules.Severity) string {
	switch {
	case s >= rules.High:
		return boldRed
	case s == rules.Medium:
		return yellow
	}
	return cyan
}

// pad fills s up to n columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(n-columns(s), 0)) }

// listHead returns what the list says above: which part it shows, in which order.
func (m *Model) listHead() string {
	text := strconv.Itoa(len(m.shown)) + " shown"
	if m.filter != "" {
		text += ", filter “" + tame(m.filter) + "”"
	}
	text += ", order: " + m.order.String()
	if m.reverse {
		text += ", reversed"
	}
	return m.line(span{dim, text})
}
