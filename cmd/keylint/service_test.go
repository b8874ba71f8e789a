package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// An apiService plays the AGCloud API for scripts: key 1 is live, key 3 has no
// balance, the answer for key 4 makes no sense, and all others are refused.
type apiService struct {
	*httptest.Server
	requests atomic.Int32
}

type serviceKey struct{}

// startService starts the service of a script, sets $SERVICE to its URL and
// lets keylint trust its certificate.
func startService(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: service")
	}
	s := &apiService{}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	ts.Defer(s.Close)
	cert := filepath.Join(ts.Getenv("WORK"), "service.pem")
	ts.Check(os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	ts.Setenv("SSL_CERT_FILE", cert)
	ts.Setenv("SERVICE", s.URL)
	*ts.Value(serviceKey{}).(**apiService) = s
}

// requests fails unless the service got a number of requests since the last
// time.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: requests N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := *ts.Value(serviceKey{}).(**apiService)
	if got := int(s.requests.Swap(0)); got != want {
		ts.Fatalf("the service got %d requests, want %d", got, want)
	}
}

// ServeHTTP implements http.Handler.
func (s *apiService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	answer := func(status int, kind string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"type":"error","error":{"type":%q,"message":"about %s"}}`, kind, r.Header.Get("Authorization"))
	}
	switch strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") {
	case key(1):
		answer(400, "invalid_request_error")
	case key(3):
		answer(402, "billing_error")
	case key(4):
		http.Redirect(w, r, "https://elsewhere.example/?"+key(4), http.StatusFound)
	default:
		answer(401, "authentication_error")
	}
}
