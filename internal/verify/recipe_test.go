package verify

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// sample returns a key that a built-in rule finds, made from its first example.
func sample(t *testing.T, r *rules.Rule) string {
	t.Helper()
	set, err := rules.NewSet([]*rules.Rule{r})
	if err != nil {
		t.Fatal(err)
	}
	text, err := rules.Expand(r.Examples[0], 1)
	if err != nil {
		t.Fatal(err)
	}
	found := set.Matcher().Match([]byte(text))
	if len(found) == 0 {
		// The example has a checksum, which the plain expansion does not sign.
		return r.Keywords[0] + fakekey.Alnum(1, 36)
	}
	return found[0].Secret.Reveal()
}

// A providerCase is an answer of a provider after its documentation.
type providerCase struct {
	rule   string
	status int
	header string // name=value
	body   string
	want   string
}

var providerCases = []providerCase{
	{"github-token", 200, "X-OAuth-Scopes=repo, gist", `{"login":"jo","id":1}`, "live"},
	{"github-token", 401, "", `{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}`, "dead"},
	{"github-token", 403, "", `{"message":"API rate limit exceeded"}`, "unknown"},
	{"github-token", 401, "", `{"message":"Requires authentication"}`, "unknown"},
	{"github-fine-grained-token", 200, "", `{"login":"jo"}`, "live"},
	{"github-fine-grained-token", 401, "", `{"message":"Bad credentials"}`, "dead"},
	{"github-installation-token", 200, "", `{"total_count":0,"repositories":[]}`, "live"},
	{"github-installation-token", 401, "", `{"message":"Bad credentials"}`, "dead"},
	{"gitlab-personal-access-token", 200, "", `{"id":1,"name":"ci","scopes":["api"],"active":true,"revoked":false}`, "live"},
	{"gitlab-personal-access-token", 401, "", `{"message":"401 Unauthorized"}`, "dead"},
	{"gitlab-personal-access-token", 403, "", `{"error":"insufficient_scope"}`, "live"},
	{"gitlab-routable-token", 200, "", `{"id":1,"active":true}`, "live"},
	{"gitlab-routable-token", 401, "", `{"message":"401 Unauthorized"}`, "dead"},
	{"npm-access-token", 200, "", `{"username":"jo"}`, "live"},
	{"npm-access-token", 200, "", `{}`, "unknown"},
	{"npm-access-token", 401, "", `Unauthorized`, "dead"},
	{"openai-api-key", 200, "", `{"object":"list","data":[]}`, "live"},
	{"openai-api-key", 401, "", `{"error":{"message":"Incorrect API key provided: sk-a***b.","type":"invalid_request_error","code":"invalid_api_key"}}`, "dead"},
	{"openai-api-key", 401, "", `{"error":{"code":"account_deactivated"}}`, "unknown"},
	{"openai-api-key", 403, "", `{"error":"You have insufficient permissions for this operation. Missing scopes: api.model.read"}`, "live"},
	{"openai-api-key", 429, "", `{"error":{"code":"insufficient_quota"}}`, "restricted"},
	{"anthropic-api-key", 200, "", `{"data":[],"has_more":false}`, "live"},
	{"anthropic-api-key", 401, "", `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`, "dead"},
	{"anthropic-api-key", 403, "", `{"type":"error","error":{"type":"permission_error","message":"no"}}`, "unknown"},
	{"anthropic-admin-key", 200, "", `{"id":"1","type":"organization","name":"Acme"}`, "live"},
	{"anthropic-admin-key", 401, "", `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`, "dead"},
	{"huggingface-token", 200, "", `{"name":"jo","auth":{"accessToken":{"role":"read"}}}`, "live"},
	{"huggingface-token", 401, "", `{"error":"Invalid credentials in Authorization header"}`, "dead"},
	{"groq-api-key", 200, "", `{"object":"list","data":[]}`, "live"},
	{"groq-api-key", 401, "", `{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}`, "dead"},
	{"replicate-api-token", 200, "", `{"type":"user","username":"jo"}`, "live"},
	{"replicate-api-token", 401, "", `{"title":"Unauthenticated","detail":"You did not pass a valid token","status":401}`, "dead"},
	{"openrouter-api-key", 200, "", `{"data":{"label":"x","usage":0,"limit":null}}`, "live"},
	{"openrouter-api-key", 401, "", `{"error":{"message":"No auth credentials found","code":401}}`, "dead"},
	{"slack-bot-token", 200, "", `{"ok":true,"team":"Acme","user":"bot","team_id":"T1"}`, "live"},
	{"slack-bot-token", 200, "", `{"ok":false,"error":"invalid_auth"}`, "dead"},
	{"slack-bot-token", 200, "", `{"ok":false,"error":"token_revoked"}`, "dead"},
	{"slack-bot-token", 200, "", `{"ok":false,"error":"internal_error"}`, "unknown"},
	{"slack-user-token", 200, "", `{"ok":true,"team_id":"T1"}`, "live"},
	{"slack-user-token", 200, "", `{"ok":false,"error":"account_inactive"}`, "dead"},
	{"stripe-live-key", 200, "", `{"object":"balance","livemode":true}`, "live"},
	{"stripe-live-key", 401, "", `{"error":{"message":"Invalid API Key provided: sk_live_***","type":"invalid_request_error"}}`, "dead"},
	{"stripe-live-key", 403, "", `{"error":{"message":"The provided key does not have the required permissions","type":"invalid_request_error"}}`, "live"},
	{"stripe-test-key", 200, "", `{"object":"balance"}`, "live"},
	{"stripe-test-key", 401, "", `{"error":{"message":"Expired API Key provided","type":"invalid_request_error"}}`, "dead"},
	{"sendgrid-api-key", 200, "", `{"scopes":["mail.send"]}`, "live"},
	{"sendgrid-api-key", 401, "", `{"errors":[{"message":"authorization required"}]}`, "dead"},
	{"mailersend-api-token", 200, "", `{"quota":1000,"remaining":999}`, "live"},
	{"mailersend-api-token", 401, "", `{"message":"Unauthenticated."}`, "dead"},
	{"resend-api-key", 200, "", `{"data":[]}`, "live"},
	{"resend-api-key", 401, "", `{"statusCode":401,"name":"restricted_api_key","message":"This API key is restricted to only send emails"}`, "live"},
	{"resend-api-key", 400, "", `{"statusCode":400,"name":"validation_error","message":"API key is invalid"}`, "dead"},
	{"telnyx-api-key", 200, "", `{"data":{"record_type":"balance"}}`, "live"},
	{"telnyx-api-key", 401, "", `{"errors":[{"code":"10009","title":"Authentication failed"}]}`, "dead"},
	{"pagerduty-api-key", 200, "", `{"abilities":["teams"]}`, "live"},
	{"pagerduty-api-key", 401, "", `{"error":{"message":"Invalid credentials","code":2006}}`, "dead"},
	{"hetzner-cloud-api-token", 200, "", `{"locations":[{"id":1}]}`, "live"},
	{"hetzner-cloud-api-token", 401, "", `{"error":{"code":"unauthorized","message":"unable to authenticate"}}`, "dead"},
	{"linode-api-token", 200, "", `{"username":"jo"}`, "live"},
	{"linode-api-token", 401, "", `{"errors":[{"reason":"Your OAuth token is not authorized to use this endpoint."}]}`, "live"},
	{"linode-api-token", 401, "", `{"errors":[{"reason":"Invalid Token"}]}`, "dead"},
	{"vultr-api-key", 200, "", `{"account":{"email":"jo@example.org"}}`, "live"},
	{"vultr-api-key", 401, "", `{"error":"Unauthorized IP address: 192.0.2.1","status":401}`, "live"},
	{"vultr-api-key", 401, "", `{"error":"Invalid API token.","status":401}`, "dead"},
	{"dnsimple-api-token", 200, "", `{"data":{"account":{"email":"jo@example.org"}}}`, "live"},
	{"dnsimple-api-token", 401, "", `{"message":"Authentication failed"}`, "dead"},
	{"shippo-api-token", 200, "", `{"results":[]}`, "live"},
	{"shippo-api-token", 401, "", `{"detail":"Invalid token."}`, "dead"},
	{"asana-access-token", 200, "", `{"data":{"gid":"1","name":"Jo"}}`, "live"},
	{"asana-access-token", 401, "", `{"errors":[{"message":"Not Authorized"}]}`, "dead"},
	{"clickup-api-token", 200, "", `{"user":{"id":1,"email":"jo@example.org"}}`, "live"},
	{"clickup-api-token", 401, "", `{"err":"Token invalid","ECODE":"OAUTH_025"}`, "dead"},
	{"digitalocean-token", 200, "", `{"account":{"email":"jo@example.org"}}`, "live"},
	{"digitalocean-token", 401, "", `{"id":"Unauthorized","message":"Unable to authenticate you"}`, "dead"},
	{"digitalocean-token", 403, "", `{"id":"Forbidden"}`, "live"},
	{"notion-api-token", 200, "", `{"object":"user","name":"bot"}`, "live"},
	{"notion-api-token", 401, "", `{"object":"error","status":401,"code":"unauthorized"}`, "dead"},
	{"notion-legacy-token", 200, "", `{"object":"user"}`, "live"},
	{"notion-legacy-token", 401, "", `{"code":"unauthorized"}`, "dead"},
	{"airtable-personal-access-token", 200, "", `{"id":"usr1","scopes":["data.records:read"]}`, "live"},
	{"airtable-personal-access-token", 401, "", `{"error":{"type":"AUTHENTICATION_REQUIRED"}}`, "dead"},
	{"circleci-token", 200, "", `{"id":"1","login":"jo"}`, "live"},
	{"circleci-token", 401, "", `{"message":"Invalid token provided."}`, "dead"},
	{"buildkite-api-token", 200, "", `{"uuid":"1","scopes":["read_builds"]}`, "live"},
	{"buildkite-api-token", 401, "", `{"message":"Authentication required."}`, "dead"},
	{"brevo-api-key", 200, "", `{"email":"jo@example.org"}`, "live"},
	{"brevo-api-key", 401, "", `{"message":"Key not found","code":"unauthorized"}`, "dead"},
	{"brevo-api-key", 401, "", `{"message":"We have detected you are using an unrecognised IP address","code":"unauthorized"}`, "live"},
	{"linear-api-key", 200, "", `{"data":{"viewer":{"id":"1","name":"Jo"}}}`, "live"},
	{"linear-api-key", 401, "", `{"errors":[{"message":"Authentication required, not authenticated"}]}`, "dead"},
	{"mistral-api-key", 200, "", `{"object":"list","data":[]}`, "live"},
	{"mistral-api-key", 401, "", `{"detail":"Unauthorized"}`, "dead"},
	{"cohere-api-key", 200, "", `{"models":[{"name":"command"}]}`, "live"},
	{"cohere-api-key", 401, "", `{"message":"invalid api token"}`, "dead"},
	{"deepseek-api-key", 200, "", `{"object":"list","data":[]}`, "live"},
	{"deepseek-api-key", 401, "", `{"error":{"message":"Authentication Fails","type":"authentication_error"}}`, "dead"},
	{"assemblyai-api-key", 200, "", `{"page_details":{"limit":1},"transcripts":[]}`, "live"},
	{"assemblyai-api-key", 401, "", `{"error":"Authentication error, API token missing/invalid"}`, "dead"},
	{"deepgram-api-key", 200, "", `{"projects":[]}`, "live"},
	{"deepgram-api-key", 401, "", `{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials."}`, "dead"},
	{"deepgram-api-key", 403, "", `{"err_code":"FORBIDDEN"}`, "unknown"},
	{"neon-api-key", 200, "", `{"account_id":"1","auth_method":"api_key_user"}`, "live"},
	{"neon-api-key", 401, "", `{"code":"","message":"supplied credentials do not pass authentication"}`, "dead"},
}

