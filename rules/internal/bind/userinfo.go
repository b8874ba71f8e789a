package bind

import "strings"

// The limits of the parts of a URL, in bytes.
const (
	maxUser     = 128
	maxPassword = 256
)

// Userinfo returns the password in the user information of the URL whose "://"
// ends at end (RFC 3986, section 3.2.1); ok is false when it has none. Hosts that
// stand for any host, as those of RFC 2606, have none. No more than text[:looked]
// was looked at.
func Userinfo(text []byte, end int) (v Value, looked int, ok bool) {
	limit := min(len(text), end+maxUser)
	colon := end
	for colon < limit && isUserByte(text[colon]) {
		colon++
	}
	if colon >= limit || text[colon] != ':' {
		return v, colon + 1, false
	}
	lo := colon + 1
	limit = min(len(text), lo+maxPassword)
	hi, at := lo, -1
	for ; hi < limit && text[hi] > ' ' && text[hi] < 0x7f && strings.IndexByte("\"'`<>/\\|,;", text[hi]) < 0; hi++ {
		if text[hi] == '@' {
			at = hi
		}
		if text[hi] == '?' && at > 0 {
			break
		}
	}
	if at <= lo || isNobody(text[at+1:hi]) || at+1 < len(text) && !isHostByte(text[at+1]) {
		return v, hi + 1, false
	}
	return Value{Start: lo, End: at, Syntax: Part}, hi + 1, true
}

// isUserByte reports whether c can stand in the name of a user.
func isUserByte(c byte) bool {
	return isWord(c) || c == '.' || c == '-' || c == '%' || c == '+' || c == '$' || c == '{' || c == '}' || c == '~' || c == '!' || c == '='
}

// isHostByte reports whether a host can begin with c.
func isHostByte(c byte) bool {
	return isWord(c) || c == '[' || c == '$' || c == '{' || c == '%' || c == '('
}

// isNobody reports whether host, with its port, is one that no one has.
func isNobody(host []byte) bool {
	name, _, _ := strings.Cut(strings.ToLower(string(host)), ":")
	for _, end := range []string{"example.com", "example.org", "example.net", ".example", ".test", ".invalid"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	switch name {
	case "", "host", "hostname", "server", "foo", "bar", "foo.com", "bar.com", "domain", "domain.com", "somehost", "myhost":
		return true
	}
	return false
}
