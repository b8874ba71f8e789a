package report

import (
	"cmp"
	"slices"

	"github.com/agcloud/keylint/scanner"
)

// maxResults is the greatest number of findings that the formats keep which
// have to see all of them before they write. It is what GitHub takes in a run
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
const maxResults = 25_000

// maxNotes is the greatest number of problems, and of notices, that the
// formats with a summary of them list one by one.
const maxNotes = 1000

// A worst keeps the worst findings of a stream, at most max of them, in
// bounded memory. While there are no more, they stay in their order.
type worst struct {
	max     int
	kept    []*scanner.Finding
	dropped int
}

// add takes a finding. What it drops at once is mildest and latest, so it
// could not have been kept by a look at the whole either.
func (w *worst) add(f *scanner.Finding) {
	w.kept = append(w.kept, f)
	if len(w.kept) >= 2*w.max {
		w.list()
	}
}

// list returns the findings to report: in order, or worst first if some were
// dropped.
func (w *worst) list() []*scanner.Finding {
	if len(w.kept) > w.max {
		w.sorted()
		w.dropped += len(w.kept) - w.max
		clear(w.kept[w.max:])
		w.kept = w.kept[:w.max]
	}
	return w.kept
}

// sorted returns all findings at hand, worst first and those that do not count
// last.
func (w *worst) sorted() []*scanner.Finding {
	slices.SortStableFunc(w.kept, func(a, b *scanner.Finding) int {
		return cmp.Or(compareBool(a.Older, b.Older), cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Confidence, a.Confidence))
	})
	return w.kept
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// A sample keeps the first max values of a list, or all if max is negative,
// and counts the others.
type sample[T any] struct {
	max    int
	kept   []T
	others int
}

func (s *sample[T]) add(v T) {
	if s.max >= 0 && len(s.kept) >= s.max {
		s.others++
		return
	}
	s.kept = append(s.kept, v)
}

// total returns how many values were added.
func (s *sample[T]) total() int { return len(s.kept) + s.others }

// An ordinal numbers equal strings.
type ordinal map[string]int

// next returns 1 for the first s, 2 for the second and so on.
func (o ordinal) next(s string) int {
	o[s]++
	return o[s]
}
