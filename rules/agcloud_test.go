package rules_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
)

func builtinSet(t testing.TB, known ...rules.KnownKey) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list, known...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// namedSet is builtinSet without the rules for secrets of no provider.
func namedSet(t testing.TB) *rules.Set {
	t.Helper()
	list := slices.DeleteFunc(slices.Clone(builtinSet(t).Rules()), func(r *rules.Rule) bool { return r.Class != "" })
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// finds checks that the text, in which @@ stands for a generated key, leads to
// exactly one match: the key, by the rule, at its place.
func finds(t *testing.T, m *rules.Matcher, rule, template string) {
	t.Helper()
	for seed := range uint64(3) {
		key := fakekey.Gateway(seed)
		text := strings.ReplaceAll(template, "@@", key)
		got := m.Match([]byte(text))
		if len(got) != 1 || got[0].Rule.ID != rule || got[0].Secret.Reveal() != key || text[got[0].Span.Start:got[0].Span.End] != key {
			t.Errorf("%s in\n%s\ngot %s", rule, template, describe(got, text))
			return
		}
	}
}

// describe shows matches; the keys are test keys.
func describe(ms []rules.Match, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d matches", len(ms))
	for _, m := range ms {
		fmt.Fprintf(&b, "\n  %s: %q stored as %q %v", m.Rule.ID, m.Secret.Reveal(), text[m.Span.Start:m.Span.End], m.Encodings)
	}
	return b.String()
}

// TestNamedValues covers the first AGCloud context: a value given to a name
// that means an AGCloud key, in the syntaxes in which people write that.
func TestNamedValues(t *testing.T) {
	m := builtinSet(t).Matcher()
	for _, template := range []string{
		// Environment files and shells.
		"AGCLOUD_API_KEY=@@", "AGCLOUD_API_KEY=\"@@\"\n", "AGCLOUD_API_KEY = '@@'\r\n", "export AGCLOUD_API_KEY=@@ # prod",
		"AGCLOUD_KEY=@@\nOTHER=1", "AG_CLOUD_KEY=@@", "AGCLOUD_TOKEN_PROD=@@", "NEXT_PUBLIC_AGCLOUD_API_KEY=@@", "AGCLOUD_API_KEY_2=@@",
		"set -x AGCLOUD_API_KEY @@", "set -gx AGCLOUD_API_KEY \"@@\"", "$env:AGCLOUD_API_KEY = \"@@\"", "setx AGCLOUD_API_KEY @@", "setx AGCLOUD_API_KEY \"@@\" /M",
		"set AGCLOUD_API_KEY=@@", "setenv AGCLOUD_API_KEY @@", "[Environment]::SetEnvironmentVariable(\"AGCLOUD_API_KEY\", \"@@\", \"User\")",
		"AGCLOUD_API_KEY=@@ go run .", "env AGCLOUD_API_KEY=@@ ./run.sh", "${AGCLOUD_API_KEY:-@@}", "${AGCLOUD_API_KEY-@@}", ": \"${AGCLOUD_API_KEY:=@@}\"",
		"tool --agcloud-api-key @@ --verbose", "tool --agcloud-api-key=@@",
		// Data formats.
		"AGCLOUD_API_KEY: @@", "agcloud_api_key: \"@@\"", "agcloudApiKey: '@@' # x", "{\"AGCLOUD_API_KEY\": \"@@\"}", "{\n  \"agcloudApiKey\":\n    \"@@\"\n}",
		"agcloud_api_key = \"@@\"", "agcloud.api.key=@@", "agcloud.api-key = @@", "agcloud.api.key: @@", "AgCloudToken=@@", "AGCLOUD_API_KEY: |\n  @@\n", "AGCLOUD_API_KEY: >-\n    @@\n",
		"<AGCLOUD_API_KEY>@@</AGCLOUD_API_KEY>", "<add key=\"AgCloudApiKey\" value=\"@@\" />", "<entry key=\"agcloud.api.key\">@@</entry>", "<string name=\"agcloud_api_key\">@@</string>",
		"<key>AGCLOUD_API_KEY</key>\n\t<string>@@</string>", "<env name=\"AGCLOUD_API_KEY\" value=\"@@\"/>",
		"variable \"agcloud_api_key\" {\n  type    = string\n  default = \"@@\"\n}", "environment = {\n  AGCLOUD_API_KEY = \"@@\"\n}", "provider \"agcloud\" {\n  api_key = \"@@\"\n}",
		"agcloud:\n  url: https://x.test\n  api_key: @@\n", "[agcloud]\napi_key = \"@@\"\n", "{\"agcloud\": {\"baseUrl\": \"x\", \"apiKey\": \"@@\"}}",
		// Containers and CI.
		"ENV AGCLOUD_API_KEY=@@", "ENV AGCLOUD_API_KEY @@", "ARG AGCLOUD_API_KEY=@@", "ENV A=1 AGCLOUD_API_KEY=@@ \\\n  B=2", "    environment:\n      - AGCLOUD_API_KEY=@@\n", "    environment:\n      AGCLOUD_API_KEY: @@\n",
		"docker run -e AGCLOUD_API_KEY=@@ image", "docker run --env \"AGCLOUD_API_KEY=@@\" image",
		"        - name: AGCLOUD_API_KEY\n          value: @@\n", "        - name: \"AGCLOUD_API_KEY\"\n          value: \"@@\"\n", "stringData:\n  AGCLOUD_API_KEY: @@\n",
		"{\"name\": \"AGCLOUD_API_KEY\", \"value\": \"@@\"}", "{\n  \"name\": \"AGCLOUD_API_KEY\",\n  \"value\": \"@@\"\n}", "{\"key\":\"AGCLOUD_API_KEY\",\"value\":\"@@\",\"enabled\":true}",
		"set {\n  name  = \"env.AGCLOUD_API_KEY\"\n  value = \"@@\"\n}", "env:\n  AGCLOUD_API_KEY: @@\n", "variables:\n  AGCLOUD_API_KEY:\n    value: @@\n    description: x\n", "--set agcloud.apiKey=@@",
		"- ParameterKey: AgCloudApiKey\n  ParameterValue: @@\n",
		// Prose, tables, SQL.
		"Use `AGCLOUD_API_KEY=@@` to start.", "| AGCLOUD_API_KEY | @@ |", "| `AGCLOUD_API_KEY` | `@@` |", "<td>AGCLOUD_API_KEY</td><td>@@</td>", "<td><code>AGCLOUD_API_KEY</code></td>\n<td><code>@@</code></td>",
		"my AGCloud API key: @@", "AGCloud key is @@", "INSERT INTO settings VALUES ('AGCLOUD_API_KEY', '@@');", "UPDATE s SET agcloud_api_key = '@@' WHERE id=1", "agcloud_api_key VARCHAR(64) DEFAULT '@@'", "AGCLOUD_API_KEY,@@",
		// Programming languages.
		"const agcloudAPIKey = \"@@\"", "var agcloudAPIKey string = \"@@\"", "agcloudKey := \"@@\"", "os.Setenv(\"AGCLOUD_API_KEY\", \"@@\")", "Config{AgCloudAPIKey: \"@@\"}", "m[\"agcloud_api_key\"] = \"@@\"", "cmp.Or(os.Getenv(\"AGCLOUD_API_KEY\"), \"@@\")", "flag.String(\"agcloud-api-key\", \"@@\", \"the key\")",
		"AGCLOUD_API_KEY = \"@@\"", "os.environ[\"AGCLOUD_API_KEY\"] = \"@@\"", "os.getenv(\"AGCLOUD_API_KEY\", \"@@\")", "os.environ.get('AGCLOUD_API_KEY', '@@')", "os.environ.get(\"AGCLOUD_API_KEY\") or \"@@\"", "Client(agcloud_api_key=\"@@\")", "agcloud_api_key: str = \"@@\"", "agcloud_api_key: Optional[str] = Field(default=\"@@\")", "agcloud_api_key = r'@@'", "AGCLOUD_API_KEY = SecretStr(\"@@\")", "AGCLOUD_API_KEY = \"\"\"@@\"\"\"",
		"const agcloudApiKey = '@@';", "let agcloudApiKey: string = `@@`;", "process.env.AGCLOUD_API_KEY = \"@@\";", "process.env.AGCLOUD_API_KEY || \"@@\"", "process.env.AGCLOUD_API_KEY ?? '@@'", "process.env[\"AGCLOUD_API_KEY\"] || \"@@\"", "{ agcloudApiKey: \"@@\" }", "import.meta.env.VITE_AGCLOUD_API_KEY || '@@'", "if (agcloudApiKey === '@@') {",
		"private static final String AGCLOUD_API_KEY = \"@@\";", "System.setProperty(\"agcloud.api.key\", \"@@\");", "@Value(\"${agcloud.api.key:@@}\")", "builder.agcloudApiKey(\"@@\")", "map.put(\"AGCLOUD_API_KEY\", \"@@\");",
		"val agcloudApiKey: String = \"@@\"", "System.getenv(\"AGCLOUD_API_KEY\") ?: \"@@\"", "buildConfigField(\"String\", \"AGCLOUD_API_KEY\", \"@@\")",
		"string AgCloudApiKey = \"@@\";", "Environment.GetEnvironmentVariable(\"AGCLOUD_API_KEY\") ?? \"@@\"", "[\"AgCloud:ApiKey\"] = \"@@\"", "public string AgCloudApiKey { get; set; } = \"@@\";",
		"ENV['AGCLOUD_API_KEY'] = '@@'", "ENV.fetch('AGCLOUD_API_KEY', '@@')", "ENV.fetch(\"AGCLOUD_API_KEY\") { \"@@\" }", "agcloud_api_key: '@@'", ":agcloud_api_key => '@@'", "ENV['AGCLOUD_API_KEY'] ||= '@@'",
		"$agcloudApiKey = '@@';", "define('AGCLOUD_API_KEY', '@@');", "putenv('AGCLOUD_API_KEY=@@');", "'agcloud_api_key' => env('AGCLOUD_API_KEY', '@@')", "getenv('AGCLOUD_API_KEY') ?: '@@'", "$_ENV['AGCLOUD_API_KEY'] = '@@';",
		"const AGCLOUD_API_KEY: &str = \"@@\";", "static AGCLOUD_API_KEY: &'static str = \"@@\";", "env::var(\"AGCLOUD_API_KEY\").unwrap_or(\"@@\".to_string())", "env::var(\"AGCLOUD_API_KEY\").unwrap_or_else(|_| \"@@\".into())", "std::env::set_var(\"AGCLOUD_API_KEY\", \"@@\");",
		"#define AGCLOUD_API_KEY \"@@\"", "static const char *agcloud_api_key = \"@@\";", "const char agcloud_api_key[] = \"@@\";", "std::string agcloud_api_key{\"@@\"};", "setenv(\"AGCLOUD_API_KEY\", \"@@\", 1);",
		"let agcloudApiKey = \"@@\"", "ProcessInfo.processInfo.environment[\"AGCLOUD_API_KEY\"] ?? \"@@\"", "sys.env.getOrElse(\"AGCLOUD_API_KEY\", \"@@\")", "local agcloud_api_key = \"@@\"", "os.getenv(\"AGCLOUD_API_KEY\") or \"@@\"", "my $agcloud_api_key = \"@@\";", "$ENV{AGCLOUD_API_KEY} = '@@';", "$ENV{AGCLOUD_API_KEY} // '@@'", "agcloud_api_key <- \"@@\"", "Sys.setenv(AGCLOUD_API_KEY = \"@@\")", "config :app, agcloud_api_key: \"@@\"", "(setq agcloud-api-key \"@@\")",
		"os.Setenv(\n\t\"AGCLOUD_API_KEY\",\n\t\"@@\",\n)", "X-AGCloud-Api-Key: @@",
		// Other places of the value, and what stands around it.
		"Set-Item -Path Env:AGCLOUD_API_KEY -Value \"@@\"", "New-Variable -Name agcloudApiKey -Value \"@@\"", "$agcloudApiKey = ConvertTo-SecureString -String \"@@\" -AsPlainText -Force", "AGCLOUD_API_KEY=${1:-@@}", "printf 'AGCLOUD_API_KEY=%s\\n' '@@' > .env",
		"set $agcloud_key \"@@\";", "passenger_env_var AGCLOUD_API_KEY @@;", "gh secret set AGCLOUD_API_KEY --body \"@@\"", "netlify env:set AGCLOUD_API_KEY @@", "git config --global agcloud.token @@",
		"aws ssm put-parameter --name \"/prod/agcloud_api_key\" --type SecureString --value \"@@\"", "aws secretsmanager create-secret --name agcloud-api-key --secret-string @@", "command: [\"serve\", \"--agcloud-api-key\", \"@@\"]", "args:\n  - --agcloud-api-key\n  - @@\n",
		"buildConfigField(\"String\", \"AGCLOUD_API_KEY\", \"\\\"@@\\\"\")", "<string name=\"agcloud_api_key\" translatable=\"false\">@@</string>", "<meta-data android:name=\"com.agcloud.API_KEY\" android:value=\"@@\" />", "<input value=\"@@\" name=\"agcloud_api_key\">",
		"<AgCloud><ApiKey>@@</ApiKey></AgCloud>", "<key>AgCloud</key>\n<dict>\n\t<key>APIKey</key>\n\t<string>@@</string>\n</dict>", "<server>\n  <id>agcloud</id>\n  <password>@@</password>\n</server>", "<li><code>AGCLOUD_API_KEY</code>: <code>@@</code></li>", "**AGCloud API Key:** @@",
		"process.env.AGCLOUD_API_KEY! || \"@@\"", "static AGCLOUD_KEY: Lazy<String> = Lazy::new(|| \"@@\".to_string());", "let agcloud_api_key = String::from(\"@@\");", "our $AGCLOUD_KEY = q{@@};", "parser.add_argument(\"--agcloud-api-key\", default=\"@@\")",
		"new AgCloud(\"@@\")", "agcloud.NewClient(\n\t\"@@\",\n)", "AgCloud::new(\"@@\");", "AgCloud::builder().api_key(\"@@\")", "AgCloudClient({apiKey: '@@', timeout: 3})", "agcloud.configure(api_key=\"@@\")", "agcloud.NewClient(\n\tagcloud.WithAPIKey(\"@@\"),\n)", "AgCloud.configure { |c| c.api_key = \"@@\" }",
		"'agcloud' => ['url' => 'x', 'key' => '@@'],", "'agcloud' => array('api_key' => '@@'),", "$config['agcloud']['api_key'] = '@@';", "config :agcloud, api_key: \"@@\"", "{:agcloud {:api-key \"@@\"}}", "AGCLOUD_HEADERS = {\"Authorization\": \"Bearer @@\"}",
		"(defvar agcloud-api-key \"@@\" \"doc\")", "Environment=\"A=b\" \"AGCLOUD_API_KEY=@@\" \"X=12\"", "AGCLOUD_API_KEY\t@@", "\"AGCLOUD_API_KEY\";\"@@\"", "AGCLOUD_API_KEY=@@.", "#define AGCLOUD_API_KEY \\\n  \"@@\"", "agcloud:\n  api_key: &key @@\n",
		"AGCLOUD__API_KEY=@@", "{\"AgCloud__ApiKey\": \"@@\"}", "API_KEY_AGCLOUD=@@", "apiKeyAgCloud: \"@@\"", "AGCLOUD_API_KEY_FOR_TESTS=@@", "AGCLOUD_KEYS=@@", "UPDATE s SET value = '@@' WHERE name = 'agcloud_api_key';",
		"- value: \"@@\"\n  name: AGCLOUD_API_KEY\n", "{\"value\": \"@@\", \"key\": \"agcloudApiKey\"}", "{\"key\": \"agcloudApiKey\", \"type\": \"secret\", \"value\": \"@@\"}", "AgCloudApiKey:\n  Type: String\n  NoEcho: true\n  Default: @@\n", "AGCLOUD_API_KEY:\n  description: \"x\"\n  value: \"@@\"\n",
		"variable \"agcloud_api_key\" {\n  description = \"as {x}\"\n  default = \"@@\"\n}", "secrets:\n  - name: agcloud\n    key: @@\n", "metadata:\n  name: agcloud\nstringData:\n  api-key: @@\n",
		"    \"import os\\n\",\n    \"os.environ[\\\"AGCLOUD_API_KEY\\\"] = \\\"@@\\\"\\n\",\n", // a notebook
	} {
		finds(t, m, "agcloud-api-key", template)
	}
}

// TestRequests covers contexts two to five: what is sent to the gateway.
func TestRequests(t *testing.T) {
	m := builtinSet(t).Matcher()
	for _, c := range []struct{ rule, template string }{
		{"agcloud-bearer-token", "curl https://aiandgpu.com/v1/messages \\\n  -H \"Authorization: Bearer @@\""},
		{"agcloud-bearer-token", "POST https://aiandgpu.com/v1/messages HTTP/1.1\nAuthorization: Bearer @@\n"},
		{"agcloud-bearer-token", "requests.post('https://aiandgpu.com/v1/messages', headers={'Authorization': 'Bearer @@'})"},
		{"agcloud-bearer-token", "req.Header.Set(\"Authorization\", \"Bearer @@\") // aiandgpu.com"},
		{"agcloud-bearer-token", "http POST https://aiandgpu.com/v1/messages Authorization:\"Bearer @@\""},
		{"agcloud-bearer-token", "http -A bearer -a @@ https://aiandgpu.com/v1/models"},
		{"agcloud-bearer-token", "curl --oauth2-bearer @@ https://aiandgpu.com"},
		{"agcloud-authorization-header", "POST https://aiandgpu.com/v1/messages\nAuthorization: @@\n"},
		{"agcloud-bearer-export", "{\"url\":\"https://aiandgpu.com\",\"auth\":{\"type\":\"bearer\",\"bearer\":[{\"key\":\"token\",\"value\":\"@@\",\"type\":\"string\"}]}}"},
		{"agcloud-bearer-export", "{\n \"url\": \"https://aiandgpu.com\",\n \"authentication\": {\n  \"type\": \"bearer\",\n  \"token\": \"@@\"\n }\n}"},
		{"agcloud-client-key", "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://aiandgpu.com\", \"ANTHROPIC_AUTH_TOKEN\": \"@@\"}}"},
		{"agcloud-client-key", "ANTHROPIC_BASE_URL=https://aiandgpu.com\nANTHROPIC_API_KEY=@@\n"},
		{"agcloud-client-key", "export OPENAI_BASE_URL=https://aiandgpu.com/v1 OPENAI_API_KEY=@@"},
		{"agcloud-client-key", "client = Anthropic(api_key=\"@@\", base_url=\"https://aiandgpu.com\")"},
		{"agcloud-client-key", "new OpenAI({ apiKey: '@@', baseURL: 'https://aiandgpu.com/v1' })"},
		{"agcloud-client-key", "c := sdk.NewClient(option.WithAPIKey(\"@@\"), option.WithBaseURL(\"https://aiandgpu.com\"))"},
		{"agcloud-client-key", "[model_providers.x]\nbase_url = \"https://aiandgpu.com/v1\"\napi_key = \"@@\"\n"},
		{"agcloud-client-key", "curl https://aiandgpu.com/v1/messages -H 'x-api-key: @@'"},
		{"agcloud-authorization-header", "url: https://aiandgpu.com\nheaders:\n  - name: Authorization\n    value: @@\n"},
		{"agcloud-bearer-export", "{\"url\":\"https://aiandgpu.com\",\"auth\":{\"type\":\"apikey\",\"apikey\":[{\"key\":\"value\",\"value\":\"@@\"}]}}"},
		{"agcloud-client-key", "{\"args\":[\"--api-key\",\"@@\"],\"url\":\"https://aiandgpu.com\"}"},
		{"agcloud-client-secret", "@token = @@\nGET https://aiandgpu.com/v1/models\n"},
		{"agcloud-client-secret", "BASE = \"https://aiandgpu.com/v1\"\nKEY = \"@@\"\n"},
		{"agcloud-basic-auth", "curl -u \"user:@@\" https://aiandgpu.com/v1/models"},
		{"agcloud-basic-auth", "machine aiandgpu.com\n  login x\n  password @@\n"},
		{"agcloud-client-constructor", "new OpenAIClient(new ApiKeyCredential(\"@@\"), \"https://aiandgpu.com/v1\")"},
		{"agcloud-client-constructor", "cfg := openai.DefaultConfig(\"@@\")\ncfg.BaseURL = \"https://aiandgpu.com/v1\""},
		{"agcloud-key-in-url", "https://aiandgpu.com/v1/messages?api_key=@@"},
		{"agcloud-key-in-url", "https://aiandgpu.com/v1?x=1&token=@@&y=2"},
		{"agcloud-key-in-userinfo", "git clone https://user:@@@aiandgpu.com/x"},
		{"agcloud-key-in-userinfo", "https://@@@aiandgpu.com/v1"},
		{"agcloud-key-by-shape", "# AGCloud\nkeys = [\n \"@@\",\n]"},
		{"generic-gateway-key", "k = \"@@\""},
	} {
		finds(t, m, c.rule, c.template)
	}
}

// TestNotFindings lists what stands where a key is expected and is none.
func TestNotFindings(t *testing.T) {
	m := namedSet(t).Matcher()
	for _, v := range []string{
		"<YOUR_API_KEY>", "YOUR_API_KEY", "your-api-key-here-1234567", "your-key-here", "xxxxxxxxxxxxxxxxxxxxxxxx", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"sk-...", "changeme", "change-me-please-12345678", "example-key-1234567890", "dummy-key-for-tests-42", "aaaaaaaaaaaaaaaaaaaaaaaa", "****************", "sk-****", "test", "none", "null", "",
		"${AGCLOUD_API_KEY}", "$AGCLOUD_API_KEY", "$(cat /run/secrets/key)", "{{ .Values.agcloud.apiKey }}", "<%= ENV['AGCLOUD_API_KEY'] %>", "${{ secrets.AGCLOUD_API_KEY }}", "%AGCLOUD_API_KEY%",
		"os.getenv('AGCLOUD_API_KEY')", "process.env.AGCLOUD_API_KEY", "System.getenv(\"AGCLOUD_API_KEY\")", "secrets.AGCLOUD_API_KEY", "settings.agcloud_api_key_v2", "!vault |", "ENC[AES256_GCM,data:p673w7sdf234QWEdfg,iv:xx]",
		"op://vault/agcloud/key1", "vault:secret/data/agcloud#key1", "arn:aws:secretsmanager:us-east-1:123456789012:secret:agcloud-Ab12Cd", "/run/secrets/agcloud_api_key_2024", "./secrets/agcloud-key-01.txt", "https://docs.aiandgpu.com/keys/v1/a1b2c3",
		"AGCLOUD_API_KEY_NAME_V2", "agcloudApiKeyFromEnvironment2", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "1234567890123456789012", "2024-01-01T00:00:00.000Z", "v1.2.3-beta.4+build.567", "production",
	} {
		for _, template := range []string{"AGCLOUD_API_KEY=%s\n", "agcloud_api_key: %s\n", "agcloudApiKey = \"%s\"\n", "{\"AGCLOUD_API_KEY\": \"%s\"}", "Authorization: Bearer %s\nHost: aiandgpu.com\n"} {
			text := fmt.Sprintf(template, v)
			if got := m.Match([]byte(text)); len(got) > 0 {
				t.Errorf("%q: got %s", text, describe(got, text))
			}
		}
	}
	for _, text := range []string{
		"if agcloudApiKey == nil { return errors.New(\"no key\") }", "AGCLOUD_API_KEY is required, see https://docs.aiandgpu.com", "AGCLOUD_MAX_TOKENS=4096\nAGCLOUD_API_URL=https://aiandgpu.com/v1/messages?x=Ab12Cd34Ef56Gh78",
		"{AGCLOUD_API_KEY: process.env.KEY, OTHER: \"" + fakekey.Gateway(9)[3:] + "\"}", "AGCLOUD_API_KEY=\nOTHER_HASH=" + fakekey.Gateway(9)[3:], "agcloud_api_key = None, other_hash = \"" + fakekey.Gateway(9)[3:] + "\"",
		"curl -H \"Authorization: Bearer $AGCLOUD_API_KEY\" -d \"" + fakekey.Gateway(9)[3:] + "\"", "        - name: AGCLOUD_API_KEY\n          valueFrom:\n            secretKeyRef:\n              name: agcloud-secret-a1b2c3d4e5\n",
		"agcloud_public_key = " + fakekey.Alnum(9, 40), "AGCLOUD_API_KEY=encrypted:" + fakekey.Alnum(9, 90), "AGCLOUD_API_KEY: AgA" + fakekey.Alnum(9, 600), "agcloudKey: 'i18n.form.agcloud_key_12'", "<input name=\"agcloud_api_key\" id=\"input-7f3a9c2e1b4d8f60\" />",
		"AGCLOUD_API_KEY=123e4567-e89b-12d3-a456-426614174000", "AGCLOUD_API_KEY=sk-proj-ab1c23xyz789...", "agcloud:\n  url: x\nother:\n  token: " + fakekey.Alnum(9, 40), "name: agcloud\non: push\nwith:\n  token: " + fakekey.Alnum(9, 40), "{\"name\": \"agcloud\",\n\"key\": \"" + fakekey.Alnum(9, 40) + "\"}",
		"- name: BUILD\n  value: " + fakekey.Alnum(9, 40) + "\n- name: AGCLOUD_API_KEY\n  valueFrom: x\n", "agcloud.track(\"" + fakekey.Alnum(9, 40) + "\")",
		"AGCLOUD_API_KEY_ID=" + fakekey.Gateway(9)[3:23], "const AGCLOUD_API_KEY_SHA = \"" + fakekey.Gateway(9)[3:] + "\"",
	} {
		if got := m.Match([]byte(text)); len(got) > 0 {
			t.Errorf("%q: got %s", text, describe(got, text))
		}
	}
}

// TestEncodings stores texts with a key in every encoding, alone and nested.
func TestEncodings(t *testing.T) {
	m := builtinSet(t).Matcher()
	key := fakekey.Gateway(1)
	b64 := base64.StdEncoding.EncodeToString
	plain := "# settings\nAGCLOUD_API_KEY=" + key + "\nPORT=8080\n"
	escape := func(format, s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, format, c)
		}
		return b.String()
	}
	quoted := func(s string) string { return strings.Trim(strings.ReplaceAll(fmt.Sprintf("%q", s), `\n`, "\n"), `"`) }
	for _, c := range []struct {
		name, text string
		want       []rules.Encoding
	}{
		{"base64 of the file", ".env: " + b64([]byte(plain)), []rules.Encoding{rules.Base64}},
		{"base64, phase 1", ".env: " + b64([]byte("x"+plain)), []rules.Encoding{rules.Base64}},
		{"base64, phase 2", ".env: " + b64([]byte("xy"+plain)), []rules.Encoding{rules.Base64}},
		{"base64 without padding, URL-safe", "v=" + base64.RawURLEncoding.EncodeToString([]byte("??>>"+plain)), []rules.Encoding{rules.Base64}},
		{"base64 wrapped", wrap(b64([]byte(strings.Repeat("# comment\n", 5)+plain)), 60, "\n"), []rules.Encoding{rules.Base64}},
		{"base64 wrapped and indented", "  data: |\n    " + wrap(b64([]byte(plain)), 20, "\r\n    "), []rules.Encoding{rules.Base64}},
		{"base64 in JSON lines", "\"" + wrap(b64([]byte(plain)), 16, `\n`) + "\"", []rules.Encoding{rules.Base64}},
		{"base64 twice", b64([]byte(b64([]byte(plain)))), []rules.Encoding{rules.Base64, rules.Base64}},
		{"base64 of the value", "data:\n  AGCLOUD_API_KEY: " + b64([]byte(key)), []rules.Encoding{rules.Base64}},
		{"base64 of the value and newline", "data:\n  AGCLOUD_API_KEY: " + b64([]byte(key+"\n")), []rules.Encoding{rules.Base64}},
		{"hex of the file", "blob = \"" + hex.EncodeToString([]byte(plain)) + "\"", []rules.Encoding{rules.Hex}},
		{"hex, upper case", "blob = \"" + strings.ToUpper(hex.EncodeToString([]byte(plain))) + "\"", []rules.Encoding{rules.Hex}},
		{"hex of the value", "AGCLOUD_API_KEY=" + hex.EncodeToString([]byte(key)), []rules.Encoding{rules.Hex}},
		{"hex in base64", b64([]byte(hex.EncodeToString([]byte(plain)))), []rules.Encoding{rules.Base64, rules.Hex}},
		{"base64 in hex", hex.EncodeToString([]byte(b64([]byte(plain)))), []rules.Encoding{rules.Hex, rules.Base64}},
		{"percent", "body=" + url.QueryEscape(plain), nil},
		{"percent, all", "body=" + escape("%%%02X", plain), []rules.Encoding{rules.Percent}},
		{"percent in the value", "AGCLOUD_API_KEY=" + escape("%%%02X", key), []rules.Encoding{rules.Percent}},
		{"\\u, all", "s = \"" + escape(`\u%04x`, plain) + "\"", []rules.Encoding{rules.Escape}},
		{"\\x, all", "s = \"" + escape(`\x%02x`, plain) + "\"", []rules.Encoding{rules.Escape}},
		{"\\u002d in the value", "{\"AGCLOUD_API_KEY\":\"" + strings.Replace(key, "-", `\u002d`, 1) + "\"}", []rules.Encoding{rules.Escape}},
		{"HTML, all", "<p>" + escape("&#%d;", plain) + "</p>", []rules.Encoding{rules.HTML}},
		{"HTML, all hexadecimal", "<p>" + escape("&#x%X;", plain) + "</p>", []rules.Encoding{rules.HTML}},
		{"HTML quotes", "data-x=\"" + html.EscapeString(`{"AGCLOUD_API_KEY":"`+key+`"}`) + "\"", nil},
		{"JSON in JSON", fmt.Sprintf("{\"body\":%q}", `{"AGCLOUD_API_KEY":"`+key+`"}`), nil},
		{"JSON in JSON in JSON", fmt.Sprintf("{\"body\":%q}", fmt.Sprintf("%q", `{"AGCLOUD_API_KEY":"`+key+`"}`)), nil},
		{"pieces, +", `agcloudKey = "` + key[:10] + `" + "` + key[10:30] + `"+"` + key[30:] + `"`, []rules.Encoding{rules.Concat}},
		{"pieces, .", `$agcloudKey = '` + key[:20] + `' . '` + key[20:] + `';`, []rules.Encoding{rules.Concat}},
		{"pieces, adjacent", `agcloud_key = "` + key[:20] + `" "` + key[20:] + `"`, []rules.Encoding{rules.Concat}},
		{"pieces, lines", "agcloudKey := \"" + key[:20] + "\" +\n\t\"" + key[20:] + "\"", []rules.Encoding{rules.Concat}},
		{"pieces, short", `agcloudKey = "sk-" + "` + key[3:] + `"`, []rules.Encoding{rules.Concat}},
		{"quoted Go string", "s := \"" + quoted(plain) + "\"", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := m.Match([]byte(c.text))
			if len(got) != 1 || got[0].Secret.Reveal() != key || got[0].Rule.ID != "agcloud-api-key" || !slices.Equal(got[0].Encodings, c.want) {
				t.Fatalf("want %q %v in\n%s\ngot %s", key, c.want, c.text, describe(got, c.text))
			}
		})
	}
}

