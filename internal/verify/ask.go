package verify

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// ask sends a request until there is an answer that can be judged: at most
// opts.tries times, within maxWait from the first on.
func (v *Verifier) ask(ctx context.Context, r *recipe, key rules.Secret, body string) (reply, *fault) {
	wait := newBackoff()
	deadline := v.clock.Now().Add(maxWait)
	var last *fault
	for try := 1; ; try++ {
		if f := r.host.admit(ctx, deadline); f != nil {
			return reply{}, f
		}
		if !v.take() {
			return reply{}, outOfBudget(last)
		}
		if try == 1 {
			deadline = v.clock.Now().Add(maxWait)
		}
		rep, f := v.try(ctx, r, key, body)
		if f == nil || !f.retry {
			return rep, f
		}
		after := v.heed(r, rep, v.clock.Now().Add(wait.NextBackOff()))
		switch {
		case try >= v.opts.tries:
			return reply{}, &fault{reason: fmt.Sprintf("%s, %d times", f.reason, try), retry: true}
		case after.After(deadline):
			return reply{}, &fault{reason: f.reason + ", and the next try would be more than a minute after the first", retry: true}
		}
		if err := v.clock.Sleep(ctx, after.Sub(v.clock.Now())); err != nil {
			return reply{}, interrupted()
		}
		last = f
	}
}

// try sends a request once. An answer that is about the state of the service
// comes with a fault.
func (v *Verifier) try(ctx context.Context, r *recipe, key rules.Secret, body string) (reply, *fault) {
	rep, f := v.client.send(ctx, r, key, body)
	if f == nil {
		f = v.transient(r, rep)
	}
	return rep, f
}

// outOfBudget returns the fault of a key for which the budget has no request
// left. last is what became of the request before it, if there was one.
func outOfBudget(last *fault) *fault {
	if last == nil {
		return &fault{reason: budgetSpent}
	}
	return &fault{reason: last.reason + ", and " + budgetSpent}
}

const budgetSpent = "the budget of requests is spent"

// newBackoff returns intervals that are random between 0 and a bound (full
// jitter), which starts at a second and doubles up to 16.
func newBackoff() *backoff.ExponentialBackOff {
	b := &backoff.ExponentialBackOff{InitialInterval: time.Second / 2, RandomizationFactor: 1, Multiplier: 2, MaxInterval: 8 * time.Second}
	b.Reset()
	return b
}

// transient returns a fault for answers about the state of the service and not
// about the key, unless the recipe has a meaning for them.
func (v *Verifier) transient(r *recipe, rep reply) *fault {
	if judge(r.Answers, rep) != nil {
		return nil
	}
	switch {
	case rep.status == http.StatusTooManyRequests:
		return &fault{reason: "too many requests (HTTP 429)", retry: true}
	case rep.status >= 500, rep.status == http.StatusRequestTimeout:
		return &fault{reason: fmt.Sprintf("trouble at the service (HTTP %d)", rep.status), retry: true}
	}
	return nil
}

// heed returns when to ask again after an answer, or after none: at the time
// that its Retry-After gives, if that is later than after. That, and a 429 in
// any case, holds for all keys.
func (v *Verifier) heed(r *recipe, rep reply, after time.Time) time.Time {
	now := v.clock.Now()
	d, told := parseRetryAfter(rep.header.Get("Retry-After"), now)
	if told && now.Add(d).After(after) {
		after = now.Add(d)
	}
	if told || rep.status == http.StatusTooManyRequests {
		r.host.pause(after)
	}
	return after
}

// conclude makes a verification of an answer.
func (v *Verifier) conclude(r *recipe, key rules.Secret, rep reply, a *rules.Answer) scanner.Verification {
	out := scanner.Verification{Checked: v.clock.Now().UTC().Truncate(time.Second)}
	switch {
	case a == nil && rep.status/100 == 3:
		out.Status, out.Reason = scanner.StatusUnknown, fmt.Sprintf("%s: it redirects elsewhere, where the key does not go (HTTP %d)", r.name, rep.status)
	case a == nil:
		out.Status, out.Reason = scanner.StatusUnknown, fmt.Sprintf("%s: an answer that is not documented for it (HTTP %d), perhaps of a proxy or a login page on the way", r.name, rep.status)
	case a.State == scanner.StatusDead && r.SelfHosted != "" && !r.named:
		out.Status = scanner.StatusUnknown
		out.Reason = fmt.Sprintf("%s does not know it, but another %s may: ask that with --verify-endpoint %s=https://…", r.name, r.SelfHosted, r.name)
	default:
		out.Status, out.Reason = a.State, fmt.Sprintf("%s: %s (HTTP %d)", r.name, a.Reason, rep.status)
	}
	if out.Status == scanner.StatusLive || out.Status == scanner.StatusRestricted {
		out.Facts = factsOf(r.Recipe, rep, key)
	}
	return out
}

// failed makes a verification of a fault.
func (v *Verifier) failed(r *recipe, f *fault) scanner.Verification {
	if f.reason == budgetSpent {
		return scanner.Verification{Status: scanner.StatusNotTried, Reason: f.reason}
	}
	return scanner.Verification{Status: scanner.StatusUnknown, Reason: r.name + ": " + f.reason, Checked: v.clock.Now().UTC().Truncate(time.Second)}
}
