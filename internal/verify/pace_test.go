package verify

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/scanner"
)

// inTurn verifies keys one after the other, so that the fake clock shows the
// time between requests.
func inTurn(t *testing.T, v *Verifier, list []*scanner.Finding) {
	t.Helper()
	for _, f := range list {
		v.Plan([]*scanner.Finding{f}).Run(t.Context())
	}
}

// TestSpacing makes sure that the token bucket holds: a burst of two, and then
// half a second between requests, calibration included.
func TestSpacing(t *testing.T) {
	s := newService(t, knows(3))
	list := []*scanner.Finding{ours(0), ours(1), ours(2), ours(9), ours(10)}
	inTurn(t, s.verifier(t, Options{}), list)
	asked := s.asked()
	if len(asked) != 6 {
		t.Fatalf("%d requests", len(asked))
	}
	if d := asked[1].at.Sub(asked[0].at); d != 0 {
		t.Errorf("the burst is %v apart", d)
	}
	for i := 2; i < len(asked); i++ {
		if d := asked[i].at.Sub(asked[i-1].at); d != time.Second/2 {
			t.Errorf("requests %d and %d are %v apart", i-1, i, d)
		}
	}
}

// TestRate makes sure that workers together keep to the rate.
func TestRate(t *testing.T) {
	s := newService(t, knows(0))
	start := s.clock.Now()
	var list []*scanner.Finding
	for n := range 100 {
		list = append(list, ours(n))
	}
	s.verifier(t, Options{Rate: 10}).Plan(list).Run(t.Context())
	if d := s.clock.Now().Sub(start); d < 9700*time.Millisecond {
		t.Errorf("100 requests at 10 a second took %v", d)
	}
}

// TestRetryAfter is about both forms of the header, which hold back all keys.
func TestRetryAfter(t *testing.T) {
	for name, header := range map[string]func(now time.Time) string{
		"seconds": func(time.Time) string { return "20" },
		"date":    func(now time.Time) string { return now.Add(20 * time.Second).Format(http.TimeFormat) },
	} {
		for _, code := range []int{429, 503} {
			t.Run(fmt.Sprint(name, code), func(t *testing.T) {
				var s *service
				s = newService(t, answers(func(w http.ResponseWriter, _ *http.Request, n int) {
					if n == 1 {
						w.Header().Set("Retry-After", header(s.clock.Now()))
						envelope(w, code, "rate_limit_error", "Too many requests.")
						return
					}
					refuse(w)
				}))
				if got := one(t, s.verifier(t, Options{})); got.Status != scanner.StatusDead {
					t.Errorf("%+v", got)
				}
				asked := s.asked()
				if d := asked[1].at.Sub(asked[0].at); d < 20*time.Second || d > 21*time.Second {
					t.Errorf("asked again after %v", d)
				}
			})
		}
	}
}

// TestLongRetryAfter makes sure that nobody waits for an hour, and that the
// keys after it do not ask into the pause.
func TestLongRetryAfter(t *testing.T) {
	s := newService(t, func(w http.ResponseWriter, _ *http.Request, _ string, _ int) {
		w.Header().Set("Retry-After", "3600")
		envelope(w, 429, "rate_limit_error", "Too many requests.")
	})
	start := s.clock.Now()
	list := []*scanner.Finding{ours(1), ours(2)}
	inTurn(t, s.verifier(t, Options{}), list)
	for _, f := range list {
		if f.Verify.Status != scanner.StatusUnknown {
			t.Errorf("%+v", f.Verify)
		}
	}
	if !strings.Contains(list[1].Verify.Reason, "wait until 2024-01-09 11:00:00 UTC") {
		t.Errorf("reason: %s", list[1].Verify.Reason)
	}
	if n, d := len(s.asked()), s.clock.Now().Sub(start); n != 1 || d > time.Second {
		t.Errorf("%d requests in %v", n, d)
	}
}

// TestBackoff makes sure that the intervals are random between 0 and a bound
// that doubles.
func TestBackoff(t *testing.T) {
	var longest [6]time.Duration
	for range 500 {
		b := newBackoff()
		for i := range longest {
			d := b.NextBackOff()
			if bound := min(time.Second<<i, 16*time.Second); d < 0 || d > bound+1 {
				t.Fatalf("interval %d is %v, more than %v", i, d, bound)
			}
			longest[i] = max(longest[i], d)
		}
	}
	for i, d := range longest {
		if bound := min(time.Second<<i, 16*time.Second); d < bound*9/10 {
			t.Errorf("interval %d is never more than %v", i, d)
		}
	}
}

// TestLeftAlone makes sure that a host that answers nobody is left alone.
func TestLeftAlone(t *testing.T) {
	s := newService(t, func(w http.ResponseWriter, _ *http.Request, _ string, _ int) { w.WriteHeader(502) })
	var list []*scanner.Finding
	for n := range 10 {
		list = append(list, ours(n))
	}
	inTurn(t, s.verifier(t, Options{}), list)
	if n := len(s.asked()); n != maxFailures*maxTries {
		t.Errorf("%d requests", n)
	}
	if got := list[9].Verify; got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, "3 keys in a row") {
		t.Errorf("%+v", got)
	}
}

