package verify

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func TestPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"1.1.1.1": true, "93.184.216.34": true, "2606:4700:4700::1111": true, "2a00:1450::1": true, "::ffff:1.1.1.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "fd00::1": false, "::ffff:10.0.0.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"0.0.0.0": false, "0.1.2.3": false, "::": false, "255.255.255.255": false, "240.0.0.1": false,
		"224.0.0.1": false, "ff02::1": false, "100.64.0.1": false, "100.127.0.1": false, "198.18.0.1": false, "192.0.0.8": false, "192.0.2.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:1::1": false, "2001:db8::1": false,
	} {
		if got := public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: public %v", addr, got)
		}
	}
}

// TestPrivateRefused makes sure that a service whose name leads to this
// machine is not contacted unless it was named.
func TestPrivateRefused(t *testing.T) {
	var accepted atomic.Int32
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			c.Close()
		}
	}()
	addr := l.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	for _, target := range []string{addr, "localhost:" + port} {
		for _, named := range []bool{false, true} {
			g := guard{map[string]bool{target: named}}
			c, err := g.dial(t.Context(), "tcp", target)
			if err == nil {
				c.Close()
			}
			if (err == nil) != named {
				t.Errorf("%s, named %v: %v", target, named, err)
			}
			if f := explain(t.Context(), err); err != nil && !strings.Contains(f.reason, "no public address; name the host with --verify-endpoint") {
				t.Errorf("%s: %s", target, f.reason)
			}
		}
	}
	if _, err := (guard{map[string]bool{}}).dial(t.Context(), "tcp", addr); err != errForeign {
		t.Errorf("a host that nobody configured: %v", err)
	}
}

// TestRequest looks at what is sent: where the key is, and what is not there.
func TestRequest(t *testing.T) {
	s := newService(t, func(w http.ResponseWriter, r *http.Request, key string, n int) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		knows(2)(w, r, key, n)
	})
	inTurn(t, s.verifier(t, Options{}), []*scanner.Finding{ours(1), ours(0)})
	for i, r := range s.asked() {
		if r.method != "POST" || r.uri != "/v1/messages" || r.body != "{}" {
			t.Errorf("request %d: %s %s %q", i, r.method, r.uri, r.body)
		}
		if got := r.header.Get("User-Agent"); got != "keylint/1.2.3" {
			t.Errorf("User-Agent %q", got)
		}
		for name, values := range r.header {
			if name == "Cookie" || name == "Referer" {
				t.Errorf("request %d has a %s", i, name)
			}
			if name != "Authorization" && strings.Contains(strings.Join(values, ""), r.key[3:]) {
				t.Errorf("request %d has the key in %s", i, name)
			}
		}
	}
}

// TestProxy makes sure that a proxy is used when it is given, that it does not
// see the key, and that none is used otherwise.
func TestProxy(t *testing.T) {
	var connects atomic.Int32
	s := newService(t, nil)
	proxy := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connects.Add(1)
		if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
			t.Errorf("the proxy sees a %s, and %d headers", r.Method, len(r.Header))
		}
		back, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		w.WriteHeader(200)
		front, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go func() { io.Copy(back, front); back.Close() }()
		io.Copy(front, back)
		front.Close()
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go proxy.Serve(l)
	defer proxy.Close()
	at := &url.URL{Scheme: "http", Host: l.Addr().String()}
	// net/http itself leaves out proxies for addresses of this machine, so a
	// request would not show whether it looks at the environment.
	if s.verifier(t, Options{}).client.http.Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy may be used that was not given")
	}
	if got := one(t, s.verifier(t, Options{Proxy: at})); got.Status != scanner.StatusDead || connects.Load() != 1 {
		t.Errorf("with leave: %+v, %d connections to the proxy", got, connects.Load())
	}
}

// disguises returns the forms in which a key could leave unseen.
func disguises(key string) map[string]string {
	enc := base64.StdEncoding.EncodeToString
	return map[string]string{
		"plain": key, "its middle": key[12:36], "hex": hex.EncodeToString([]byte(key[12:36])),
		"base64": enc([]byte(key[12:36])), "base64, phase 1": enc([]byte(key[13:37])), "base64, phase 2": enc([]byte(key[14:38])),
	}
}

// TestNoLeak has the service say keys back in every way, and looks for them in
// all that a run leaves: findings, log, cache.
func TestNoLeak(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(os.Stderr)
	dir := t.TempDir()
	cache, err := OpenCache(dir)
	if err != nil {
		t.Fatal(err)
	}
	echo := func(w http.ResponseWriter, r *http.Request, key string, n int) {
		w.Header().Set("X-Echo", key)
		w.Header().Set("Retry-After", key)
		body := fmt.Sprintf(`{"type":"error","error":{"type":"invalid_request_error","message":"no %s"},"login":"%s"}`, key, key)
		switch key {
		case fakekey.Gateway(0):
			hijack(w, "HTTP/1.1 401 "+key+"\r\nContent-Length: 3\r\n\r\n"+key)
		case fakekey.Gateway(1):
			hijack(w, key+key)
		case fakekey.Gateway(2):
			w.Header().Set("Location", "https://"+key+".example/"+key)
			w.WriteHeader(302)
		case fakekey.Gateway(3):
			w.WriteHeader(503)
			fmt.Fprint(w, body)
		case fakekey.Gateway(4):
			w.WriteHeader(400)
			fmt.Fprint(w, body)
		case fakekey.Gateway(5):
			hijack(w, "HTTP/1.1 401 No\r\nContent-Length: 900\r\n\r\n"+body)
		case fakekey.Gateway(6):
			w.WriteHeader(200)
			fmt.Fprintf(w, `{"type":"message","id":"%s"}`, key)
		default:
			w.WriteHeader(401)
			fmt.Fprint(w, body)
		}
	}
	s := newService(t, echo)
	var list []*scanner.Finding
	for n := range 9 {
		list = append(list, ours(n))
	}
	inTurn(t, s.verifier(t, Options{Cache: cache, tries: 2}), list)
	out, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]string{"findings": fmt.Sprintf("%s %+v %#v", out, list, list), "log": logged.String()}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		left["cache "+d.Name()] = path + string(data)
		return err
	})
	if err != nil || len(left) < 4 {
		t.Fatalf("%d things to look at: %v", len(left), err)
	}
	for name, text := range left {
		for n := range 9 {
			for form, k := range disguises(fakekey.Gateway(uint64(n))) {
				if strings.Contains(text, k) {
					t.Errorf("%s: key %d, %s", name, n, form)
				}
			}
		}
	}
}