// TestProviders asks each provider about a key and holds the judgement to what
// the provider documents.
func TestProviders(t *testing.T) {
	judged := map[string]bool{}
	byID := map[string]*rules.Rule{}
	for _, r := range builtin(t) {
		byID[r.ID] = r
	}
	for _, c := range providerCases {
		s := newService(t, func(w http.ResponseWriter, _ *http.Request, _ string, _ int) {
			if name, value, ok := strings.Cut(c.header, "="); ok {
				w.Header().Set(name, value)
			}
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		})
		key := sample(t, byID[c.rule])
		f := finding(c.rule, key)
		s.verifier(t, Options{Endpoints: everywhere(t, s)}).Plan([]*scanner.Finding{f}).Run(t.Context())
		if f.Verify.Status != c.want {
			t.Errorf("%s, %d %s: %s: %s", c.rule, c.status, c.body, f.Verify.Status, f.Verify.Reason)
		}
		judged[c.rule+" "+f.Verify.Status] = true
		for _, r := range s.asked() {
			checkCarried(t, c.rule, r, key)
		}
	}
	for _, r := range byID {
		if r.Verify.IsZero() || r.Provider == "AGCloud" {
			continue
		}
		for _, state := range []string{"live", "dead"} {
			if !judged[r.ID+" "+state] {
				t.Errorf("no case in which a key of %s is %s", r.ID, state)
			}
		}
	}
}

