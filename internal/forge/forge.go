// Package forge lists the repositories of an organisation through the REST API of
// the forge that hosts it: GitHub, GitLab, and Gitea with its fork Forgejo.
//
//   - https://docs.github.com/en/rest/repos/repos#list-organization-repositories
//   - https://docs.gitlab.com/api/groups/#list-projects
//   - https://docs.gitea.com/api/ (operation orgListRepos)
//
// # What keeps the token safe
//
// It goes into a header of requests to the host of the API, over TLS or to this
// machine, and nowhere else: a redirect, or a link to the next page, that leads to
// another scheme, host or port is an error. No error quotes a header or an answer.
// [Org.Credential] gives it to clones from the host of the organisation alone.
package forge

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// A Kind is a sort of forge.
type Kind string

// The kinds of forges.
const (
	GitHub Kind = "GitHub"
	GitLab Kind = "GitLab"
	Gitea  Kind = "Gitea"
)

// An Org is an organisation, a group or a user of a forge.
type Org struct {
	Kind Kind
	Name string   // with slashes, for a group in a group
	web  *url.URL // where its pages and repositories are; scheme and host alone
	api  *url.URL // the base of the API
}

// Parse reads the address of an organisation, such as https://github.com/acme, and
// of the API of its forge. The latter may be "" for github.com, gitlab.com,
// codeberg.org and gitea.com. Its path tells the kind of the forge: /api/v3 is
// GitHub Enterprise, /api/v4 GitLab, and /api/v1 Gitea or Forgejo.
func Parse(address, api string) (*Org, error) {
	u, err := parseBase(address)
	if err != nil {
		return nil, err
	}
	o := &Org{Name: strings.Trim(u.Path, "/"), web: &url.URL{Scheme: u.Scheme, Host: u.Host}}
	if api == "" {
		api = publicAPI(u.Hostname())
	}
	if api == "" {
		return nil, fmt.Errorf("%s: what forge this is is not known: give the base of its API with --api-url, https://%s/api/v3 for GitHub Enterprise, /api/v4 for GitLab, /api/v1 for Gitea and Forgejo", u.Host, u.Host)
	}
	if o.api, err = parseBase(api); err != nil {
		return nil, err
	}
	if o.Kind, err = kindOf(o.api); err != nil {
		return nil, err
	}
	return o, o.checkName()
}

// parseBase reads an absolute address of the web without user, query and fragment.
func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the address of an organisation or API begins with https:// and names a host, as https://github.com/acme does")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s: leave user, password and query out of the address: the token is taken from the environment", u.Host)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

// publicAPI returns the API of a well-known forge, "" for others.
func publicAPI(host string) string {
	switch strings.ToLower(host) {
	case "github.com":
		return "https://api.github.com"
	case "gitlab.com":
		return "https://gitlab.com/api/v4"
	case "codeberg.org", "gitea.com":
		return "https://" + strings.ToLower(host) + "/api/v1"
	}
	return ""
}

// kindOf tells a forge by the base of its API.
func kindOf(api *url.URL) (Kind, error) {
	switch {
	case strings.HasSuffix(api.Path, "/api/v3"), api.Hostname() == "api.github.com":
		return GitHub, nil
	case strings.HasSuffix(api.Path, "/api/v4"):
		return GitLab, nil
	case strings.HasSuffix(api.Path, "/api/v1"):
		return Gitea, nil
	}
	return "", fmt.Errorf("--api-url: %s%s is the base of no API that is known: it ends with /api/v3 for GitHub, /api/v4 for GitLab, and /api/v1 for Gitea and Forgejo", api.Host, api.Path)
}

// checkName takes off what stands before the names of groups in addresses of their
// pages, and refuses what names no organisation.
func (o *Org) checkName() error {
	for _, prefix := range []string{"orgs/", "groups/"} {
		o.Name = strings.TrimPrefix(o.Name, prefix)
	}
	if o.Name == "" || o.Kind != GitLab && strings.Contains(o.Name, "/") {
		return fmt.Errorf("https://%s/NAME is the address of an organisation: for a repository, leave --org out", o.web.Host)
	}
	return nil
}

// TokenVariables names the environment variables that may hold a token for the
// forge, in the order in which they count.
func (o *Org) TokenVariables() []string {
	switch o.Kind {
	case GitHub:
		return []string{"GITHUB_TOKEN", "GH_TOKEN"}
	case GitLab:
		return []string{"GITLAB_TOKEN"}
	}
	return []string{"GITEA_TOKEN"}
}

// Credential returns the user and password with which a repository is cloned. ok is
// false when its address is not one that the token may be sent to: one on the host
// of the organisation, over TLS or on this machine.
func (o *Org) Credential(address, token string) (user, password string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || token == "" || !sameOrigin(u, o.web) || !private(u) {
		return "", "", false
	}
	if o.Kind == GitHub {
		return "x-access-token", token, true // any user does; this one is for tokens of apps, too
	}
	return "oauth2", token, true
}

// sameOrigin reports whether two addresses have one scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}

// private reports whether nobody on the way can read what is sent to an address.
func private(u *url.URL) bool {
	if strings.EqualFold(u.Scheme, "https") {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback() || strings.EqualFold(u.Hostname(), "localhost")
}
