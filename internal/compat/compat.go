// Package compat reads which findings a project has accepted for other secret
// scanners, so that they need not be judged again.
//
// It reads three kinds of files:
//
//   - .gitleaksignore: one fingerprint a line, commit:file:rule:line or
//     file:rule:line (https://github.com/gitleaks/gitleaks#gitleaksignore);
//   - baselines of detect-secrets, .secrets.baseline: for each file the SHA-1 of
//     the secrets in it (https://github.com/Yelp/detect-secrets);
//   - JSON reports of gitleaks, which it takes as baselines.
//
// The rules of other scanners have other names, so a place or a key counts for
// findings of every rule. A fingerprint counts at its line only, an entry with a
// key wherever the key stands in its file. What names a commit counts for the
// finding that this commit brought in, and not for what stands at that line now.
package compat

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// The names of the files that are looked for in the root of a project.
const (
	IgnoreName   = ".gitleaksignore"
	BaselineName = ".secrets.baseline"
)

// An entry is one thing that is accepted.
type entry struct {
	file   int    // index in Allowances.files
	commit string // "" for any
	line   int    // 0 for any
	last   int    // the last line, where there are several
	sha1   string // of the key, hexadecimal; "" for any
	secret rules.Secret
	match  rules.Secret // the text around the secret
}

// A source is a file of entries.
type source struct {
	name     string
	accepted int
	odd      []int // lines that could not be read
}

// Allowances are findings that were accepted for other scanners. The zero value
// has none. It is not safe for concurrent use.
type Allowances struct {
	byPath map[string][]entry
	files  []source
}

// Add reads data, the content of the file called name, of any of the kinds. It
// fails when it is none of them.
func (a *Allowances) Add(name string, data []byte) error {
	a.files = append(a.files, source{name: name})
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch trimmed := bytes.TrimSpace(data); {
	case bytes.HasPrefix(trimmed, []byte("[")):
		return a.addReport(trimmed)
	case bytes.HasPrefix(trimmed, []byte("{")):
		return a.addDetectSecrets(trimmed)
	}
	a.addIgnore(data)
	return nil
}

// IsForeign reports whether data is a baseline of another scanner, as --baseline
// takes it: those are JSON, and keylint's own is not.
func IsForeign(data []byte) bool {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	return len(trimmed) > 0 && (trimmed[0] == '[' || trimmed[0] == '{')
}

// put adds an entry of the file that is read.
func (a *Allowances) put(file string, e entry) {
	if a.byPath == nil {
		a.byPath = map[string][]entry{}
	}
	e.file = len(a.files) - 1
	file = cleanPath(file)
	a.byPath[file] = append(a.byPath[file], e)
}

// cleanPath returns a path as findings have it.
func cleanPath(p string) string { return path.Clean(strings.ReplaceAll(p, "\\", "/")) }

// Len returns the number of entries.
func (a *Allowances) Len() int {
	n := 0
	for _, list := range a.byPath {
		n += len(list)
	}
	return n
}

// Accept reports whether f was accepted in all of its places, and counts it. A
// finding without a key, and one that was read from a report, is not.
func (a *Allowances) Accept(f *scanner.Finding) bool {
	if a == nil || len(a.byPath) == 0 || f.Secret == nil || f.Secret.Secret.Len() == 0 {
		return false
	}
	commit := ""
	if f.Commit != nil {
		commit = f.Commit.ID
	}
	first := a.find(f, scanner.Occurrence{Path: f.Path, Line: f.Line, Commit: commit})
	if first == nil {
		return false
	}
	for _, o := range f.Occurrences {
		if a.find(f, o) == nil {
			return false
		}
	}
	if f.OccurrencesLeftOut > 0 {
		return false
	}
	a.files[first.file].accepted++
	return true
}

// find returns an entry that accepts the key of f at a place, nil if there is none.
func (a *Allowances) find(f *scanner.Finding, at scanner.Occurrence) *entry {
	list := a.byPath[at.Path]
	i := slices.IndexFunc(list, func(e entry) bool { return e.accepts(f.Secret.Secret, at) })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// accepts reports whether e accepts key at a place of its file.
func (e *entry) accepts(key rules.Secret, at scanner.Occurrence) bool {
	if e.commit != "" && !strings.EqualFold(e.commit, at.Commit) {
		return false
	}
	if e.line > 0 && (at.Line < e.line || at.Line > max(e.line, e.last)) {
		return false
	}
	switch {
	case e.sha1 != "":
		sum := sha1.Sum([]byte(key.Reveal()))
		return e.sha1 == hex.EncodeToString(sum[:])
	case e.secret.Len() > 0 || e.match.Len() > 0:
		return overlaps(key.Reveal(), e.secret.Reveal(), e.match.Reveal())
	}
	return true
}

// minPart is the least length of a text that stands for a key of which it is a
// part, in bytes.
const minPart = 8

// overlaps reports whether key is what another scanner took for the secret, or
// one is the larger part of the other: scanners differ in where a key begins.
func overlaps(key, secret, match string) bool {
	return key == secret ||
		len(key) >= minPart && (strings.Contains(secret, key) || strings.Contains(match, key)) ||
		len(secret) >= minPart && 2*len(secret) > len(key) && strings.Contains(key, secret)
}

// Notices tells what was accepted, and which lines could not be read.
func (a *Allowances) Notices() []scanner.Notice {
	if a == nil {
		return nil
	}
	var list []scanner.Notice
	for _, s := range a.files {
		if s.accepted > 0 {
			list = append(list, scanner.Notice{Path: s.name, Reason: fmt.Sprintf("%d finding(s) accepted, as this file of another scanner does: “keylint baseline import %s” makes them keylint's own; [compat] allow = false reports them", s.accepted, s.name)})
		}
		for _, line := range s.odd {
			list = append(list, scanner.Notice{Path: s.name, Line: line, Reason: "this line is no fingerprint and accepts nothing: write file:rule:line or commit:file:rule:line"})
		}
	}
	return list
}
