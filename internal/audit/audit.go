// Package audit joins the results of several scans of one target, as of its
// working tree and of its history, to one report.
//
// Each scan fills a [Part]. [Merge] makes one part of them, in which a key at a
// path is one finding: the fingerprints of a key at a path are equal wherever it
// was found, so equal ids are what is merged. A scan that is to be added needs no
// more than findings with such ids.
//
// An audit of many repositories works off a [Queue], whose tasks are one repository
// each. [Combine] makes one report of theirs, in which every finding stays what it is
// in the report of its repository, and names it.
package audit

import (
	"cmp"
	"maps"
	"slices"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Part is the result of a scan. It is the handler of the scan.
type Part struct {
	Findings []*scanner.Finding
	Problems []scanner.Problem
	Notices  []scanner.Notice
	// Summary is what the scan returned. Its Findings and Baselined count
	// findings of one scan, and mean nothing once parts are merged.
	Summary scanner.Summary
}

// Finding implements [scanner.Handler].
func (p *Part) Finding(f *scanner.Finding) error {
	p.Findings = append(p.Findings, f)
	return nil
}

// Problem implements [scanner.Handler].
func (p *Part) Problem(x scanner.Problem) error {
	p.Problems = append(p.Problems, x)
	return nil
}

// Notice implements [scanner.Handler].
func (p *Part) Notice(n scanner.Notice) error {
	p.Notices = append(p.Notices, n)
	return nil
}

// Merge returns one part for all: findings with one id are one, problems and
// notices stand once, coverage, allowed findings and times are added up, and the
// whole is complete when all parts are. The findings of keys come first, in order
// of path, line and rule, and then those of habits in the order of the parts. The
// findings of parts are changed.
func Merge(parts ...*Part) *Part {
	out := &Part{Summary: scanner.Summary{Complete: true, Coverage: scanner.Coverage{Skipped: map[string]int{}}}}
	byID := map[string]*scanner.Finding{}
	for _, p := range parts {
		for _, f := range p.Findings {
			if have := byID[f.ID]; have != nil {
				join(have, f)
				continue
			}
			byID[f.ID] = f
			out.Findings = append(out.Findings, f)
		}
		out.Problems = appendNew(out.Problems, p.Problems)
		out.Notices = appendNew(out.Notices, p.Notices)
		add(&out.Summary, p.Summary)
	}
	slices.SortStableFunc(out.Findings, compare)
	return out
}

// appendNew appends what is not yet there.
func appendNew[T comparable](to, list []T) []T {
	for _, x := range list {
		if !slices.Contains(to, x) {
			to = append(to, x)
		}
	}
	return to
}

// add adds up two summaries.
func add(to *scanner.Summary, s scanner.Summary) {
	to.Allowed += s.Allowed
	to.DurationMS += s.DurationMS
	to.Complete = to.Complete && s.Complete
	c := &to.Coverage
	c.Files += s.Coverage.Files
	c.Commits += s.Coverage.Commits
	c.Merges += s.Coverage.Merges
	c.Blobs += s.Coverage.Blobs
	c.Bytes += s.Coverage.Bytes
	for reason, n := range maps.All(s.Coverage.Skipped) {
		c.Skipped[reason] += n
	}
}

// compare puts keys before habits, and sorts keys.
func compare(a, b *scanner.Finding) int {
	aKey, bKey := a.Category == rules.CategorySecret, b.Category == rules.CategorySecret
	switch {
	case aKey && !bKey:
		return -1
	case !aKey && bKey:
		return 1
	case !aKey:
		return 0
	}
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ID, b.ID))
}

// join adds what another scan says of a finding to f. The place stays that of f:
// the part that comes first, the working tree, has the lines that the user sees.
// What only commits know comes from more, and so does the advice of one who
// knows whether the key was pushed.
func join(f, more *scanner.Finding) {
	f.Severity = max(f.Severity, more.Severity)
	if f.Commit == nil && more.Commit != nil {
		f.Help = more.Help
		f.Commit, f.Removed, f.LastSeen = more.Commit, more.Removed, more.LastSeen
		f.AtHead, f.Pushed = more.AtHead, more.Pushed
	}
	f.Secret = cmp.Or(f.Secret, more.Secret)
	f.Verify = cmp.Or(f.Verify, more.Verify)
	f.Fix = cmp.Or(f.Fix, more.Fix)
	f.Name = cmp.Or(f.Name, more.Name)
	f.Occurrences = occurrences(f, more)
	f.OccurrencesLeftOut += more.OccurrencesLeftOut
}

// occurrences returns the further places of a key: those that both name, without
// that of f itself and without those of the tree that history names too.
func occurrences(f, more *scanner.Finding) []scanner.Occurrence {
	first := scanner.Occurrence{Path: more.Path, Line: more.Line, Column: more.Column}
	if more.Commit != nil {
		first.Commit = more.Commit.ID
	}
	type at struct {
		path         string
		line, column int
	}
	seen := map[at]bool{{f.Path, f.Line, f.Column}: true}
	var out []scanner.Occurrence
	for _, o := range slices.Concat(f.Occurrences, []scanner.Occurrence{first}, more.Occurrences) {
		where := at{o.Path, o.Line, o.Column}
		if o.Line == 0 || seen[where] {
			continue
		}
		seen[where] = true
		out = append(out, o)
	}
	return out
}