// TestFacts makes sure that facts are bounded, printable, and no piece of the
// key.
func TestFacts(t *testing.T) {
	key := rules.NewSecret([]byte(fakekey.Gateway(1)))
	r := &rules.Recipe{Facts: map[string]string{"a": "login", "b": "header:X-Scopes", "c": "echo", "d": "long", "e": "list", "f": "none", "g": "evil", "h": "n"}}
	body, err := json.Marshal(map[string]any{
		"login": "jo", "echo": "you are " + key.Reveal()[5:20], "long": strings.Repeat("x", 500), "list": []any{"a", 1, true, nil}, "evil": "a\x1b[2J\nb\u202e", "n": 12345678901234567,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := factsOf(r, reply{200, http.Header{"X-Scopes": {"repo, user"}}, body}, key)
	want := map[string]string{"a": "jo", "b": "repo, user", "e": "a, 1, true", "g": "a?[2J?b?", "h": "12345678901234567"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// FuzzJudge makes sure that no answer of whatever body is dead or live without
// the error envelope or message of the API, and that none crashes.
func FuzzJudge(f *testing.F) {
	for _, body := range []string{"", "{}", "null", "[]", `{"type":"error","error":{"type":"authentication_error","message":"no"}}`, `{"type":"message"}`, `{"type":"error","error":"x"}`, `{"type":"error","error":{"type":null,"message":1}}`, "<html>", `{"type":"error","error":{"type":"a","message":"usage quota"}}`, "{}{}", "\xff", `{"type":["error"]}`} {
		for _, status := range []int{200, 400, 401, 402, 403, 429, 500} {
			f.Add(status, body)
		}
	}
	recipe := builtin(f)[0].Verify
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := judge(recipe.Answers, reply{status: status, body: []byte(body)})
		factsOf(&recipe, reply{status: status, body: []byte(body)}, rules.NewSecret([]byte("k")))
		if a == nil {
			return
		}
		var doc struct {
			Type  string `json:"type"`
			Error struct{ Type, Message any }
		}
		err := json.Unmarshal([]byte(body), &doc)
		if status >= 500 || err == nil && doc.Type == "error" && (doc.Error.Type == nil || doc.Error.Message == nil) {
			t.Errorf("%d %q: %s", status, body, a.State)
		}
		if a.State == scanner.StatusDead && status != 401 {
			t.Errorf("%d %q is dead", status, body)
		}
	})
}

// TestUnfit makes sure that keys that no header can carry are not sent.
func TestUnfit(t *testing.T) {
	s := newService(t, nil)
	list := []*scanner.Finding{finding("agcloud-api-key", "sk-line\nbreak: x"), finding("agcloud-api-key", "sk-grüße"), finding("agcloud-api-key", ""), finding("pem-private-key", "x"), finding("no-such-rule", "x"), finding("github-token", "ghr_"+fakekey.Alnum(1, 76))}
	p := s.verifier(t, Options{}).Plan(list)
	if len(p.Hosts()) != 0 {
		t.Errorf("%v", p.Hosts())
	}
	p.Run(t.Context())
	for _, f := range list {
		if f.Verify == nil || f.Verify.Status != scanner.StatusNotTried || f.Verify.Reason == "" {
			t.Errorf("%s: %+v", f.Rule, f.Verify)
		}
	}
	if len(s.asked()) != 0 {
		t.Error("a key was sent")
	}
}

// BenchmarkVerify asks about 300 keys a server that takes 50 requests a
// second, and reports the time as a multiple of what the server's limit allows.
func BenchmarkVerify(b *testing.B) {
	const keys, perSecond = 300, 50
	for b.Loop() {
		s := newService(b, limited(perSecond, knows(keys)))
		var list []*scanner.Finding
		for n := range keys {
			list = append(list, ours(n))
		}
		v := s.verifier(b, Options{Rate: perSecond, clock: systemClock{}})
		start := time.Now()
		stats := v.Plan(list).Run(b.Context())
		ratio := time.Since(start).Seconds() / (keys / float64(perSecond))
		b.ReportMetric(ratio, "x-limit")
		if stats.States[scanner.StatusLive] != keys || ratio > 1.1 {
			b.Errorf("%.3f times the least time, %+v", ratio, stats)
		}
	}
}
