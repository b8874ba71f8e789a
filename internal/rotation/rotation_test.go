package rotation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// finding returns a finding of a key.
func finding(rule, key, path string, line int, name string) *scanner.Finding {
	s := rules.NewSecret([]byte(key))
	return &scanner.Finding{
		Rule: rule, Category: rules.CategorySecret, Severity: rules.Critical, Source: "worktree", Path: path, Name: name,
		Location: scanner.Location{Line: line, Column: 1},
		Secret:   &scanner.SecretInfo{Redacted: s.Redacted(), Hash: s.Hash(), Length: s.Len(), Secret: s},
	}
}

// lookUp looks up built-in rules.
func lookUp(t *testing.T) func(string) *rules.Rule {
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return func(id string) *rules.Rule {
		i := slices.IndexFunc(list, func(r *rules.Rule) bool { return r.ID == id })
		if i < 0 {
			return nil
		}
		return list[i]
	}
}

// treeOf returns a tree of files.
func treeOf(files map[string]string, env ...string) Tree {
	t := Tree{Env: env, Read: func(name string) []byte { return []byte(files[name]) }}
	for name := range files {
		if !slices.Contains(env, name) {
			t.Files = append(t.Files, name)
		}
	}
	slices.Sort(t.Files)
	return t
}

// listing renders places, one a line.
func listing(places []scanner.RotationPlace) string {
	var b strings.Builder
	for _, p := range places {
		fmt.Fprintf(&b, "%s %s:%d %s", p.Kind, p.Path, p.Line, p.Name)
		if p.Holds {
			b.WriteString(" holds")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestPlaces(t *testing.T) {
	key := fakekey.Gateway(1)
	files := map[string]string{
		".github/workflows/ci.yml":    "env:\n  AGCLOUD_API_KEY: ${{ secrets.PROD_KEY }}\n  X: ${{ secrets.AGCLOUD_API_KEY }}\n",
		".gitlab-ci.yml":              "script:\n  - run --key $AGCLOUD_API_KEY\n",
		"compose.yaml":                "environment:\n  - AGCLOUD_API_KEY\n",
		"chart/Chart.yaml":            "name: x\n",
		"chart/values.yaml":           "agcloudApiKey: \"\"\n",
		"chart/templates/secret.yaml": "apiVersion: v1\nkind: Secret\nstringData:\n  agcloud-api-key: {{ .Values.agcloudApiKey }}\n",
		"k8s/deploy.yaml":             "apiVersion: apps/v1\nkind: Deployment\nenv:\n- name: AGCLOUD_API_KEY\n",
		"infra/main.tf":               "variable \"agcloud_api_key\" {}\n",
		"infra/prod.tfvars":           "agcloud_api_key = \"" + key + "\"\n",
		"Dockerfile":                  "ENV AGCLOUD_API_KEY=\n",
		"fly.toml":                    "[env]\nAGCLOUD_API_KEY = ''\n",
		"docs/notes.yaml":             "text: AGCLOUD_API_KEY\n", // deploys nothing
		"main.go":                     "os.Getenv(\"AGCLOUD_API_KEY\")\n",
		".env":                        "PORT=1\nexport AGCLOUD_API_KEY='" + key + "'\nOTHER_API_KEY=x\n",
		".env.production":             "AGCLOUD_API_KEY=another\n",
	}
	var c Collector
	c.Add(finding("agcloud-api-key", key, "infra/prod.tfvars", 1, "agcloud_api_key"))
	c.Add(finding("known-key", key, "infra/prod.tfvars", 1, ""))
	c.Add(finding("agcloud-api-key", key, "old/gone.py", 7, ""))
	plans := c.Plans(treeOf(files, ".env", ".env.production"), lookUp(t))
	if len(plans) != 1 {
		t.Fatalf("%d plans for one key", len(plans))
	}
	want := `env .env:2 AGCLOUD_API_KEY holds
github-actions .github/workflows/ci.yml:2 PROD_KEY
github-actions .github/workflows/ci.yml:3 AGCLOUD_API_KEY
ci .gitlab-ci.yml:2 AGCLOUD_API_KEY
image Dockerfile:1 AGCLOUD_API_KEY
helm chart/templates/secret.yaml:4 agcloud-api-key
helm chart/values.yaml:1 agcloudApiKey
compose compose.yaml:2 AGCLOUD_API_KEY
platform fly.toml:2 AGCLOUD_API_KEY
terraform infra/main.tf:1 agcloud_api_key
terraform infra/prod.tfvars:1  holds
kubernetes k8s/deploy.yaml:4 AGCLOUD_API_KEY
file old/gone.py:7  holds
`
	if d := cmp.Diff(want, listing(plans[0].Places)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"AGCLOUD_API_KEY"}, plans[0].Names); d != "" {
		t.Error(d)
	}
	out, err := json.Marshal(plans)
	if err != nil || strings.Contains(string(out), key[12:36]) {
		t.Errorf("the plan holds the key, or an error: %v", err)
	}
}

func TestSteps(t *testing.T) {
	npm := "npm_" + fakekey.Alnum(1, 36)
	for _, c := range []struct {
		name, rule, key, variable string
		want                      []string // one for each step
	}{
		{"AGCloud", "agcloud-api-key", fakekey.Gateway(1), "", []string{"Dashboard, API Keys, Generate New Key", "Put it", "Check", "Dashboard, API Keys, find " + rules.NewSecret([]byte(fakekey.Gateway(1))).Redacted() + ", Revoke", "keylint verify -"}},
		{"a known key with a telling name", "known-key", fakekey.Gateway(1), "AGCLOUD_API_KEY", []string{"Dashboard", "Put it", "Check", "Dashboard", "keylint verify -"}},
		{"another provider", "npm-access-token", npm, "", []string{"console of npm (https://", "Put it", "Check", ", in the same place", "keylint verify -"}},
		{"nobody knows", "my-rule", "x" + npm, "", []string{"the service that issued it.", "Put it", "Check", "in the same place", "cannot ask this service"}},
	} {
		var col Collector
		col.Add(finding(c.rule, c.key, "a", 1, c.variable))
		p := col.Plans(Tree{}, lookUp(t))[0]
		actions := []string{scanner.RotateGenerate, scanner.RotateUpdate, scanner.RotateCheck, scanner.RotateRevoke, scanner.RotateConfirm}
		if len(p.Steps) != len(actions) {
			t.Fatalf("%s: %d steps", c.name, len(p.Steps))
		}
		for i, s := range p.Steps {
			if s.Action != actions[i] || !strings.Contains(s.Text, c.want[i]) {
				t.Errorf("%s: step %d is %s: %s; want %q in it", c.name, i+1, s.Action, s.Text, c.want[i])
			}
		}
	}
}

// TestLeaks makes sure of what gets a plan, and in which order.
// TestGenericSteps plans for secrets whose issuer nobody knows: what is masked whole is
// not named, and a password is set, not issued.
func TestGenericSteps(t *testing.T) {
	for _, c := range []struct {
		rule, name string
		length     int
		want       []string
	}{
		{"generic-password", "DB_PASSWORD", 12, []string{"Set a new password", "the new password", "opens nothing else"}},
		{"generic-token", "ACME_TOKEN", 40, []string{"Generate a new token", "the new token", "Revoke the old one, "}},
		{"generic-credential", "ACME_AUTH", 12, []string{"Generate a new credential", "the new credential", "Revoke the old one, in the same place"}},
	} {
		var col Collector
		col.Add(finding(c.rule, fakekey.Alnum(1, c.length), "a.env", 1, c.name))
		var texts []string
		for _, s := range col.Plans(Tree{}, lookUp(t))[0].Steps {
			texts = append(texts, s.Text)
		}
		all := strings.Join(texts, "\n")
		for _, w := range c.want {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %q is not in\n%s", c.rule, w, all)
			}
		}
		if strings.Contains(all, ", "+rules.Hidden+",") {
			t.Errorf("%s: a key that is masked whole is named:\n%s", c.rule, all)
		}
	}
}

func TestLeaks(t *testing.T) {
	a, b, dead, test := finding("r", "key-a", "a", 1, ""), finding("r", "key-b", "b", 1, ""), finding("r", "key-dead", "c", 1, ""), finding("r", "key-test", "d", 1, "")
	a.Severity, test.Severity = rules.High, rules.Low
	dead.Verify = &scanner.Verification{Status: scanner.StatusDead}
	b.Verify = &scanner.Verification{Status: scanner.StatusLive}
	check := finding("env-tracked", "key-e", "e", 1, "")
	check.Category = rules.CategoryHygiene
	gone := finding("r", "key-a", "gone", 1, "")
	gone.Severity = rules.High
	no := false
	gone.AtHead = &no
	all := []*scanner.Finding{a, b, dead, test, check, gone}
	var c Collector
	for _, f := range all {
		c.Add(f)
	}
	plans := c.Plans(Tree{}, func(string) *rules.Rule { return nil })
	var got []string
	for _, p := range plans {
		got = append(got, p.Key.Hash)
	}
	if d := cmp.Diff([]string{b.Secret.Hash, a.Secret.Hash}, got); d != "" {
		t.Errorf("plans: %s", d)
	}
	if d := cmp.Diff("file a:1  holds\n", listing(plans[1].Places)); d != "" {
		t.Errorf("a key is listed where it is no more: %s", d)
	}
	b.Verify.Status = scanner.StatusDead
	if kept := Keep(plans, all); len(kept) != 1 || kept[0].Key.Hash != a.Secret.Hash {
		t.Errorf("kept %v", kept)
	}
	c.Renew(nil)
	if plans = c.Plans(Tree{}, func(string) *rules.Rule { return nil }); len(plans) != 2 || len(plans[1].Places) != 0 {
		t.Errorf("after renewal: %v", plans)
	}
}

// TestManyPlaces makes sure that a plan stays readable.
func TestManyPlaces(t *testing.T) {
	var c Collector
	for i := range 250 {
		c.Add(finding("r", "key", fmt.Sprintf("f%03d", i), 1, ""))
	}
	p := c.Plans(Tree{}, func(string) *rules.Rule { return nil })[0]
	if len(p.Places) != maxPlaces || p.PlacesLeftOut != 250-maxPlaces {
		t.Errorf("%d places, %d left out", len(p.Places), p.PlacesLeftOut)
	}
}

// TestHistoryLines makes sure that the lines of a history's findings are those
// of the files as they are.
func TestHistoryLines(t *testing.T) {
	f := finding("agcloud-api-key", fakekey.Gateway(1), "a.py", 1, "")
	yes := true
	f.Source, f.AtHead = "history", &yes
	var c Collector
	c.Add(f)
	p := c.Plans(treeOf(map[string]string{"a.py": "x\ny\nk = '" + fakekey.Gateway(1) + "'\n"}), lookUp(t))[0]
	if d := cmp.Diff("file a.py:3  holds\n", listing(p.Places)); d != "" {
		t.Error(d)
	}
}

// TestBlocks lists a key whose finding has several lines, as that of a PEM block has,
// by its first line only.
func TestBlocks(t *testing.T) {
	key := fakekey.Gateway(1)
	f := finding("agcloud-key", key, "key.txt", 1, "")
	f.EndLine = 2
	var c Collector
	c.Add(f)
	plans := c.Plans(treeOf(map[string]string{"key.txt": "BEGIN\n" + key + "\n" + key + "\n"}), lookUp(t))
	want := "file key.txt:1  holds\nfile key.txt:3  holds\n"
	if len(plans) != 1 || listing(plans[0].Places) != want {
		t.Errorf("%d plans, the places are\n%swant\n%s", len(plans), listing(plans[0].Places), want)
	}
}
