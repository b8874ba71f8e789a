package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// maxRelated is the greatest number of related locations of a result that
// GitHub shows.
const maxRelated = 100

// result renders a finding as the result of a rule.
func (w *sarifWriter) result(f *scanner.Finding, rule int, lines ordinal) sarifResult {
	hash := lineHash(f.ID)
	r := sarifResult{
		RuleID:    f.Rule,
		RuleIndex: rule,
		Level:     sarifLevel(f.Severity),
		Message:   sarifText{Text: unlinked(describe(f))},
		Locations: []sarifLocation{{PhysicalLocation: sarifPhysical{
			ArtifactLocation: sarifFile(artifact(w.opts.Prefix, f)),
			Region:           regionOf(f),
		}}},
		PartialFingerprints: map[string]string{
			"primaryLocationLineHash": fmt.Sprintf("%s:%d", hash, lines.next(hash)),
			"keylintFingerprint/v1":   f.ID,
		},
		Properties: map[string]any{"confidence": f.Confidence},
	}
	if f.Older {
		r.Level, r.BaselineState = "note", "unchanged"
	}
	if f.Commit != nil {
		r.Properties["commit"] = f.Commit.ID
	}
	if f.Verify != nil {
		r.Message.Text = unlinked(describe(f) + "; " + status(f.Verify))
		r.Properties["verification"] = record(f, false).Verify
	}
	for i, o := range f.Occurrences[:min(maxRelated, len(f.Occurrences))] {
		r.RelatedLocations = append(r.RelatedLocations, w.related(i+1, f.Repository, o))
	}
	return r
}

// lineHash returns 16 hexadecimal digits of a fingerprint for GitHub, which
// tells alerts apart by them: the first ones if id is hexadecimal, and of its
// hash otherwise.
func lineHash(id string) string {
	if len(id) >= 16 && strings.Trim(id[:16], "0123456789abcdef") == "" {
		return id[:16]
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// unlinked keeps a message from having embedded links (section 3.11.6), which
// only hostile names would bring.
func unlinked(s string) string {
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s)
	}
	return s
}

func sarifFile(path string) *sarifArtifact {
	return &sarifArtifact{URI: uri(path), URIBaseID: sourceRoot}
}

// related renders a further place of a key. Its column is in bytes: there is
// no frame to tell more.
func (w *sarifWriter) related(id int, repository string, o scanner.Occurrence) sarifLocation {
	text := "The same key."
	path := ""
	if o.Path != "" {
		path = located(w.opts.Prefix, repository, o.Path)
	}
	if o.Commit != "" {
		text = "The same key in commit " + short(o.Commit) + "."
	}
	if path == "" {
		path = located("", repository, ".git/"+o.Commit)
	}
	l := sarifLocation{ID: id, Message: &sarifText{Text: text}}
	l.PhysicalLocation.ArtifactLocation = sarifFile(path)
	l.PhysicalLocation.Region = &sarifRegion{StartLine: max(1, o.Line), StartColumn: max(0, o.Column)}
	return l
}

// regionOf returns the region of a finding. GitHub needs a line: a finding
// about a text as a whole stands on its first.
func regionOf(f *scanner.Finding) *sarifRegion {
	r := &sarifRegion{StartLine: max(1, f.Line)}
	if f.Line <= 0 || f.Column <= 0 {
		return r
	}
	r.StartColumn, r.EndColumn = columnsOf(f)
	if f.EndLine >= f.Line && f.EndColumn > 0 {
		r.EndLine = f.EndLine
	} else {
		r.EndColumn = 0
	}
	return r
}

// columnsOf returns the first and the end column of a finding in UTF-16 code
// units.
//
// In UTF-16 and UTF-32 files they follow from the encoding, taking one unit
// for a character of UTF-32. In others the text before the key decides. The
// frame has it when its line was not cut and nothing before the key was
// masked, so that the key starts at the same byte; if it does not, the columns
// are those in bytes, which is the same for ASCII. The key itself is taken to
// be ASCII, as stored keys are.
func columnsOf(f *scanner.Finding) (start, end int) {
	start, end = f.Column, f.EndColumn
	if len(f.Encoding) > 0 {
		if unit := unitOf(f.Encoding[0]); unit > 1 {
			return (start-1)/unit + 1, (max(end, 1)-1)/unit + 1
		}
	}
	for _, l := range f.Frame {
		if l.Number == f.Line && l.Start == start-1 && l.Start <= len(l.Text) {
			saved := l.Start - len(utf16.Encode([]rune(l.Text[:l.Start])))
			start -= saved
			if f.EndLine == f.Line {
				end -= saved
			}
			break
		}
	}
	return start, max(end, 1)
}

// unitOf returns the number of bytes of a code unit: encodings of whole texts
// are named "utf-16le" and the like.
func unitOf(e rules.Encoding) int {
	switch {
	case strings.HasPrefix(string(e), "utf-16"):
		return 2
	case strings.HasPrefix(string(e), "utf-32"):
		return 4
	}
	return 1
}

// notifications renders problems as errors and notices as notes, and says what
// was left out.
func (w *sarifWriter) notifications() []sarifNotification {
	list := []sarifNotification{}
	if n := w.findings.dropped; n > 0 {
		list = append(list, sarifNotification{Level: "warning", Message: sarifText{
			Text: fmt.Sprintf("%s left out: the report has the worst %d, as many as GitHub takes. See all with --format json.", count(n, "finding"), w.findings.max),
		}})
	}
	for _, p := range w.problems.kept {
		list = append(list, w.notification("error", located("", p.Repository, p.Path), 0, reason(p)))
	}
	if n := w.problems.others; n > 0 {
		list = append(list, w.notification("error", "", 0, fmt.Sprintf("and %s more", count(n, "problem"))))
	}
	for _, n := range w.notices.kept {
		list = append(list, w.notification("note", located("", n.Repository, n.Path), n.Line, n.Reason))
	}
	return list
}

func (w *sarifWriter) notification(level, path string, line int, text string) sarifNotification {
	n := sarifNotification{Level: level, Message: sarifText{Text: unlinked(escape(text))}}
	if path != "" {
		l := sarifLocation{PhysicalLocation: sarifPhysical{ArtifactLocation: sarifFile(join(w.opts.Prefix, path))}}
		if line > 0 {
			l.PhysicalLocation.Region = &sarifRegion{StartLine: line}
		}
		n.Locations = []sarifLocation{l}
	}
	return n
}
