package value

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
)

// TestRandomKeysPass holds the checks to the keys that they must let pass: in
// 10,000 random ones of each alphabet at most one in a hundred is rejected.
func TestRandomKeysPass(t *testing.T) {
	const n = 10000
	for name, make := range map[string]func(uint64) string{
		"gateway":      fakekey.Gateway,
		"alnum 32":     func(s uint64) string { return fakekey.Alnum(s, 32) },
		"alnum 64":     func(s uint64) string { return fakekey.Alnum(s, 64) },
		"hex":          func(s uint64) string { return fakekey.Hex(s, 64) },
		"hex 32":       func(s uint64) string { return fakekey.Hex(s, 32) },
		"prefixed hex": func(s uint64) string { return "agc_live_" + fakekey.Hex(s, 32) },
		"lower 24":     func(s uint64) string { return strings.ToLower(fakekey.Alnum(s, 24)) },
		"labelled":     func(s uint64) string { return "vendor-api-key-" + fakekey.Alnum(s, 32) },
		"behind zeros": func(s uint64) string { return strings.Repeat("A", 22) + fakekey.Alnum(s, 64) },
		"base64":       func(s uint64) string { return base64.StdEncoding.EncodeToString([]byte(fakekey.Alnum(s, 33))) },
	} {
		rejected := map[string]int{}
		total := 0
		for seed := range uint64(n) {
			if reason := Reject([]byte(make(seed)), true); reason != "" {
				rejected[reason]++
				total++
			}
		}
		if total > n/100 {
			t.Errorf("%s: %d of %d rejected: %v", name, total, n, rejected)
		}
	}
}

func TestReasons(t *testing.T) {
	for v, want := range map[string]string{
		"short": "shorter than 16 bytes", "your-api-key-goes-here": "a placeholder: contains “your-”", "aaaaaaaaaaaaaaaaaaaa": "a placeholder: one character repeated",
		"/etc/ssl/private/key1": "a path", "https://x.test/a1b2c3": "a URL", "loadKeyFromEnvironment": "words", "12345678901234567890": "a placeholder: contains “0123456789”",
		"my_api_key_for_the_payment_service": "a placeholder: contains “api_key”", "1234-1234-a8Kq3bTz91Lm": "a placeholder: contains “1234-1234”",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvdGhlciJ9.signature": "a placeholder: a token without its signature", "AAAAAAAAAAAAAAAAAAAAAAAAb7c8d9": "a placeholder: one character repeated",
		"98437593487539847539": "a number", "op://vault/item/field1": "a reference to a secret store", "a1b2c3a1b2c3a1b2c3a1b2c3": "a placeholder: one half repeated",
	} {
		if got := Reject([]byte(v), true); got != want {
			t.Errorf("%q: %q, want %q", v, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	key := fakekey.Gateway(1)
	for _, c := range []struct{ in, enc string }{
		{base64.StdEncoding.EncodeToString([]byte(key)), "base64"}, {base64.RawURLEncoding.EncodeToString([]byte(key)), "base64"}, {hex.EncodeToString([]byte(key)), "hex"},
	} {
		if got, enc, ok := Decode([]byte(c.in)); !ok || string(got) != key || enc != c.enc {
			t.Errorf("Decode as %s: %v, %s", c.enc, ok, enc)
		}
	}
	if _, enc, ok := Decode([]byte(fakekey.Alnum(3, 48))); ok {
		t.Errorf("a random key decodes as %s", enc)
	}
}

func FuzzReject(f *testing.F) {
	f.Add([]byte("sk-abc"))
	f.Add([]byte("QUdDTE9VRF9BUElfS0VZ"))
	f.Fuzz(func(t *testing.T, v []byte) {
		if Reject(v, true) != "" && Reject(v, false) == "" {
			t.Errorf("%q passes without quotes and not with them", v)
		}
		Decode(v)
	})
}
