package hygiene

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// authorization is the name of the header with what may stand between it and a
// constant value: in a literal of headers, an assignment, a call, a command or a
// list of headers. The groups are the quote before the value, and the value.
//
//	"Authorization": "VALUE"     headers["Authorization"] = "VALUE"
//	.set("Authorization", "VALUE")     -H "Authorization: VALUE"
var authorization = lazyregexp.New("(?i)\\bAuthorization[\"'`]?\\s*\\]?\\s*(?::|=>|=|,)\\s*([\"'`]?)([A-Za-z0-9_.~+/=-]+)")

// joined is Bearer without the space behind it, when a key is appended.
var joined = lazyregexp.New("(?i)\\bAuthorization[\"'`]?\\s*\\]?\\s*(?::|=>|=|,)\\s*f?[\"'`]Bearer(?:[\"'`]\\s*\\+|\\$?\\{)")

func bearerMissing(p *pass) {
	for _, name := range p.Mentions {
		if !p.listed[name] || isFixture(name) || testFile().MatchString(path.Base(name)) {
			continue
		}
		data := p.read(name)
		for _, at := range authorization().FindAllSubmatchIndex(data, -1) {
			p.bearerIn(name, data, at)
		}
		if at := joined().FindIndex(data); at != nil {
			f := p.report(name, rules.NewSecret([]byte("Bearer")), "the Authorization header has no space between Bearer and the key, so the gateway does not know the scheme")
			f.Location = locationOf(data, at[0], at[1])
		}
	}
}

// bearerIn reports a header whose value is a key alone.
func (p *pass) bearerIn(name string, data []byte, at []int) {
	start, end := at[4], at[5]
	value := data[start:end]
	quoted := at[3] > at[2] || bytes.IndexAny(data[end:min(end+1, len(data))], "\"'`") == 0 // it, or the header
	if !endsValue(data[end:]) || !p.isKeyAt(name, data, start, end) && !(quoted && looksIssued(value)) {
		return
	}
	s := rules.NewSecret(value)
	f := p.report(name, s, "the value of the Authorization header is a key alone, "+s.Redacted()+": the gateway wants Bearer before it")
	f.Location = locationOf(data, start, end)
	f.Fix = &scanner.Fix{Description: "write Bearer and a space before the key", Edits: []scanner.Edit{{Path: name, Start: start, End: start, New: "Bearer "}}}
}

// endsValue reports whether a value ends before rest: a call or a field behind it
// says that it is an expression, and a word that it is the name of a scheme.
func endsValue(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t")
	return len(rest) == 0 || strings.IndexByte("\"'`,;)}]\r\n\\", rest[0]) >= 0
}

// isKeyAt reports whether the scan found a key at data[start:end].
func (p *pass) isKeyAt(name string, data []byte, start, end int) bool {
	return slices.ContainsFunc(p.keys[name], func(k *scanner.Finding) bool {
		at := offsetOf(data, k.Location)
		return start <= at && at < end
	})
}

// looksIssued reports whether a value in quotes looks like a key that a service
// issued.
func looksIssued(value []byte) bool {
	const least = 20 // bytes; shorter words are mostly names
	return len(value) >= least && rules.PlausibleKey(value)
}
