package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
)

// token is what no answer of a test may be quoted with.
var token = fakekey.Alnum(77, 40)

// A fake plays the API of a forge. It hands out repositories in pages of two.
type fake struct {
	t        *testing.T
	kind     Kind
	path     string // of the list
	header   string // of the token
	value    string
	requests []string
	override func(w http.ResponseWriter, r *http.Request, n int) bool // answers instead
}

// repositories are what an organisation of the test has.
func repositories(kind Kind, host string) []string {
	var out []string
	for i, traits := range []string{"", "archived", "fork", "", "", "local"} {
		name := fmt.Sprintf("acme/r%d", i)
		clone := fmt.Sprintf("http://%s/%s.git", host, name)
		if traits == "local" {
			clone = "file:///etc"
		}
		if kind == GitLab {
			from := "null"
			if traits == "fork" {
				from = `{"id":7}`
			}
			out = append(out, fmt.Sprintf(`{"path_with_namespace":%q,"http_url_to_repo":%q,"archived":%v,"forked_from_project":%s}`, name, clone, traits == "archived", from))
			continue
		}
		out = append(out, fmt.Sprintf(`{"full_name":%q,"clone_url":%q,"archived":%v,"fork":%v}`, name, clone, traits == "archived", traits == "fork"))
	}
	return out
}

