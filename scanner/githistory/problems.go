package githistory

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// maxProblems is the most problems of objects that are listed one by one.
const maxProblems = 200

// report counts what was read, and reports what could not be read and what is
// not there.
func (s *scan) report(r *reading) error {
	if r.walked != nil {
		r.problems = append(r.problems, r.walked.problems...)
	} else {
		r.problems = append(append(r.problems, r.lazy.problems...), r.lazy.misnamed()...)
	}
	addCoverage(&s.out.Coverage, r.coverage())
	if len(s.tips) == 0 && len(s.staged) == 0 && s.opts.Range.Push == nil { // the first push to a server finds none
		if err := s.out.Problem(scanner.Problem{Reason: "nothing to scan: the repository has no commit yet"}); err != nil {
			return err
		}
	}
	for _, p := range s.notRead {
		if err := s.out.Problem(p); err != nil {
			return err
		}
	}
	for i, p := range r.problems {
		out := s.problemOf(p)
		if i == maxProblems {
			out = scanner.Problem{Reason: fmt.Sprintf("%s more cannot be read: run git fsck", plural(len(r.problems)-i, "object"))}
		}
		if err := s.out.Problem(out); err != nil {
			return err
		}
		if i == maxProblems {
			break
		}
	}
	return s.absent(r)
}

// problemOf returns a problem of reading objects as one of the scan.
func (s *scan) problemOf(p pack.Problem) scanner.Problem {
	out := scanner.Problem{Reason: "cannot be read: " + p.Err.Error()}
	if p.Path != "" {
		out.Path = s.shownPath(p.Path)
	}
	if p.ID != (pack.ID{}) {
		out.Object = hex.EncodeToString(p.ID[:s.format.Size()])
	}
	return out
}

// absent reports the objects that history needs and that are not there: those
// that a shallow or a partial clone leaves out, and others.
func (s *scan) absent(r *reading) error {
	lost := absence{scan: s, w: r.walked}
	if lost.w != nil {
		lost.look()
	} else {
		lost.pass(r.lazy)
	}
	if lost.cut > 0 {
		p := scanner.Problem{Reason: fmt.Sprintf("the clone is shallow: what came before %s is not here and was not scanned: run git fetch --unshallow", plural(lost.cut, "commit"))}
		if err := s.out.Problem(p); err != nil {
			return err
		}
	}
	if len(lost.list) == 0 {
		return nil
	}
	ids := make([]string, len(lost.list))
	for i, h := range lost.list {
		ids[i] = s.hex(h)
	}
	example := slices.Min(ids) // the same however objects are stored
	p := scanner.Problem{Object: example, Reason: plural(len(lost.list), "object") + " missing that history needs, and not scanned: run git fsck, and fetch from another clone"}
	if s.partial {
		p.Reason = "the clone is partial: " + plural(len(lost.list), "object") + " missing, and not scanned: scan a clone made without --filter"
	}
	return s.out.Problem(p)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// An absence is the objects that are not there.
type absence struct {
	w     *walked
	scan  *scan
	roots map[handle]bool // trees of the commits that a reference leads to
	cut   int             // commits at which a shallow clone ends
	list  []handle
}

// commits looks at the commits that a reference leads to. It returns their
// trees and parents, those that a shallow clone leaves out excepted.
func (a *absence) commits() (named map[handle]bool) {
	a.roots, named = map[handle]bool{}, map[handle]bool{}
	for i, reached := range a.scan.reached {
		if !reached {
			continue
		}
		c := handle(i)
		k := a.scan.objects.commit(c)
		a.roots[k.tree] = true
		named[k.tree] = true
		shallow := a.scan.shallow[a.scan.hex(c)]
		if shallow {
			a.cut++
		}
		for _, p := range k.parents {
			named[p] = named[p] || !shallow
		}
	}
	return named
}

// look fills in what is absent of the objects of a walk. What only an object
// needs that no reference leads to, does not count.
func (a *absence) look() {
	staged := map[handle]bool{}
	for _, e := range a.scan.staged {
		if a.w.find([]byte(e.id)) == none {
			staged[a.w.missing.add([]byte(e.id))] = true
		}
	}
	if a.w.missing.count() == 0 {
		return
	}
	named := a.commits()
	for h := a.w.missing.first; h < a.w.missing.first+handle(a.w.missing.count()); h++ {
		if named[h] || staged[h] || a.scan.tagged[h] || a.needed(h) {
			a.list = append(a.list, h)
		}
	}
}

// pass takes what l was asked for and what is absent, but for what a shallow
// clone leaves out.
func (a *absence) pass(l *lazy) {
	a.commits() // counts the ends
	cut := map[handle]bool{}
	for h, p := range l.parsed {
		if len(a.scan.shallow) == 0 {
			break
		}
		if p.commit != nil && a.scan.shallow[a.scan.hex(h)] {
			for _, parent := range p.commit.parents {
				cut[parent] = true
			}
		}
	}
	for _, e := range a.scan.staged {
		if l.find([]byte(e.id)) == none {
			l.absent = append(l.absent, l.named([]byte(e.id)))
		}
	}
	slices.Sort(l.absent)
	for _, h := range slices.Compact(l.absent) {
		if !cut[h] {
			a.list = append(a.list, h)
		}
	}
}

// needed reports whether a reference leads to a tree that holds h.
func (a *absence) needed(h handle) bool {
	seen := map[handle]bool{}
	for up := []handle{h}; len(up) > 0; {
		child := up[len(up)-1]
		up = up[:len(up)-1]
		found := false
		a.w.views.each(child, func(tree handle, _ name) bool {
			found = a.roots[tree]
			if !seen[tree] {
				seen[tree] = true
				up = append(up, tree)
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}
