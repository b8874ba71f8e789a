package githistory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// A reporter turns keys into findings.
type reporter struct {
	*attribution
	scan   *scan
	head   handle // the commit of HEAD, none without one
	rank   dense[int32]
	reach  []reach
	origin string // of the findings
	same   map[keyID]*twins
}

// findings returns the findings of all keys, in order of path, line and rule.
func (r *reporter) findings() (list []*scanner.Finding, allowed int) {
	r.same = r.twins()
	for _, k := range r.keys {
		if len(k.introduced) == 0 {
			continue // beyond the range
		}
		if r.isAllowed(k) {
			allowed++
			continue
		}
		if f := r.finding(k); f != nil {
			list = append(list, f)
		}
	}
	return list, allowed
}

// sortFindings puts findings in the order in which they are reported.
func sortFindings(list []*scanner.Finding) {
	slices.SortFunc(list, func(a, b *scanner.Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Origin, b.Origin))
	})
}

// isAllowed reports whether a directive allows a key where it stands now, or
// everywhere that it ever stood.
func (r *reporter) isAllowed(k *key) bool {
	if blob := r.atHead(k); blob != none {
		return r.allowedIn(k, blob)
	}
	for _, p := range k.places {
		if !r.allowedIn(k, p.blob) {
			return false
		}
	}
	return true
}

func (r *reporter) allowedIn(k *key, blob handle) bool {
	return !slices.ContainsFunc(r.sightingsOf(k, blob), func(s sighting) bool { return !s.Allowed })
}

// atHead returns the blob that holds k in the tree of HEAD, none if none does.
func (r *reporter) atHead(k *key) handle {
	if r.head == none {
		return none
	}
	c := r.objects.commit(r.head)
	if c == nil || k.path < realPath || !r.holds(c.tree, k.path, k.number) {
		return none
	}
	return r.lookup(c.tree, k.path)
}

// earliest returns the event whose commit was made first.
func (r *reporter) earliest(list []event) event {
	return slices.MinFunc(list, func(a, b event) int { return r.compare(a.commit, b.commit) })
}

// compare orders commits by time, and those of one time as history does. What is
// in no commit comes last.
func (r *reporter) compare(a, b handle) int {
	if a == none || b == none {
		return cmp.Compare(b, a)
	}
	return cmp.Or(cmp.Compare(r.time(a), r.time(b)), cmp.Compare(r.rank.get(a), r.rank.get(b)))
}

// time returns when a commit was made, 0 for what is none.
func (r *reporter) time(h handle) int64 {
	if c := r.objects.commit(h); c != nil {
		return c.time
	}
	return 0
}

// finding returns the finding for k, nil when it is one of a file that is left
// out.
func (r *reporter) finding(k *key) *scanner.Finding {
	intro := r.earliest(k.introduced)
	path := r.shown(k)
	f := r.sightingsOf(k, intro.blob)[0].Finding(path, "history")
	f.Origin = r.origin
	if k.inName {
		f.Origin = scanner.OriginFileName
		f.Message += " in a file name"
	}
	if intro.commit != none {
		f.Commit = r.scan.commitOf(intro.commit)
	}
	if intro.commit == none && k.where != "" {
		f.Message += ", " + k.where
	}
	if r.reach[k.number].dangling {
		what := "commit"
		if k.path == tagPath {
			what = "tag"
		}
		f.Message += ", in a " + what + " that no reference leads to"
	}
	lines := 0 // before the message
	switch {
	case k.path == tagPath:
		f.Origin = scanner.OriginTagMessage
	case k.path == rootPath:
		f.Origin = scanner.OriginCommitMessage
	case r.origin == scanner.OriginNote:
		f.Message += " in the note on " + strings.ReplaceAll(r.paths.text(k.path), "/", "")
	}
	if k.path < realPath {
		lines = r.scan.headerLines(intro.blob)
		f.Location = inMessage(f.Location, lines)
	}
	if reach := r.reach[k.number]; f.Commit != nil {
		for _, ref := range reach.refs {
			f.Commit.Refs = append(f.Commit.Refs, r.scan.clean(ref))
		}
		f.Commit.RefsTotal = reach.total
		r.presence(f, k)
	}
	if r.isFile(k) {
		return r.file(f, k)
	}
	if f.Commit != nil {
		r.scan.advise(f, intro.commit, r.reach[k.number].pushed)
	}
	r.occurrences(f, k, intro)
	seen := r.paths.text(k.path)
	if r.origin == scanner.OriginNote {
		seen = ""
	}
	if !k.inName {
		r.scan.frame(f, intro.blob, seen, lines)
	}
	return f
}

// shown returns the path of a key as reports show it. Notes have none: what they
// are about is not a file.
func (r *reporter) shown(k *key) string {
	if r.origin == scanner.OriginNote {
		return ""
	}
	return maskedPath(r.matcher, r.paths.text(k.path))
}

// inMessage returns a location in a commit or tag as one in its message, which
// begins after some lines of headers.
func inMessage(l scanner.Location, lines int) scanner.Location {
	if l.Line <= lines {
		return scanner.Location{}
	}
	l.Line -= lines
	l.EndLine -= lines
	return l
}

// presence says whether the key is still there, and if not, since when.
func (r *reporter) presence(f *scanner.Finding, k *key) {
	if r.head != none {
		here := r.atHead(k) != none || k.path == rootPath && slices.ContainsFunc(k.introduced, func(e event) bool { return r.scan.inHead(e.commit) })
		f.AtHead = &here
		if here {
			f.LastSeen = r.ref(r.head)
			return
		}
	}
	var removed []event // those that led to HEAD, if any
	headSet := r.ever.get(r.head)
	for _, e := range k.removed {
		if r.part || headSet.has(k.number) == r.scan.inHead(e.commit) {
			removed = append(removed, e)
		}
	}
	if len(removed) == 0 {
		return
	}
	last := slices.MaxFunc(removed, func(a, b event) int { return r.compare(a.commit, b.commit) })
	f.Removed = r.ref(last.commit)
	for _, p := range r.objects.commit(last.commit).parents {
		if c := r.objects.commit(p); c != nil && r.holds(c.tree, k.path, k.number) {
			f.LastSeen = r.ref(p)
		}
	}
}

func (r *reporter) ref(h handle) *scanner.CommitRef {
	return &scanner.CommitRef{ID: r.scan.hex(h), Time: time.Unix(r.time(h), 0).UTC()}
}

// advise says what to do about a key that a commit brought in.
func (s *scan) advise(f *scanner.Finding, commit handle, pushed bool) {
	if !s.hasRemotes {
		return
	}
	f.Pushed = &pushed
	if pushed {
		f.Help += " It was pushed: revoke it first; only then, if at all, rewrite the history with git filter-repo --replace-text and push by force."
		return
	}
	const forget = "then git reflog expire --expire-unreachable=now --all && git gc --prune=now."
	base := "--root"
	if c := s.objects.commit(commit); c != nil && len(c.parents) > 0 {
		base = s.hex(commit)[:12] + "^"
	}
	if commit == s.head {
		f.Help += " It was not pushed yet: take it out of the file and run git commit --amend, " + forget
	} else {
		f.Help += " It was not pushed yet: run git rebase -i " + base + ", edit that commit, take the key out, " + forget
	}
}
