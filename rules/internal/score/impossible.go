package score

import (
	"bytes"
	"strings"

	"github.com/agcloud/keylint/rules/internal/bind"
	"github.com/agcloud/keylint/rules/internal/names"
	"github.com/agcloud/keylint/rules/internal/value"
	"github.com/agcloud/keylint/rules/internal/wordset"
)

// The lengths that a secret of a class can have, in bytes.
const (
	minPassword = 4
	maxPassword = 100 // 64 random bytes in base64 are 88
	minOther    = 6
)

// Impossible returns why v cannot be a secret, whatever else speaks for it; "" when
// it can.
func Impossible(e Evidence) string {
	for _, check := range []func(Evidence) string{length, bytesOf, reference, notation, stored, format} {
		if reason := check(e); reason != "" {
			return reason
		}
	}
	if isWord(e.Value) {
		return "a word that stands for no secret"
	}
	return value.Placeholder(e.Value)
}

// isWord reports whether v is one of the values that programs and people write in
// place of a secret.
func isWord(v []byte) bool { return noSecrets.Has(strings.ToLower(string(v))) }

// noSecrets is never changed.
var noSecrets = wordset.Of("true false null none nil undefined yes no on off pass password passwd passphrase pwd secret token user username admin root test testing guest public private default changeme changeit " +
	"string str number boolean object array required optional disabled enabled always never auto unknown unset empty hidden masked redacted secure insecure plain plaintext basic bearer digest ntlm negotiate " +
	"foo bar baz qux foobar hello world letmein welcome qwerty qwertyuiop asdf asdfgh zxcvbn abcd abcde abcdef abc123 pass123 pass1234 password1 password12 password123 passw0rd p@ssw0rd p@ssword test123 test1234 " +
	"admin123 root123 user123 secret123 xyz xxx mypassword mypass mysecret mytoken s3cr3t s3cret secr3t p4ssw0rd topsecret sekret")

func length(e Evidence) string {
	least, most := minOther, value.MaxLength
	if e.Class == names.Password {
		least, most = minPassword, maxPassword
	}
	switch {
	case len(e.Value) < least:
		return "too short"
	case len(e.Value) > most:
		return "too long"
	}
	return ""
}

func bytesOf(e Evidence) string {
	for _, c := range e.Value {
		if c <= ' ' || c >= 0x7f {
			return "contains white space or bytes that are not ASCII"
		}
	}
	return ""
}

// reference rejects what names a place where the secret is kept.
func reference(e Evidence) string {
	s := string(e.Value)
	for _, p := range []string{"${", "$(", "%{", "{{", "#{", "process.env", "environ", "getenv", "ENV[", "secrets.", "settings.", "config.", "import.meta", "://"} {
		if strings.Contains(s, p) {
			return "a reference, an expression or a format"
		}
	}
	for _, p := range []string{"=>", "->", "::", "&&", "||"} {
		if !e.Quoted && strings.Contains(s, p) {
			return "an expression"
		}
	}
	return ""
}

// notation rejects what is written as placeholders, operators and formats are. Long
// literals of random characters of all kinds have such signs by accident.
func notation(e Evidence) string {
	v := e.Value
	s := string(v)
	if e.Quoted && len(v) >= manyBytes && Surplus(v) >= 2*sureText {
		return ""
	}
	last := v[len(v)-1]
	switch c := v[0]; {
	case c == '<' && last == '>', c == '[' && last == ']', c == '{' && last == '}', c == '%' && last == '%', c == '(' && last == ')', c == '*' && last == '*', c == '_' && last == '_', c == '@' && last == '@', c == '#' && last == '#', c == '|':
		return "a placeholder in brackets"
	case c == '$' && (isLetter(v[1]) || v[1] == '_'):
		return "a reference"
	case (c == '%' || c == ':' || c == '@' || c == '&' || c == '~' || c == '.' || c == '/' || c == '=' || c == '-' || c == '?') && measure(v[1:]).digit == 0:
		return "a reference or an operator"
	case len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/'):
		return "a path"
	case c == '\\', c == '*':
		return "an escape or a type"
	case len(v) <= 18 && (strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "-0x") || strings.HasPrefix(s, "0X")):
		return "a number"
	case c == '%' && len(v) < 8, c == '/' || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../"):
		return "a format or a path"
	}
	for _, p := range []string{"<%", "%(", "{%", "()", "[*]", "%s", "%d", "%v", "{0}", "{}", "\\n", "$1"} {
		if strings.Contains(s, p) {
			return "a reference, an expression or a format"
		}
	}
	return ""
}

// manyBytes is the length from which on the look of a random value says little.
const manyBytes = 40

