package names

import (
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		class Class
		want  Strength
		names string
	}{
		{Password, Strong, "password DB_PASSWORD dbPassword db-password spring.datasource.password userpassword PGPASSWORD dbpass rootPwd MYSQL_PWD password2 PASSWORD_PROD requirepass KeyPass setPassword LISTENER_NAME_INTERNAL_SSL_PASSWORD confirmPassword passwordUser"},
		{Password, Weak, "test_password wrongPassword passwordTest REDIS_PASSWORD_ORDERS"},
		{Password, None, "password_field passwordHash hashed_password is_password forgotPassword passwords bypass compass minipass passed run_pass password_length maxPassword getPassword password.min"},
		{Secret, Strong, "secret client_secret clientSecret SECRET_KEY aws_secret_access_key appsecret"},
		{Secret, None, "secret_name secretary imagePullSecret secrets encrypted_secret"},
		{Token, Strong, "access_token ACME_TOKEN apiToken refreshtoken"},
		{Token, Weak, "token jwt"},
		{Token, None, "token_type tokens max_token csrf_token authenticity_token nextToken next_page_token tokenizer Token.Pos"},
		{Key, Strong, "api_key apiKey API_KEY APIKey encryption_key aws.access-key privateKeyBase64Url signingPrivateKeySeed"},
		{Key, Faint, "GITHUB_KEY acme-key LOGGED_IN_KEY acme.prod_key"},
		{Key, None, "row_key product_key acme_sort_key Sec-WebSocket-Key X-Environment-Key test_key acme_key_id cached_creds_key"},
		{Key, None, "key primary_key foreignKey cache_key api_key_name public_key"},
		{Salt, Strong, "password_salt"},
		{Salt, Strong, "salt"},
	} {
		for _, name := range strings.Fields(c.names) {
			if got := Judge([]byte(name), c.class); got != c.want {
				t.Errorf("%s as %s: %d, want %d", name, c.class, got, c.want)
			}
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("db_passwordHTTPServer2")
	f.Add("a.b.c.d.e.f.g.h.i.j.k.password")
	f.Add("éPASSwOrD--__..x")
	f.Fuzz(func(t *testing.T, name string) {
		for c := range classes() {
			if s := Judge([]byte(name), c); s < None || s > Strong {
				t.Errorf("%q: %d", name, s)
			}
		}
	})
}
