package githistory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
)

// scpLike is the short form of SSH addresses, USER@HOST:PATH; see "GIT URLS" in
// git-clone(1).
var scpLike = regexp.MustCompile(`^[^/\s@]+@[^/\s:]+:[^\s]`)

// IsURL reports whether a repository is named by an address, and not by a path.
func IsURL(name string) bool {
	return strings.Contains(name, "://") || scpLike.MatchString(name)
}

// CleanURL returns an address without the user and password in it.
func CleanURL(name string) string {
	u, err := url.Parse(name)
	if err != nil {
		if i := strings.LastIndex(name, "@"); i >= 0 {
			return name[i+1:]
		}
		return name
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// A Credential is what a clone over HTTP authenticates with. The zero Credential
// is none.
type Credential struct{ User, Password string }

// Clone makes a mirror of a remote repository in a temporary directory, which
// remove deletes. It reads every reference that the remote shows. progress, which
// may be nil, is told what the remote says. The credential takes the place of user
// and password in the address; it is sent to the host of the address alone, and not
// to where that redirects. Errors hold neither of them.
func Clone(ctx context.Context, address string, c Credential, progress io.Writer) (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "keylint-clone-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	o := &git.CloneOptions{URL: address, Mirror: true, Tags: git.AllTags, Progress: progress}
	if c != (Credential{}) {
		o.Auth = &http.BasicAuth{Username: c.User, Password: c.Password}
	}
	_, err = git.PlainCloneContext(ctx, dir, true, o)
	if err == nil || errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return dir, remove, nil
	}
	remove()
	if ctx.Err() != nil {
		return "", nil, ctx.Err()
	}
	return "", nil, fmt.Errorf("cannot clone %s: %s: clone it with git and name the directory", CleanURL(address), withoutPassword(withoutUser(err.Error(), address), c.Password))
}

// withoutPassword takes a password out of a text.
func withoutPassword(text, password string) string {
	if password == "" {
		return text
	}
	return strings.ReplaceAll(text, password, "***")
}

// withoutUser takes the user and password of an address out of a text.
func withoutUser(text, address string) string {
	text = strings.ReplaceAll(text, address, CleanURL(address))
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return text
	}
	for _, secret := range []string{u.User.String(), u.User.Username()} {
		text = strings.ReplaceAll(text, secret, "***")
	}
	password, _ := u.User.Password()
	return withoutPassword(text, password)
}
