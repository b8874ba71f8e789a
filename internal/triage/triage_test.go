package triage

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

// secretInfo is what reports tell of the n-th key.
func secretInfo(n int) *scanner.SecretInfo {
	return &scanner.SecretInfo{Redacted: fmt.Sprintf("sk-a…%04d", n), Length: 51, Hash: fmt.Sprintf("hmac-sha256:%032x", n)}
}

// sample is a report with findings of all kinds.
func sample() *scanner.Report {
	day := time.Date(2024, 1, 9, 10, 0, 0, 0, time.UTC)
	return &scanner.Report{
		Findings: []*scanner.Finding{
			{
				ID: strings.Repeat("1", 32), Rule: "agcloud-api-key", Category: rules.CategorySecret, Severity: rules.Critical, Confidence: rules.HighConfidence,
				Message: "AGCloud API key", Help: "Revoke it, and read the new one from the environment.", Secret: secretInfo(1), Name: "AGCLOUD_API_KEY",
				Source: "history", Path: "config/app.yml", Location: scanner.Location{Line: 12, Column: 10, EndLine: 12, EndColumn: 19},
				Frame: []scanner.FrameLine{
					{Number: 11, Text: "gateway:"},
					{Number: 12, Text: "\tapi_key: sk-a…0001", Start: 10, End: 21},
				},
				Commit: &scanner.Commit{ID: strings.Repeat("ab", 20), Author: "Jo", Email: "jo@example.com", Time: day, Subject: "add the gateway", Refs: []string{"main", "v1"}},
				AtHead: yes(), Pushed: no(), LastSeen: &scanner.CommitRef{ID: strings.Repeat("ef", 20), Time: day.AddDate(0, 2, 0)},
				Occurrences: []scanner.Occurrence{{Path: "deploy/values.yaml", Line: 3, Column: 7, Commit: strings.Repeat("cd", 20)}, {Path: "old/app.yml", Line: 1}},
				Verify:      &scanner.Verification{Status: scanner.StatusLive, Reason: "the service accepts it", Checked: day},
			},
			{
				ID: strings.Repeat("2", 32), Rule: "generic-api-key", Category: rules.CategorySecret, Severity: rules.Medium,
				Message: "key of a service", Secret: secretInfo(2), Source: "worktree", Path: "docs/sample.py", Location: scanner.Location{Line: 7, Column: 1, EndLine: 7, EndColumn: 9},
				Removed: &scanner.CommitRef{ID: strings.Repeat("12", 20), Time: day}, AtHead: no(), Pushed: yes(),
			},
			{
				ID: strings.Repeat("3", 32), Rule: "env-not-ignored", Category: rules.CategoryHygiene, Severity: rules.Low,
				Message: "git would add this file", Help: "Add it to .gitignore.", Source: "hygiene", Path: "web/.env",
				Fix: &scanner.Fix{Description: "add .env to .gitignore"},
			},
		},
		Summary: scanner.Summary{Findings: 3, Complete: true},
	}
}

func samplePlans() map[string]scanner.Rotation {
	s := secretInfo(1)
	return map[string]scanner.Rotation{s.Hash: {
		Key: scanner.RotationKey{Redacted: s.Redacted, Hash: s.Hash}, Provider: "AGCloud", Severity: rules.Critical,
		Steps:  []scanner.RotationStep{{Action: scanner.RotateGenerate, Text: "Generate a new key."}, {Action: scanner.RotateUpdate, Text: "Put it where the old one is used:"}},
		Places: []scanner.RotationPlace{{Kind: scanner.PlaceFile, Path: "config/app.yml", Line: 12, Holds: true}},
	}}
}

// session is a model in a window of 80 by 24.
func session(rep *scanner.Report, o Options) *Model {
	m := New(rep, o)
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	return m
}

// named are the keys that press knows by name.
var named = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
	"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "tab": {Code: tea.KeyTab}, "backspace": {Code: tea.KeyBackspace},
	"space": {Code: tea.KeySpace, Text: " "}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
}

