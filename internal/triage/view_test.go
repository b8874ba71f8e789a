package triage

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

var update = flag.Bool("update", false, "rewrite the expected views")

// TestGolden holds the views of a report at two sizes.
func TestGolden(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
		for name, keys := range map[string]string{
			"list":   "a legacy enter r up up",
			"filter": "/ sample",
			"detail": "r enter",
			"reason": "enter f example",
			"help":   "?",
			"quit":   "r q",
		} {
			m := New(sample(), Options{Name: "report.json", Plans: samplePlans()})
			m.Update(size)
			press(m, strings.Fields(keys)...)
			path := filepath.Join("testdata", name+"-"+strconv.Itoa(size.Width)+"x"+strconv.Itoa(size.Height)+".golden")
			golden(t, path, strings.Join(m.lines(), "\n")+"\n")
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// evil is text that a terminal must not get.
const evil = "\x1b[2J\x1b]0;title\x07\r\n\t\x00\x9b31m\u202e\u2066\u200d\u00ad\ufe0f\U000e0041\u0301\u0301\u0301\u0301\u0301\xff日本語👩‍👩‍👧🇩🇪각e\u0301\u2028"

// hostile is a report of n findings in which every text is evil, and many are that
// as often as repeat says.
func hostile(n, repeat int) *scanner.Report {
	long := strings.Repeat(evil, repeat)
	rep := &scanner.Report{Problems: []scanner.Problem{{Reason: evil}}}
	for i := range n {
		f := &scanner.Finding{
			ID: long, Rule: long, Category: evil, Severity: rules.Severity(i % 7), Message: long, Help: long, Name: long, Source: evil, Origin: evil, Path: long,
			Location: scanner.Location{Line: 1 << 60, Column: -1},
			Secret:   &scanner.SecretInfo{Redacted: long, Length: -1, Hash: evil},
			Encoding: []rules.Encoding{evil, evil},
			Frame:    []scanner.FrameLine{{Number: -1 << 60, Text: long, Start: -5, End: 1 << 60}, {Text: evil, Start: 9, End: 3}},
			Commit:   &scanner.Commit{ID: evil, Author: long, Email: evil, Subject: long, Refs: []string{evil, long}, RefsTotal: -3},
			Removed:  &scanner.CommitRef{ID: evil}, LastSeen: &scanner.CommitRef{ID: "x"}, AtHead: yes(), Pushed: no(),
			Occurrences: []scanner.Occurrence{{Path: long, Line: -1, Commit: evil}, {}}, OccurrencesLeftOut: 3,
			Verify: &scanner.Verification{Status: evil, Reason: long, Facts: map[string]string{evil: long}, Next: long},
			Fix:    &scanner.Fix{Description: long},
		}
		rep.Findings = append(rep.Findings, f, &scanner.Finding{})
	}
	return rep
}

func hostilePlans() map[string]scanner.Rotation {
	return map[string]scanner.Rotation{evil: {
		Key: scanner.RotationKey{Redacted: evil}, Provider: evil, Steps: []scanner.RotationStep{{Action: scanner.RotateUpdate, Text: evil}},
		Places: []scanner.RotationPlace{{Kind: evil, Path: evil, Name: evil, Holds: true}, {}},
	}}
}

// check fails the test if the view does not fit its window or could steer the
// terminal.
func check(t *testing.T, m *Model) {
	t.Helper()
	lines := m.lines()
	if len(lines) > max(m.height, 0) {
		t.Fatalf("%d lines in a window of %dx%d", len(lines), m.width, m.height)
	}
	for _, l := range lines {
		if ansi.StringWidth(l) > m.width || ansi.StringWidthWc(l) > m.width {
			t.Fatalf("%q is wider than a window of %dx%d", l, m.width, m.height)
		}
		if !m.opts.Color {
			harmless(t, l)
		}
	}
}

func harmless(t *testing.T, line string) {
	t.Helper()
	for _, r := range line {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector) {
			t.Fatalf("%U in %q", r, line)
		}
	}
	if !utf8.ValidString(line) {
		t.Fatalf("%q is not UTF-8", line)
	}
}

// TestSizes draws every screen and prompt in windows of all sizes.
func TestSizes(t *testing.T) {
	screens := []string{"", "/ é日本 space x", "/ nothing enter", "enter", "enter end", "?", "? end", "a a_reason", "enter f 日本語日本語", "r", "r q", "end r", "enter pgdown"}
	for name, rep := range map[string]*scanner.Report{"sample": sample(), "hostile": hostile(1, 3), "empty": {}} {
		for _, keys := range screens {
			m := New(rep, Options{Name: evil, Plans: hostilePlans()})
			check(t, m) // the size is not known yet
			m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
			press(m, strings.Fields(keys)...)
			for width := -1; width <= 100; width += 1 + width/16*8 {
				for height := -1; height <= 30; height += 1 + height/8*8 {
					m.Update(tea.WindowSizeMsg{Width: width, Height: height})
					check(t, m)
				}
			}
			if t.Failed() {
				t.Fatalf("%s, after %q", name, keys)
			}
		}
	}
}

// The finding under the cursor is on the screen, whatever its size.
func TestCursorIsVisible(t *testing.T) {
	rep := &scanner.Report{Summary: scanner.Summary{Complete: true}}
	for i := range 200 {
		rep.Findings = append(rep.Findings, &scanner.Finding{Rule: "r", Path: "p", Location: scanner.Location{Line: i + 1}})
	}
	m := session(rep, Options{})
	for n, k := range []string{"end", "pgup", "up", "home", "pgdown", "down", "r", "end", "S"} {
		press(m, k)
		for height := 2; height < 40; height += 3 {
			m.Update(tea.WindowSizeMsg{Width: 60, Height: height})
			if got := strings.Count("\n"+strings.Join(m.lines(), "\n"), "\n> "); got != 1 {
				t.Fatalf("key %d, height %d: %d cursors", n, height, got)
			}
		}
	}
}

// Without colours there is no escape sequence; with them the text is the same.
func TestColor(t *testing.T) {
	for _, keys := range []string{"", "enter", "?", "a x", "r q"} {
		bare, painted := session(hostile(2, 50), Options{}), session(hostile(2, 50), Options{Color: true})
		press(bare, strings.Fields(keys)...)
		press(painted, strings.Fields(keys)...)
		a, b := strings.Join(bare.lines(), "\n"), strings.Join(painted.lines(), "\n")
		if strings.Contains(a, "\x1b") || !strings.Contains(b, "\x1b[") || ansi.Strip(b) != a {
			t.Errorf("%q: %q and %q", keys, a, b)
		}
		check(t, painted)
	}
}

// Many findings and long texts keep the view whole.
func TestLarge(t *testing.T) {
	check(t, walkLarge())
}

// BenchmarkLarge measures a walk of 17 keys through a report of 5,000 findings with a
// path of 50 MB.
func BenchmarkLarge(b *testing.B) {
	for b.Loop() {
		walkLarge()
	}
}

// walkLarge goes through a large report and returns the session.
func walkLarge() *Model {
	rep := hostile(5000, 200)
	rep.Findings[0].Path = strings.Repeat("x", 50<<20)
	rep.Findings[0].Frame[0].Text = strings.Repeat("\x1b", 10<<20)
	for range 100_000 {
		rep.Findings[0].Occurrences = append(rep.Findings[0].Occurrences, scanner.Occurrence{Path: evil})
	}
	m := session(rep, Options{})
	press(m, strings.Fields("enter end n n esc end home / zz backspace enter s s s a x enter")...)
	return m
}

// FuzzUpdate types keys into windows of all sizes. Each byte is a key, or a new
// size.
func FuzzUpdate(f *testing.F) {
	f.Add("", []byte("r/open\r\x01\x05\x10?q\x1bgG sSjk"))
	f.Add(evil, []byte("ahello\r\x02\x01fx\r\rnpurq\x03"))
	f.Add("sk-a…0001", []byte("/a\x1b\r\x04\x20\x7f\x7fqn"))
	f.Fuzz(func(t *testing.T, text string, keys []byte) {
		text = text[:min(len(text), 1000)]
		rep := sample()
		rep.Findings[0].Message, rep.Findings[1].Path, rep.Findings[0].Frame[0].Text = text, text, text
		rep.Findings[1].Commit = &scanner.Commit{ID: text, Subject: text}
		m := session(rep, Options{Name: text, Plans: samplePlans()})
		for n := 0; n < min(len(keys), 200) && m.Outcome() == Running; n++ {
			switch k := keys[n]; {
			case k < 8:
				m.Update(tea.WindowSizeMsg{Width: int(k) * 7, Height: n % 30})
			case k == '\r':
				send(m, named["enter"])
			case k == 0x1b:
				send(m, named["esc"])
			case k == 0x7f:
				send(m, named["backspace"])
			case k == 0x10:
				send(m, tea.PasteMsg{Content: text})
			default:
				send(m, tea.KeyPressMsg{Code: rune(k), Text: string(rune(k))})
			}
			check(t, m)
			if m.cursor < 0 || m.cursor > len(m.shown) || m.top < 0 || m.scroll < 0 {
				t.Fatalf("cursor %d, top %d, scroll %d", m.cursor, m.top, m.scroll)
			}
		}
		for _, d := range m.Decisions() {
			if d.Mark != Rotate && d.Reason == "" || d.Reason != oneLine(d.Reason) {
				t.Fatalf("%s because %q", d.Mark, d.Reason)
			}
		}
	})
}