// ServeHTTP implements http.Handler.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.requests = append(f.requests, r.URL.RequestURI())
	if f.override != nil && f.override(w, r, len(f.requests)) {
		return
	}
	if f.value != "" && r.Header.Get(f.header) != f.value {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.URL.EscapedPath() != f.path {
		http.NotFound(w, r)
		return
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = max(1, page)
	list := repositories(f.kind, r.Host)
	if last := len(list) / 2; page < last && f.kind == GitLab {
		w.Header().Set("X-Next-Page", strconv.Itoa(page+1))
	} else if page < last {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=1>; rel="first", <http://%s%s?page=%d>; title="a, b"; rel="next"`, r.Host, f.path, r.Host, f.path, page+1))
	}
	fmt.Fprintf(w, "[%s]", strings.Join(list[2*page-2:2*page], ","))
}

// start starts a fake and returns its organisation acme.
func start(t *testing.T, f *fake, base, name string) *Org {
	t.Helper()
	f.t = t
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	o, err := Parse(server.URL+"/"+name, server.URL+base)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// quick returns options that wait for nothing and note what they would wait for.
func quick(waits *[]time.Duration) Options {
	return Options{Token: token, Agent: "keylint/test", sleep: func(_ context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return nil
	}, now: func() time.Time { return time.Unix(1_800_000_000, 0) }}
}

// TestList reads the pages of each kind of forge, with the token where it belongs,
// and leaves out what is not asked for.
func TestList(t *testing.T) {
	for _, c := range []struct {
		kind             Kind
		base, name, path string
		header, value    string
	}{
		{GitHub, "/api/v3", "acme", "/api/v3/orgs/acme/repos", "Authorization", "Bearer " + token},
		{GitHub, "/api/v3", "orgs/someone/", "/api/v3/users/someone/repos", "Authorization", "Bearer " + token},
		{GitLab, "/x/api/v4", "acme/sub", "/x/api/v4/groups/acme%2Fsub/projects", "PRIVATE-TOKEN", token},
		{GitLab, "/api/v4", "someone", "/api/v4/users/someone/projects", "PRIVATE-TOKEN", token},
		{Gitea, "/api/v1/", "acme", "/api/v1/orgs/acme/repos", "Authorization", "token " + token},
	} {
		f := &fake{kind: c.kind, path: c.path, header: c.header, value: c.value}
		o := start(t, f, c.base, c.name)
		if o.Kind != c.kind {
			t.Errorf("%s is %s", c.base, o.Kind)
		}
		for _, choice := range []struct {
			noArchived, forks bool
			want              []string
		}{
			{false, false, []string{"r0", "r1", "r3", "r4"}},
			{true, false, []string{"r0", "r3", "r4"}},
			{false, true, []string{"r0", "r1", "r2", "r3", "r4"}},
		} {
			var waits []time.Duration
			opts := quick(&waits)
			opts.NoArchived, opts.Forks = choice.noArchived, choice.forks
			l, err := o.List(t.Context(), opts)
			if err != nil {
				t.Fatalf("%s: %v", c.path, err)
			}
			var names []string
			for _, r := range l.Repositories {
				names = append(names, strings.TrimPrefix(r.Name, "acme/"))
				if !strings.HasSuffix(r.URL, "/"+r.Name+".git") {
					t.Errorf("%s is cloned from %s", r.Name, r.URL)
				}
				if user, password, ok := o.Credential(r.URL, token); !ok || user == "" || password != token {
					t.Errorf("%s is cloned without the token", r.Name)
				}
			}
			if d := cmp.Diff(choice.want, names); d != "" {
				t.Errorf("%s: %s", c.path, d)
			}
			if len(names)+l.Archived+l.Forks+len(l.Problems) != 6 || len(l.Problems) != 1 || !strings.Contains(l.Problems[0], "acme/r5") {
				t.Errorf("%s: %+v", c.path, l)
			}
		}
	}
}

// TestLimits waits as long as the forge asks for, and not longer than it makes
// sense.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		status int
		header map[string]string
		want   time.Duration // 0 means that it gives up
	}{
		{429, map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{403, map[string]string{"Retry-After": "0"}, time.Second},
		{429, map[string]string{"Retry-After": time.Unix(1_800_000_060, 0).UTC().Format(http.TimeFormat)}, time.Minute},
		{403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000030"}, 30 * time.Second},
		{429, map[string]string{"RateLimit-Reset": "1800000031"}, 31 * time.Second},
		{429, map[string]string{"RateLimit-Reset": "never"}, time.Second},
		{503, nil, time.Second},
		{403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800003600"}, 0},
		{429, map[string]string{"Retry-After": "99999999999999"}, 0},
	} {
		f := &fake{kind: GitHub, path: "/api/v3/orgs/acme/repos"}
		f.override = func(w http.ResponseWriter, _ *http.Request, n int) bool {
			if n != 2 {
				return false
			}
			for name, value := range c.header {
				w.Header().Set(name, value)
			}
			w.WriteHeader(c.status)
			return true
		}
		var waits []time.Duration
		l, err := start(t, f, "/api/v3", "acme").List(t.Context(), quick(&waits))
		if c.want == 0 {
			if err == nil || len(waits) > 0 || !strings.Contains(err.Error(), "limits requests until") {
				t.Errorf("%v: waited %v, %v", c.header, waits, err)
			}
			continue
		}
		if err != nil || len(l.Repositories) != 4 || len(waits) != 1 || waits[0] != c.want {
			t.Errorf("%d %v: waited %v, want %v: %v", c.status, c.header, waits, c.want, err)
		}
	}
}

// TestInterrupted ends with the context, also while it waits.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fake{override: func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Retry-After", "300")
		w.WriteHeader(429)
		cancel()
		return true
	}}
	start := time.Now()
	_, err := begin(t, f).List(ctx, Options{Token: token})
	if !errors.Is(err, context.Canceled) || time.Since(start) > time.Minute {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func begin(t *testing.T, f *fake) *Org { return start(t, f, "/api/v3", "acme") }

// TestParse tells forges by their addresses.
func TestParse(t *testing.T) {
	for _, c := range []struct{ address, api, want string }{
		{"https://github.com/acme", "", "GitHub acme https://api.github.com/orgs/acme/repos"},
		{"https://GitHub.com/orgs/acme/", "", "GitHub acme https://api.github.com/orgs/acme/repos"},
		{"https://gitlab.com/groups/a/b", "", "GitLab a/b https://gitlab.com/api/v4/groups/a%2Fb/projects"},
		{"https://codeberg.org/acme", "", "Gitea acme https://codeberg.org/api/v1/orgs/acme/repos"},
		{"https://git.example/acme", "https://git.example/x/api/v3/", "GitHub acme https://git.example/x/api/v3/orgs/acme/repos"},
		{"https://git.example/acme", "", "! --api-url, https://git.example/api/v3"},
		{"https://git.example/acme", "https://git.example/rest", "! no API that is known"},
		{"https://github.com/acme/repo", "", "! for a repository, leave --org out"},
		{"https://github.com/", "", "! for a repository"},
		{"https://user:pass@github.com/acme", "", "! leave user, password"},
		{"git@github.com:acme", "", "! begins with https://"},
		{"file:///acme", "", "! begins with https://"},
	} {
		o, err := Parse(c.address, c.api)
		got := ""
		if err == nil {
			u := o.resource(false)
			u.RawQuery = ""
			got = fmt.Sprintf("%s %s %s", o.Kind, o.Name, u)
		}
		if want, failed := strings.CutPrefix(c.want, "! "); failed {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pass@") {
				t.Errorf("%s: %v, want %q", c.address, err, want)
			}
		} else if got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.address, got, err, c.want)
		}
	}
}

// FuzzNextLink finds the next page in the header that RFC 8288 gives as an example
// and its like, and takes any other header without a panic.
func FuzzNextLink(f *testing.F) {
	for header, want := range map[string]string{
		`<https://a/?page=2>; rel="next", <https://a/?page=9>; rel="last"`:            "https://a/?page=2",
		`<https://a/?page=1>; rel=prev;title="x, <y>; rel=next",</b>;REL="last Next"`: "/b",
		`<https://a/>; rel="last"`: "",
		`<https://a/`:              "",
		`,,;;"<`:                   "",
		``:                         "",
	} {
		if got, ok := nextLink([]string{header}); got != want || ok != (want != "") {
			f.Errorf("%s: %q", header, got)
		}
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if got, ok := nextLink([]string{header}); ok && !strings.Contains(header, "<"+got+">") {
			t.Errorf("%q is not in %q", got, header)
		}
	})
}
