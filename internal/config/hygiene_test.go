package config

import (
	"testing"
	"time"
)

// TestParseAge reads lengths of time, and refuses what is none.
func TestParseAge(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"90d": 90 * day, "0.5d": 12 * time.Hour, "12h": 12 * time.Hour, "36600d": 36600 * day, "36601d": 0, "99999999d": 0, "1e9d": 0,
		"": 0, "d": 0, "0d": 0, "-1d": 0, "soon": 0, "90": 0, "90days": 0, "3mo": 0,
	} {
		got, err := ParseAge(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
}
