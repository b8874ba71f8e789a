// Package baseline keeps the findings that a repository has accepted.
//
// The file, .keylint-baseline in the root of the repository, is text:
//
//	# keylint baseline v1 salt=<32 hexadecimal digits>
//	<32 hexadecimal digits> <rule id> [reason]
//
// with one line for each accepted finding, sorted. The digits are an HMAC under
// the salt over rule, path and key, so that an entry outlives edits, moves
// within the file, rebases and squashes, and the file holds nothing of the key,
// the path, the line or the time. A finding of hygiene that has no key is
// identified by its rule and path. A finding that was accepted in a saved report,
// which does not hold the key, is identified by its rule and fingerprint, which
// follows from rule, path and key.
//
// The salt is random and made with the file. It keeps the digests of one
// repository from being compared with those of another; it is no secret, so a
// key that can be guessed can be guessed from its entry too.
//
// Merging two branches is a union of their lines (merge=union in
// .gitattributes). The parser therefore takes lines in any order, more than
// once, with LF or CRLF. It takes several headers as well: when two branches
// each wrote their first baseline there are two salts, and an entry counts
// under any of them. [Baseline.Prune] drops the salts that no entry needs.
package baseline

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// Name is the name of the file in the root of a repository.
const Name = ".keylint-baseline"

// An Entry is a finding that was accepted.
type Entry struct {
	Digest string // 32 hexadecimal digits
	Rule   string
	Reason string // why it is accepted; may be empty
	Line   int    // in the file as read, from 1; 0 for entries added since
}

// A Baseline is the list of accepted findings. It is not safe for concurrent
// use; [scanner.Scan] calls Options.Accept from one goroutine only.
type Baseline struct {
	salts    []string // hexadecimal; the first one is for new entries
	comments []string // as read, with the #
	entries  map[id]*entry
}

// An id is what makes two entries the same.
type id struct{ digest, rule string }

type entry struct {
	Entry
	used bool
	salt string // under which it was used
}

// newBaseline returns an empty baseline under a new random salt.
func newBaseline() *Baseline {
	var salt [saltBytes]byte
	rand.Read(salt[:]) // never fails, see crypto/rand
	return &Baseline{salts: []string{hex.EncodeToString(salt[:])}, entries: map[id]*entry{}}
}

// Accept reports whether f is accepted, and marks its entry as used. A finding
// without its key, as read from a report, is never accepted, unless it is one
// of hygiene.
func (b *Baseline) Accept(f *scanner.Finding) bool {
	if !identifiable(f) {
		return false
	}
	found := b.find(f)
	for _, e := range found {
		e.used = true
	}
	return len(found) > 0
}

// Add accepts f from now on. An entry that is there keeps its reason if the
// new one is empty. Line breaks and control characters in reason become
// spaces.
//
// It fails when f does not hold its key, as findings from a report do not, and
// when the reason would give the key away.
func (b *Baseline) Add(f *scanner.Finding, reason string) error {
	if !identifiable(f) {
		return fmt.Errorf("%s in %s: the finding does not hold its key: scan again to accept it", f.Rule, f.Path)
	}
	if !validRule(f.Rule) {
		return fmt.Errorf("cannot accept a finding of rule %q: a rule id has letters, digits and -._ only", f.Rule)
	}
	if f.Secret != nil && f.Secret.Secret.Len() > 0 && strings.Contains(reason, f.Secret.Secret.Reveal()) {
		return errors.New("the reason holds the key itself: give one that does not")
	}
	reason = oneLine(reason)
	if b.Accept(f) {
		if reason != "" {
			b.find(f)[0].Reason = reason
		}
		return nil
	}
	b.put(digest(b.salts[0], f), f.Rule, reason)
	return nil
}

// AddReported accepts from now on a finding that was read from a report: by its
// fingerprint, as a report does not hold the key, or as [Baseline.Add] does when
// it is identified without one. An entry that is there gets the new reason, unless
// that is empty.
//
// It fails when f has no fingerprint. Whether the reason gives the key away it
// cannot know.
func (b *Baseline) AddReported(f *scanner.Finding, reason string) error {
	if identifiable(f) {
		return b.Add(f, reason)
	}
	if !isHex(f.ID, digestDigits) || !validRule(f.Rule) {
		return fmt.Errorf("%s in %s: the report gives no fingerprint and rule to accept it by: scan again", oneLine(f.Rule), oneLine(f.Path))
	}
	if e := b.reported(f); e != nil {
		e.used = true
		e.Reason = cmp.Or(oneLine(reason), e.Reason)
		return nil
	}
	b.put(reportedDigest(b.salts[0], f.Rule, f.ID), f.Rule, oneLine(reason))
	return nil
}