// everywhere returns endpoints by which all providers are one service.
func everywhere(t *testing.T, s *service) map[string]*url.URL {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*url.URL{}
	for _, r := range builtin(t) {
		if r.Verify.URL != "" {
			all[r.Verify.Host()] = u
		}
	}
	return all
}

// checkCarried makes sure that the key is in one header and nowhere else.
func checkCarried(t *testing.T, rule string, r request, key string) {
	t.Helper()
	places := 0
	for _, values := range r.header {
		text := strings.Join(values, "")
		if strings.Contains(text, key) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(key+":"))) {
			places++
		}
	}
	if places != 1 || strings.Contains(r.uri+r.body, key) {
		t.Errorf("%s: the key is in %d headers", rule, places)
	}
}

// TestSelfHosted makes sure that the public GitLab has no say about keys of
// others.
func TestSelfHosted(t *testing.T) {
	s := newService(t, nil)
	v := s.verifier(t, Options{})
	r := v.byRule["gitlab-personal-access-token"]
	a := judge(r.Answers, reply{status: 401, body: []byte(`{"message":"401 Unauthorized"}`)})
	got := v.conclude(r, rules.NewSecret([]byte("x")), reply{status: 401}, a)
	if got.Status != scanner.StatusUnknown || !strings.Contains(got.Reason, "--verify-endpoint gitlab.com=https://") {
		t.Errorf("%+v", got)
	}
}

