package forge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The limits of requests.
const (
	timeout      = time.Minute // of one, to the last byte of its answer
	maxBody      = 32 << 20    // bytes of a page
	maxRedirects = 5
	maxTries     = 5
	maxWait      = 10 * time.Minute // that a forge can ask for
)

// A client asks the API of a forge.
type client struct {
	org  *Org
	opts Options
	http http.Client
}

// newClient returns a client, which follows redirects on one host alone and goes
// through the proxy that the environment names, as clones do.
func newClient(o *Org, opts Options) *client {
	if opts.sleep == nil {
		opts.sleep = sleep
	}
	if opts.now == nil {
		opts.now = time.Now
	}
	if opts.Waiting == nil {
		opts.Waiting = func(string) {}
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	stay := func(req *http.Request, via []*http.Request) error {
		switch {
		case !sameOrigin(req.URL, via[0].URL):
			return errElsewhere
		case len(via) > maxRedirects:
			return errors.New("too many redirects")
		}
		return nil
	}
	return &client{o, opts, http.Client{Transport: t, CheckRedirect: stay, Timeout: timeout}}
}

// sleep waits for d, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var (
	errNotFound  = errors.New("not found")
	errElsewhere = errors.New("it redirects to another host, to which nothing is sent: give the address of the API with --api-url")
)

// get asks for a page until there is an answer that counts.
func (c *client) get(ctx context.Context, at *url.URL) (http.Header, []byte, error) {
	var last error
	for try := range maxTries {
		resp, body, err := c.try(ctx, at)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		pause := time.Second << try
		switch {
		case errors.Is(err, errElsewhere):
			return nil, nil, fmt.Errorf("%s: %w", at.Host, errElsewhere)
		case err != nil:
			last = fmt.Errorf("%s cannot be asked: %w: check the network and the address", at.Host, cause(err))
		case c.limited(resp):
			pause = c.pause(resp.Header, pause)
			last = fmt.Errorf("%s limits requests until %s: run it again then, or with a token in %s", at.Host, c.opts.now().Add(pause).UTC().Format("15:04 UTC"), strings.Join(c.org.TokenVariables(), " or "))
			if pause > maxWait {
				return nil, nil, last
			}
			c.opts.Waiting(fmt.Sprintf("%s limits requests: waiting for %v", at.Host, pause.Round(time.Second)))
		case resp.StatusCode >= 500:
			last = fmt.Errorf("%s answered with status %d: try again later", at.Host, resp.StatusCode)
		default:
			return resp.Header, body, c.judge(at, resp.StatusCode)
		}
		if try == maxTries-1 {
			break
		}
		if err := c.opts.sleep(ctx, pause); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, last
}

// judge returns the error that a status means, if it means one.
func (c *client) judge(at *url.URL, status int) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return errNotFound
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%s refuses the list (status %d): put a token that may read it in %s", at.Host, status, strings.Join(c.org.TokenVariables(), " or "))
	}
	return fmt.Errorf("%s answered with status %d: check --api-url", at.Host, status)
}

// try sends one request.
func (c *client) try(ctx context.Context, at *url.URL) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", c.opts.Agent)
	req.Header.Set("Accept", "application/json")
	if c.org.Kind == GitHub {
		req.Header.Set("Accept", "application/vnd.github+json")
		req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	}
	if c.opts.Token != "" {
		c.authorize(req)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("an answer is larger than %d MiB", maxBody>>20)
	}
	return resp, body, err
}

// authorize adds the token.
func (c *client) authorize(req *http.Request) {
	switch c.org.Kind {
	case GitHub:
		req.Header.Set("Authorization", "Bearer "+c.opts.Token)
	case GitLab:
		req.Header.Set("PRIVATE-TOKEN", c.opts.Token)
	case Gitea:
		req.Header.Set("Authorization", "token "+c.opts.Token)
	}
}

// limited reports whether an answer says that requests come too fast. GitHub says
// so with 403, too
// (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
func (c *client) limited(r *http.Response) bool {
	return r.StatusCode == http.StatusTooManyRequests ||
		r.StatusCode == http.StatusForbidden && (r.Header.Get("Retry-After") != "" || r.Header.Get("X-RateLimit-Remaining") == "0")
}

// pause returns how long the forge asks to wait, or else d: until Retry-After, in
// seconds or as a date (RFC 9110, section 10.2.3), or until the time in seconds
// since 1970 at which the limit is lifted. It is at least a second.
func (c *client) pause(h http.Header, d time.Duration) time.Duration {
	now := c.opts.now()
	if value := h.Get("Retry-After"); value != "" {
		if seconds, err := strconv.Atoi(value); err == nil {
			return bounded(float64(seconds))
		}
		if at, err := http.ParseTime(value); err == nil {
			return bounded(at.Sub(now).Seconds())
		}
	}
	for _, name := range []string{"X-RateLimit-Reset", "RateLimit-Reset"} {
		if at, err := strconv.ParseInt(h.Get(name), 10, 64); err == nil {
			return bounded(float64(at) - float64(now.Unix()))
		}
	}
	return d
}

// bounded returns a number of seconds as a duration between a second and a day,
// which is more than is ever waited.
func bounded(seconds float64) time.Duration {
	return time.Duration(min(max(seconds, 1), 24*60*60) * float64(time.Second))
}

// cause takes the address off an error of net/http, which its message repeats.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
