package hygiene

import (
	"fmt"
	"os"
	"path"
	"time"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// RotateAfter is how long a key may be in use when nothing else is configured.
const RotateAfter = 90 * 24 * time.Hour

// A keyLife is when a key was first seen, and where it is in use.
type keyLife struct {
	secret rules.Secret
	name   string
	since  time.Time
	commit string
	uses   []keyUse
}

// A keyUse is a place where a key is in use.
type keyUse struct {
	path string
	loc  scanner.Location
	what string // which of the places it is
}

// keyAge reports the keys that are in use for too long: first those that commits
// have, then those that only ignored .env files have.
func keyAge(p *pass) {
	limit := p.RotateAfter
	if limit == 0 {
		limit = RotateAfter
	}
	lives, order := p.keyLives()
	for _, hash := range order {
		l := lives[hash]
		age := p.Now.Sub(l.since)
		if len(l.uses) == 0 || age <= limit {
			continue
		}
		first := l.uses[0]
		f := p.report(first.path, l.secret, fmt.Sprintf("%s is %s old: commit %.12s was the first to have it, on %s, and keys are to be rotated after %s; %s still has it",
			l.secret.Redacted(), days(age), l.commit, day(l.since), days(limit), first.what))
		f.Location, f.Name, f.Source = first.loc, l.name, "history"
		for _, u := range l.uses[1:] {
			f.Occurrences = append(f.Occurrences, scanner.Occurrence{Path: u.path, Line: u.loc.Line, Column: u.loc.Column})
		}
	}
	for _, name := range p.Ignored {
		p.fileAge(name, limit, lives)
	}
}

// keyLives returns the keys that the history knows, by hash, and the order in
// which they were found.
func (p *pass) keyLives() (lives map[string]*keyLife, order []string) {
	lives = map[string]*keyLife{}
	for _, k := range p.History {
		if !isKey(k) || isMinor(k) || isMeantToBeSeen(k.Rule) || isShortLived(k.Rule) || k.Commit == nil || isTried(k.Path) || isPublicName(k.Name) {
			continue
		}
		l := lives[k.Secret.Hash]
		if l == nil {
			l = &keyLife{secret: k.Secret.Secret, name: k.Name}
			lives[k.Secret.Hash] = l
			order = append(order, k.Secret.Hash)
		}
		if l.since.IsZero() || k.Commit.Time.Before(l.since) {
			l.since, l.commit = k.Commit.Time, k.Commit.ID
		}
		if k.AtHead != nil && *k.AtHead && k.Path != "" {
			l.use(keyUse{k.Path, scanner.Location{}, "the last commit"})
		}
	}
	for _, k := range p.Keys {
		if l := lives[hashOf(k)]; l != nil && !isTried(k.Path) {
			l.use(keyUse{k.Path, k.Location, "the working tree"})
		}
	}
	for _, name := range p.Ignored {
		for _, k := range p.envKeys(name) {
			if l := lives[k.secret.Hash()]; l != nil {
				l.use(keyUse{name, k.loc, "a file that git ignores"})
			}
		}
	}
	return lives, order
}

// isTried reports whether a file shows or tries how things are done, so that a key in
// it is not one in use: tests, examples, prose.
func isTried(name string) bool {
	base := path.Base(name)
	return isFixture(name+"/") || testFile().MatchString(base) || prose().MatchString(base)
}

// isShortLived reports whether what a rule finds expires by itself.
func isShortLived(rule string) bool { return rule == "jwt" }

// hashOf returns the hash of the key of a finding, "" without one.
func hashOf(f *scanner.Finding) string {
	if f.Secret == nil {
		return ""
	}
	return f.Secret.Hash
}

// use notes that a key is in use. The place of the working tree counts more than
// that of the commit, whose lines may have moved.
func (l *keyLife) use(u keyUse) {
	for i := range l.uses {
		if l.uses[i].path == u.path {
			if l.uses[i].loc.Line == 0 {
				l.uses[i].loc = u.loc
			}
			return
		}
	}
	l.uses = append(l.uses, u)
}

// fileAge reports the keys in an ignored .env file that no commit has ever had,
// by the time at which the file was last written.
func (p *pass) fileAge(name string, limit time.Duration, lives map[string]*keyLife) {
	info, err := os.Lstat(p.native(name))
	if err != nil || p.Now.Sub(info.ModTime()) <= limit || isFixture(name) {
		return
	}
	for _, k := range p.envKeys(name) {
		if lives[k.secret.Hash()] != nil {
			continue
		}
		f := p.report(name, k.secret, fmt.Sprintf("%s is at least %s old by the time of the file, which git ignores and which was last written on %s; keys are to be rotated after %s",
			k.secret.Redacted(), days(p.Now.Sub(info.ModTime())), day(info.ModTime()), days(limit)))
		f.Location, f.Name, f.Severity, f.Confidence = k.loc, k.name, rules.Low, rules.MediumConfidence
	}
}

// days says how long a time is.
func days(d time.Duration) string {
	n := int(d / (24 * time.Hour))
	switch {
	case n == 0:
		return d.Round(time.Minute).String()
	case n == 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
