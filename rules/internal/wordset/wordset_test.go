package wordset

import "testing"

func TestHas(t *testing.T) {
	s := Of("one two\n three")
	for word, want := range map[string]bool{"one": true, "two": true, "three": true, "four": false, "": false, "one two": false} {
		if s.Has(word) != want {
			t.Errorf("%q: %v", word, !want)
		}
	}
	if (*Set)(nil).Has("one") || Of("").Has("") {
		t.Error("an empty set has a word")
	}
}