func wrap(s string, n int, sep string) string {
	var lines []string
	for len(s) > n {
		lines = append(lines, s[:n])
		s = s[n:]
	}
	return strings.Join(append(lines, s), sep)
}

// TestKnownKeys looks for exact keys in every encoding, and for no more.
func TestKnownKeys(t *testing.T) {
	key := fakekey.Gateway(5)[3:] + "_x"
	m := builtinSet(t, rules.KnownKey{Secret: rules.NewSecret([]byte(key)), Name: "TOKEN", Origin: ".env"}).Matcher()
	b64 := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"plain":              "x" + key + "y",
		"base64":             b64([]byte("a" + key)),
		"base64 wrapped":     wrap(b64([]byte("user:"+key)), 20, "\n"),
		"base64 twice":       b64([]byte(b64([]byte(key)))),
		"hex":                hex.EncodeToString([]byte(key)),
		"percent":            strings.ReplaceAll(key, "_", "%5F"),
		"pieces":             `"` + key[:13] + `" + "` + key[13:] + `"`,
		"escape":             strings.ReplaceAll(key, "_", `\u005f`),
		"pieces and escapes": strings.ReplaceAll(`"`+key[:13]+`" + "`+key[13:]+`"`, "_", `\x5f`),
	} {
		got := m.Match([]byte("some text " + text + " more text"))
		if len(got) != 1 || got[0].Secret.Reveal() != key || got[0].Known == nil || got[0].Known.Origin != ".env" {
			t.Errorf("%s: got %s", name, describe(got, "some text "+text+" more text"))
		}
	}
	if got := m.Match([]byte(key[:len(key)-1] + "-" + key[1:])); len(got) != 0 {
		t.Errorf("a part of a known key is no finding: %s", describe(got, key))
	}
}

// TestNoPanicOnWideCharacters matches in text that is no ASCII and no UTF-8.
func TestNoPanicOnWideCharacters(t *testing.T) {
	m := builtinSet(t).Matcher()
	key := fakekey.Gateway(2)
	for _, text := range []string{"ключ AGCLOUD_API_KEY=" + key + " конец", "\xff\xfeAGCLOUD_API_KEY=" + key + "\xff"} {
		if got := m.Match([]byte(text)); len(got) != 1 {
			t.Errorf("%q: %s", text, describe(got, text))
		}
	}
}
