package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A tally counts what a Writer was given.
type tally struct {
	findings   int
	problems   int
	older      int // of findings
	bySeverity map[rules.Severity]int
	byStatus   map[string]int // of those that were verified
}

func (t *tally) add(f *scanner.Finding) {
	if t.bySeverity == nil {
		t.bySeverity, t.byStatus = make(map[rules.Severity]int), make(map[string]int)
	}
	if f.Verify != nil {
		t.byStatus[f.Verify.Status]++
	}
	if f.Older {
		t.older++
	}
	t.findings++
	t.bySeverity[f.Severity]++
}

// severities lists the findings by severity, worst first, and by what came of
// their verification: "1 high, 2 low; 1 live, 2 dead".
func (t *tally) severities() string {
	var parts []string
	for _, s := range slices.Backward(slices.Sorted(maps.Keys(t.bySeverity))) {
		parts = append(parts, fmt.Sprintf("%d %s", t.bySeverity[s], s))
	}
	var states []string
	for _, s := range []string{scanner.StatusLive, scanner.StatusRestricted, scanner.StatusUnknown, scanner.StatusDead, scanner.StatusNotTried} {
		if n := t.byStatus[s]; n > 0 {
			states = append(states, fmt.Sprintf("%d %s", n, s))
		}
	}
	text := strings.Join(parts, ", ")
	if len(states) > 0 {
		text += "; " + strings.Join(states, ", ")
	}
	return text
}

// conclude says in one line what came of a scan. The words "no keys found"
// stand in it only when the scan is complete and read something.
func (t *tally) conclude(s scanner.Summary) string {
	findings := count(max(t.findings, s.Findings), "finding")
	if t.findings > 0 {
		findings += " (" + t.severities() + ")"
	}
	if s.Known > 0 && max(t.findings, s.Findings) > 0 {
		findings += fmt.Sprintf(", %d more of earlier audits not shown,", s.Known)
	}
	if t.older > 0 {
		findings += fmt.Sprintf(", %d of them older and not counted,", t.older)
	}
	switch {
	case t.problems > 0:
		return fmt.Sprintf("INCOMPLETE: %s; %s in what was read, %s", count(t.problems, "problem"), findings, scanned(s.Coverage))
	case !s.Complete && nothing(s.Coverage):
		return fmt.Sprintf("INCOMPLETE: nothing was scanned, check the path and what is excluded; %s", findings)
	case !s.Complete:
		return fmt.Sprintf("INCOMPLETE: the scan did not finish; %s in what was read, %s", findings, scanned(s.Coverage))
	case max(t.findings, s.Findings) > 0:
		return fmt.Sprintf("%s in %s", findings, scanned(s.Coverage))
	case nothing(s.Coverage):
		return "nothing to scan: nothing was judged"
	case s.Known > 0:
		return fmt.Sprintf("nothing new in %s; %s of earlier audits not shown", scanned(s.Coverage), count(s.Known, "finding"))
	}
	return "no keys found in " + scanned(s.Coverage)
}

// nothing reports whether nothing was scanned as text.
func nothing(c scanner.Coverage) bool { return c.Files == 0 && c.Blobs == 0 && c.Commits == 0 }

// scanned says how much was read: "12 files (3.4 MB)".
func scanned(c scanner.Coverage) string {
	var parts []string
	if c.Files > 0 || c.Blobs == 0 && c.Commits == 0 {
		parts = append(parts, count(c.Files, "file"))
	}
	if c.Blobs > 0 {
		parts = append(parts, count(c.Blobs, "blob"))
	}
	if c.Commits > 0 {
		parts = append(parts, count(c.Commits, "commit"))
	}
	return fmt.Sprintf("%s (%s)", strings.Join(parts, ", "), size(c.Bytes))
}

// skipped lists what was not scanned, by reason: "2 binary, 1 too large".
func skipped(c scanner.Coverage) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(c.Skipped)) {
		if n := c.Skipped[reason]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(escape(reason), "_", " ")))
		}
	}
	return strings.Join(parts, ", ")
}

// count returns a number and its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// size returns a number of bytes in decimal units, as "3.4 MB".
func size(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n), -1
	for v >= 999.95 && unit < 3 {
		v /= 1000
		unit++
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") + " " + []string{"kB", "MB", "GB", "TB"}[unit]
}

