// Package value tells keys from what else can stand where a key is expected:
// placeholders, references to secrets kept elsewhere, paths, URLs, words,
// hashes.
//
// A check gives its reason as a short text, "" meaning that the value may be a
// key; `keylint explain` shows it. The checks know no provider's format: rules
// that know one state it in their regex and use only [Placeholder].
package value

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math"
	"strings"

	model "github.com/agcloud/keylint/rules/internal/words"
)

// MinLength is the least length of a value that can be a key of unknown
// format, in bytes. Shorter ones hold too little randomness for an API key:
// 16 hexadecimal digits are 64 bits.
const MinLength = 16

// MaxLength is the greatest such length. JWTs, the longest bearer keys in use,
// stay below it.
const MaxLength = 2048

// Reject returns why v cannot be a key whose format is unknown, or "". quoted
// says that v was the content of a string literal; bare words of source code
// have to look more like a key.
func Reject(v []byte, quoted bool) string {
	for _, check := range []func([]byte) string{shape, Placeholder, reference, location, words, randomness} {
		if reason := check(v); reason != "" {
			return reason
		}
	}
	if !quoted && !bytes.ContainsAny(v, "0123456789") {
		return "an unquoted word without digits"
	}
	return ""
}

// shape rejects what no key looks like whatever its format.
func shape(v []byte) string {
	if len(v) < MinLength {
		return "shorter than 16 bytes"
	}
	if len(v) > MaxLength {
		return "longer than 2048 bytes"
	}
	for _, c := range v {
		if c <= ' ' || c >= 0x7f {
			return "contains white space or bytes that are not ASCII"
		}
	}
	if bytes.ContainsAny(v, "()[]{}<>\"'`\\,;*|^") {
		return "contains punctuation that keys do not have"
	}
	if alnum(v)*4 < len(v)*3 {
		return "mostly punctuation"
	}
	return ""
}

// alnum counts the ASCII letters and digits of v.
func alnum(v []byte) int {
	n := 0
	for _, c := range v {
		if class(c) != other {
			n++
		}
	}
	return n
}

// Placeholder returns why v is a placeholder, or "". Values of any shape may
// be asked, also those that match a provider's format.
func Placeholder(v []byte) string {
	low := strings.ToLower(string(v))
	for _, s := range []string{
		"example", "placeholder", "changeme", "change-me", "change_me", "replaceme", "replace-", "replace_",
		"dummy", "sample", "redacted", "xxxx", "insert-", "insert_", "notreal", "not-real", "not_real", "invalid",
		"...", "…", "****", "0123456789", "1234567890", "1234-1234", "abcdefghij", "deadbeef", "cafebabe", "your-", "your_", "yourkey", "yourtoken", "my-secret", "my_secret", "foobar", "testtest",
		"keyhere", "key-here", "key_here", "token-here", "token_here", "tokenhere", "_here", "-here",
		"undefined", "123e4567", "abc123", "test_key", "test-key", "not-a-", "not_a_", "todo-", "todo_", "unit-test", "unit_test", "secret-name", "secret_name", "fake-", "fake_", "-fake", "_fake", "fakekey", "faketoken",
	} {
		if strings.Contains(low, s) {
			return "a placeholder: contains " + quote(s)
		}
	}
	for _, s := range labels {
		if i := strings.Index(low, s); i >= 0 && !isRandom(v[min(len(v), i+len(s)):]) {
			return "a placeholder: contains " + quote(s)
		}
	}
	if strings.HasPrefix(low, "eyj") && strings.HasSuffix(low, ".signature") {
		return "a placeholder: a token without its signature"
	}
	if run := longestRun(behindZeros(v)); run >= 6 && run*4 >= len(v) || run >= 8 {
		return "a placeholder: one character repeated"
	}
	if distinct(v) < 6 && len(v) >= 12 {
		return "a placeholder: few distinct characters"
	}
	if n := len(v); n >= 16 && n%2 == 0 && bytes.Equal(v[:n/2], v[n/2:]) {
		return "a placeholder: one half repeated"
	}
	return ""
}

