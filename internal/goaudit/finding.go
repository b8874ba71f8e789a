package goaudit

import (
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// SourceName is the source of the findings, for reports.
const SourceName = "worktree"

// keyMark is what the message of a key ends in: its rule and its fingerprint.
var keyMark = lazyregexp.New(` \[[a-z0-9-]+ [0-9a-f]+\]$`)

// finding returns the finding that a diagnostic is; nil when the scan says it, when it
// was there before, as of a package and of the same package with its tests, or when
// its file is none of the tree.
func (r *run) finding(p *loaded, a *analysis.Analyzer, d analysis.Diagnostic) *scanner.Finding {
	from := r.fset.PositionFor(d.Pos, false)
	to := from
	if d.End.IsValid() {
		to = r.fset.PositionFor(d.End, false)
	}
	name := r.pathOf(from.Filename)
	if !slices.Contains(r.Files, name) {
		return nil
	}
	message := d.Message
	at := keyMark().FindStringIndex(message)
	if r.known(a.Name, at != nil, name, from.Line, to.Line) {
		return nil
	}
	if at != nil {
		message = message[:at[0]]
	}
	place := fmt.Sprint(a.Name, name, from.Line, from.Column, message)
	if r.seen[place]++; r.seen[place] > 1 {
		return nil
	}
	// The fingerprint tells equal messages of a file apart by their order, so that it
	// stays when lines move.
	said := fmt.Sprint(a.Name, name, message)
	r.seen[said]++
	return &scanner.Finding{
		ID:   scanner.Fingerprint(a.Name, name, rules.NewSecret(fmt.Append(nil, message, r.seen[said]))),
		Rule: a.Name, Category: rules.CategoryHygiene, Severity: r.severity(a.Name, d.Category), Confidence: rules.HighConfidence,
		Message: message, Help: help(a, d), Source: SourceName, Path: name,
		Location: scanner.Location{Line: from.Line, Column: from.Column, EndLine: to.Line, EndColumn: to.Column},
	}
}

// sameMatter are the checks of hygiene that say of a line what an analyzer says.
var sameMatter = map[string]string{"bearerprefix": "bearer-missing", "keyurl": "key-in-url", "plainhttp": "plain-http"}

// known reports whether the scan says of one of the lines of a file what the analyzer
// says: that there is a key, if key is set, or that it is kept or sent badly.
func (r *run) known(analyzer string, key bool, name string, first, last int) bool {
	return slices.ContainsFunc(r.Found, func(f *scanner.Finding) bool {
		if f.Path != name || f.Line > last || max(f.Line, f.EndLine) < first {
			return false
		}
		return key && f.Category == rules.CategorySecret || f.Rule == sameMatter[analyzer]
	})
}

// severity returns the severity of what an analyzer reports. Keys in tests are less of
// a risk, and the category of the diagnostic says so.
func (r *run) severity(name, category string) rules.Severity {
	if s, ok := r.Severity[name]; ok {
		return s
	}
	if category == "test-key" {
		return rules.Low
	}
	return severities[name]
}

// help says what to do: what the first fix of the diagnostic does, and where to read
// more.
func help(a *analysis.Analyzer, d analysis.Diagnostic) string {
	more := "“keylint-vet help " + a.Name + "” tells why, and what to do."
	if len(d.SuggestedFixes) == 0 {
		return more
	}
	return fmt.Sprintf("%s: “keylint-vet -fix” does that. %s", d.SuggestedFixes[0].Message, more)
}

// pathOf returns the path of a file relative to the root, with forward slashes.
func (r *run) pathOf(file string) string {
	rel, err := filepath.Rel(r.Root, file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}
