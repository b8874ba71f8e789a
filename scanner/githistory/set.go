package githistory

import "slices"

// A set is a sorted list of numbers without repetition. Sets are shared and
// not changed.
type set []int32

func (s set) has(n int32) bool {
	_, ok := slices.BinarySearch(s, n)
	return ok
}

// with returns s with n.
func (s set) with(n int32) set {
	i, ok := slices.BinarySearch(s, n)
	if ok {
		return s
	}
	return slices.Insert(slices.Clone(s), i, n)
}

// without returns the numbers of s that are not in t.
func (s set) without(t set) set {
	if len(t) == 0 {
		return s
	}
	var out set
	for _, n := range s {
		if !t.has(n) {
			out = append(out, n)
		}
	}
	return out
}

// union returns the numbers of both sets.
func (s set) union(t set) set {
	if len(s) < len(t) {
		s, t = t, s
	}
	if len(t) == 0 || &s[0] == &t[0] && len(s) == len(t) {
		return s
	}
	if !slices.ContainsFunc(t, func(n int32) bool { return !s.has(n) }) {
		return s
	}
	out := append(slices.Clone(s), t...)
	slices.Sort(out)
	return slices.Compact(out)
}
