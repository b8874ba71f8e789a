package triage

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// View implements [tea.Model].
func (m *Model) View() tea.View {
	v := tea.NewView(strings.Join(m.lines(), "\n"))
	v.AltScreen = true
	return v
}

// lines draws the window: at most m.height lines of at most m.width columns.
func (m *Model) lines() []string {
	if m.width <= 0 || m.height <= 0 {
		return nil
	}
	if m.height == 1 && (m.prompt != noPrompt || m.message != "") {
		return []string{m.foot()}
	}
	out := m.head()
	rows := m.rows()
	body := m.body(rows)
	out = append(out, body...)
	if m.height == 1 {
		return out
	}
	for range rows - len(body) {
		out = append(out, "")
	}
	return append(out, m.foot())
}

// rows returns how many lines there are between head and foot.
func (m *Model) rows() int {
	if m.height <= 1 {
		return m.height
	}
	return m.height - 1 - len(m.head())
}

// head returns the lines above, as far as there is room for them beside two others.
func (m *Model) head() []string {
	lines := []string{m.title()}
	if n := len(m.report.Problems); n > 0 || !m.report.Summary.Complete {
		lines = append(lines, m.line(span{boldRed, fmt.Sprintf("the scan was INCOMPLETE (problems: %d): there may be more than is listed here", n)}))
	}
	switch m.screen {
	case listScreen:
		lines = append(lines, m.listHead())
	case detailScreen:
		lines = append(lines, m.line(span{dim, fmt.Sprintf("finding %d of %d shown", m.cursor+1, len(m.shown))}))
	case helpScreen:
		lines = append(lines, m.line(span{dim, "help"}))
	}
	return lines[:max(min(len(lines), m.height-2), 0)]
}

// title returns the first line: the report, and how far the work is.
func (m *Model) title() string {
	n := m.count()
	return m.line(
		span{bold, "keylint triage " + field(m.opts.Name)},
		span{plain, fmt.Sprintf("  %d findings: %d open, %d accepted, %d false, %d to rotate", len(m.items), n[Open], n[Accepted], n[False], n[Rotate])},
	)
}

// body returns what stands between head and foot.
func (m *Model) body(rows int) []string {
	var out []string
	if m.screen == listScreen {
		for n := m.top; n < min(m.top+rows, len(m.shown)); n++ {
			out = append(out, m.row(n))
		}
		if len(out) == 0 && rows > 0 {
			out = append(out, m.line(span{dim, "nothing matches the filter: esc clears it"}))
		}
		return out
	}
	for n := m.scroll; n < min(m.scroll+rows, len(m.page)); n++ {
		out = append(out, m.line(span{plain, m.page[n]}))
	}
	return out
}

// foot returns the last line: a prompt, a message, or the keys.
func (m *Model) foot() string {
	switch m.prompt {
	case filterPrompt:
		return m.asking("filter: ")
	case reasonPrompt:
		label := "why is it accepted? "
		if m.marking == False {
			label = "why is it false? "
		}
		if m.message != "" {
			label = m.message + ": "
		}
		return m.asking(label)
	case quitPrompt:
		return m.line(span{bold, fmt.Sprintf("save %d decisions? y saves, n gives them up, esc goes back", len(m.Decisions()))})
	case savingPrompt:
		return m.line(span{bold, "saving"})
	}
	if m.message != "" {
		return m.line(span{green, m.message})
	}
	if m.screen == listScreen {
		return m.line(span{dim, "enter look  a accept  f false  r rotate  u undo  / filter  ? help  q quit"})
	}
	return m.line(span{dim, "n, p next  a accept  f false  r rotate  u undo  esc list  ? help  q quit"})
}

// asking draws a label and the end of what was typed.
func (m *Model) asking(label string) string {
	label = fit(label, max(m.width/2, m.width-20))
	room := m.width - columns(label) - 1
	return m.line(span{bold, label}, span{plain, fitEnd(tame(m.input), room)}, span{inverted, "_"})
}

// help is what ? shows.
var help = []string{
	"Each mark is a decision about one finding. Nothing is written before you quit",
	"with q and say y.",
	"",
	"  a            accept: the finding is known and stays; a reason is required.",
	"               It goes into the baseline",
	"  f            false: it is no key; a reason is required. It goes into",
	"               [[allow]] of .keylint.toml",
	"  r            rotate: the key goes onto the checklist of --plan",
	"  u            undo the mark",
	"",
	"  up, down     move, also k and j; pgup, pgdown, home and end, too",
	"  enter        look at the finding; esc leads back",
	"  n, p         next and previous finding, while you look at one",
	"  /            filter: all words must stand in what is known of a finding:",
	"               path, rule, severity, message, commit, mark (as in “open”)",
	"  esc          clear the filter",
	"  s, S         change the order; reverse it. Marks set later do not move",
	"               anything: s, or a filter, arranges the list anew",
	"",
	"  up           in the question for a reason: the reason given last",
	"  q            quit; asks whether to save, if there is something to save",
	"  ctrl+c       quit at once and write nothing",
}