// TestNotLeftAlone makes sure that an answer makes up for failures before it.
func TestNotLeftAlone(t *testing.T) {
	answered := map[string]bool{fakekey.Gateway(3): true, fakekey.Gateway(6): true}
	s := newService(t, func(w http.ResponseWriter, _ *http.Request, key string, _ int) {
		if answered[key] {
			refuse(w)
			return
		}
		w.WriteHeader(502)
	})
	list := []*scanner.Finding{ours(1), ours(2), ours(3), ours(4), ours(5), ours(6)}
	inTurn(t, s.verifier(t, Options{tries: 1}), list)
	if got := list[5].Verify; got.Status != scanner.StatusDead {
		t.Errorf("%+v", got)
	}
}

// TestBudget makes sure that no request is made beyond the budget, and that
// what was not asked is not tried, and not unknown.
func TestBudget(t *testing.T) {
	s := newService(t, nil)
	list := []*scanner.Finding{ours(1), ours(2), ours(3), ours(4), ours(1)}
	stats := s.verifier(t, Options{Budget: 2}).Plan(list).Run(t.Context())
	states := map[string]int{}
	for _, f := range list[:4] {
		states[f.Verify.Status]++
	}
	flaky := newService(t, func(w http.ResponseWriter, _ *http.Request, _ string, _ int) { w.WriteHeader(503) })
	if got := one(t, flaky.verifier(t, Options{Budget: 1})); got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, "HTTP 503), and the budget") {
		t.Errorf("a key that was asked about: %+v", got)
	}
	if len(s.asked()) != 2 || stats.Requests != 2 || states[scanner.StatusDead] != 2 || states[scanner.StatusNotTried] != 2 {
		t.Errorf("%d requests, %v, %+v", len(s.asked()), states, stats)
	}
}

// TestThousand is 1,000 findings of 300 keys at once, to be run with the race
// detector: each key is asked about once, and every finding gets its state.
func TestThousand(t *testing.T) {
	const keys, alive = 300, 100
	s := newService(t, knows(alive))
	var list []*scanner.Finding
	for n := range 1000 {
		list = append(list, ours(n*7%keys))
	}
	stats := s.verifier(t, Options{Rate: 50}).Plan(list).Run(t.Context())
	if stats.Keys != keys || stats.States[scanner.StatusLive] != alive || stats.States[scanner.StatusDead] != keys-alive {
		t.Errorf("%+v", stats)
	}
	for n, f := range list {
		want := scanner.StatusDead
		if n*7%keys < alive {
			want = scanner.StatusLive
		}
		if f.Verify.Status != want {
			t.Fatalf("finding %d: %+v", n, f.Verify)
		}
	}
	perKey := map[string]int{}
	for _, r := range s.asked() {
		perKey[r.key]++
	}
	for n := range keys {
		if got := perKey[fakekey.Gateway(uint64(n))]; got != 1 {
			t.Errorf("key %d was sent %d times", n, got)
		}
	}
	if len(s.asked()) != keys+1 {
		t.Errorf("%d requests", len(s.asked()))
	}
}

// FuzzRetryAfter holds the parser to its bounds.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "120", " 7 ", "-1", "1.5", "99999999999999999999", "Tue, 09 Jan 2024 10:00:20 GMT", "Tuesday, 09-Jan-24 10:00:20 GMT", "Tue Jan  9 10:00:20 2024", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "soon", "1, 2"} {
		f.Add(s)
	}
	now := newFakeClock().now
	f.Fuzz(func(t *testing.T, value string) {
		d, ok := parseRetryAfter(value, now)
		if d < 0 || d > maxRetryAfter || !ok && d != 0 {
			t.Errorf("%q: %v, %v", value, d, ok)
		}
	})
}

func TestParseRetryAfter(t *testing.T) {
	now := newFakeClock().now
	for value, want := range map[string]time.Duration{
		"0": 0, "120": 2 * time.Minute, " 7 ": 7 * time.Second, "00": 0,
		"99999999999999999999": maxRetryAfter, "9223372036854775807": maxRetryAfter,
		"Tue, 09 Jan 2024 10:00:20 GMT": 20 * time.Second, "Tuesday, 09-Jan-24 10:00:20 GMT": 20 * time.Second,
		"Tue Jan  9 10:00:20 2024": 20 * time.Second, "Tue, 09 Jan 2024 09:00:00 GMT": 0,
		"Fri, 31 Dec 9999 23:59:59 GMT": maxRetryAfter,
	} {
		if d, ok := parseRetryAfter(value, now); !ok || d != want {
			t.Errorf("%q: %v, %v, want %v", value, d, ok, want)
		}
	}
	for _, value := range []string{"", "-1", "1.5", "soon", "1, 2", "0x10", "٣"} {
		if d, ok := parseRetryAfter(value, now); ok {
			t.Errorf("%q: %v", value, d)
		}
	}
}
