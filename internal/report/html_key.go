package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agcloud/keylint/scanner"
)

// Where a key is, as far as it is known.
const (
	whereHead    = "at HEAD"
	whereFiles   = "in files only"
	whereHistory = "in history only"
)

// Whether a key was pushed.
const (
	pushedYes     = "pushed"
	pushedNo      = "not pushed"
	pushedUnknown = "not known"
)

// notAsked is the status of a key whose service was not asked.
const notAsked = "not asked"

// An htmlKey is a key with all its findings.
type htmlKey struct {
	Anchor, Masked, Title, Rule string
	Severity                    string
	Level                       int // of the severity, 0 is the mildest
	Older                       bool
	State                       string // a class: live, restricted, head, files, past, dead
	Status, Where, Pushed       string
	First                       string // the day when it was first seen
	Unix                        int64  // the same in seconds; 0 if it is not known
	Overdue                     bool
	Place                       string // the first place
	Count                       int    // of places
	Facts                       []htmlFact
	Places                      []htmlPlace
	Plan                        *htmlPlan

	length       int
	first, last  time.Time // zero if not known
	until        string    // the day when it was removed
	age, next    string
	present      bool
	author       string
	dirs, names  []string
	repositories []string
	verification []string
	shared       []string // what environments have it
	remarks      []string // what else checks say of it
}

// An htmlBook is all keys, and what is not about one of them.
type htmlBook struct {
	keys   []*htmlKey
	byHash map[string]*htmlKey
	masked map[string]*htmlKey // by masked value; nil if several keys have it
	habits []*scanner.Finding
	places int
	dated  bool // history says of some keys whether HEAD has them
}

// group makes one key of the findings with one hash. Habits stay findings, and
// those about a key are noted there, too.
func (w *htmlWriter) group(findings []*scanner.Finding) *htmlBook {
	b := &htmlBook{byHash: map[string]*htmlKey{}}
	of := map[*htmlKey][]*scanner.Finding{}
	anchors := ordinal{}
	for _, f := range findings {
		if !isKey(f) {
			b.habits = append(b.habits, f)
			continue
		}
		b.dated = b.dated || f.AtHead != nil
		hash := hashOf(f)
		k := b.byHash[hash]
		if k == nil {
			k = &htmlKey{Anchor: anchor(hash, anchors)}
			b.byHash[hash] = k
			b.keys = append(b.keys, k)
		}
		of[k] = append(of[k], f)
	}
	for _, k := range b.keys {
		w.fill(k, of[k])
		b.places += k.Count
		if p, ok := w.plans[hashOf(of[k][0])]; ok {
			k.Plan = w.plan(p)
		}
	}
	b.masks()
	for _, f := range b.habits {
		if k := b.about(f); k != nil {
			k.remark(f, w)
		}
	}
	for _, k := range b.keys {
		k.Facts = k.facts()
	}
	slices.SortStableFunc(b.keys, func(x, y *htmlKey) int {
		return cmp.Or(compareBool(x.Older, y.Older), cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Level, x.Level), compareBool(!x.present, !y.present), cmp.Compare(y.Unix, x.Unix))
	})
	return b
}

// minMask is the least number of characters of a masked value that tells a key
// from others.
const minMask = 7

// masks notes which masked values name one key alone.
func (b *htmlBook) masks() {
	b.masked = map[string]*htmlKey{}
	for _, k := range b.keys {
		if utf8.RuneCountInString(k.Masked) < minMask {
			continue
		}
		if _, twice := b.masked[k.Masked]; twice {
			b.masked[k.Masked] = nil
			continue
		}
		b.masked[k.Masked] = k
	}
}

// about returns the key that a habit is about, nil if it is not known. Checks that
// look at keys in files that git ignores name them in their messages alone.
func (b *htmlBook) about(f *scanner.Finding) *htmlKey {
	if f.Secret != nil {
		return b.byHash[f.Secret.Hash]
	}
	for _, word := range strings.FieldsFunc(f.Message, func(r rune) bool { return strings.ContainsRune(" ,;:()“”", r) }) {
		if k := b.masked[word]; k != nil {
			return k
		}
	}
	return nil
}

