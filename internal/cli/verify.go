package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/verify"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// verifyFlags are the flags that say whether and how keys are verified.
type verifyFlags struct {
	on        bool
	spend     bool
	budget    int
	endpoints []string
	proxy     bool
	noCache   bool
}

// register adds the flags of a command that scans, with the one that turns
// verification on.
func (v *verifyFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&v.on, "verify", false, "ask the services whether the keys that are found still work; sends each key to the service that issued it")
	v.registerHow(c)
}

// registerHow adds the flags that say how to verify.
func (v *verifyFlags) registerHow(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&v.spend, "verify-spend", false, "allow a request of one token, at the cost of the key's owner, where a free one leaves the question open")
	f.IntVar(&v.budget, "verify-budget", 0, "send at most `N` requests; 0 means no limit")
	f.StringArrayVar(&v.endpoints, "verify-endpoint", nil, "send AGCloud keys to this `URL` instead, which may lie in a private network; HOST=URL for keys that go to another host; may be repeated")
	f.BoolVar(&v.proxy, "verify-proxy", false, "use the proxy that HTTPS_PROXY names")
	f.BoolVar(&v.noCache, "no-cache", false, "neither use nor write caches: those of what a history holds and of the states of keys")
}

// check refuses flags that would do nothing.
func (v *verifyFlags) check(verdict *verdictFlags) error {
	switch {
	case v.on:
	case verdict.live:
		return errors.New("--fail-on live needs --verify: without it no key is known to be live")
	case v.spend || v.budget != 0 || len(v.endpoints) > 0 || v.proxy:
		return errors.New("--verify-… says how to verify: give --verify as well")
	}
	return nil
}

// A verification is the step between finding keys and reporting them.
type verification struct {
	verifier *verify.Verifier
	cache    *verify.Cache
	rate     float64
	terminal io.Writer        // nil when nobody watches
	notices  []scanner.Notice // what is to be told whatever comes of it
	turn     *sync.Mutex      // held while keys are verified; nil where one scan runs
}

// verification returns the step that the flags ask for, nil for none.
func (a *app) verification(f *verifyFlags, cfg config.Verify, list []*rules.Rule) (*verification, error) {
	if !f.on {
		return nil, nil
	}
	o := verify.Options{Version: strings.Trim(version(), "()"), Rate: cfg.Rate, Budget: cfg.Budget, Spend: f.spend, Skip: cfg.Disable}
	if f.budget < 0 {
		return nil, errors.New("--verify-budget: must not be negative")
	}
	if f.budget > 0 {
		o.Budget = f.budget
	}
	var err error
	if o.Endpoints, err = verify.Endpoints(f.endpoints); err != nil {
		return nil, fmt.Errorf("--verify-endpoint: %w", err)
	}
	if f.proxy {
		if o.Proxy, err = a.proxy(); err != nil {
			return nil, fmt.Errorf("--verify-proxy: %w", err)
		}
	}
	if o.Hosts, err = userHosts(); err != nil {
		return nil, err
	}
	v := &verification{rate: cfg.Rate}
	if !f.noCache {
		if v.cache, err = openCache(); err != nil {
			v.notices = append(v.notices, scanner.Notice{Reason: "verification: answers are not remembered: " + causeOf(err).Error()})
		}
		o.Cache = v.cache
	}
	if isTerminal(a.env.Stderr) {
		v.terminal = a.env.Stderr
	}
	v.verifier, err = verify.New(list, o)
	return v, err
}

// proxy returns the proxy that the environment names.
func (a *app) proxy() (*url.URL, error) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		value := a.env.Getenv(name)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value
		}
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("%s is no address of an HTTP proxy: write http://HOST:PORT", name)
		}
		return u, nil
	}
	return nil, errors.New("HTTPS_PROXY is not set: set it to http://HOST:PORT")
}

// userHosts returns the hosts that the user's own configuration names. Without
// a home directory there is none.
func userHosts() ([]string, error) {
	path, err := config.UserFile()
	if err != nil {
		return nil, nil
	}
	cfg, err := config.LoadUser(path)
	if err != nil {
		return nil, err
	}
	return cfg.Verify.Hosts, nil
}

// openCache opens the cache of verifications in the user's cache directory.
func openCache() (*verify.Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	return verify.OpenCache(filepath.Join(dir, "keylint", "verify"))
}

// run verifies findings, whose keys are in memory, and returns what there is to
// tell of it.
func (v *verification) run(ctx context.Context, findings []*scanner.Finding) []scanner.Notice {
	if v.turn != nil {
		v.turn.Lock()
		defer v.turn.Unlock()
	}
	plan := v.verifier.Plan(findings)
	hosts := plan.Hosts()
	if v.terminal != nil && len(hosts) > 0 {
		fmt.Fprintln(v.terminal, announcement(hosts, v.rate))
		plan.Progress = v.show
	}
	stats := plan.Run(ctx)
	v.cache.Prune(time.Now())
	if len(hosts) == 0 && stats.Cached == 0 {
		return v.notices
	}
	return append(v.notices, scanner.Notice{Reason: account(hosts, stats)})
}

// show tells on the terminal how many keys are done, in a line that is taken
// away with the last.
func (v *verification) show(done, all int) {
	fmt.Fprint(v.terminal, "\r\x1b[K")
	if done < all {
		fmt.Fprintf(v.terminal, "verifying: %d of %s", done, number(all, "key"))
	}
}

// announcement says which keys are about to go where.
func announcement(hosts []verify.HostCount, rate float64) string {
	if rate == 0 {
		rate = verify.DefaultRate
	}
	return fmt.Sprintf("keylint: sending %s; at most %v requests a second to each host, Ctrl-C stops", destinations(hosts), rate)
}

// destinations says how many keys go to which host.
func destinations(hosts []verify.HostCount) string {
	var parts []string
	for _, h := range hosts {
		parts = append(parts, fmt.Sprintf("%s for %s", number(h.Keys, "key"), h.Host))
	}
	return strings.Join(parts, ", ")
}

// number returns a number and its noun.
func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// account says what a verification did.
func account(hosts []verify.HostCount, s verify.Stats) string {
	var parts []string
	if len(hosts) > 0 {
		parts = append(parts, destinations(hosts)+", "+number(s.Requests, "request")+" sent")
	}
	if s.Cached > 0 {
		parts = append(parts, number(s.Cached, "key")+" known from the cache, --no-cache asks again")
	}
	return "verification: " + strings.Join(parts, "; ")
}
