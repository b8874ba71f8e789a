package report

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// plant returns a report that holds a key wherever one can be in memory, and
// the key. The key exists at run time only.
func plant(inValue bool) (*scanner.Report, string) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	key := make([]byte, 48)
	for i := range key {
		key[i] = alphabet[rand.Intn(len(alphabet))]
	}
	rep := full()
	for _, f := range rep.Findings {
		if f.Secret == nil {
			continue
		}
		s := rules.NewSecret(key)
		f.Secret = &scanner.SecretInfo{Redacted: s.Redacted(), Length: s.Len(), Hash: s.Hash()}
		if inValue {
			f.Secret.Value = string(key)
		} else {
			f.Secret.Secret = s
		}
	}
	return rep, string(key)
}

// disguises returns the forms in which a key could leave unseen.
func disguises(key string) map[string]string {
	reversed := []byte(key)
	slices.Reverse(reversed)
	forms := map[string]string{
		"plain": key, "half": key[8 : len(key)-8], "reversed": string(reversed),
		"hex": hex.EncodeToString([]byte(key)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(key))),
		"percent": url.QueryEscape(key),
	}
	for shift := range 3 {
		// The digits at both ends depend on what stands around the key.
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + key))
		forms["base64 at "+string(rune('0'+shift))] = text[4 : len(text)-4]
	}
	return forms
}

func TestNoSecretInOutput(t *testing.T) {
	shows := []string{"text", "json", "jsonl"}
	for _, inValue := range []bool{false, true} {
		rep, key := plant(inValue)
		for _, format := range Formats() {
			for _, o := range []Options{options(), {}, {Verbose: true, Color: true}, {Quiet: true}} {
				got := render(t, rep, format, o)
				for name, form := range disguises(key) {
					if strings.Contains(got, form) {
						t.Errorf("%s shows the key: %s", format, name)
					}
				}
			}
			o := options()
			o.ShowSecrets = true
			got := render(t, rep, format, o)
			if want := slices.Contains(shows, format); strings.Contains(got, key) != want {
				t.Errorf("%s with ShowSecrets: key shown: %v, want %v", format, !want, want)
			}
		}
	}
}

// A report that was saved with keys gives them away no more than a scan.
func TestNoSecretFromSavedReport(t *testing.T) {
	rep, key := plant(false)
	saved, err := Read(strings.NewReader(render(t, rep, "json", Options{ShowSecrets: true})))
	if err != nil {
		t.Fatal(err)
	}
	if saved.Findings[0].Secret.Value != key {
		t.Fatal("the saved report has no key")
	}
	for _, format := range Formats() {
		if strings.Contains(render(t, saved, format, options()), key) {
			t.Errorf("%s shows the key", format)
		}
	}
}

// Errors on a report with keys do not quote them.
func TestNoSecretInErrors(t *testing.T) {
	rep, key := plant(true)
	rep.Findings = rep.Findings[:1]
	text := render(t, rep, "json", Options{ShowSecrets: true})
	for i := range len(text) {
		for _, broken := range []string{text[:i], text[:i] + `"` + text[i:], text[:i] + "7" + text[i+1:]} {
			if _, err := Read(strings.NewReader(broken)); err != nil && strings.Contains(err.Error(), key[:8]) {
				t.Fatalf("the error shows the key: %v", err)
			}
		}
	}
}

// No format names the author's address but the report format itself.
func TestNoAddress(t *testing.T) {
	for _, format := range Formats() {
		has := strings.Contains(render(t, full(), format, options()), "jo@example.org")
		if want := strings.HasPrefix(format, "json"); has != want {
			t.Errorf("%s: e-mail address shown: %v", format, has)
		}
	}
}

// No line of text or github does anything to a terminal.
func TestNoControlCharacters(t *testing.T) {
	rep := hostileReport("\x1b[2J\u009b\x07\r\x7f\u202e\u2066\xff\xfe::error::x")
	for _, format := range Formats() {
		for _, o := range []Options{{Verbose: true, ShowSecrets: true}, {Quiet: true}} {
			for line := range strings.Lines(render(t, rep, format, o)) {
				if format == "csv" {
					line = strings.Replace(line, "\r\n", "\n", 1) // of RFC 4180
				}
				if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), hostile) || strings.ToValidUTF8(line, "") != line {
					t.Fatalf("%s: %q", format, line)
				}
				if format == "github" && strings.Contains(line, "::error::x") && !strings.HasPrefix(line, "::") &&
					strings.HasPrefix(strings.TrimSpace(line), "::") {
					t.Fatalf("a finding became a command: %q", line)
				}
			}
		}
	}
}

// hostileReport has a text wherever one can come from the scanned repository or
// from a saved report.
func hostileReport(evil string) *scanner.Report {
	rep := full()
	rep.Tool = scanner.Tool{Name: evil, Version: evil, Rules: evil}
	rep.Target = scanner.Target{Kind: evil, Path: evil}
	f := plain()
	f.ID, f.Rule, f.Message, f.Help, f.Name = evil, evil, evil, evil+"\n"+evil, evil
	f.Secret = &scanner.SecretInfo{Redacted: evil, Hash: evil, Value: evil}
	f.Path, f.Encoding, f.Source = evil, []rules.Encoding{rules.Encoding(evil)}, evil
	f.Frame = []scanner.FrameLine{{Number: -5, Text: evil, Start: 3, End: 900}, {Text: evil, Start: -4, End: 5}, {Text: evil, Start: 90, End: 2}}
	f.Commit = &scanner.Commit{ID: evil, Author: evil, Subject: evil, Refs: []string{evil}}
	f.Removed, f.Verify = &scanner.CommitRef{ID: evil}, &scanner.Verification{Status: evil, Reason: evil}
	f.Occurrences = []scanner.Occurrence{{Path: evil, Commit: evil, Blob: evil}}
	f.Fix = &scanner.Fix{Description: evil}
	g := *f
	g.Path, g.Origin = "", scanner.OriginNote
	habit := *f
	habit.Category = rules.CategoryHygiene
	reused := habit
	reused.Rule = "key-reused"
	rep.Findings = []*scanner.Finding{f, &g, {Source: evil}, {}, &habit, &reused}
	for range 30 { // more than GitHub shows
		rep.Findings = append(rep.Findings, f, &g)
		rep.Problems = append(rep.Problems, scanner.Problem{Path: evil, Object: evil, Reason: evil})
	}
	rep.Notices = []scanner.Notice{{Path: evil, Reason: evil}}
	rep.Rotation = []scanner.Rotation{{
		Key: scanner.RotationKey{Redacted: evil, Hash: evil}, Rule: evil, Provider: evil, Console: evil, Names: []string{evil},
		Steps:  []scanner.RotationStep{{Action: scanner.RotateUpdate, Text: evil}},
		Places: []scanner.RotationPlace{{Kind: evil, Path: evil, Name: evil}, {Kind: scanner.PlaceGitHub, Path: evil, Name: evil, Holds: true}},
	}}
	rep.Summary.Coverage.Skipped = map[string]int{evil: 1}
	return rep
}
