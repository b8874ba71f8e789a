package verify

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxFailures is the number of keys in a row, with all their tries, after whose
// failure a host is not asked again in a run.
const maxFailures = 3

// A host is what a run knows of one host: how fast it may be asked, whether it
// asked to wait, and whether it is worth asking at all.
type host struct {
	clock clock

	mu       sync.Mutex // guards all below
	bucket   *rate.Limiter
	until    time.Time // no request before
	failures int       // keys in a row without an answer
	closed   *fault    // why no request goes to the host any more
}

// admit waits until a request may go out, which the token bucket and what the
// host asked for decide. It gives up when that lies after deadline.
func (h *host) admit(ctx context.Context, deadline time.Time) *fault {
	reserved := false
	for {
		wait, f := h.next(deadline, &reserved)
		if f != nil {
			return f
		}
		if err := h.clock.Sleep(ctx, wait); err != nil {
			return interrupted()
		}
		if wait <= 0 {
			return nil
		}
	}
}

// next returns how long to wait before looking again; 0 means go. The first
// time that the host does not ask to wait it takes a token.
func (h *host) next(deadline time.Time, reserved *bool) (time.Duration, *fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock.Now()
	switch {
	case h.closed != nil:
		return 0, h.closed
	case h.until.After(deadline):
		return 0, &fault{reason: fmt.Sprintf("the service asks to wait until %s: try again then", h.until.UTC().Format("2006-01-02 15:04:05 UTC"))}
	case h.until.After(now):
		return h.until.Sub(now), nil
	case *reserved:
		return 0, nil
	}
	*reserved = true
	return h.bucket.ReserveN(now, 1).DelayFrom(now), nil
}

// pause keeps requests from the host for a while.
func (h *host) pause(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.until) {
		h.until = until
	}
}

// note takes into account how asking about a key ended.
func (h *host) note(f *fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case f == nil:
		h.failures = 0
	case f.stop || h.closed != nil:
	case f.closes:
		h.closed = f
	case f.retry:
		if h.failures++; h.failures >= maxFailures {
			h.closed = &fault{reason: fmt.Sprintf("not asked, as %d keys in a row got no answer: try again later", maxFailures)}
		}
	}
}