// labels are words that name what a value is: a placeholder where no more than words
// follows them, and the beginning of some services' keys where random text does.
var labels = []string{"secret-key", "secret_key", "secretkey", "api-key", "api_key", "apikey"}

// isRandom reports whether v is long and no words.
func isRandom(v []byte) bool {
	return len(v) >= 24 && alnum(v)*8 >= len(v)*7 && words(v) == "" && randomness(v) == ""
}

// behindZeros returns v without the As that it begins with, if those are zero bytes at
// the beginning of a long key in base64, such as the bearer tokens of X.
func behindZeros(v []byte) []byte {
	if rest := bytes.TrimLeft(v, "A"); len(rest) >= 48 {
		return rest
	}
	return v
}

func quote(s string) string { return "“" + s + "”" }

// longestRun returns the length of the longest run of one byte in v.
func longestRun(v []byte) int {
	best, run := 0, 0
	for i, c := range v {
		if i > 0 && c == v[i-1] {
			run++
		} else {
			run = 1
		}
		best = max(best, run)
	}
	return best
}

// reference rejects values that name a place where the key is kept.
func reference(v []byte) string {
	s := string(v)
	switch s[0] {
	case '$', '%', '@', '!', '#', '&', '~', '=', ':', '.':
		return "a reference or an operator"
	}
	for _, p := range []string{
		"op://", "vault:", "arn:", "ssm:", "ssm/", "secretsmanager:", "ref+", "env:", "file:", "keyring:", "keyvault", "projects/", "ENC", "gcp:",
		"sm://", "doppler:", "infisical", "lastpass:", "pass:", "bws:", "azurekeyvault", "k8s:", "secret:", "encrypted:", "parameter:", "var.", "local.", "data.",
	} {
		if strings.HasPrefix(s, p) && (p != "ENC" || strings.HasPrefix(s, "ENC[") || strings.HasPrefix(s, "ENC(")) {
			return "a reference to a secret store"
		}
	}
	for _, p := range []string{"${", "$(", "{{", "#{", "process.env", "environ", "getenv", "secrets.", "settings.", "config.", "import.meta"} {
		if strings.Contains(s, p) {
			return "a reference"
		}
	}
	for _, p := range sealed {
		if strings.HasPrefix(s, p.prefix) && len(s) >= p.length {
			return "encrypted, or the public key to encrypt with"
		}
	}
	for _, p := range []string{"sha1", "sha256", "sha384", "sha512", "md5"} {
		if rest, ok := strings.CutPrefix(s, p); ok && rest != "" && (rest[0] == ':' || rest[0] == '-' || rest[0] == '=') {
			return "a hash"
		}
	}
	return ""
}

// sealed lists how encrypted values begin and the least length that they have.
var sealed = []struct {
	prefix string
	length int
}{
	{"AgA", 300}, {"AgB", 300}, // Sealed Secrets: RSA-4096 session key behind its length
	{"age1", 62},                         // age recipients, https://age-encryption.org/v1
	{"YWdlLWVuY3J5cHRpb24ub3JnL3Yx", 28}, // base64 of an age file
	{"gAAAAA", 100},                      // Fernet tokens
	{"U2FsdGVkX1", 32},                   // openssl enc, base64 of Salted__
	{"AQICAH", 120},                      // ciphertext of AWS KMS
}

// location rejects paths, URLs and dotted names.
func location(v []byte) string {
	s := string(v)
	switch {
	case strings.Contains(s, "://"):
		return "a URL"
	case s[0] == '/' || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../"):
		return "a path"
	case len(s) > 2 && s[1] == ':' && (s[2] == '/' || s[2] == '\\'):
		return "a path"
	case strings.Count(s, "/") > 0 && allParts(s, '/', wordy):
		return "a path"
	case strings.Count(s, ".") > 1 && allParts(s, '.', wordy):
		return "a dotted name"
	}
	return ""
}

