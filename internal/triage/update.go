package triage

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// savedMsg says how saving ended.
type savedMsg struct{ err error }

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = max(msg.Width, 0), max(msg.Height, 0)
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		m.insert(msg.Content)
	case savedMsg:
		cmd = m.saved(msg.err)
	}
	m.settle()
	return m, cmd
}

// end ends the session.
func (m *Model) end(o Outcome) tea.Cmd {
	m.outcome = o
	return tea.Quit
}

// key takes a key. While decisions are being saved there is nothing to type.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if m.prompt == savingPrompt {
		return nil
	}
	if k.String() == "ctrl+c" {
		return m.end(Interrupted)
	}
	m.message = ""
	switch m.prompt {
	case filterPrompt, reasonPrompt:
		m.edit(k)
		return nil
	case quitPrompt:
		return m.answer(k.String())
	}
	return m.command(k.String())
}

// command takes a key that is no input.
func (m *Model) command(k string) tea.Cmd {
	switch k {
	case "q":
		return m.quit()
	case "?":
		m.screen, m.scroll = helpScreen, 0
	case "a":
		m.ask(Accepted)
	case "f":
		m.ask(False)
	case "r":
		m.rotate()
	case "u":
		m.undo()
	default:
		m.move(k)
	}
	return nil
}

// quit ends the session, after a question if there is something to save. Of the
// help screen it only leads back.
func (m *Model) quit() tea.Cmd {
	switch {
	case m.screen == helpScreen:
		m.screen = listScreen
		return nil
	case len(m.Decisions()) == 0:
		return m.end(Saved)
	}
	m.prompt = quitPrompt
	return nil
}

// answer takes the answer to the question of quit.
func (m *Model) answer(k string) tea.Cmd {
	switch k {
	case "y", "Y":
		return m.save()
	case "n", "N":
		return m.end(Discarded)
	case "esc", "q":
		m.prompt = noPrompt
	}
	return nil
}

// save has the decisions saved.
func (m *Model) save() tea.Cmd {
	m.prompt = savingPrompt
	list, save := m.Decisions(), m.opts.Save
	return func() tea.Msg {
		if save == nil {
			return savedMsg{}
		}
		return savedMsg{save(list)}
	}
}

// saved ends the session, or goes on with it when saving failed.
func (m *Model) saved(err error) tea.Cmd {
	if m.prompt != savingPrompt {
		return nil
	}
	if err == nil {
		return m.end(Saved)
	}
	m.prompt = noPrompt
	m.message = "not saved: " + field(err.Error())
	return nil
}

// ask asks for the reason of a mark.
func (m *Model) ask(mark Mark) {
	i := m.changeable()
	if i == nil {
		return
	}
	m.prompt, m.marking, m.input = reasonPrompt, mark, i.reason
}

// changeable returns the current item if its mark can change, and says why not.
func (m *Model) changeable() *item {
	i := m.current()
	switch {
	case m.screen == helpScreen || i == nil:
		return nil
	case i.saved:
		m.message = "saved before as " + i.mark.String() + ": to undo that, " + undoing(i.mark)
		return nil
	}
	return i
}

// undoing says how a mark is undone that was saved.
func undoing(mark Mark) string {
	switch mark {
	case Accepted:
		return "remove its entry from the baseline"
	case False:
		return "remove its [[allow]] table from .keylint.toml"
	}
	return "remove its section from the plan"
}

// rotate marks the current finding as to rotate.
func (m *Model) rotate() {
	i := m.changeable()
	switch {
	case i == nil:
	case i.finding.Secret == nil || i.finding.Secret.Hash == "":
		m.message = "this finding has no key to rotate"
	default:
		m.mark(i, Rotate, "")
	}
}

// undo takes a mark back.
func (m *Model) undo() {
	if i := m.changeable(); i != nil && i.mark != Open {
		i.mark, i.reason, i.text = Open, "", ""
		m.message = "the mark is undone"
	}
}

// mark marks an item. The list moves on to the next one.
func (m *Model) mark(i *item, mark Mark, reason string) {
	i.mark, i.reason, i.text = mark, reason, ""
	m.message = "marked: " + mark.String()
	if n := len(m.Decisions()); n > 1 {
		m.message += fmt.Sprintf(" (%d to save)", n)
	}
	if m.screen == listScreen {
		m.cursor++
	}
}
