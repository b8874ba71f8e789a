// Package verify asks services whether they still accept keys. It sends keys, which
// no other package does, and only when it is told to.
//
// A [Verifier] takes findings, makes a [Plan] of which distinct keys go to
// which hosts, and runs it: each key is asked about once, however many places
// it has. The recipe of the rule (rules.Recipe) says what to send and what the
// answers mean; what no recipe covers is unknown and never dead.
//
// # What keeps it safe
//
//   - Requests go to the hosts of built-in recipes, and to those that the user
//     named outside of what is scanned. A base URL in scanned content is text.
//   - The key goes into a header and nowhere else. Reasons and errors are our
//     own words: none quotes a request, an answer or an error of the network.
//   - Certificates are verified, redirects are not followed, cookies are not
//     kept, and a proxy is used only when it is given.
//   - Addresses that are not public are refused right before connecting.
//
// # What keeps it gentle
//
// All requests to a host, calibration and repetitions included, pass one token
// bucket. A 429, or a Retry-After, holds back the whole host. Repetitions wait
// by exponential backoff with full jitter and are bounded in number and time.
// After three keys in a row without an answer a host is left alone.
//
// # Concurrency
//
// [Plan.Run] has a bounded number of workers that take keys in the order of the
// findings. They share hosts, calibrations and the budget, each of which has a
// lock of its own; no lock is held while waiting.
package verify

import (
	"context"
	"crypto/x509"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// Options say how to verify. The zero value is what a user gets who says
// nothing more, without a cache.
type Options struct {
	Version   string              // of keylint, for the User-Agent
	Rate      float64             // requests a second and host; 0 means 2
	Budget    int                 // most requests of a run; 0 means no limit
	Spend     bool                // whether a request that costs something may be sent
	Endpoints map[string]*url.URL // see [Endpoints]
	Hosts     []string            // hosts beside the built-in ones to which rules of the user may send keys
	Skip      []string            // rules whose keys are not verified
	Proxy     *url.URL            // nil means none
	Cache     *Cache              // nil means none

	clock   clock
	roots   *x509.CertPool
	timeout time.Duration
	tries   int
}

// The defaults and bounds of the options, and what is not optional.
const (
	DefaultRate = 2.0
	MaxRate     = 50.0
	burst       = 2
	workers     = 8
	maxTries    = 4
	maxWait     = time.Minute // from the first request for a key to the last
)

// A Verifier asks services about keys.
type Verifier struct {
	opts      Options
	clock     clock
	client    *client
	guard     guard
	endpoints map[string]*url.URL
	byRule    map[string]*recipe
	refused   map[string]string // why a rule's recipe is not used
	hosts     map[string]*host
	named     *naming
	skip      map[string]bool
	answers   map[question]scanner.Verification // that say something

	mu       sync.Mutex // guards requests
	requests int        // that were made
}

// New returns a verifier for findings of the given rules.
func New(list []*rules.Rule, o Options) (*Verifier, error) {
	v := &Verifier{opts: o, clock: o.clock, guard: guard{map[string]bool{}}, endpoints: o.Endpoints, hosts: map[string]*host{}, named: &naming{}, skip: map[string]bool{}, answers: map[question]scanner.Verification{}}
	if v.clock == nil {
		v.clock = systemClock{}
	}
	if v.opts.Rate <= 0 {
		v.opts.Rate = DefaultRate
	}
	v.opts.Rate = min(v.opts.Rate, MaxRate)
	if v.opts.tries == 0 {
		v.opts.tries = maxTries
	}
	for _, id := range o.Skip {
		v.skip[id] = true
	}
	if err := v.recipes(list); err != nil {
		return nil, err
	}
	if o.Proxy != nil {
		v.guard.hosts[target(o.Proxy)] = true
	}
	v.client = newClient(v.guard, o.Proxy, o.roots, "keylint/"+o.Version)
	if o.timeout > 0 {
		v.client.timeout = o.timeout
	}
	return v, nil
}

// hostOf returns what is known of a host, which all recipes for it share.
func (v *Verifier) hostOf(target string) *host {
	if v.hosts[target] == nil {
		v.hosts[target] = &host{clock: v.clock, bucket: rate.NewLimiter(rate.Limit(v.opts.Rate), burst)}
	}
	return v.hosts[target]
}

// take reports whether the budget has a request left, and takes it.
func (v *Verifier) take() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.opts.Budget > 0 && v.requests >= v.opts.Budget {
		return false
	}
	v.requests++
	return true
}

// verify asks about one key.
func (v *Verifier) verify(ctx context.Context, r *recipe, key rules.Secret) scanner.Verification {
	rep, f := v.ask(ctx, r, key, r.Body)
	r.host.note(f)
	if f != nil {
		return v.failed(r, f)
	}
	a := judge(r.Answers, rep)
	if a != nil && a.Control {
		if f := v.calibrate(ctx, r, key); f != nil {
			if v.opts.Spend && r.Spend != "" && !f.stop {
				return v.spend(ctx, r, key)
			}
			return v.failed(r, f)
		}
	}
	return v.conclude(r, key, rep, a)
}

// spend sends the request that costs something. Its answers count unless they
// prove something only after a calibration, which has failed.
func (v *Verifier) spend(ctx context.Context, r *recipe, key rules.Secret) scanner.Verification {
	rep, f := v.ask(ctx, r, key, r.Spend)
	if f != nil {
		return v.failed(r, f)
	}
	a := judge(r.Answers, rep)
	if a != nil && a.Control {
		return v.failed(r, &fault{reason: "it finds fault with a request that is in order, so that its answer says nothing of the key"})
	}
	return v.conclude(r, key, rep, a)
}
