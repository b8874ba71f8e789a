package hygiene

import (
	"bytes"
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"strings"

	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
)

// gatewayChecks are the checks of how services are called.
func gatewayChecks() []Check {
	return []Check{
		{
			ID: "plain-http", Severity: rules.High, run: plainHTTP,
			Title:  "the gateway called without TLS",
			Why:    "An address of the gateway begins with http://, so the key in the request can be read on the way, and a redirect to https comes too late.",
			Help:   "Write https://. If the key was sent this way, rotate it.",
			Silent: "Silent in tests, fixtures and examples, in prose (Markdown and the like) outside of commands and assignments, about longer host names that only begin like the gateway's, and about local and private addresses from [agcloud] hosts.",
		},
		{
			ID: "key-in-url", Severity: rules.High, run: keyInURL,
			Title:  "a key in the address of a request",
			Why:    "A key in the query of a URL ends up in logs of servers and proxies, in browser histories and in error messages.",
			Help:   "Send the key in the Authorization header, as Bearer <key>, and rotate it if it was sent in a URL.",
			Silent: "Silent about services whose addresses are the key, such as webhooks, and about keys that are meant to be seen.",
		},
		{
			ID: "bearer-missing", Severity: rules.Medium, run: bearerMissing,
			Title:  "an Authorization header without Bearer",
			Why:    "A file that speaks to the gateway sets the Authorization header to a key alone. The gateway takes Authorization: Bearer <key> and answers 401 to others, and a key that stands in the header is a constant that is to be replaced anyway.",
			Help:   "Write Bearer and a space before the key: Authorization: Bearer $AGCLOUD_API_KEY.",
			Silent: "Silent about files that do not name a host of the gateway, other schemes such as Basic, values that come from variables, placeholders, and in tests, fixtures and examples.",
		},
	}
}

// prose is the name of a file that people read.
var prose = lazyregexp.New(`(?i)\.(?:md|mdx|rst|txt|adoc|html?)$|(?:^|/)(?:changelog|readme|license)[^/]*$`)

// testFile is the name of a file of tests.
var testFile = lazyregexp.New(`(?i)(?:[_.-](?:test|tests|spec)\.[a-z.]+|^(?:test|spec)_[^/]*|.*(?-i:[a-z]Tests?\.[a-z]+))$`)

// command is a line of prose that is to be copied.
var command = lazyregexp.New(`(?i)\b(?:curl|wget|http|httpie)\s|[A-Z_]*(?:BASE_)?(?:URL|HOST|ENDPOINT)["']?\s*[=:]`)

func plainHTTP(p *pass) {
	for _, name := range p.Mentions {
		if !p.listed[name] || isFixture(name) || testFile().MatchString(path.Base(name)) {
			continue
		}
		data := p.read(name)
		isProse := prose().MatchString(path.Base(name))
		for _, host := range p.Hosts {
			if isLocal(host) {
				continue
			}
			p.plainHTTPOf(name, data, host, isProse)
		}
	}
}

// plainHTTPOf reports the first address of a host in a file without TLS.
func (p *pass) plainHTTPOf(name string, data []byte, host string, isProse bool) {
	address := regexp.MustCompile(`(?i)\bhttp://(?:[a-z0-9-]+\.)*` + regexp.QuoteMeta(host) + `(?:[^A-Za-z0-9.-]|\.?$|\.[^A-Za-z0-9])`)
	for _, at := range address.FindAllIndex(data, -1) {
		line := data[at[0]-len(lineBefore(data, at[0])) : at[1]]
		if isProse && !command().Match(line) {
			continue
		}
		end := at[0] + len("http://") + bytes.Index(bytes.ToLower(data[at[0]+len("http://"):at[1]]), []byte(strings.ToLower(host))) + len(host)
		f := p.report(name, rules.NewSecret([]byte(host)), fmt.Sprintf("%s is called without TLS", data[at[0]:end]))
		f.Location = locationOf(data, at[0], end)
		return
	}
}

// isLocal reports whether a host is this machine or in a private network.
func isLocal(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.Contains(host[i:], "]") {
		name = host[:i]
	}
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
	}
	for _, end := range []string{"localhost", ".local", ".internal", ".localdomain", ".test", ".svc"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return !strings.Contains(name, ".")
}

// query is a URL up to the value of a parameter of its query.
var query = lazyregexp.New("(?i)\\bhttps?://[^\\s\"'`<>]*[?&]([A-Za-z0-9_.\\[\\]-]+)=$")

func keyInURL(p *pass) {
	for _, name := range p.Files {
		if len(p.keys[name]) == 0 {
			continue
		}
		data := p.read(name)
		for _, k := range p.keys[name] {
			at := offsetOf(data, k.Location)
			if at < 0 || isMeantToBeSeen(k.Rule) || strings.Contains(k.Rule, "webhook") {
				continue
			}
			if m := query().FindStringSubmatch(lineBefore(data, at)); m != nil {
				f := p.keyFinding(k, "a key stands in the query of a URL, as "+m[1])
				f.Name = m[1]
			}
		}
	}
}
