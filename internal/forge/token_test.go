package forge

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRefused gives an error, without the token, for what is no list.
func TestRefused(t *testing.T) {
	for want, override := range map[string]func(http.ResponseWriter, *http.Request, int) bool{
		"put a token": func(w http.ResponseWriter, _ *http.Request, _ int) bool { w.WriteHeader(403); return true },
		"no organisation": func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.WriteHeader(404)
			return true
		},
		"status 500": func(w http.ResponseWriter, _ *http.Request, _ int) bool { w.WriteHeader(500); return true },
		"status 302": func(w http.ResponseWriter, _ *http.Request, _ int) bool { w.WriteHeader(302); return true },
		"no list":    func(w http.ResponseWriter, r *http.Request, _ int) bool { fmt.Fprint(w, r.Header); return true },
		"larger than": func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			for range maxBody>>20 + 1 {
				w.Write(make([]byte, 1<<20))
			}
			return true
		},
		"more than 1000 pages": func(w http.ResponseWriter, r *http.Request, n int) bool {
			w.Header().Set("X-Next-Page", strconv.Itoa(n+1))
			fmt.Fprint(w, "[]")
			return true
		},
	} {
		var waits []time.Duration
		o := start(t, &fake{override: override}, "/api/v4", "acme")
		_, err := o.List(t.Context(), quick(&waits))
		if err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%v", err)
		} else if want != "status 302" && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestTokenStays makes sure that no redirect and no next page takes the token to
// another host, port or scheme, and that a redirect on the host is followed.
func TestTokenStays(t *testing.T) {
	stolen := false
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = true }))
	defer thief.Close()
	for _, base := range []string{"/api/v3", "/api/v4", "/api/v1"} {
		for name, override := range map[string]func(http.ResponseWriter, *http.Request, int) bool{
			"redirect": func(w http.ResponseWriter, r *http.Request, _ int) bool {
				http.Redirect(w, r, thief.URL+"/list", http.StatusMovedPermanently)
				return true
			},
			"redirect by way of itself": func(w http.ResponseWriter, r *http.Request, n int) bool {
				http.Redirect(w, r, []string{"/here", thief.URL}[min(n-1, 1)], http.StatusFound)
				return true
			},
			"next page": func(w http.ResponseWriter, _ *http.Request, _ int) bool {
				w.Header().Set("Link", fmt.Sprintf(`<%s/list>; rel=next`, thief.URL))
				fmt.Fprint(w, "[]")
				return true
			},
		} {
			var waits []time.Duration
			_, err := start(t, &fake{override: override}, base, "acme").List(t.Context(), quick(&waits))
			if err == nil || !strings.Contains(err.Error(), "another host") {
				t.Errorf("%s %s: %v", base, name, err)
			}
		}
	}
	if stolen {
		t.Error("a request went to another host")
	}
	f := &fake{kind: GitHub, path: "/api/v3/moved", header: "Authorization", value: "Bearer " + token}
	f.override = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if n == 1 {
			http.Redirect(w, r, "/api/v3/moved", http.StatusMovedPermanently)
		}
		return n == 1
	}
	var waits []time.Duration
	if l, err := start(t, f, "/api/v3", "acme").List(t.Context(), quick(&waits)); err != nil || len(l.Repositories) != 4 {
		t.Errorf("%+v, %v", l, err)
	}
}

// TestCredential gives the token to the host of the organisation alone, and never
// over the network in plaintext.
func TestCredential(t *testing.T) {
	for _, c := range []struct {
		org, api, clone string
		want            bool
	}{
		{"https://github.com/acme", "", "https://github.com/acme/a.git", true},
		{"https://github.com/acme", "", "https://GitHub.com:443/acme/a.git", true},
		{"https://github.com/acme", "", "https://github.com.evil.example/acme/a.git", false},
		{"https://github.com/acme", "", "https://gist.github.com/acme/a.git", false},
		{"https://github.com/acme", "", "http://github.com/acme/a.git", false},
		{"https://github.com/acme", "", "https://github.com:8443/acme/a.git", false},
		{"http://git.example/acme", "http://git.example/api/v1", "http://git.example/acme/a.git", false},
		{"http://127.0.0.1:3000/acme", "http://127.0.0.1:3000/api/v1", "http://127.0.0.1:3000/acme/a.git", true},
	} {
		o, err := Parse(c.org, c.api)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := o.Credential(c.clone, token); ok != c.want {
			t.Errorf("%s of %s: %v", c.clone, c.org, ok)
		}
		if _, _, ok := o.Credential(c.clone, ""); ok {
			t.Errorf("%s: a credential without a token", c.clone)
		}
	}
	o, err := Parse("http://git.example/acme", "http://git.example/api/v1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.List(t.Context(), Options{Token: token}); err == nil || !strings.Contains(err.Error(), "not sent over http") {
		t.Error(err)
	}
}