// allParts reports whether f holds for every part of s between sep.
func allParts(s string, sep byte, f func(string) bool) bool {
	for part := range strings.SplitSeq(s, string(sep)) {
		if !f(part) {
			return false
		}
	}
	return true
}

// wordy reports whether s is made of words and numbers.
func wordy(s string) bool { return len(s) == 0 || tokenLength([]byte(s)) >= 2.5 || len(s) <= 4 }

// words rejects identifiers and phrases: their runs of one character class are
// long, those of random text short (1.6 bytes on average for letters of both
// cases and digits, 2.5 for lower-case letters and digits).
func words(v []byte) string {
	digits := 0
	for _, c := range v {
		if class(c) == digit {
			digits++
		}
	}
	switch mean := tokenLength(v); {
	case digits == alnum(v):
		return "a number"
	case mean >= 4 && digits*5 < len(v), mean >= 5 && digits*3 < len(v):
		if digits > 0 && !isWordy(v) {
			return "" // random text in one case, with few digits
		}
		return "words"
	case digits == 0 && mean >= 2.8:
		return "words"
	}
	return ""
}

// isWordy reports whether the letters of v are likelier as words than as random letters,
// which have 4.7 bits each.
func isWordy(v []byte) bool {
	bits, letters := 0.0, 0
	for _, run := range bytes.FieldsFunc(v, func(r rune) bool { return r > 'z' || class(byte(r)) == digit || class(byte(r)) == other }) {
		bits += model.Cost(run)
		letters += len(run)
	}
	return bits < 4.7*float64(letters)
}

// The character classes.
const (
	other = iota
	lower
	upper
	digit
)

func class(c byte) int {
	switch {
	case 'a' <= c && c <= 'z':
		return lower
	case 'A' <= c && c <= 'Z':
		return upper
	case '0' <= c && c <= '9':
		return digit
	}
	return other
}

// tokenLength returns the mean length of the runs of one class in v, where a
// capital and the lower-case letters behind it are one run.
func tokenLength(v []byte) float64 {
	runs, n, prev, run := 0, 0, other, 0
	for _, c := range v {
		k := class(c)
		if k == other {
			prev = other
			continue
		}
		n++
		if k != prev && !(k == lower && prev == upper && run == 1) {
			runs++
			run = 0
		}
		run++
		prev = k
	}
	if runs == 0 {
		return 0
	}
	return float64(n) / float64(runs)
}

// randomness rejects values with too few different characters.
func randomness(v []byte) string {
	if distinct(v) < 8 {
		return "fewer than 8 distinct characters"
	}
	if Entropy(v) < 2.8 {
		return "entropy below 2.8 bits per byte"
	}
	return ""
}

// Distinct returns the number of distinct bytes in v.
func Distinct(v []byte) int { return distinct(v) }

func distinct(v []byte) int {
	var seen [256]bool
	n := 0
	for _, c := range v {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n
}

// Entropy returns the Shannon entropy of the bytes of v, in bits per byte.
func Entropy(v []byte) float64 {
	var count [256]int
	for _, c := range v {
		count[c]++
	}
	var bits float64
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(v))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// Decode undoes base64 or hex that covers the whole of v when a plausible key
// comes out, as in the data of a Kubernetes Secret. The name of the encoding
// is "base64" or "hex".
func Decode(v []byte) (key []byte, encoding string, ok bool) {
	s := strings.TrimRight(string(v), "=")
	if len(s) < 20 {
		return nil, "", false
	}
	if b, err := hex.DecodeString(s); err == nil && isKeyText(b) {
		return bytes.TrimSpace(b), "hex", true
	}
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	if b, err := base64.RawStdEncoding.DecodeString(s); err == nil && isKeyText(b) {
		return bytes.TrimSpace(b), "base64", true
	}
	return nil, "", false
}

// isKeyText reports whether decoded bytes are a key and not merely bytes.
func isKeyText(b []byte) bool {
	b = bytes.TrimSpace(b)
	return shape(b) == ""
}
