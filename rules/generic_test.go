package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

// TestGeneric tries the syntaxes in which secrets of no provider stand; @@ stands for
// a generated value.
func TestGeneric(t *testing.T) {
	m := builtinSet(t).Matcher()
	for _, c := range []struct{ rule, template string }{
		{"generic-password", "spring.datasource.password=@@\n"},
		{"generic-password", "      DB_PASSWORD: \"@@\"\n"},
		{"generic-password", "{\\\"password\\\": \\\"@@\\\"}"},
		{"generic-password", "<add key=\"DbPassword\" value=\"@@\" />"},
		{"generic-password", "define('DB_PASSWORD', '@@');"},
		{"generic-password", "ENV DB_PASSWORD=@@\n"},
		{"generic-password", "<connection password=\"@@\"/>"},
		{"generic-password", "jdbc:mysql://db/shop?user=app&password=@@&useSSL=true"},
		{"generic-password", "resource \"x\" \"y\" {\n  admin_password = \"@@\"\n}"},
		{"generic-secret", "OAUTH_CLIENT_SECRET: @@\n"},
		{"generic-secret", "secret_key_base: @@\n"},
		{"generic-token", "curl -H \"X-Auth-Token: @@\" https://host.test"},
		{"generic-key", "algolia:\n  adminApiKey: '@@'\n"},
		{"generic-salt", "$salt = '@@';"},
		{"url-password", "git remote add x https://joe:@@@git.internal/x.git"},
		{"curl-password", "curl -s -u joe:@@ https://host.test"},
		{"sql-password", "GRANT ALL ON shop.* TO 'joe'@'%' IDENTIFIED BY '@@';"},
		{"command-password", "sshpass -p @@ ssh joe@host.test"},
	} {
		for seed := range uint64(5) {
			value := fakekey.Alnum(seed, 18)
			text := strings.Replace(c.template, "@@", value, 1)
			got := m.Match([]byte(text))
			if len(got) != 1 || got[0].Rule.ID != c.rule || got[0].Secret.Reveal() != value {
				t.Errorf("%s in\n%s\ngot %s", c.rule, text, describe(got, text))
			}
		}
	}
}

// TestGenericSeverity checks that what is not certain is of low severity.
func TestGenericSeverity(t *testing.T) {
	m := builtinSet(t).Matcher()
	for value, want := range map[string]rules.Severity{fakekey.Alnum(3, 20): rules.Medium, "Rabbit" + "99": rules.Low} {
		got := m.Match([]byte("db.password=" + value + "\n"))
		if len(got) != 1 || got[0].Severity != want || (want == rules.Low) != (got[0].Confidence == rules.LowConfidence) {
			t.Errorf("a value of %d bytes: want %v, got %+v", len(value), want, got)
		}
	}
}

// TestGenericTrace checks that the score is told, and nothing of the value.
func TestGenericTrace(t *testing.T) {
	m := builtinSet(t).Matcher()
	told := ""
	m.Trace = func(_ *rules.Rule, _ rules.Span, reason, score string) { told += reason + score }
	value := fakekey.Alnum(4, 20)
	m.Match([]byte("db_password = '" + value + "'\ndb_password = 'someWords'"))
	if strings.Count(told, "score ") != 2 || strings.Contains(told, value[:6]) || strings.Contains(told, "someWords") {
		t.Errorf("told: %s", told)
	}
}

// TestGenericIsLinear matches texts that are full of keywords. Ten seconds are a
// hundred times what they take.
func TestGenericIsLinear(t *testing.T) {
	m := builtinSet(t).Matcher()
	const size = 1 << 20
	for _, piece := range []string{"password", "password=", "password:\"", "a://b:", "-password-", "password(\"", "secret_", "${password", "password\t", "\\\"password\\\":", "x.password=aaaaaaaaaaaaaaaaaaaaaaaaaaa;"} {
		start := time.Now()
		m.Match([]byte(strings.Repeat(piece, size/len(piece))))
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%q takes %v for each MiB", piece, d)
		} else {
			t.Logf("%q: %v", piece, d)
		}
	}
}
