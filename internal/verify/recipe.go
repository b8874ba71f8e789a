package verify

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/agcloud/keylint/rules"
)

// A recipe is a recipe of a rule with the place that it is sent to.
type recipe struct {
	*rules.Recipe
	method string
	url    string
	target string // HOST:PORT
	name   string // of the host, for people
	named  bool   // whether the user named the place with --verify-endpoint
	keys   func() *regexp.Regexp
	host   *host
	proof  calibration
}

// recipes sets the recipes of rules by rule, and why the rules that have one
// which is not used do not use it.
//
// Where a key goes is decided by the built-in rules and by the user, and never
// by what is scanned: a rule file may come from there. So a recipe of another
// rule counts only when the user's own configuration names its host.
func (v *Verifier) recipes(list []*rules.Rule) error {
	builtin, err := rules.Builtin()
	if err != nil {
		return err
	}
	v.byRule, v.refused = map[string]*recipe{}, map[string]string{}
	for _, r := range builtin {
		if r.Verify.URL != "" {
			if err := v.add(r); err != nil {
				return err
			}
		}
	}
	known := maps.Clone(v.byRule)
	isBuiltin := func(id string) bool {
		return slices.ContainsFunc(builtin, func(r *rules.Rule) bool { return r.ID == id })
	}
	list = slices.DeleteFunc(slices.Clone(list), func(r *rules.Rule) bool { return isBuiltin(r.ID) })
	for _, r := range append(builtin, list...) {
		switch {
		case r.Verify.SameAs != "" && known[r.Verify.SameAs] == nil:
			return fmt.Errorf("rule %s: same_as: no built-in rule %q has a recipe", r.ID, r.Verify.SameAs)
		case r.Verify.SameAs != "":
			v.byRule[r.ID] = known[r.Verify.SameAs]
		case r.Verify.URL == "" || known[r.ID] != nil:
		case !slices.Contains(v.opts.Hosts, r.Verify.Host()):
			v.refused[r.ID] = fmt.Sprintf("the rule wants to ask %s, which your own configuration does not name under [verify] hosts", r.Verify.Host())
		default:
			if err := v.add(r); err != nil {
				return err
			}
		}
	}
	return v.checkEndpoints()
}

// checkEndpoints refuses an endpoint that would take the place of nothing:
// whoever gives it believes that keys go there.
func (v *Verifier) checkEndpoints() error {
	asked := map[string]bool{}
	for _, r := range v.byRule {
		asked[r.Host()] = true
	}
	for host := range v.endpoints {
		if !asked[host] {
			return fmt.Errorf("--verify-endpoint: no rule asks %s; the hosts are %s", host, strings.Join(slices.Sorted(maps.Keys(asked)), ", "))
		}
	}
	return nil
}

// add compiles the recipe of a rule.
func (v *Verifier) add(r *rules.Rule) error {
	u, err := url.Parse(r.Verify.URL)
	if err != nil {
		return fmt.Errorf("rule %s: %w", r.ID, err)
	}
	c := &recipe{Recipe: &r.Verify, method: r.Verify.Method, keys: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(r.Verify.Keys) })}
	if c.method == "" {
		c.method = "GET"
	}
	if base := v.endpoints[u.Host]; base != nil {
		c.named = true
		u.Scheme, u.Host = base.Scheme, base.Host
		u.Path, u.RawPath = strings.TrimSuffix(base.Path, "/")+u.Path, ""
	}
	c.url, c.name, c.target = u.String(), u.Host, target(u)
	c.host = v.hostOf(c.target)
	v.guard.hosts[c.target] = v.guard.hosts[c.target] || c.named
	v.byRule[r.ID] = c
	return nil
}

// target returns the host and port that requests for u go to.
func target(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	if strings.Contains(u.Hostname(), ":") {
		return "[" + u.Hostname() + "]:" + port
	}
	return u.Hostname() + ":" + port
}

// unfit says why a service cannot be asked about a key by this recipe, "" if it
// can.
func (r *recipe) unfit(key rules.Secret) string {
	for _, c := range []byte(key.Reveal()) {
		if c <= ' ' || c > '~' {
			return "the key has characters that a request cannot carry"
		}
	}
	if !r.keys().MatchString(key.Reveal()) {
		return "the service cannot be asked about keys of this kind for free"
	}
	return ""
}

// identity tells the question that a recipe asks from others, for the cache.
func (r *recipe) identity(spend bool) string {
	return fmt.Sprintf("%s %s %q %q %+v %v", r.method, r.url, r.Body, r.Headers, r.Answers, spend && r.Spend != "")
}

// Endpoints reads the values of --verify-endpoint: URL takes the place of the
// AGCloud host, and HOST=URL that of another host.
func Endpoints(values []string) (map[string]*url.URL, error) {
	list := map[string]*url.URL{}
	for _, value := range values {
		host, text := agcloudHost, value
		if before, after, ok := strings.Cut(value, "=https://"); ok && !strings.Contains(before, "/") {
			host, text = before, "https://"+after
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("an endpoint is https://HOST[:PORT][/PATH], or HOST=https://… to take the place of another host than %s", agcloudHost)
		}
		list[host] = u
	}
	return list, nil
}

// agcloudHost is the host of the AGCloud API.
const agcloudHost = "aiandgpu.com"
