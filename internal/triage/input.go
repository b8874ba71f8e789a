package triage

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// maxInput is the greatest length of what is typed, in characters.
const maxInput = 500

// edit takes a key of the prompts that ask for a text.
func (m *Model) edit(k tea.KeyPressMsg) {
	switch k.String() {
	case "enter", "ctrl+j":
		m.submit()
	case "esc":
		m.cancel()
	case "backspace", "ctrl+h":
		_, size := utf8.DecodeLastRuneInString(m.input)
		m.insertAt(len(m.input)-size, "")
	case "ctrl+u":
		m.insertAt(0, "")
	case "up":
		if m.prompt == reasonPrompt && m.last != "" {
			m.input = m.last
		}
	default:
		m.insert(k.Text)
	}
}

// insert adds text to what was typed, if there is a prompt for it.
func (m *Model) insert(text string) {
	if m.prompt == filterPrompt || m.prompt == reasonPrompt {
		m.insertAt(len(m.input), text)
	}
}

// insertAt replaces what was typed behind a place by the printable part of text.
func (m *Model) insertAt(at int, text string) {
	input := m.input[:at]
	room := maxInput - utf8.RuneCountInString(input)
	for _, r := range text {
		if room == 0 {
			break
		}
		if r = printable(r); r >= 0 {
			input += string(r)
			room--
		}
	}
	m.input = input
	if m.prompt == filterPrompt {
		m.filter = input
		m.arrange()
	}
}

// printable returns r if it can be typed, a space for a line break or tab, and -1
// for what is left out.
func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return ' '
	case r == utf8.RuneError || tame(string(r)) != string(r):
		return -1
	}
	return r
}

// submit takes what was typed.
func (m *Model) submit() {
	if m.prompt == filterPrompt {
		m.prompt = noPrompt
		m.arrange()
		return
	}
	reason := oneLine(m.input)
	if reason == "" {
		m.message = "a reason is required"
		return
	}
	if check := m.opts.CheckReason; check != nil {
		if err := check(reason); err != nil {
			m.message = field(err.Error())
			return
		}
	}
	m.prompt, m.last = noPrompt, reason
	m.mark(m.current(), m.marking, reason)
}

// cancel leaves a prompt. The filter becomes what it was.
func (m *Model) cancel() {
	if m.prompt == filterPrompt {
		m.filter = m.before
		m.arrange()
	}
	m.prompt = noPrompt
}
