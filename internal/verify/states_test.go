package verify

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/scanner"
)

// answers returns a handler that answers a known key, and refuses others.
func answers(a func(w http.ResponseWriter, r *http.Request, n int)) func(http.ResponseWriter, *http.Request, string, int) {
	return func(w http.ResponseWriter, r *http.Request, key string, n int) {
		if key != fakekey.Gateway(1) {
			refuse(w)
			return
		}
		a(w, r, n)
	}
}

// status returns a handler that answers with an error of the API.
func status(code int, kind, message string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { envelope(w, code, kind, message) }
}

// raw returns a handler that answers with a status and a body.
func raw(code int, body string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}
}

// TestStates holds the judgement to what the service documents, and to doubt
// in all else.
func TestStates(t *testing.T) {
	for _, c := range []struct {
		name     string
		answer   func(w http.ResponseWriter, r *http.Request, n int)
		status   string
		reason   string
		requests int
	}{
		{"accepted", status(400, "invalid_request_error", "model: field required"), "live", "refuses a random key", 2},
		{"answered", raw(200, `{"type":"message","content":[]}`), "live", "answered a request", 1},
		{"refused", status(401, "authentication_error", "Authentication failed."), "dead", "refuses it", 1},
		{"no balance", status(402, "billing_error", "Your account balance is not enough to process this request."), "restricted", "balance", 1},
		{"no balance, as 403", status(403, "permission_error", "Your account balance is not enough."), "restricted", "balance", 1},
		{"no balance, as 400", status(400, "invalid_request_error", "Your credit balance is too low."), "restricted", "balance", 2},
		{"no quota, as 403", status(403, "permission_error", "Your account has exceeded its allocated usage quota."), "restricted", "quota", 1},
		{"no quota, as 429", status(429, "rate_limit_error", "Your account has exceeded its allocated usage quota."), "restricted", "quota", 1},
		{"a rate that is called quota", status(429, "rate_limit_error", "Quota exceeded: 60 requests per minute."), "unknown", "HTTP 429), 4 times", 4},
		{"no quota, as 401", status(401, "new_api_error", "insufficient_user_quota"), "restricted", "quota", 1},
		{"forbidden", status(403, "permission_error", "No."), "unknown", "HTTP 403", 1},
		{"not found", status(404, "not_found_error", "No such path."), "unknown", "HTTP 404", 1},
		{"too many", status(429, "rate_limit_error", "Too many requests in a short period of time."), "unknown", "HTTP 429), 4 times", 4},
		{"trouble", status(500, "api_error", "Internal."), "unknown", "HTTP 500), 4 times", 4},
		{"trouble that says 401 inside", status(503, "authentication_error", "Authentication failed."), "unknown", "HTTP 503", 4},
		{"a login page", raw(200, "<html>Sign in to the WLAN</html>"), "unknown", "login page", 1},
		{"a login page with 401", raw(401, "<html>Sign in</html>"), "unknown", "HTTP 401", 1},
		{"a proxy's 407", raw(407, "{}"), "unknown", "HTTP 407", 1},
		{"JSON of somebody else", raw(401, `{"error":"unauthorized"}`), "unknown", "HTTP 401", 1},
		{"JSON of somebody else, 400", raw(400, `{"message":"bad request"}`), "unknown", "HTTP 400", 1},
		{"two JSON values", raw(401, `{"type":"error","error":{"type":"a","message":"b"}}{}`), "unknown", "HTTP 401", 1},
		{"an empty body", raw(401, ""), "unknown", "HTTP 401", 1},
		{"an empty 200", raw(200, "{}"), "unknown", "HTTP 200", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, answers(c.answer))
			got := one(t, s.verifier(t, Options{}))
			if got.Status != c.status || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s: %s, want %s: …%s…", got.Status, got.Reason, c.status, c.reason)
			}
			if n := len(s.asked()); n != c.requests {
				t.Errorf("%d requests, want %d", n, c.requests)
			}
			if got.Checked.IsZero() || got.Next == "" {
				t.Errorf("no time or no next step: %+v", got)
			}
		})
	}
}

