// Package triage walks a person through the findings of a report: they are
// listed, looked at and marked, and the marks become decisions.
//
// [Model] follows the architecture of Bubble Tea: [Model.Update] takes a message
// and changes the state, [Model.View] draws the state. Neither reads or writes
// anything; what is to be saved is handed to [Options.Save], which runs outside of
// both. So keys in a test lead to the same decisions as keys at a terminal.
//
// Whatever a report says is untrusted: names of files, subjects of commits and
// lines of code may hold control characters, or be megabytes long. All text goes
// through [tame] and is cut to a bounded length before it is measured, and every
// line is cut to the width of the window.
package triage

import (
	tea "charm.land/bubbletea/v2"

	"github.com/agcloud/keylint/scanner"
)

// A Mark is what a person says of a finding.
type Mark int

// The marks.
const (
	Open     Mark = iota // nothing was decided
	Accepted             // known, and to be left as it is
	False                // no key, or no bad habit
	Rotate               // the key is to be replaced
)

// String returns the mark in words, as lists show it and filters find it.
func (m Mark) String() string {
	switch m {
	case Accepted:
		return "accepted"
	case False:
		return "false"
	case Rotate:
		return "rotate"
	}
	return "open"
}

// A Decision is the mark of a finding.
type Decision struct {
	Finding *scanner.Finding
	Mark    Mark
	Reason  string // one line; given for Accepted and False
}

// An Outcome says how a session ended.
type Outcome int

// The outcomes.
const (
	Running     Outcome = iota // it has not ended
	Saved                      // the decisions were saved, or there were none
	Discarded                  // they were given up, as was asked for
	Interrupted                // by ctrl-C: nothing was saved
)

// Options say what a model shows and what it may do. The zero Options show the
// findings alone, without colours.
type Options struct {
	Name  string // of the report
	Color bool
	// Saved are decisions of earlier sessions. They are shown and stay.
	Saved map[*scanner.Finding]Decision
	// Plans are the rotation plans by the hash of their key.
	Plans map[string]scanner.Rotation
	// CheckReason refuses a reason that must not be written down. Nil takes all.
	CheckReason func(string) error
	// Save saves decisions. It is called outside of Update. After an error the
	// session goes on, with the marks as they were.
	Save func([]Decision) error
}

// A Model is a session. It implements [tea.Model].
type Model struct {
	opts    Options
	report  *scanner.Report
	items   []item
	shown   []int // items of the list, in its order
	width   int   // of the window in columns; 0 until it is known
	height  int   // in lines
	screen  screen
	cursor  int      // in shown
	top     int      // the first line of the list on the screen, in shown
	at      int      // the item of the detail screen
	page    []string // the lines of the detail or help screen
	scroll  int      // the first one of them on the screen
	order   order
	reverse bool
	filter  string

	prompt  prompt
	input   string
	before  string // the filter when its prompt began
	marking Mark   // what the reason is asked for
	last    string // the reason given last
	message string // shown until the next key

	outcome Outcome
}

// An item is a finding with its mark.
type item struct {
	finding *scanner.Finding
	mark    Mark
	reason  string
	saved   bool   // the mark is one of Options.Saved
	text    string // what filters look at, "" until it is needed
}

// A screen is one of the views.
type screen int

const (
	listScreen screen = iota
	detailScreen
	helpScreen
)

// A prompt is what the last line of the window asks for.
type prompt int

const (
	noPrompt prompt = iota
	filterPrompt
	reasonPrompt
	quitPrompt
	savingPrompt // nothing but patience
)

// New returns a session with the findings of a report, which it does not change.
func New(rep *scanner.Report, opts Options) *Model {
	m := &Model{opts: opts, report: rep}
	for _, f := range rep.Findings {
		i := item{finding: f}
		if d, ok := opts.Saved[f]; ok && d.Mark != Open {
			i.mark, i.reason, i.saved = d.Mark, oneLine(d.Reason), true
		}
		m.items = append(m.items, i)
	}
	m.arrange()
	return m
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd { return nil }

// Outcome returns how the session ended.
func (m *Model) Outcome() Outcome { return m.outcome }

// Saving reports whether decisions are being saved.
func (m *Model) Saving() bool { return m.prompt == savingPrompt && m.outcome == Running }

// Decisions returns the decisions of this session, in the order of the report.
func (m *Model) Decisions() []Decision {
	var list []Decision
	for _, i := range m.items {
		if i.mark != Open && !i.saved {
			list = append(list, Decision{i.finding, i.mark, i.reason})
		}
	}
	return list
}

// count returns how many findings have each mark.
func (m *Model) count() (n [Rotate + 1]int) {
	for _, i := range m.items {
		n[i.mark]++
	}
	return n
}

// current returns the item that keys act on, nil when there is none.
func (m *Model) current() *item {
	switch {
	case m.screen == detailScreen:
		return &m.items[m.at]
	case m.cursor < len(m.shown):
		return &m.items[m.shown[m.cursor]]
	}
	return nil
}
