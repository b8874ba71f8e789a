package verify

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A fakeClock is a clock on which waiting takes no time.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newFakeClock() *fakeClock {
	return &fakeClock{now: time.Date(2024, time.January, 9, 10, 0, 0, 0, time.UTC)}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(max(0, d))
	return ctx.Err()
}

// A service plays the AGCloud API after its documentation, and other services
// after theirs. It keeps what it was asked.
type service struct {
	*httptest.Server
	clock *fakeClock
	// answer answers a request of a key, the n-th of that key, from 1.
	answer func(w http.ResponseWriter, r *http.Request, key string, n int)

	mu       sync.Mutex
	requests []request
	byKey    map[string]int
}

type request struct {
	key    string
	at     time.Time
	method string
	uri    string
	header http.Header
	body   string
}

// newService starts a service; answer may be nil for one that knows no key.
func newService(t testing.TB, answer func(w http.ResponseWriter, r *http.Request, key string, n int)) *service {
	t.Helper()
	s := &service{clock: newFakeClock(), answer: answer, byKey: map[string]int{}}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients break off on purpose
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	s.byKey[key]++
	n := s.byKey[key]
	s.requests = append(s.requests, request{key, s.clock.Now(), r.Method, r.RequestURI, r.Header.Clone(), string(body)})
	s.mu.Unlock()
	if s.answer == nil {
		refuse(w)
		return
	}
	s.answer(w, r, key, n)
}

// asked returns the requests so far.
func (s *service) asked() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]request(nil), s.requests...)
}

// envelope answers with an error as the API documents it.
func envelope(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"type": "error", "error": map[string]string{"type": kind, "message": message}})
}

// refuse answers as for a key that nobody has, and accept as for one that
// somebody has.
func refuse(w http.ResponseWriter) {
	envelope(w, 401, "authentication_error", "Authentication failed. This typically occurs when the API key is missing.")
}

func accept(w http.ResponseWriter) {
	envelope(w, 400, "invalid_request_error", "model: field required")
}

// roots returns the certificates by which clients know the service.
func (s *service) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

// verifier returns a verifier for which the service is that of AGCloud.
func (s *service) verifier(t testing.TB, o Options) *Verifier {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if o.Endpoints == nil {
		o.Endpoints = map[string]*url.URL{agcloudHost: u}
	}
	if o.roots == nil {
		o.roots = s.roots()
	}
	if o.clock == nil {
		o.clock = s.clock
	}
	o.Version = "1.2.3"
	v, err := New(builtin(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func builtin(t testing.TB) []*rules.Rule {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// finding returns a finding of a key by a rule.
func finding(rule, key string) *scanner.Finding {
	s := rules.NewSecret([]byte(key))
	return &scanner.Finding{
		ID: "1", Rule: rule, Category: rules.CategorySecret, Help: "Revoke it.",
		Secret: &scanner.SecretInfo{Redacted: s.Redacted(), Length: s.Len(), Hash: s.Hash(), Secret: s},
	}
}

// ours returns a finding of the n-th AGCloud key.
func ours(n int) *scanner.Finding { return finding("agcloud-api-key", fakekey.Gateway(uint64(n))) }

// one verifies the first AGCloud key.
func one(t testing.TB, v *Verifier) *scanner.Verification {
	t.Helper()
	f := ours(1)
	v.Plan([]*scanner.Finding{f}).Run(t.Context())
	if f.Verify == nil {
		t.Fatal("the finding has no verification")
	}
	return f.Verify
}

// limited lets a number of requests a second pass, with a burst of 5, and
// answers others with 429.
func limited(perSecond float64, next func(http.ResponseWriter, *http.Request, string, int)) func(http.ResponseWriter, *http.Request, string, int) {
	bucket := rate.NewLimiter(rate.Limit(perSecond), 5)
	return func(w http.ResponseWriter, r *http.Request, key string, n int) {
		if !bucket.Allow() {
			envelope(w, 429, "rate_limit_error", "Too many requests in a short period of time.")
			return
		}
		next(w, r, key, n)
	}
}