// TestFaults is about answers that do not come as they should.
func TestFaults(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }
	for _, c := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request, n int)
		reason string
		tries  int
	}{
		{"slow headers", hang, "no answer in time, 2 times", 2},
		{"slow body", func(w http.ResponseWriter, r *http.Request, n int) {
			w.WriteHeader(401)
			w.(http.Flusher).Flush()
			hang(w, r, n)
		}, "no answer in time, 2 times", 2},
		{"huge body", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(401)
			for range 2000 {
				fmt.Fprint(w, strings.Repeat(" ", 1000))
			}
			fmt.Fprint(w, `{"type":"error","error":{"type":"a","message":"b"}}`)
		}, "larger than 1 MiB", 1},
		{"huge header", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("X-Large", strings.Repeat("x", 100_000))
			refuse(w)
		}, "the connection failed, 2 times", 2},
		{"a reset", func(w http.ResponseWriter, _ *http.Request, _ int) { panic(http.ErrAbortHandler) }, "closed too early, 2 times", 2},
		{"a reset in the body", func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(401)
			fmt.Fprint(w, `{"type":"error","error":{"type":"a",`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "broke off", 2},
		{"a Content-Length that is too large", func(w http.ResponseWriter, _ *http.Request, _ int) {
			hijack(w, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 500\r\n\r\n"+`{"type":"error","error":{"type":"a","message":"b"}}`)
		}, "broke off", 2},
		{"a Content-Length that is too small", func(w http.ResponseWriter, _ *http.Request, _ int) {
			hijack(w, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 10\r\n\r\n"+`{"type":"error","error":{"type":"a","message":"b"}}`)
		}, "HTTP 401", 1},
		{"no HTTP", func(w http.ResponseWriter, _ *http.Request, _ int) { hijack(w, "220 mail ready\r\n") }, "the connection failed, 2 times", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, answers(c.answer))
			got := one(t, s.verifier(t, Options{timeout: 200 * time.Millisecond, tries: 2}))
			if got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s: %s, want unknown: …%s…", got.Status, got.Reason, c.reason)
			}
			if n := len(s.asked()); n != c.tries {
				t.Errorf("%d requests, want %d", n, c.tries)
			}
		})
	}
}

// hijack answers with bytes and closes the connection.
func hijack(w http.ResponseWriter, text string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(conn, text)
	conn.Close()
}

// TestFlapping is about a service that answers at last.
func TestFlapping(t *testing.T) {
	s := newService(t, answers(func(w http.ResponseWriter, _ *http.Request, n int) {
		switch n {
		case 1:
			envelope(w, 503, "overloaded_error", "Try later.")
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			refuse(w)
		}
	}))
	if got := one(t, s.verifier(t, Options{})); got.Status != scanner.StatusDead {
		t.Errorf("%+v", got)
	}
	if n := len(s.asked()); n != 3 {
		t.Errorf("%d requests", n)
	}
}

// TestCalibration is about services whose 400 proves nothing.
func TestCalibration(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request, key string, n int)
		reason string
	}{
		{"the body comes first", func(w http.ResponseWriter, _ *http.Request, _ string, _ int) { accept(w) }, "does not refuse a random key"},
		{"the random key meets trouble", func(w http.ResponseWriter, _ *http.Request, key string, _ int) {
			if key == fakekey.Gateway(1) {
				accept(w)
				return
			}
			envelope(w, 500, "api_error", "Internal.")
		}, "got no answer"},
		{"the random key meets a proxy", func(w http.ResponseWriter, _ *http.Request, key string, _ int) {
			if key == fakekey.Gateway(1) {
				accept(w)
				return
			}
			w.WriteHeader(401)
		}, "does not refuse a random key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, c.answer)
			got := one(t, s.verifier(t, Options{}))
			if got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("%s: %s", got.Status, got.Reason)
			}
			for _, r := range s.asked() {
				if len(r.key) != len(fakekey.Gateway(1)) || !strings.HasPrefix(r.key, "sk-") {
					t.Errorf("a random key of another look, %d bytes", len(r.key))
				}
			}
		})
	}
}

// TestCalibrationOnce makes sure that one random key is enough for a run.
func TestCalibrationOnce(t *testing.T) {
	s := newService(t, knows(20))
	var list []*scanner.Finding
	for n := range 20 {
		list = append(list, ours(n))
	}
	s.verifier(t, Options{}).Plan(list).Run(t.Context())
	for _, f := range list {
		if f.Verify.Status != scanner.StatusLive {
			t.Errorf("%+v", f.Verify)
		}
	}
	if n := len(s.asked()); n != 21 {
		t.Errorf("%d requests for 20 keys", n)
	}
}

