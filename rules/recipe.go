package rules

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A Recipe says how to ask a service whether it accepts a key: one request
// that changes nothing and costs nothing, and what its answers mean. The zero
// Recipe means that there is no way to ask. It has no say in what a rule
// matches.
//
// The key goes into headers and nowhere else: URLs and bodies end up in logs.
type Recipe struct {
	// SameAs names a built-in rule whose recipe is used; the other fields are
	// then empty.
	SameAs string `toml:"same_as"`
	// Keys is a regular expression of the keys that the service can be asked
	// about in this way. Empty means all that the rule finds.
	Keys string `toml:"keys"`

	Method  string            `toml:"method"`  // GET or POST; default GET
	URL     string            `toml:"url"`     // https, without the key
	Headers map[string]string `toml:"headers"` // {key} stands for the key, {basic} for that of Basic authentication, as user
	Body    string            `toml:"body"`
	// Spend is the body of a request that costs the owner of the key something,
	// to be sent only on demand when Body left the question open.
	Spend string `toml:"spend"`

	// SelfHosted names a product that others run as well, under hosts of their
	// own: what the public service does not know may be a key of one of those.
	SelfHosted string `toml:"self_hosted"`
	// Revoke is a web page where keys are revoked, or that tells how.
	Revoke string `toml:"revoke"`

	Answers []Answer `toml:"answer"` // the first that fits counts
	// Facts names values of a good answer that tell whose key it is: a path in
	// the JSON body, as in Answer.JSON, or "header:" and a name.
	Facts map[string]string `toml:"facts"`
}

// An Answer is a class of answers of a service and what it says of the key.
// All conditions have to hold.
type Answer struct {
	Status []int `toml:"status"`
	// JSON holds paths of the JSON body, such as "error.type", and what stands
	// there: a text, number, true or false; alternatives between "|"; or "*"
	// for anything but null. Without JSON or Plain the body must be JSON.
	JSON map[string]string `toml:"json"`
	// Plain accepts a body that is no JSON.
	Plain bool `toml:"plain"`
	// Text lists texts of which the body has one, and Unless texts of which it
	// has none, ASCII case ignored.
	Text   []string `toml:"text"`
	Unless []string `toml:"unless"`

	State  string `toml:"state"`  // live, restricted or dead
	Reason string `toml:"reason"` // a clause: what the answer shows
	// Control says that the answer proves something only if the service
	// refuses a random key that is sent in the same way.
	Control bool `toml:"control"`
}

// IsZero reports whether there is no recipe.
func (r *Recipe) IsZero() bool { return r.SameAs == "" && r.URL == "" }

// Host returns the host that the recipe asks, with its port if it has one.
func (r *Recipe) Host() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// checkRecipe refuses recipes that would give a key away or judge by what
// proves nothing.
func checkRecipe(r *Rule) *fieldError {
	v := &r.Verify
	switch {
	case v.SameAs != "" && v.URL != "":
		return failed("same_as", "a recipe has either same_as or url")
	case v.IsZero() && (v.Method != "" || len(v.Headers)+len(v.Answers) > 0):
		return failed("url", "is missing")
	case v.IsZero(), v.SameAs != "":
		return nil
	}
	for _, check := range []func(*Recipe) *fieldError{checkRequest, checkHeaders, checkAnswers} {
		if err := check(v); err != nil {
			return err
		}
	}
	return nil
}

func checkRequest(v *Recipe) *fieldError {
	u, err := url.Parse(v.URL)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "":
		return failed("url", "must be https://HOST/PATH")
	case strings.ContainsAny(v.URL, "{}"):
		return failed("url", "has no placeholders: the key goes into a header")
	case v.Method != "" && v.Method != "GET" && v.Method != "POST":
		return failed("method", "%q is neither GET nor POST", v.Method)
	case strings.Contains(v.Body+v.Spend, "{key}"):
		return failed("body", "has no placeholders: the key goes into a header")
	case (v.Body != "" || v.Spend != "") && v.Method != "POST":
		return failed("body", "goes with the method POST")
	}
	if _, err := regexp.Compile(v.Keys); err != nil {
		return &fieldError{"keys", err}
	}
	return nil
}

func checkHeaders(v *Recipe) *fieldError {
	keys := 0
	for name, value := range v.Headers {
		if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" || name == "" {
			return failed("headers", "%q is no name of a header", name)
		}
		if strings.ContainsAny(value, "\r\n") {
			return failed("headers", "%s has a line break", name)
		}
		if slices.Contains([]string{"host", "cookie", "content-length", "user-agent", "connection", "transfer-encoding"}, strings.ToLower(name)) {
			return failed("headers", "%s is not for recipes to set", name)
		}
		keys += strings.Count(value, "{key}") + strings.Count(value, "{basic}")
	}
	if keys != 1 {
		return failed("headers", "must have {key} or {basic} in one place")
	}
	return nil
}

func checkAnswers(v *Recipe) *fieldError {
	if len(v.Answers) == 0 {
		return failed("answer", "is missing: say which answers mean that the key is live or dead")
	}
	for _, a := range v.Answers {
		if len(a.Status) == 0 || !slices.Contains([]string{"live", "restricted", "dead"}, a.State) {
			return failed("answer", "needs status, and live, restricted or dead as state")
		}
		if strings.TrimSpace(a.Reason) == "" {
			return failed("answer", "needs a reason")
		}
		for _, s := range a.Status {
			if s < 200 || s > 499 || s/100 == 3 || s == 407 || s == 408 {
				return failed("answer", "status %d says nothing of a key", s)
			}
			if s == 429 && a.State == "dead" {
				return failed("answer", "status 429 does not mean that a key is dead")
			}
		}
	}
	return nil
}
