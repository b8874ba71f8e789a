package checksum

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	alnum  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	b64url = alnum + "-_"
	hexa   = "0123456789abcdef"
)

// random returns n bytes of class.
func random(rng *rand.Rand, class string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = class[rng.IntN(len(class))]
	}
	return string(b)
}

// encode is unpadded base64url.
func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// shapes maps each kind to tokens that have its shape; checked kinds have a
// wrong checksum but for luck.
func shapes(rng *rand.Rand) map[string][]string {
	return map[string][]string{
		AWSAccount: {
			"AKIA" + random(rng, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
			"ASIA" + random(rng, "234567", 16),
		},
		AgeSecretKey: {
			"AGE-SECRET-KEY-1" + strings.ToUpper(random(rng, bech32Digits, 58)),
			"PQ-1" + strings.ToUpper(random(rng, bech32Digits, 58)),
		},
		DiscordBot: {
			encode(random(rng, "123456789", 18)) + "." + random(rng, b64url, 6) + "." + random(rng, b64url, 38),
		},
		GitHubCRC32: {
			"ghp_" + random(rng, alnum, 36),
			"ghr_" + random(rng, alnum, 76),
		},
		GitLabCRC32: {
			"glpat-" + random(rng, b64url, 40) + "." + random(rng, hexa, 9),
			"glrt-" + random(rng, b64url, 51) + ".01." + random(rng, hexa, 9),
		},
		GrafanaCRC32: {
			"glsa_" + random(rng, alnum, 32) + "_" + random(rng, hexa, 8),
		},
		JWT: {
			encode(`{"alg":"HS256","typ":"JWT"}`) + "." + encode(`{"sub":"`+random(rng, alnum, 8)+`"}`) + "." + random(rng, b64url, 43),
		},
		NPMCRC32: {
			"npm_" + random(rng, alnum, 36),
		},
		BasicAuth: {
			base64.StdEncoding.EncodeToString([]byte(random(rng, alnum, 5) + ":" + random(rng, alnum, 12))),
		},
		NKey: {
			"SUAB" + random(rng, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 54),
		},
		PyPIMacaroon: {
			"pypi-" + encode("\x02\x01\x08pypi.org") + random(rng, b64url, 144),
			"pypi-" + encode("\x02\x01\x0dtest.pypi.org") + random(rng, b64url, 100),
		},
		SynapseCRC32: {
			"syt_" + random(rng, alnum, 8) + "_" + random(rng, alnum[10:], 20) + "_" + random(rng, alnum, 6),
			"syr_" + random(rng, alnum, 22) + "_" + random(rng, alnum[10:], 20) + "_" + random(rng, alnum, 6),
		},
	}
}

func TestKinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, kind := range Kinds() {
		if !Known(kind) {
			t.Errorf("Known(%q) = false", kind)
		}
		if len(shapes(rng)[kind]) == 0 {
			t.Errorf("no test tokens for kind %q", kind)
		}
	}
	if Known("") || Known("crc32") {
		t.Error("Known accepts an unknown kind")
	}
	if _, err := Verify("crc32", "x"); err == nil {
		t.Error("Verify with an unknown kind: no error")
	}
	if got := Sign("crc32", "token"); got != "token" {
		t.Errorf("Sign with an unknown kind changed the token to %q", got)
	}
}

func TestSignThenVerify(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		for kind, tokens := range shapes(rng) {
			for _, token := range tokens {
				signed := Sign(kind, token)
				if len(signed) != len(token) {
					t.Fatalf("%s: Sign(%q) = %q: the length changed", kind, token, signed)
				}
				if ok, err := Verify(kind, signed); !ok || err != nil {
					t.Fatalf("%s: Verify(Sign(%q)) = %v, %v", kind, token, ok, err)
				}
				if again := Sign(kind, signed); again != signed {
					t.Fatalf("%s: Sign changed the signed token %q to %q", kind, signed, again)
				}
			}
		}
	}
}

// A changed character in the summed part or in the sum is always found: CRC-32
// finds bursts of up to 32 bits, and Bech32 up to four substitutions.
func TestFlippedCharacterFails(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	classes := map[string]string{
		AgeSecretKey: strings.ToUpper(bech32Digits),
		GitHubCRC32:  alnum,
		GitLabCRC32:  hexa,
		GrafanaCRC32: hexa,
		NPMCRC32:     alnum,
		SynapseCRC32: alnum,
	}
	for kind, class := range classes {
		for range 200 {
			token := Sign(kind, shapes(rng)[kind][0])
			i := strings.LastIndexAny(token[:16], "_-1") + 1
			i += rng.IntN(len(token) - i)
			c := class[rng.IntN(len(class))]
			if token[i] == '.' || token[i] == '_' || token[i] == c {
				continue
			}
			changed := token[:i] + string(c) + token[i+1:]
			if ok, _ := Verify(kind, changed); ok {
				t.Errorf("%s: %q verifies, and so does %q", kind, token, changed)
			}
		}
	}
}