// rank puts keys that work first and those that do not last.
func rank(k *htmlKey) int {
	switch k.Status {
	case scanner.StatusLive:
		return 0
	case scanner.StatusRestricted:
		return 1
	case scanner.StatusDead:
		return 3
	}
	return 2
}

// hashOf returns what tells the key of a finding from others.
func hashOf(f *scanner.Finding) string {
	if f.Secret == nil || f.Secret.Hash == "" {
		return "id " + f.ID
	}
	return f.Secret.Hash
}

// anchor returns the name of a key in addresses. It follows from the hash, so that
// links stay good from report to report.
func anchor(hash string, used ordinal) string {
	_, digits, _ := strings.Cut(hash, ":")
	digits = strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, cmp.Or(digits, hash))
	name := "key-" + digits[:min(12, len(digits))]
	if n := used.next(name); n > 1 {
		name += "-" + strconv.Itoa(n)
	}
	return name
}

// fill sets what follows from the findings of a key.
func (w *htmlWriter) fill(k *htmlKey, findings []*scanner.Finding) {
	slices.SortStableFunc(findings, compareWorst)
	worst := findings[0]
	k.Rule, k.Title = escape(worst.Rule), escape(w.opts.rule(worst).Title)
	k.Severity, k.Level = worst.Severity.String(), int(worst.Severity)
	k.Older, k.next = worst.Older, paragraphs(advice(worst))
	k.Masked = "(no value)"
	if s := worst.Secret; s != nil {
		k.Masked, k.length = escape(s.Redacted), s.Length
	}
	k.Status, k.Pushed = notAsked, pushedUnknown
	committed := false
	for _, f := range findings {
		k.see(f, w.opts.Prefix)
		committed = committed || f.AtHead != nil && *f.AtHead
		k.Places = append(k.Places, w.place(f))
		k.Count += 1 + len(f.Occurrences) + f.OccurrencesLeftOut
	}
	k.Place = k.Places[0].Where
	slices.Sort(k.names)
	k.names = slices.Compact(k.names)
	slices.Sort(k.repositories)
	k.repositories = slices.Compact(k.repositories)
	switch {
	case committed:
		k.Where = whereHead
	case k.present:
		k.Where = whereFiles
	default:
		k.Where = whereHistory
	}
	k.State = k.state()
	k.dates(w.opts)
}

// see takes a finding of the key in.
func (k *htmlKey) see(f *scanner.Finding, prefix string) {
	if f.Name != "" {
		k.names = append(k.names, escape(f.Name))
	}
	if f.Source != "history" || f.AtHead != nil && *f.AtHead {
		k.present = true
	}
	if f.Pushed != nil && (*f.Pushed || k.Pushed == pushedUnknown) {
		k.Pushed = pushed(*f.Pushed)
	}
	if v := f.Verify; v != nil && v.Status != "" {
		if v.Status != scanner.StatusNotTried && (k.Status == notAsked || v.Works()) {
			k.Status = escape(v.Status)
		}
		if text := status(v); !slices.Contains(k.verification, text) {
			k.verification = append(k.verification, text)
		}
	}
	if c := f.Commit; c != nil && !c.Time.IsZero() && (k.first.IsZero() || c.Time.Before(k.first)) {
		k.first, k.author = c.Time, escape(c.Author)
	}
	if r := f.Removed; r != nil && r.Time.After(k.last) {
		k.last = r.Time
	}
	dir := directory(join(prefix, f.Path))
	if f.Repository != "" {
		name := escape(f.Repository)
		k.repositories = append(k.repositories, name)
		dir = name + "/" + strings.TrimPrefix(dir, "/")
	}
	k.dirs = append(k.dirs, dir)
}

// pushed says whether something was pushed.
func pushed(b bool) string {
	if b {
		return pushedYes
	}
	return pushedNo
}

// state returns the class by which a key is coloured: what is worst of it.
func (k *htmlKey) state() string {
	switch {
	case k.Status == scanner.StatusLive, k.Status == scanner.StatusRestricted, k.Status == scanner.StatusDead:
		return k.Status
	case k.Where == whereHead:
		return "head"
	case k.Where == whereFiles:
		return "files"
	}
	return "past"
}