// knows returns the handler of a service that accepts the first n keys.
func knows(n int) func(w http.ResponseWriter, r *http.Request, key string, _ int) {
	known := map[string]bool{}
	for i := range n {
		known[fakekey.Gateway(uint64(i))] = true
	}
	return func(w http.ResponseWriter, _ *http.Request, key string, _ int) {
		if known[key] {
			accept(w)
			return
		}
		refuse(w)
	}
}

// TestSpend is about the request that costs a token: never without leave, and
// only where the free one leaves the question open.
func TestSpend(t *testing.T) {
	paid := func(answer func(http.ResponseWriter)) func(w http.ResponseWriter, r *http.Request, key string, n int) {
		return func(w http.ResponseWriter, r *http.Request, key string, n int) {
			if r.ContentLength > 2 {
				answer(w)
				return
			}
			accept(w)
		}
	}
	message := func(w http.ResponseWriter) { fmt.Fprint(w, `{"type":"message"}`) }
	broke := func(w http.ResponseWriter) { envelope(w, 402, "billing_error", "Your account balance is not enough.") }
	for _, c := range []struct {
		name     string
		spend    bool
		answer   func(w http.ResponseWriter, r *http.Request, key string, n int)
		status   string
		requests int
	}{
		{"without leave", false, paid(message), "unknown", 2},
		{"live", true, paid(message), "live", 3},
		{"no balance", true, paid(broke), "restricted", 3},
		{"dead", true, paid(refuse), "dead", 3},
		{"no wiser", true, paid(accept), "unknown", 3},
		{"not needed", true, knows(2), "live", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, c.answer)
			if got := one(t, s.verifier(t, Options{Spend: c.spend})); got.Status != c.status {
				t.Errorf("%s: %s, want %s", got.Status, got.Reason, c.status)
			}
			asked := s.asked()
			if len(asked) != c.requests {
				t.Errorf("%d requests, want %d", len(asked), c.requests)
			}
			for _, r := range asked {
				if costs := strings.Contains(r.body, "max_tokens"); costs && !c.spend {
					t.Error("a request that costs something was sent")
				} else if costs && (!strings.Contains(r.body, `"max_tokens":1,`) || r.key != fakekey.Gateway(1)) {
					t.Errorf("a request costs more than a token: %s", r.body)
				}
			}
		})
	}
}

// TestRedirect makes sure that a redirect leads nowhere.
func TestRedirect(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was contacted") }))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		s := newService(t, func(w http.ResponseWriter, r *http.Request, _ string, _ int) {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			http.Redirect(w, r, other.URL, code)
		})
		got := one(t, s.verifier(t, Options{}))
		if got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, "redirects") || len(s.asked()) != 1 {
			t.Errorf("%d: %+v", code, got)
		}
	}
}

// TestCertificate makes sure that a service that cannot prove who it is gets
// no key.
func TestCertificate(t *testing.T) {
	s := newService(t, nil)
	wrongName, err := url.Parse(strings.Replace(s.URL, "127.0.0.1", "localhost", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"unknown authority": {roots: x509.NewCertPool()},
		"another name":      {Endpoints: map[string]*url.URL{agcloudHost: wrongName}},
	} {
		f, g := ours(1), ours(2)
		s.verifier(t, o).Plan([]*scanner.Finding{f, g}).Run(t.Context())
		for _, got := range []*scanner.Verification{f.Verify, g.Verify} {
			if got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, "certificate") {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if len(s.asked()) != 0 {
			t.Fatalf("%s: the key was sent", name)
		}
	}
}

// TestInterrupt makes sure that a run that is interrupted ends at once, and
// leaves no finding without a state.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var cancelled sync.Once
	var at time.Time
	s := newService(t, func(_ http.ResponseWriter, r *http.Request, _ string, _ int) {
		cancelled.Do(func() {
			at = time.Now()
			cancel()
		})
		<-r.Context().Done()
	})
	list := []*scanner.Finding{ours(1), ours(2), ours(3)}
	s.verifier(t, Options{clock: systemClock{}}).Plan(list).Run(ctx)
	if d := time.Since(at); d > time.Second {
		t.Errorf("it took %v", d)
	}
	for _, f := range list {
		if f.Verify.Status != scanner.StatusUnknown || !strings.Contains(f.Verify.Reason, "interrupted") {
			t.Errorf("%+v", f.Verify)
		}
	}
}