// headline returns the message of a finding, on one line.
func headline(f *scanner.Finding) string {
	if f.Message == "" {
		return escape(f.Rule)
	}
	return escape(f.Message)
}

// describe returns the headline with what tells the key from others:
// "AGCloud API key (sk-a…9f3c, stored as base64)".
func describe(f *scanner.Finding) string {
	var parts []string
	if f.Secret != nil && f.Secret.Redacted != "" {
		parts = append(parts, escape(f.Secret.Redacted))
	}
	if len(f.Encoding) > 0 {
		parts = append(parts, stored(f.Encoding))
	}
	if f.Older {
		parts = append(parts, older)
	}
	if len(parts) == 0 {
		return headline(f)
	}
	return headline(f) + " (" + strings.Join(parts, ", ") + ")"
}

// older says that a finding does not count.
const older = "older than the range"

// status says whether a key works and how that is known: "live: the service
// accepts it; account jo; checked 2024-01-09 10:00 UTC".
func status(v *scanner.Verification) string {
	text := escape(v.Status)
	if v.Reason != "" {
		text += ": " + escape(v.Reason)
	}
	for _, name := range slices.Sorted(maps.Keys(v.Facts)) {
		text += "; " + escape(name) + " " + escape(v.Facts[name])
	}
	if !v.Checked.IsZero() {
		text += "; checked " + v.Checked.UTC().Format("2006-01-02 15:04 UTC")
	}
	return text
}

// state returns the state of a verified finding for a line that has little
// room: " (live)".
func state(f *scanner.Finding) string {
	if f.Verify == nil {
		return ""
	}
	return " (" + escape(f.Verify.Status) + ")"
}

// age returns that a finding is older, for a line that has little room.
func age(f *scanner.Finding) string {
	if !f.Older {
		return ""
	}
	return ", " + older
}

// advice returns what to do about a finding.
func advice(f *scanner.Finding) string {
	if f.Verify != nil && f.Verify.Next != "" {
		return f.Verify.Next
	}
	return f.Help
}

// stored says how a key was encoded, innermost first: "stored as hex in base64".
func stored(encodings []rules.Encoding) string {
	var parts []string
	for _, e := range slices.Backward(encodings) {
		parts = append(parts, escape(string(e)))
	}
	return "stored as " + strings.Join(parts, " in ")
}

// position appends the line and column to a path, as far as they are known.
func position(path string, line, column int) string {
	switch {
	case line <= 0:
		return path
	case column <= 0:
		return fmt.Sprintf("%s:%d", path, line)
	}
	return fmt.Sprintf("%s:%d:%d", path, line, column)
}

// about puts the place before a reason, if there is one.
func about(path string, line int, reason string) string {
	if path == "" {
		return escape(reason)
	}
	return position(escape(path), line, 0) + ": " + escape(reason)
}

// reason returns the reason of a problem with the object that it is about.
func reason(p scanner.Problem) string {
	if p.Object == "" {
		return p.Reason
	}
	return "object " + short(p.Object) + ": " + p.Reason
}

// short returns the first digits of an object id.
func short(id string) string { return escape(id[:min(12, len(id))]) }

// join puts a directory before a path. It does not clean the path: it must
// stay the one that the repository has.
func join(dir, path string) string {
	if dir == "" || dir == "." || path == "" {
		return path
	}
	return strings.TrimSuffix(dir, "/") + "/" + path
}

// local returns path as text shows it: from where the user stands.
func (o *Options) local(path string) string {
	if o.Below == "" || path == "" {
		return join(o.Base, path)
	}
	from, to := strings.Split(o.Below, "/"), strings.Split(path, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

// artifact returns the path of a finding for formats in which all findings
// have one. A text that is no file gets a name below .git, where no tracked
// file can be.
func artifact(prefix string, f *scanner.Finding) string {
	switch {
	case f.Path != "":
		return located(prefix, f.Repository, f.Path)
	case f.Commit != nil:
		return located("", f.Repository, ".git/"+f.Origin+"/"+f.Commit.ID)
	case f.Source != "":
		return f.Source
	}
	return "unknown"
}
