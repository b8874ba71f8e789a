package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/agcloud/keylint/rules"
)

// The limits of one request.
const (
	dialTimeout = 10 * time.Second
	tryTimeout  = 20 * time.Second // of a request, to the last byte of its answer
	maxHeader   = 64 << 10         // bytes
	maxBody     = 1 << 20          // bytes
)

// A client sends requests. It verifies certificates, follows no redirects,
// keeps no cookies and goes through no proxy but a given one.
//
// It opens a connection for each request: on one that is kept, net/http sends
// some requests again on its own, and logs what a server sends unasked, which
// could be the key.
type client struct {
	http    http.Client
	timeout time.Duration
	agent   string
}

// newClient returns a client that connects to the hosts of g, through proxy
// unless that is nil. A nil roots means the certificates of the system.
func newClient(g guard, proxy *url.URL, roots *x509.CertPool, agent string) *client {
	t := &http.Transport{
		DialContext:            g.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    dialTimeout,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	if proxy != nil {
		t.Proxy = http.ProxyURL(proxy)
	}
	stop := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{http: http.Client{Transport: t, CheckRedirect: stop}, timeout: tryTimeout, agent: agent}
}

// A reply is what a service answered.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// A fault is a request without an answer that can be judged. Its reason never
// quotes what was sent or received.
type fault struct {
	reason string
	retry  bool // whether it may pass
	closes bool // whether it would meet every key for the host
	stop   bool // whether the run was interrupted
}

// send makes one request with a key and reads the answer to its end.
func (c *client) send(ctx context.Context, r *recipe, key rules.Secret, body string) (reply, *fault) {
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(within, r.method, r.url, strings.NewReader(body))
	if err != nil {
		return reply{}, &fault{reason: "the request could not be made", closes: true}
	}
	for name, value := range r.Headers {
		req.Header.Set(name, fill(value, key))
	}
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, explain(ctx, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil {
		err = within.Err() // servers may end an answer when they see that the client leaves
	}
	switch {
	case err != nil:
		f := explain(ctx, err)
		if f.retry {
			f.reason = "the answer broke off: " + f.reason
		}
		return reply{}, f
	case len(data) > maxBody:
		return reply{}, &fault{reason: "the answer is larger than 1 MiB, which no answer of the service is"}
	}
	return reply{resp.StatusCode, resp.Header, data}, nil
}

// fill puts the key in the place that a header has for it.
func fill(value string, key rules.Secret) string {
	basic := base64.StdEncoding.EncodeToString([]byte(key.Reveal() + ":"))
	return strings.NewReplacer("{key}", key.Reveal(), "{basic}", basic).Replace(value)
}

// explain says what kept a request from being answered. It names kinds of
// errors and passes no text of an error on: what could hold a part of a
// request or an answer stays out.
func explain(ctx context.Context, err error) *fault {
	var refused *refusal
	var dns *net.DNSError
	var timeout net.Error
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return interrupted()
	case errors.As(err, &refused):
		return &fault{reason: "not asked: " + refused.Error() + "; name the host with --verify-endpoint if it is the right one", closes: true}
	case errors.Is(err, errForeign):
		return &fault{reason: "not asked: " + errForeign.Error(), closes: true}
	case isCertificate(err):
		return &fault{reason: "its certificate is not valid for it, so somebody else may have answered: check the network and the clock", closes: true}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &fault{reason: "its name does not exist: check the network and the name", closes: true}
	case errors.As(err, &dns):
		return &fault{reason: "its name could not be resolved", retry: true}
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return &fault{reason: "no answer in time", retry: true}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &fault{reason: "the connection was closed too early", retry: true}
	case errors.As(err, &op) && op.Op == "dial":
		return &fault{reason: "no connection could be made", retry: true}
	}
	return &fault{reason: "the connection failed", retry: true}
}

// isCertificate reports whether err is about the certificate of a server.
func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

// interrupted is the fault of a run whose context is done.
func interrupted() *fault {
	return &fault{reason: "interrupted before the service answered", stop: true}
}
