package dotenv

import "testing"

func TestIsKeyName(t *testing.T) {
	for _, name := range []string{
		"AGCLOUD_API_KEY", "API_KEY_2", "KEY", "KEY1", "apiKey", "openAIKey", "agcloud.api.key", "x-api-key", "apikey", "OPENAIAPIKEY",
		"GITHUB_TOKEN", "ANTHROPIC_AUTH_TOKEN", "accessToken", "_authToken", "CLIENT_SECRET", "SECRET_KEY_BASE", "SECRETS",
		"PGPASSWORD", "DB_PASSWORD", "MYSQL_PASSWD", "PASSWORD_SALT", "ADMIN_PASS", "DB_PWD", "GITHUB_PAT", "PASSPHRASE",
		"GOOGLE_CREDENTIALS", "GCP_CREDENTIAL_JSON", "BASIC_AUTH", "PRIVATE_KEY", "DEPLOY_PRIVATE", "NEXT_PUBLIC_AGCLOUD_API_KEY", "VITE_API_KEY",
		"AWS_SECRET_ACCESS_KEY", "privateKeyPEM", "KEY_PROD",
	} {
		if !IsKeyName(name) {
			t.Errorf("%s is no key name", name)
		}
	}
	for _, name := range []string{
		"", "_", "PUBLIC_KEY", "publicKey", "STRIPE_PUBLISHABLE_KEY", "KEY_ID", "AWS_ACCESS_KEY_ID", "KEYBOARD", "MONKEY", "TOKEN_URL", "AUTH_URL",
		"PASSWORD_MIN_LENGTH", "KEY_NAME", "KEY_FILE", "KEY_PATH", "MAX_TOKENS", "MIN_PASSWORD", "TOKENIZER", "TOKENIZERS_PARALLELISM", "KEYCLOAK_URL",
		"AUTHOR", "AUTH_ENABLED", "AUTH_PROVIDER", "SSH_AUTH_SOCK", "PWD", "OLDPWD", "PASS", "PATH", "COMPASS", "PRIVATE_SUBNET", "USE_TOKEN",
		"ENABLE_AUTH", "CACHE_KEY", "PRIMARY_KEY", "SECRET_NAME", "TOKEN_TTL", "accessTokenExpiresIn_DAYS", "JWT_SECRET_FILE", "API_KEY_HEADER",
		"DATABASE_URL", "PORT", "NODE_ENV", "AGCLOUD_BASE_URL", "KEY_VAULT_NAME",
	} {
		if IsKeyName(name) {
			t.Errorf("%s is a key name", name)
		}
	}
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		".env": "env", ".env.local": "env", ".env.production": "env", "prod.env": "env", ".envrc": "env", "web/.env.development.local": "env",
		`C:\app\.ENV`: "env", ".env-prod": "env", ".env.bak": "env", ".env~": "env", ".flaskenv": "env", ".dev.vars": "env", ".env.test": "env", ".envrc.local": "env",
		".env.example": "template", ".env.sample": "template", ".env.template": "template", ".env.dist": "template", ".env.defaults": "template",
		"example.env": "template", ".env.local.example": "template", ".env.example.local": "template", "env.example": "template", "dotenv.sample": "template",
		".envrc.template": "template", ".ENV.EXAMPLE": "template", ".dev.vars.example": "template", "sample.env": "template",
		"": "", "env": "", ".environment": "", "environment.env.ts": "", ".env.d.ts": "", ".env.gpg": "", ".env.vault": "", "example.txt": "",
		"env.local": "", ".env/readme": "", "dotenv.go": "", "env.example.ts": "", ".envoy": "",
	} {
		got := ""
		switch env, template := IsEnvFile(name), IsTemplate(name); {
		case env && template:
			got = "both"
		case env:
			got = "env"
		case template:
			got = "template"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
