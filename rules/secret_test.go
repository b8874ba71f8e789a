package rules_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

// TestDigest compares digests with plain HMACs: those of long secrets are, those of
// secrets that people may have made up are not, and all are the same each time.
func TestDigest(t *testing.T) {
	for n := range 64 {
		text := fakekey.Alnum(uint64(n), n)
		h := hmac.New(sha256.New, []byte("key"))
		h.Write([]byte("part\x00" + text))
		plain := hex.EncodeToString(h.Sum(nil)[:16])
		got := rules.Digest("key", rules.NewSecret([]byte(text)), "part")
		if isPlain, want := got == plain, n == 0 || n >= 20; isPlain != want {
			t.Errorf("%d bytes: plain is %v, want %v", n, isPlain, want)
		}
		if again := rules.Digest("key", rules.NewSecret([]byte(text)), "part"); again != got {
			t.Errorf("%d bytes: %s, then %s", n, got, again)
		}
	}
}

// BenchmarkStretch is the digest of a secret that could be guessed and was not seen
// before.
func BenchmarkStretch(b *testing.B) {
	n := uint64(0)
	for b.Loop() {
		n++
		rules.Digest("key", rules.NewSecret([]byte(fakekey.Alnum(n, 12))))
	}
}
