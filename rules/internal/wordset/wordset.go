// Package wordset holds sets of words that are made when they are first asked, so
// that package variables cost nothing in runs that do not ask them.
package wordset

import (
	"strings"
	"sync"
)

// A Set is a set of words. It is safe for concurrent use.
type Set struct {
	list  string
	once  sync.Once
	words map[string]bool
}

// Of returns the set of the words in list, which white space parts.
func Of(list string) *Set { return &Set{list: list} }

// Has reports whether word is in s. The nil Set is empty.
func (s *Set) Has(word string) bool {
	if s == nil {
		return false
	}
	s.once.Do(func() {
		s.words = map[string]bool{}
		for w := range strings.FieldsSeq(s.list) {
			s.words[w] = true
		}
	})
	return s.words[word]
}
