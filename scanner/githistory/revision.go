package githistory

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/scanner/internal/pack"
)

// revisions turns names of commits into commits, as gitrevisions(7) has it:
// references, full and abbreviated ids, with ~N, ^N, ^0 and ^{commit} behind.
// What needs a reflog or the configuration, such as main@{1} and @{upstream}, it
// does not know.
type revisions struct {
	objects objects
	store   *pack.Store
	format  pack.Format
	head    string
	refs    map[string]string // full name to id
}

// commit returns the commit that rev names.
func (r *revisions) commit(rev string) (handle, error) {
	end := strings.IndexAny(rev, "~^")
	if end < 0 {
		end = len(rev)
	}
	h, err := r.base(rev[:end])
	for rest := rev[end:]; err == nil && rest != ""; {
		h, rest, err = r.step(rev, h, rest)
	}
	if err == nil {
		h = r.peel(h)
		if r.objects.commit(h) == nil {
			err = fmt.Errorf("%q is no commit", rev)
		}
	}
	return h, err
}

// base resolves a name without suffixes.
func (r *revisions) base(name string) (handle, error) {
	if name == "" || name == "@" || name == "HEAD" {
		name = r.head
		if name == "" {
			return none, fmt.Errorf("HEAD has no commit yet")
		}
	}
	for _, pattern := range []string{"%s", "refs/%s", "refs/tags/%s", "refs/heads/%s", "refs/remotes/%s", "refs/remotes/%s/HEAD"} {
		if id, ok := r.refs[fmt.Sprintf(pattern, name)]; ok {
			name = id
			break
		}
	}
	digits := strings.ToLower(name)
	if len(digits) < 4 || strings.Trim(digits, "0123456789abcdef") != "" {
		return none, fmt.Errorf("%q is no reference and no id of a commit: check the spelling, or fetch it", name)
	}
	var found []handle
	for _, id := range r.store.Abbreviated(digits) {
		if h := r.objects.find(id[:r.format.Size()]); r.objects.commit(r.peel(h)) != nil {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 0:
		return none, fmt.Errorf("no commit %s is here: check the spelling, or fetch it (in a shallow clone: git fetch --unshallow)", name)
	case 1:
		return found[0], nil
	}
	return none, fmt.Errorf("%s begins the ids of %d commits: give more digits", name, len(found))
}

// peel follows tags.
func (r *revisions) peel(h handle) handle {
	for range 100 {
		t := r.objects.target(h)
		if t == none {
			break
		}
		h = t
	}
	return h
}

// step takes one suffix off rest and follows it.
func (r *revisions) step(rev string, h handle, rest string) (handle, string, error) {
	for _, peeling := range []string{"^{commit}", "^{}", "^0"} {
		if after, ok := strings.CutPrefix(rest, peeling); ok {
			return r.peel(h), after, nil
		}
	}
	digits := rest[1:]
	if i := strings.IndexFunc(digits, func(c rune) bool { return c < '0' || c > '9' }); i >= 0 {
		digits = digits[:i]
	}
	n := 1
	if digits != "" {
		var err error
		if n, err = strconv.Atoi(digits); err != nil {
			return none, "", fmt.Errorf("%q is no revision", rev)
		}
	}
	after := rest[1+len(digits):]
	if after != "" && after[0] != '~' && after[0] != '^' {
		return none, "", fmt.Errorf("%q is not understood behind %q: give the id of the commit", after, rev)
	}
	h = r.peel(h)
	if rest[0] == '^' {
		p, err := r.parent(rev, h, n)
		return p, after, err
	}
	for range n {
		p, err := r.parent(rev, h, 1)
		if err != nil {
			return none, "", err
		}
		h = p
	}
	return h, after, nil
}

// parent returns the n-th parent of a commit.
func (r *revisions) parent(rev string, h handle, n int) (handle, error) {
	c := r.objects.commit(h)
	if c == nil || len(c.parents) < n || r.objects.commit(c.parents[n-1]) == nil {
		return none, fmt.Errorf("%s leads beyond the first commit that is here", rev)
	}
	return c.parents[n-1], nil
}

// sides splits a range into its ends. symmetric is A...B.
func sides(spec string) (from, to string, symmetric, ok bool) {
	if from, to, ok = strings.Cut(spec, "..."); ok {
		return from, to, true, true
	}
	from, to, ok = strings.Cut(spec, "..")
	return from, to, false, ok
}
