package main

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/agcloud/keylint/internal/fakekey"
)

// A forge plays a forge for scripts, whose organisation acme has the bare
// repositories in the directory forge/acme, and one that lies elsewhere. It wants
// a token for the API and for clones.
type forge struct {
	dir     string
	token   string
	other   *httptest.Server
	limited atomic.Bool  // whether it has asked to wait
	stolen  atomic.Int32 // requests that brought the token elsewhere
	backend http.Handler
}

type forgeKey struct{}

// startForge starts the forge of a script, and sets $FORGE to its address and $TOKEN
// to its token. “forge check” fails if the token went elsewhere.
func startForge(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 1 && args[0] == "check" && !neg {
		if n := (*ts.Value(forgeKey{}).(**forge)).stolen.Load(); n > 0 {
			ts.Fatalf("the token went elsewhere %d times", n)
		}
		return
	}
	if neg || len(args) != 0 {
		ts.Fatalf("usage: forge [check]")
	}
	out, err := exec.Command("git", "--exec-path").Output()
	ts.Check(err)
	f := &forge{dir: filepath.Join(ts.Getenv("WORK"), "forge"), token: fakekey.Alnum(55, 40)}
	f.backend = &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), Dir: f.dir, Env: []string{"GIT_PROJECT_ROOT=" + f.dir, "GIT_HTTP_EXPORT_ALL=1"}}
	f.other = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Private-Token") != "" {
			f.stolen.Add(1)
		}
		http.NotFound(w, r)
	}))
	s := httptest.NewServer(f)
	ts.Defer(s.Close)
	ts.Defer(f.other.Close)
	ts.Setenv("FORGE", s.URL)
	ts.Setenv("TOKEN", f.token)
	*ts.Value(forgeKey{}).(**forge) = f
}

// ServeHTTP implements http.Handler.
func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	switch {
	case r.Header.Get("Authorization") == "Bearer "+f.token && r.URL.Path == "/api/v3/orgs/acme/repos":
		f.list(w, r)
	case password == f.token && strings.HasPrefix(r.URL.Path, "/acme/"):
		f.backend.ServeHTTP(w, r)
	default:
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// list answers with a page of one repository. Before the second it asks to wait once.
func (f *forge) list(w http.ResponseWriter, r *http.Request) {
	dirs, err := os.ReadDir(filepath.Join(f.dir, "acme"))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if page == 1 && !f.limited.Swap(true) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	if page == len(dirs) {
		fmt.Fprintf(w, `[{"full_name":"acme/elsewhere","clone_url":"%s/acme/elsewhere.git"}]`, f.other.URL)
		return
	}
	w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, r.Host, r.URL.Path, page+1))
	name := dirs[page].Name()
	fmt.Fprintf(w, `[{"full_name":"acme/%s","clone_url":"http://%s/acme/%s","archived":%v,"fork":%v}]`, strings.TrimSuffix(name, ".git"), r.Host, name, strings.HasPrefix(name, "old"), strings.HasPrefix(name, "fork"))
}