// Reported returns the entry that accepts a finding read from a report, if it is
// known by what a report says: entries that [Baseline.Add] made from keys are not.
func (b *Baseline) Reported(f *scanner.Finding) (Entry, bool) {
	e := b.reported(f)
	if found := b.find(f); identifiable(f) && len(found) > 0 {
		e = found[0]
	}
	if e == nil {
		return Entry{}, false
	}
	return e.Entry, true
}

// put adds an entry under the first salt.
func (b *Baseline) put(digest, rule, reason string) {
	b.entries[id{digest, rule}] = &entry{Entry: Entry{Digest: digest, Rule: rule, Reason: reason}, used: true, salt: b.salts[0]}
}

// find returns the entries of f, of which there can be two: one by its key and one
// by its fingerprint. It notes their salt.
func (b *Baseline) find(f *scanner.Finding) []*entry {
	var found []*entry
	for _, salt := range b.salts {
		digests := []string{digest(salt, f)}
		for _, fingerprint := range fingerprints(f) {
			digests = append(digests, reportedDigest(salt, f.Rule, fingerprint))
		}
		for _, d := range digests {
			if e := b.entries[id{d, f.Rule}]; e != nil {
				e.salt = salt
				found = append(found, e)
			}
		}
	}
	return found
}

// reported returns the entry of the fingerprint of f, nil if there is none.
func (b *Baseline) reported(f *scanner.Finding) *entry {
	for _, salt := range b.salts {
		if e := b.entries[id{reportedDigest(salt, f.Rule, f.ID), f.Rule}]; e != nil {
			e.salt = salt
			return e
		}
	}
	return nil
}

// Len returns the number of entries.
func (b *Baseline) Len() int { return len(b.entries) }

// Unused returns the entries that neither [Baseline.Accept] nor
// [Baseline.Add] has used, in the order of the file.
func (b *Baseline) Unused() []Entry {
	var list []Entry
	for _, e := range b.sorted() {
		if !e.used {
			list = append(list, e.Entry)
		}
	}
	return list
}

// Prune drops the unused entries of the rules that looked reports true for, and
// the salts that no entry needs any more, and returns the number of entries
// dropped. Call it after a complete scan of all that the baseline covers with
// these rules: an entry of a file that was not scanned is unused too.
func (b *Baseline) Prune(looked func(rule string) bool) int {
	before := len(b.entries)
	maps.DeleteFunc(b.entries, func(_ id, e *entry) bool { return !e.used && looked(e.Rule) })
	b.dropSalts()
	return before - len(b.entries)
}

// dropSalts drops the salts that no entry needs, but for one. Which one an unused
// entry needs is not known: then all stay.
func (b *Baseline) dropSalts() {
	needed := map[string]bool{}
	for _, e := range b.entries {
		if !e.used {
			return
		}
		needed[e.salt] = true
	}
	if len(needed) == 0 {
		b.salts = b.salts[:1]
		return
	}
	b.salts = slices.DeleteFunc(b.salts, func(s string) bool { return !needed[s] })
}

// sorted returns the entries in the order of the file: by digest, then rule.
func (b *Baseline) sorted() []*entry {
	return slices.SortedFunc(maps.Values(b.entries), func(x, y *entry) int {
		return cmp.Or(strings.Compare(x.Digest, y.Digest), strings.Compare(x.Rule, y.Rule))
	})
}

// identifiable reports whether f holds what identifies it: its key, or for a
// finding of hygiene without one its rule and path.
func identifiable(f *scanner.Finding) bool {
	if f.Secret == nil {
		return f.Category == rules.CategoryHygiene
	}
	return f.Secret.Secret.Len() > 0
}

// digest identifies f under salt. The first part keeps findings with and
// without a key, and versions of the format, apart.
func digest(salt string, f *scanner.Finding) string {
	path := strings.ReplaceAll(f.Path, "\x00", "\\0") // NUL separates the parts
	if f.Secret == nil {
		return rules.Digest(salt, rules.Secret{}, "keylint/baseline/v1/hygiene", f.Rule, path)
	}
	return rules.Digest(salt, f.Secret.Secret, "keylint/baseline/v1/secret", f.Rule, path)
}

// fingerprints returns those of f: the one that it was given, and the one that its
// path gives, which differs when a key is looked for at a path that it had before.
func fingerprints(f *scanner.Finding) []string {
	list := []string{f.ID}
	if f.Secret != nil {
		list = append(list, scanner.Fingerprint(f.Rule, f.Path, f.Secret.Secret))
	}
	return list
}

// reportedDigest identifies a finding by its fingerprint under salt. A finding of
// another kind cannot have the same digest, as its first part differs.
func reportedDigest(salt, rule, fingerprint string) string {
	return rules.Digest(salt, rules.Secret{}, "keylint/baseline/v1/fingerprint", rule, fingerprint)
}