// Random tokens of the right shape must hardly ever verify, or the check is
// worth nothing.
func TestRandomTokensFail(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, kind := range []string{AgeSecretKey, GitHubCRC32, GitLabCRC32, GrafanaCRC32, NPMCRC32, PyPIMacaroon, SynapseCRC32} {
		for range 500 {
			for _, token := range shapes(rng)[kind] {
				if ok, _ := Verify(kind, token); ok {
					t.Errorf("%s: the random token %q verifies", kind, token)
				}
			}
		}
	}
}

func TestMalformed(t *testing.T) {
	header := encode(`{"alg":"HS256"}`)
	payload := encode(`{}`)
	tests := []struct{ kind, token string }{
		{AWSAccount, "AKIA"},
		{AWSAccount, "AKIA" + strings.Repeat("0", 16)}, // not a base32 digit
		{AWSAccount, "AKIA" + strings.Repeat("7", 16)}, // account of 13 digits
		{AWSAccount, "AKIA" + strings.Repeat("A", 17)},
		{AgeSecretKey, ""},
		{AgeSecretKey, "1QQQQ"},
		{AgeSecretKey, "1" + strings.Repeat("B", 20)},
		{AgeSecretKey, "1" + strings.Repeat("q", 20)}, // mixed case
		{AgeSecretKey, "\u212a1QQQQQQ"},
		{DiscordBot, encode("123456789012345678")},
		{DiscordBot, encode("12345678901234567x") + ".a.b"},
		{DiscordBot, encode("1234567890123456") + ".a.b"},
		{DiscordBot, encode("123456789012345678") + ".a.b.c"},
		{GitHubCRC32, "ghp_"},
		{GitHubCRC32, "ghp_000000"},
		{GitHubCRC32, "ghp"},
		{GitLabCRC32, "glpat-" + strings.Repeat("a", 20)},
		{GitLabCRC32, gitlabSum("glpat-" + strings.Repeat("a", 30) + ".99.99.0u0000000")}, // two versions
		{GitLabCRC32, gitlabSum("glpat-" + strings.Repeat("a", 26) + ".0q0000000")},       // too short
		{GitLabCRC32, gitlabSum("glpat-" + strings.Repeat("a", 30) + ".zz0000000")},       // length beyond the token
		{GitLabCRC32, gitlabSum("glpat-" + strings.Repeat("a", 30) + ".--0000000")},
		{GitLabCRC32, gitlabSum("glpat-" + strings.Repeat("!", 30) + ".0u0000000")}, // not base64url
		{GrafanaCRC32, "glsa_abc"},
		{GrafanaCRC32, "glsa_a_b_00000000"},
		{JWT, header + "." + payload},
		{JWT, header + "." + payload + "."},
		{JWT, encode(`{"alg":"none"}`) + "." + payload + ".AAAA"},
		{JWT, encode(`{"typ":"JWT"}`) + "." + payload + ".AAAA"},
		{JWT, encode(`{"alg":5}`) + "." + payload + ".AAAA"},
		{JWT, header + "." + encode(`"text"`) + ".AAAA"},
		{JWT, header + "." + encode(`null`) + ".AAAA"},
		{JWT, header + "." + payload + ".A A"},
		{NPMCRC32, ""},
		{PyPIMacaroon, "pypi-"},
		{PyPIMacaroon, "pypi-????"},
		{PyPIMacaroon, encode("\x02\x01\x08pypi.org")},
		{PyPIMacaroon, "pypi-" + encode("\x01\x01\x08pypi.org")},
		{PyPIMacaroon, "pypi-" + encode("\x02\x01\x0bexample.com\x02\x01x\x00\x00\x06\x20"+strings.Repeat("s", 32))},
		{PyPIMacaroon, "pypi-" + encode("\x02\x01\x08pypi.org\x02\x00\x00\x00\x06\x20"+strings.Repeat("s", 32))},
		{PyPIMacaroon, "pypi-" + encode("\x02\x01\x08pypi.org\x02\x01x\x00\x01\x01l\x00\x00\x06\x20"+strings.Repeat("s", 32))},
		{PyPIMacaroon, "pypi-" + encode("\x02\x01\x08pypi.org\x02\x01x\x00\x00\x06\x1f"+strings.Repeat("s", 31))},
		{PyPIMacaroon, "pypi-" + encode("\x02\x01\x08pypi.org\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
		{SynapseCRC32, "syt_abcdef"},
		{SynapseCRC32, "syt_YWxpY2U_" + strings.Repeat("a", 20) + "_12345"},
	}
	for _, tt := range tests {
		if ok, err := Verify(tt.kind, tt.token); ok || err != nil {
			t.Errorf("Verify(%q, %q) = %v, %v, want false", tt.kind, tt.token, ok, err)
		}
	}
}

// Caveats are what a scoped token of PyPI has and Sign does not write.
func TestPyPICaveats(t *testing.T) {
	raw := "\x02\x01\x08pypi.org" + "\x02\x24" + strings.Repeat("i", 36) + "\x00" +
		"\x02\x05first\x00" + "\x01\x01l\x02\x06second\x04\x01v\x00" +
		"\x00" + "\x06\x20" + strings.Repeat("s", 32)
	if ok, _ := Verify(PyPIMacaroon, pypiPrefix+encode(raw)); !ok {
		t.Error("a macaroon with caveats does not verify")
	}
}

// The sums are computed here in another way than in the package.
func TestAgainstDefinition(t *testing.T) {
	body := strings.Repeat("aB3", 10)
	n := crc32.ChecksumIEEE([]byte(body))
	sum := ""
	for range 6 {
		sum = string(alnum[n%62]) + sum
		n /= 62
	}
	if got, want := Sign(GitHubCRC32, "gho_"+body+"zzzzzz"), "gho_"+body+sum; got != want {
		t.Errorf("GitHub: got %q, want %q", got, want)
	}
	key := "glsa_" + strings.Repeat("aB3x", 8)
	n = crc32.ChecksumIEEE([]byte(key))
	want := fmt.Sprintf("%s_%02x%02x%02x%02x", key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
	if got := Sign(GrafanaCRC32, key+"_00000000"); got != want {
		t.Errorf("Grafana: got %q, want %q", got, want)
	}
	token := "syt_YWxpY2U_" + strings.Repeat("aB", 10)
	n = crc32.ChecksumIEEE([]byte(token))
	sum = ""
	for range 6 {
		sum = string(alnum[n%62]) + sum
		n /= 62
	}
	if got, want := Sign(SynapseCRC32, token+"_zzzzzz"), token+"_"+sum; got != want {
		t.Errorf("Synapse: got %q, want %q", got, want)
	}
}

// The vectors of BIP 173; none is a key.
func TestBech32Vectors(t *testing.T) {
	for _, s := range []string{
		"A12UEL5L", "a12uel5l",
		"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
		"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
		"11" + strings.Repeat("q", 82) + "c8247j",
		"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
		"?1ezyfcl",
	} {
		if !verifyBech32(s) {
			t.Errorf("verifyBech32(%q) = false", s)
		}
	}
	for _, s := range []string{"A1G7SGD8", "10a06t8", "1qzzfhee", "x1b4n0q5v", "li1dgmt3", "pzry9x0s0muk", "\x201nwldj5"} {
		if verifyBech32(s) {
			t.Errorf("verifyBech32(%q) = true", s)
		}
	}
}

// FuzzVerify holds that no token makes the package panic, and that Sign keeps
// the length, settles at once, and leaves right tokens alone.
func FuzzVerify(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 5))
	for i, kind := range Kinds() {
		for _, token := range shapes(rng)[kind] {
			f.Add(i, token)
			f.Add(i, Sign(kind, token))
		}
	}
	f.Fuzz(func(t *testing.T, i int, token string) {
		kinds := Kinds()
		kind := kinds[uint(i)%uint(len(kinds))]
		ok, err := Verify(kind, token)
		if err != nil {
			t.Fatal(err)
		}
		signed := Sign(kind, token)
		switch {
		case len(signed) != len(token):
			t.Errorf("%s: Sign(%q) = %q: the length changed", kind, token, signed)
		case ok && signed != token:
			t.Errorf("%s: Sign(%q) = %q, though it verifies", kind, token, signed)
		case Sign(kind, signed) != signed:
			t.Errorf("%s: Sign(Sign(%q)) = %q, want %q", kind, token, Sign(kind, signed), signed)
		}
	})
}