// press types keys: names from named, and else text. It runs the commands that
// come back, as the terminal would.
func press(m *Model, keys ...string) {
	for _, k := range keys {
		if msg, ok := named[k]; ok {
			send(m, msg)
			continue
		}
		for _, r := range k {
			send(m, tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func send(m *Model, msg tea.Msg) {
	_, cmd := m.Update(msg)
	for cmd != nil {
		msg := cmd()
		if _, ends := msg.(tea.QuitMsg); ends {
			return
		}
		_, cmd = m.Update(msg)
	}
}

// summary writes decisions as "1 accepted because x; 2 rotate".
func summary(list []Decision) string {
	var parts []string
	for _, d := range list {
		text := d.Finding.ID[:1] + " " + d.Mark.String()
		if d.Reason != "" {
			text += " because " + d.Reason
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func TestKeys(t *testing.T) {
	for _, c := range []struct {
		keys      string // separated by blanks
		decisions string
		outcome   Outcome
		shows     string // a part of the view
	}{
		{"", "", Running, "> "},
		{"q", "", Saved, ""},
		{"a a_test enter", "1 accepted because a_test", Running, "accepted critical"},
		{"a enter", "", Running, "a reason is required"},
		{"a space space enter", "", Running, "a reason is required"},
		{"a x esc", "", Running, "enter look"},
		{"a xyz backspace backspace enter", "1 accepted because x", Running, ""},
		{"a xyz ctrl+u w enter", "1 accepted because w", Running, ""},
		{"a one enter f two enter", "1 accepted because one; 2 false because two", Running, "(2 to save)"},
		{"a one enter a up enter", "1 accepted because one; 2 accepted because one", Running, ""},
		{"a x enter up f space y enter", "1 false because x y", Running, ""},
		{"r r", "1 rotate; 2 rotate", Running, "2 to rotate"},
		{"end r", "", Running, "no key to rotate"},
		{"r up u", "", Running, "undone"},
		{"a x enter up r", "1 rotate", Running, "rotate   critical"},
		{"enter r n f no space key enter", "1 rotate; 2 false because no key", Running, "mark: false, because: no key"},
		{"enter n n n r", "", Running, "finding 3 of 3"},
		{"enter n p", "", Running, "finding 1 of 3"},
		{"enter esc down enter", "", Running, "finding 2 of 3"},
		{"/ sample enter", "", Running, "1 shown, filter “sample”"},
		{"/ SAMPLE enter r", "2 rotate", Running, ""},
		{"/ jo space live enter r", "1 rotate", Running, ""},
		{"/ nothing enter", "", Running, "nothing matches"},
		{"/ nothing enter r a enter u", "", Running, ""},
		{"/ nothing esc", "", Running, "3 shown"},
		{"/ nothing enter esc", "", Running, "3 shown"},
		{"r / open enter", "1 rotate", Running, "2 shown"},
		{"s", "", Running, "order: severity"},
		{"s s r", "1 rotate", Running, "order: path"},
		{"s s S home r", "", Running, "no key to rotate"},
		{"S home r", "", Running, "no key to rotate"},
		{"?", "", Running, "Nothing is written before"},
		{"? q", "", Running, "order: report"},
		{"? a r f u", "", Running, "Nothing is written before"},
		{"r q", "1 rotate", Running, "save 1 decisions?"},
		{"r q y", "1 rotate", Saved, ""},
		{"r q n", "1 rotate", Discarded, ""},
		{"r q esc", "1 rotate", Running, "enter look"},
		{"r q x", "1 rotate", Running, "save 1 decisions?"},
		{"r ctrl+c", "1 rotate", Interrupted, ""},
		{"a ctrl+c", "", Interrupted, ""},
		{"r q ctrl+c", "1 rotate", Interrupted, ""},
	} {
		m := session(sample(), Options{Name: "r.json"})
		press(m, strings.Fields(c.keys)...)
		view := strings.Join(m.lines(), "\n")
		if got := summary(m.Decisions()); got != c.decisions || m.Outcome() != c.outcome || !strings.Contains(view, c.shows) {
			t.Errorf("%q: decisions %q, want %q; outcome %d, want %d; expected %q in the view\n%s", c.keys, got, c.decisions, m.Outcome(), c.outcome, c.shows, view)
		}
	}
}

// Only what is printable is taken, and a paste is typed text.
func TestPaste(t *testing.T) {
	m := session(sample(), Options{})
	send(m, tea.PasteMsg{Content: "ignored without a prompt"})
	press(m, "a")
	send(m, tea.PasteMsg{Content: "two\nlines\x1b[31m \u202eand\x00" + strings.Repeat("x", 2*maxInput)})
	press(m, "enter")
	got := m.Decisions()
	if len(got) != 1 || !strings.HasPrefix(got[0].Reason, "two lines[31m andxxx") || len(got[0].Reason) > maxInput {
		t.Errorf("decisions %q", summary(got))
	}
}

func TestCheckReason(t *testing.T) {
	m := session(sample(), Options{CheckReason: func(r string) error {
		if strings.Contains(r, "secret") {
			return errors.New("it tells the key")
		}
		return nil
	}})
	press(m, "a", "secret", "enter")
	if view := strings.Join(m.lines(), "\n"); len(m.Decisions()) != 0 || !strings.Contains(view, "it tells the key") {
		t.Errorf("taken:\n%s", view)
	}
	press(m, "ctrl+u", "known", "enter")
	if got := summary(m.Decisions()); got != "1 accepted because known" {
		t.Errorf("decisions %q", got)
	}
}

// When saving fails, nothing is lost.
func TestSaveFails(t *testing.T) {
	failure := errors.New("no room\x1b[2J")
	var got []Decision
	m := session(sample(), Options{Save: func(list []Decision) error { got = list; return failure }})
	press(m, "r", "q", "y")
	view := strings.Join(m.lines(), "\n")
	if m.Outcome() != Running || len(m.Decisions()) != 1 || !strings.Contains(view, `not saved: no room\x1b[2J`) {
		t.Errorf("outcome %d, decisions %q, view\n%s", m.Outcome(), summary(m.Decisions()), view)
	}
	failure = nil
	press(m, "r", "q", "y")
	if m.Outcome() != Saved || summary(got) != "1 rotate; 2 rotate" {
		t.Errorf("outcome %d, saved %q", m.Outcome(), summary(got))
	}
}

// While decisions are saved, keys do nothing.
func TestKeysWhileSaving(t *testing.T) {
	m := session(sample(), Options{})
	press(m, "r", "q")
	_, cmd := m.Update(tea.KeyPressMsg{Code: 'y', Text: "y"})
	press(m, "r", "ctrl+c", "q")
	if !m.Saving() || m.Outcome() != Running || len(m.Decisions()) != 1 {
		t.Errorf("saving %v, outcome %d, decisions %q", m.Saving(), m.Outcome(), summary(m.Decisions()))
	}
	m.Update(cmd())
	if m.Saving() || m.Outcome() != Saved {
		t.Errorf("saving %v, outcome %d", m.Saving(), m.Outcome())
	}
}

// What was decided before is shown, stays, and is not decided again.
func TestSavedBefore(t *testing.T) {
	rep := sample()
	f := rep.Findings[0]
	m := session(rep, Options{Saved: map[*scanner.Finding]Decision{f: {f, Accepted, "legacy"}}})
	press(m, "enter")
	if view := strings.Join(m.lines(), "\n"); !strings.Contains(view, "mark: accepted, because: legacy (saved before)") {
		t.Errorf("not shown:\n%s", view)
	}
	for _, k := range []string{"a", "f", "r", "u"} {
		press(m, k)
		if view := strings.Join(m.lines(), "\n"); !strings.Contains(view, "remove its entry from the baseline") {
			t.Errorf("%s: changed:\n%s", k, view)
		}
	}
	press(m, "q")
	if m.Outcome() != Saved || len(m.Decisions()) != 0 {
		t.Errorf("outcome %d, decisions %q", m.Outcome(), summary(m.Decisions()))
	}
}

// The list stays as it is while findings are marked.
func TestListStays(t *testing.T) {
	m := session(sample(), Options{})
	press(m, "/", "open", "enter", "r", "r")
	if len(m.shown) != 3 {
		t.Errorf("%d shown, want 3", len(m.shown))
	}
	press(m, "/", "enter")
	if len(m.shown) != 1 {
		t.Errorf("%d shown after the filter was given again, want 1", len(m.shown))
	}
}

// A report with plaintext keys shows none.
func TestNoPlaintext(t *testing.T) {
	rep := sample()
	for _, f := range rep.Findings {
		if f.Secret != nil {
			f.Secret.Value = "plain-text-value"
		}
	}
	m := session(rep, Options{Plans: samplePlans()})
	press(m, "enter")
	for range rep.Findings {
		if view := strings.Join(detail(m.current(), m.opts.Plans, 200), "\n"); strings.Contains(view, "plain-text") {
			t.Errorf("shows the key:\n%s", view)
		}
		press(m, "n")
	}
}

func TestIncomplete(t *testing.T) {
	rep := sample()
	rep.Summary.Complete = false
	m := session(rep, Options{})
	if view := strings.Join(m.lines(), "\n"); !strings.Contains(view, "INCOMPLETE") {
		t.Errorf("looks complete:\n%s", view)
	}
}

// Text is shown as it is read, and what could mislead is written out.
func TestTame(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                   "plain",
		"日本語 é":                   "日本語 é",
		"e\u0301":                 "e\u0301",
		"e\u0301\u0301\u0301":     "e\u0301\u0301" + `\u0301`,
		"a\u200db\u00adc":         `a\u200db\u00adc`,
		"\U000e0041":              `\U000e0041`,
		"❤\ufe0f":                 `❤\ufe0f`,
		"\x1b[2J\n":               `\x1b[2J\n`,
		strings.Repeat("x", 5000): strings.Repeat("x", maxField) + "…",
	} {
		if got := field(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}