const userRule = `
[[rule]]
id = "acme-key"
title = "Acme key"
description = "A key of Acme."
severity = "high"
confidence = "high"
keywords = ["acme_"]
references = ["https://example.com"]
regex = '(?P<secret>acme_[a-z0-9]{20})'
examples = ["acme_%{[a-z0-9]20}"]
counter_examples = ["acme"]
[rule.verify]
url = "https://keys.acme.example/me"
headers = { Authorization = "Basic {basic}" }
[[rule.verify.answer]]
status = [200]
state = "live"
reason = "the service knows it"
[[rule.verify.answer]]
status = [401]
state = "dead"
reason = "the service refuses it"
`

// TestUserRules makes sure that rules which are not built in send keys only to
// hosts that the user named, and take no built-in rule's place.
func TestUserRules(t *testing.T) {
	list, err := rules.Parse("rules.toml", []byte(userRule))
	if err != nil {
		t.Fatal(err)
	}
	thief, err := rules.Parse("rules.toml", []byte(strings.Replace(userRule, `"acme-key"`, `"agcloud-api-key"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := New(append(list, thief...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	acme, own := finding("acme-key", "acme_"+fakekey.Hex(1, 20)), ours(1)
	p := v.Plan([]*scanner.Finding{acme, own})
	if got := fmt.Sprint(p.Hosts()); got != "[{aiandgpu.com 1}]" {
		t.Errorf("hosts %v", got)
	}
	if acme.Verify.Status != scanner.StatusNotTried || !strings.Contains(acme.Verify.Reason, "keys.acme.example") {
		t.Errorf("%+v", acme.Verify)
	}
	if v, err = New(list, Options{Hosts: []string{"keys.acme.example"}}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(v.Plan([]*scanner.Finding{acme}).Hosts()); got != "[{keys.acme.example 1}]" {
		t.Errorf("hosts %v", got)
	}
}

// TestKnownKey makes sure that keys which were found because they are known go
// to the service that their name or look tells, and to none else.
func TestKnownKey(t *testing.T) {
	s := newService(t, nil)
	named, bare := finding("known-key", fakekey.Alnum(3, 40)), finding("known-key", fakekey.Alnum(4, 40))
	named.Name = "AGCLOUD_API_KEY"
	gateway := finding("generic-gateway-key", fakekey.Gateway(5))
	p := s.verifier(t, Options{}).Plan([]*scanner.Finding{named, bare, gateway})
	if len(p.tasks) != 1 || p.tasks[0].findings[0] != named {
		t.Errorf("%d keys to ask about", len(p.tasks))
	}
}

// TestDistinct makes sure that one key under two rules is asked about once.
func TestDistinct(t *testing.T) {
	s := newService(t, nil)
	list := []*scanner.Finding{ours(1), finding("agcloud-bearer-token", fakekey.Gateway(1)), ours(2)}
	list[1].Help = "Another help."
	s.verifier(t, Options{}).Plan(list).Run(t.Context())
	if len(s.asked()) != 2 {
		t.Errorf("%d requests", len(s.asked()))
	}
	for _, f := range list {
		if f.Verify == nil || f.Verify.Status != scanner.StatusDead {
			t.Errorf("%+v", f.Verify)
		}
	}
}

func TestEndpoints(t *testing.T) {
	got, err := Endpoints([]string{"https://gw.corp.example/llm", "api.github.com=https://ghe.corp.example/api/v3"})
	if err != nil || got[agcloudHost].String() != "https://gw.corp.example/llm" || got["api.github.com"].Host != "ghe.corp.example" {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "gw.corp.example", "http://gw.corp.example", "https://", "https://user:pass@gw.corp.example", "https://gw?x=1", "a/b=https://c"} {
		if _, err := Endpoints([]string{bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	v, err := New(builtin(t), Options{Endpoints: got})
	if err != nil {
		t.Fatal(err)
	}
	if u := v.byRule["agcloud-api-key"].url; u != "https://gw.corp.example/llm/v1/messages" {
		t.Errorf("%s", u)
	}
	if _, err := New(builtin(t), Options{Endpoints: map[string]*url.URL{"no.such.host": got[agcloudHost]}}); err == nil {
		t.Error("an endpoint for a host that no rule asks is taken")
	}
}
