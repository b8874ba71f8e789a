package score

import (
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules/internal/bind"
	"github.com/agcloud/keylint/rules/internal/names"
)

// of returns the score of v as the value of a strong name of class c, and why it is
// impossible.
func of(v string, c names.Class, s bind.Syntax) (float64, string) {
	e := Evidence{Value: []byte(v), Class: c, Strength: names.Strong, Syntax: s, Quoted: true}
	if reason := Impossible(e); reason != "" {
		return 0, reason
	}
	return Of(e).Sum(), ""
}

// TestRandom checks that random values are secrets, whatever their class.
func TestRandom(t *testing.T) {
	for _, c := range []struct {
		class names.Class
		value func(seed uint64) string
	}{
		{names.Password, func(s uint64) string { return fakekey.Alnum(s, 12) }},
		{names.Secret, func(s uint64) string { return fakekey.Hex(s, 32) }},
		{names.Secret, func(s uint64) string { return "app_" + fakekey.Hex(s, 16) + "0bad0" + fakekey.Hex(s+1, 16) }},
		{names.Token, func(s uint64) string { return "KQ" + fakekey.Hex(s, 32) }},
		{names.Password, func(s uint64) string { return fakekey.Alnum(s, 88) }},
		{names.Token, func(s uint64) string { return fakekey.Alnum(s, 32) }},
		{names.Key, func(s uint64) string { return "app-" + fakekey.Alnum(s, 24) }},
	} {
		missed := 0
		for seed := range uint64(200) {
			if score, reason := of(c.value(seed), c.class, bind.Literal); reason != "" || score < Firm {
				missed++
			}
		}
		if missed > 2 {
			t.Errorf("%s: %d of 200 random values are not firm", c.class, missed)
		}
	}
}

// TestWords checks that what is no secret is not reported.
func TestWords(t *testing.T) {
	for _, v := range strings.Fields("password changeme configuration user_password my-secret-value example.com application.yml 2024-01-01T00:00:00Z 1.2.3 ${PASSWORD} {{password}} <password> " +
		"$PASSWORD process.env.PASSWORD /run/secrets/db https://host.test/path true null xxxxxxxx ******** abcdefgh 12345678 getPassword() auth.password.title enterYourPassword default-token " +
		"os.environ[x] sha256:aaaa op://vault/item #{password} %s %(password)s a1b2c3d4e5f6 oAuth2TokenApi") {
		for _, class := range []names.Class{names.Password, names.Secret, names.Token} {
			if score, reason := of(v, class, bind.Literal); reason == "" && score >= Report {
				t.Errorf("%q as a %s scores %.1f", v, class, score)
			}
		}
	}
}

// TestPeople checks that passwords that people make are reported where the syntax is
// certain, and weakly.
func TestPeople(t *testing.T) {
	for _, v := range []string{"Rabbit99", "Summer" + "2019!", "swordfish" + "!23"} {
		if score, reason := of(v, names.Password, bind.Entry); reason != "" || score < Report || score >= Firm+3 {
			t.Errorf("%s scores %.1f %s", v, score, reason)
		}
	}
	if score, _ := of("Rabbit99", names.Password, bind.Bare); score >= Report {
		t.Errorf("a bare word in code scores %.1f", score)
	}
}

// TestSigns checks that signs of formats do not make a long random value one.
func TestSigns(t *testing.T) {
	for _, sign := range []string{"%(", "()", "$1", "%s", "{}"} {
		v := fakekey.Alnum(1, 24) + sign + fakekey.Alnum(2, 24)
		if score, reason := of(v, names.Secret, bind.Literal); reason != "" || score < Firm {
			t.Errorf("with %s: %.1f %s", sign, score, reason)
		}
	}
}

// TestFaint checks that of a name that says little only long random values are
// reported, and weakly.
func TestFaint(t *testing.T) {
	for v, want := range map[string]bool{fakekey.Alnum(1, 32): true, fakekey.Hex(1, 40): true, fakekey.Alnum(1, 12): false, "com.acme.settings.window": false, "customer-orders-by-date": false} {
		e := Evidence{Value: []byte(v), Class: names.Key, Strength: names.Faint, Syntax: bind.Literal, Quoted: true}
		if sum := Of(e).Sum(); (sum >= Report) != want || sum >= Firm {
			t.Errorf("%d bytes: %.1f, to be reported: %v", len(v), sum, want)
		}
	}
}

// TestPublicKeys checks that public keys are no secrets.
func TestPublicKeys(t *testing.T) {
	for _, start := range publicKeys {
		if _, reason := of(start+fakekey.Alnum(1, 64), names.Key, bind.Entry); reason == "" {
			t.Errorf("a key that begins with %s may be a secret", start)
		}
	}
}

// TestPartsTellNothing checks that the words of a score hold nothing of the value.
func TestPartsTellNothing(t *testing.T) {
	e := Evidence{Value: []byte("zqxjkvbw"), Class: names.Password, Strength: names.Strong}
	if s := Of(e).String(); strings.Contains(s, "zq") || !strings.HasPrefix(s, "score ") {
		t.Errorf("%q", s)
	}
}

func FuzzScore(f *testing.F) {
	f.Add("Tr0ub4dor&3")
	f.Add("a/b:c\x00é")
	f.Add(strings.Repeat("x", 300))
	f.Fuzz(func(t *testing.T, v string) {
		if v == "" {
			return
		}
		if s := Surplus([]byte(v)); s != s {
			t.Errorf("%q has no surplus", v)
		}
		of(v, names.Password, bind.Entry)
	})
}
