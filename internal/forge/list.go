package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say what is listed, and how.
type Options struct {
	Token string // "" for none: then only what is public is listed
	Agent string // the User-Agent
	// NoArchived and Forks say what of an organisation is listed: all that is not a
	// fork, unless they say otherwise.
	NoArchived bool
	Forks      bool
	// Waiting, if set, is told why a request waits.
	Waiting func(reason string)

	sleep func(context.Context, time.Duration) error // nil means the clock
	now   func() time.Time                           // nil means time.Now
}

// A Repository is a repository of an organisation.
type Repository struct {
	Name     string // with that of the organisation
	URL      string // to clone it from, over HTTP
	Archived bool
	Fork     bool
}

// A Listing is the repositories of an organisation, in the order of the forge.
type Listing struct {
	Repositories []Repository
	Archived     int      // left out
	Forks        int      // left out
	Problems     []string // repositories that cannot be cloned, and why
}

// maxPages bounds how long a list can be: 100 repositories a page.
const maxPages = 1000

// An entry is what APIs tell of a repository, under the names of GitHub and Gitea
// or under those of GitLab.
type entry struct {
	FullName string `json:"full_name"`
	CloneURL string `json:"clone_url"`
	Archived bool   `json:"archived"`
	Fork     bool   `json:"fork"`

	PathWithNamespace string          `json:"path_with_namespace"`
	HTTPURLToRepo     string          `json:"http_url_to_repo"`
	ForkedFrom        json.RawMessage `json:"forked_from_project"`
}

// List asks for the repositories of the organisation, or of the user of that name,
// page by page. It waits where the forge asks for it, up to a bound.
func (o *Org) List(ctx context.Context, opts Options) (*Listing, error) {
	if opts.Token != "" && !private(o.api) {
		return nil, fmt.Errorf("%s: the token is not sent over http, where others can read it: give an address with https://", o.api.Host)
	}
	c := newClient(o, opts)
	entries, err := c.pages(ctx, o.resource(false))
	if errors.Is(err, errNotFound) {
		entries, err = c.pages(ctx, o.resource(true))
	}
	if errors.Is(err, errNotFound) {
		err = fmt.Errorf("%s has no organisation, group or user %q, or the token may not see it: check the name and %s", o.api.Host, o.Name, strings.Join(o.TokenVariables(), " or "))
	}
	if err != nil {
		return nil, err
	}
	l := &Listing{}
	for _, e := range entries {
		l.add(e.repository(), &opts)
	}
	return l, nil
}

// resource returns the first page of the list: of the organisation, or of the user
// of that name.
func (o *Org) resource(user bool) *url.URL {
	u := *o.api
	kind, query := "orgs", url.Values{"per_page": {"100"}, "type": {"all"}}
	name := url.PathEscape(o.Name)
	switch o.Kind {
	case GitLab:
		kind, query = "groups", url.Values{"per_page": {"100"}, "include_subgroups": {"true"}, "with_shared": {"false"}, "order_by": {"id"}, "sort": {"asc"}}
	case Gitea:
		query = url.Values{"limit": {"50"}}
	}
	if user {
		kind = "users"
		query.Del("include_subgroups")
		query.Del("with_shared")
		query.Del("type") // of a user's repositories, owner is the default
	}
	last := "repos"
	if o.Kind == GitLab {
		last = "projects"
	}
	base := u.Path
	u.Path = base + "/" + kind + "/" + o.Name + "/" + last
	u.RawPath = base + "/" + kind + "/" + name + "/" + last
	u.RawQuery = query.Encode()
	return &u
}

// repository returns what an API told.
func (e *entry) repository() Repository {
	r := Repository{Name: e.FullName, URL: e.CloneURL, Archived: e.Archived, Fork: e.Fork}
	if e.PathWithNamespace != "" {
		r.Name, r.URL = e.PathWithNamespace, e.HTTPURLToRepo
		r.Fork = len(e.ForkedFrom) > 0 && string(e.ForkedFrom) != "null"
	}
	return r
}

// add takes a repository in, unless it is not asked for.
func (l *Listing) add(r Repository, opts *Options) {
	switch u, err := url.Parse(r.URL); {
	case r.Archived && opts.NoArchived:
		l.Archived++
	case r.Fork && !opts.Forks:
		l.Forks++
	case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
		l.Problems = append(l.Problems, fmt.Sprintf("%q has no address that it can be cloned from over HTTP: clone it and name the directory", r.Name))
	default:
		l.Repositories = append(l.Repositories, r)
	}
}

// pages reads a list from its first page on.
func (c *client) pages(ctx context.Context, at *url.URL) ([]entry, error) {
	var all []entry
	for range maxPages {
		header, body, err := c.get(ctx, at)
		if err != nil {
			return nil, err
		}
		var page []entry
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("%s answered with no list of repositories: check --api-url", at.Host)
		}
		all = append(all, page...)
		if at, err = c.next(at, header); at == nil || err != nil {
			return all, err
		}
	}
	return nil, fmt.Errorf("the list of repositories has more than %d pages: name the repositories instead", maxPages)
}

// next returns the page after that at, nil when it was the last: that of the header
// Link (RFC 8288), or of X-Next-Page, which GitLab sends as well.
func (c *client) next(at *url.URL, header http.Header) (*url.URL, error) {
	if target, ok := nextLink(header.Values("Link")); ok {
		u, err := at.Parse(target)
		if err != nil || !sameOrigin(u, c.org.api) {
			return nil, fmt.Errorf("%s continues its list on another host, to which nothing is sent: check --api-url", at.Host)
		}
		return u, nil
	}
	page := header.Get("X-Next-Page")
	if page == "" {
		return nil, nil
	}
	u := *at
	query := u.Query()
	query.Set("page", page)
	u.RawQuery = query.Encode()
	return &u, nil
}

// nextLink returns the target of the relation "next" in the fields of the header
// Link (RFC 8288, section 3).
func nextLink(fields []string) (string, bool) {
	for _, rest := range fields {
		for {
			_, after, ok := strings.Cut(rest, "<")
			if !ok {
				break
			}
			target, params, ok := strings.Cut(after, ">")
			if !ok {
				break
			}
			params, rest = cutUnquoted(params, ',')
			if isNext(params) {
				return target, true
			}
		}
	}
	return "", false
}

// cutUnquoted cuts s around the first separator that does not stand in quotes.
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// isNext reports whether the parameters of a link give it the relation "next".
func isNext(params string) bool {
	for params != "" {
		var param string
		param, params = cutUnquoted(params, ';')
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(rel, "next") {
				return true
			}
		}
	}
	return false
}
