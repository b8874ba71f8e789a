package githistory

import (
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
)

// serve serves the repositories below dir over HTTP, to those who know the token.
func serve(t *testing.T, dir, token string) *httptest.Server {
	t.Helper()
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skip("no git")
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), Dir: dir,
		Env:    []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1"},
		Stderr: io.Discard,
	}
	if _, err := os.Stat(backend.Path); err != nil {
		t.Skip("no git-http-backend")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, ok := r.BasicAuth(); !ok || password != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// TestCloneCredential clones with a credential, which no redirect takes to another
// host, and no error tells.
func TestCloneCredential(t *testing.T) {
	dir, token := t.TempDir(), fakekey.Alnum(78, 40)
	good, bad := Credential{"x", token}, Credential{"x", fakekey.Alnum(79, 40)}
	for _, args := range [][]string{{"init", "-q", "-b", "main", "a.git"}, {"-C", "a.git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "one"}} {
		c := exec.Command("git", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	s := serve(t, dir, token)
	clone, remove, err := Clone(t.Context(), s.URL+"/a.git/.git", good, nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(clone, "config"))
	if err != nil || strings.Contains(string(config), token) {
		t.Errorf("the configuration of the clone holds the token: %v", err)
	}
	remove()

	told, asked := false, 0
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		_, _, has := r.BasicAuth()
		told = told || has || strings.Contains(r.URL.String(), token)
		if strings.HasSuffix(r.URL.Path, "/info/refs") {
			w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
			w.Write([]byte("001e# service=git-upload-pack\n00000046" + strings.Repeat("1", 40) + " refs/heads/main\x00 agent=x\n0000"))
		}
	}))
	defer other.Close()
	redirect := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.RequestURI(), http.StatusFound)
	}))
	defer redirect.Close()
	for address, c := range map[string]Credential{s.URL + "/a.git/.git": bad, redirect.URL + "/a.git": good, s.URL + "/none": good} {
		_, _, err := Clone(t.Context(), address, c, nil)
		if err == nil || strings.Contains(err.Error(), c.Password) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if asked < 2 {
		t.Errorf("the redirect was not followed: %d requests", asked)
	}
	if told {
		t.Error("the token went to another host")
	}
}