// stored rejects what begins as references to stores of secrets, hashes and encrypted
// values do.
func stored(e Evidence) string {
	s := string(e.Value)
	for _, p := range []string{"op://", "vault:", "arn:", "ssm:", "secretsmanager:", "env:", "file:", "keyring:", "projects/", "ENC[", "ENC(", "gcp:", "doppler:", "k8s:", "secret:", "encrypted:", "var.", "local.", "data.", "this.", "self.",
		"sha1:", "sha256:", "sha512:", "sha1-", "sha256-", "sha384-", "sha512-", "md5:", "$2a$", "$2b$", "$2y$", "{SHA", "{SSHA", "{bcrypt}", "$apr1$", "$argon2", "$pbkdf2", "pbkdf2", "data:", "0x0", "AgA", "gAAAAA", "$ANSIBLE_VAULT", "vault_", "file(", "AQICAH", "AQIAAA"} {
		if strings.HasPrefix(s, p) {
			return "a reference, a hash or encrypted"
		}
	}
	for _, p := range publicKeys {
		if strings.HasPrefix(s, p) {
			return "a public key"
		}
	}
	return ""
}

// publicKeys are the beginnings of a SubjectPublicKeyInfo (RFC 5280, section 4.1) in
// base64: RSA of 512 to 4,096 bits, EC on P-256 and P-384, Ed25519, and of a public key of
// SSH.
var publicKeys = [...]string{"MFwwDQYJKoZIhvcNAQEB", "MIGfMA0GCSqGSIb3DQEB", "MIIBIjANBgkqhkiG9w0B", "MIIBojANBgkqhkiG9w0B", "MIICIjANBgkqhkiG9w0B", "MFkwEwYHKoZIzj0C", "MHYwEAYHKoZIzj0C", "MCowBQYDK2Vw", "AAAAB3NzaC1yc2E", "AAAAC3NzaC1lZDI1NTE5"}

// format rejects values of formats that no secret has.
func format(e Evidence) string {
	v := e.Value
	s := measure(v)
	switch {
	case s.lower+s.upper+s.digit == 0:
		return "only punctuation"
	case s.digit == s.length && (e.Class != names.Password || s.length < 6 || !e.Quoted && e.Syntax != bind.Entry):
		return "a number"
	case s.digit+s.separators == s.length && (e.Class != names.Password || s.separators > 1), isDate(v), bytes.Count(v, []byte(".")) == 3 && s.digit+3 == s.length:
		return "a number, a date or an address"
	case s.separators > 1 && bytes.IndexByte(v, '/') >= 0 && s.digit*8 < s.length && s.sign == 0:
		return "a path"
	case v[0] == '#' && measure(v[1:]).isHex && (len(v) == 4 || len(v) == 7 || len(v) == 9):
		return "a colour"
	case repeats(v):
		return "a few characters repeated"
	case bytes.Count(v, []byte("\\")) > 1:
		return "text with escapes"
	case isHost(string(v)):
		return "a host"
	case bytes.Contains(v, []byte("**")):
		return "masked"
	case isPartOfToken(v):
		return "a JSON Web Token without its signature"
	case isSequence(v), isSequence(only(v, isLetter)) && isSequence(only(v, isDigit)) && s.digit >= 4 && s.lower+s.upper >= 4:
		return "characters in sequence"
	}
	return ""
}

// isPartOfToken reports whether v begins as a JSON Web Token does, and lacks a part, or
// has a signature that is shorter than any (RFC 7518, section 3).
func isPartOfToken(v []byte) bool {
	const least = 32
	if !bytes.HasPrefix(v, []byte("eyJ")) {
		return false
	}
	end := bytes.LastIndexByte(v, '.')
	return end < 0 && len(v) < 64 || end >= 0 && len(v)-end-1 < least
}

// only returns the bytes of v for which f holds.
func only(v []byte, f func(byte) bool) []byte {
	var out []byte
	for _, c := range v {
		if f(c) {
			out = append(out, c)
		}
	}
	return out
}

// repeats reports whether a run of v without separators repeats its first few
// characters: abcabcabc.
func repeats(v []byte) bool {
	for _, run := range bytes.FieldsFunc(v, func(r rune) bool { return r < 0x80 && isSeparator(byte(r)) }) {
		for period := 1; period <= 4 && len(run) >= 3*period && len(run) >= 6; period++ {
			if bytes.Equal(run[period:], run[:len(run)-period]) {
				return true
			}
		}
	}
	return false
}

// isHost reports whether v is the name of a host under one of the usual domains.
func isHost(v string) bool {
	i := strings.LastIndexByte(v, '.')
	return i > 0 && domains.Has(v[i+1:]) && !strings.ContainsAny(v, "@!#$%^&*")
}

// domains is never changed.
var domains = wordset.Of("com org net io dev edu gov de cn uk fr ru jp co info local internal svc test")

// isDate reports whether v begins as a date of ISO 8601 does: 2006-01-02.
func isDate(v []byte) bool {
	if len(v) < len("2006-01-02") || v[4] != '-' || v[7] != '-' {
		return false
	}
	s := measure(v[:10])
	return s.digit == 8
}

// isSequence reports whether most bytes of v follow or repeat the byte before.
func isSequence(v []byte) bool {
	steps := 0
	for i := 1; i < len(v); i++ {
		if d := int(v[i]) - int(v[i-1]); d >= -1 && d <= 1 {
			steps++
		}
	}
	return steps*4 >= (len(v)-1)*3
}
