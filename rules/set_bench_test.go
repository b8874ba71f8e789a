package rules

import "testing"

// BenchmarkNewSet is what each run of keylint pays for the built-in rules
// before it looks at anything.
func BenchmarkNewSet(b *testing.B) {
	for b.Loop() {
		list, err := Builtin()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := NewSet(list); err != nil {
			b.Fatal(err)
		}
	}
}
