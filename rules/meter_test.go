package rules_test

import (
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
)

// TestMeter checks that a meter counts what a matcher does.
func TestMeter(t *testing.T) {
	set := builtinSet(t)
	meter, matcher := set.Meter(), set.Matcher()
	matches, candidates := map[string]int{}, map[string]int{}
	texts := []string{
		"AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n", strings.Repeat("twilio ", 50),
		"aiandgpu.com " + fakekey.Gateway(2), "nothing at all",
	}
	for _, text := range texts {
		meter.Add("a.txt", []byte(text))
		for _, m := range matcher.Match([]byte(text)) {
			matches[m.Rule.ID]++
		}
		hits := matcher.Hits(nil, []byte(text), 0, len(text))
		for _, c := range matcher.Candidates(nil, []byte(text), hits, matcher.Context(hits)) {
			candidates[c.Rule.ID]++
		}
	}
	total := 0
	for _, c := range meter.Costs() {
		if c.Matches != matches[c.Rule.ID] || c.Candidates != candidates[c.Rule.ID] || c.Tried > c.Hits || c.Tried > 0 && (c.Bytes == 0 || c.Time == 0) {
			t.Errorf("%s: %+v, want %d candidates and %d matches", c.Rule.ID, c, candidates[c.Rule.ID], matches[c.Rule.ID])
		}
		if c.Rule.ID == "twilio-auth-token" && c.Hits != 50 {
			t.Errorf("%d hits of twilio, want 50", c.Hits)
		}
		total += c.Matches
	}
	if total == 0 || meter.Filter == 0 {
		t.Errorf("%d matches, filter %v", total, meter.Filter)
	}
}
