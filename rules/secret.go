package rules

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"unicode/utf8"
)

// A Secret holds the bytes of a found key and cannot print itself: every
// formatting, logging and encoding method yields the redacted form. The one
// way to the bytes is [Secret.Reveal], so that each use can be found by name.
//
// The value lies in a closure because fmt and reflection get at everything
// else: fmt calls no methods of unexported fields and follows pointers.
//
// The zero Secret is empty. Secrets are immutable and safe for concurrent use.
type Secret struct{ reveal func() string }

// NewSecret returns a Secret with a copy of b.
func NewSecret(b []byte) Secret {
	s := string(b)
	return Secret{func() string { return s }}
}

// Reveal returns the plaintext. Callers must not log, print or store it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Len returns the length of the plaintext in bytes.
func (s Secret) Len() int { return len(s.Reveal()) }

// Equal reports whether s and t hold the same bytes.
func (s Secret) Equal(t Secret) bool { return s.Reveal() == t.Reveal() }

// Hidden stands for what is not shown of a secret.
const Hidden = "…"

// Redacted returns a form that a person can recognise and nobody can use: the
// first and last bytes around an ellipsis. It shows at most a sixth of the
// plaintext, never more than eight bytes, and nothing of secrets shorter than
// 16 bytes.
func (s Secret) Redacted() string {
	b := s.Reveal()
	if len(b) < 16 || !utf8.ValidString(b) {
		return Hidden
	}
	n := min(4, len(b)/12)
	head, tail := b[:n], b[len(b)-n:]
	if !printable(head) || !printable(tail) {
		return Hidden
	}
	return head + Hidden + tail
}

// Hash returns a keyed hash of the plaintext, "hmac-sha256:" and 32 hexadecimal
// digits (128 bits). Equal secrets have equal hashes in every report, so that
// reports can be compared without the plaintext. The key is public: the hash hides
// API keys, which nobody can enumerate; passwords that are easy to guess it hides
// less well, though they are stretched first.
func (s Secret) Hash() string {
	return "hmac-sha256:" + Digest("keylint/secret/v1", s)
}

// Digest returns the first 128 bits of an HMAC-SHA-256 in hexadecimal, with
// key as the HMAC key over the parts, the secret last; one that could be guessed is
// stretched. The parts are
// separated by NUL bytes, which no part but the secret may contain.
func Digest(key string, s Secret, parts ...string) string {
	h := hmac.New(sha256.New, []byte(key))
	for _, p := range parts {
		io.WriteString(h, p)
		h.Write([]byte{0})
	}
	io.WriteString(h, s.stretched())
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Secrets of fewer than guessable bytes may be passwords that people made up. Their
// digests stand in reports, under a key that everybody knows, and guesses could be
// compared with them; stretching makes each guess some thousands of times dearer, and
// does not make guessing impossible.
const (
	guessable = 20
	rounds    = 1 << 12 // of PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2): about half a millisecond
)

// stretchings remembers what short secrets become.
var stretchings = struct {
	sync.Mutex
	of map[string]string
}{of: map[string]string{}}

// maxStretchings bounds what is remembered.
const maxStretchings = 1 << 12

// stretched returns what digests are made of: the secret, or what PBKDF2 makes of one
// that could be guessed.
func (s Secret) stretched() string {
	text := s.Reveal()
	if text == "" || len(text) >= guessable {
		return text
	}
	stretchings.Lock()
	defer stretchings.Unlock()
	if known, ok := stretchings.of[text]; ok {
		return known
	}
	key, err := pbkdf2.Key(sha256.New, text, []byte("keylint/stretched/v1"), rounds, sha256.Size)
	if err != nil {
		panic("rules: internal error: " + err.Error()) // the parameters are constants
	}
	if len(stretchings.of) == maxStretchings {
		clear(stretchings.of)
	}
	stretchings.of[text] = string(key)
	return string(key)
}

// String returns the redacted form.
func (s Secret) String() string { return s.Redacted() }

// GoString returns the redacted form.
func (s Secret) GoString() string { return "rules.Secret(" + s.Redacted() + ")" }

// Format writes the redacted form for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.Redacted()) }

// LogValue returns the redacted form.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.Redacted()) }

// MarshalText returns the redacted form. encoding/json, encoding/xml and TOML
// and YAML encoders use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.Redacted()), nil }

// printable reports whether s is ASCII without control characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
