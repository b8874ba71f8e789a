package hygiene

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A recorder is a handler that keeps what it is given.
type recorder struct {
	findings []*scanner.Finding
	problems []scanner.Problem
	fail     error
}

func (r *recorder) Finding(f *scanner.Finding) error {
	r.findings = append(r.findings, f)
	return r.fail
}

func (r *recorder) Problem(p scanner.Problem) error {
	r.problems = append(r.problems, p)
	return nil
}

func (r *recorder) Notice(scanner.Notice) error { return nil }

// write makes files in a new directory and returns it, without symbolic links.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// builtin returns the built-in rules.
func builtin(t *testing.T) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// gitIn runs git in a directory.
func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// run runs one check on the files.
func run(t *testing.T, f *Facts, check string) []*scanner.Finding {
	t.Helper()
	var r recorder
	if err := Run(context.Background(), f, Options{Checks: []string{check}}, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.problems) > 0 {
		t.Fatalf("problems: %v", r.problems)
	}
	return r.findings
}

// TestChecksAreDocumented holds every check to what users are told of it.
func TestChecksAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		if c.ID == "" || seen[c.ID] || strings.Trim(c.ID, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q is no id of its own", c.ID)
		}
		seen[c.ID] = true
		for what, text := range map[string]string{"Title": c.Title, "Why": c.Why, "Help": c.Help, "Silent": c.Silent} {
			if text == "" || what != "Title" && !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is not a text: %q", c.ID, what, text)
			}
		}
		if len(c.Why) > 1024 {
			t.Errorf("%s: Why has %d bytes; services cut it at 1024", c.ID, len(c.Why))
		}
		if c.run == nil && c.ID != EnvInHistory || c.Severity == rules.Info {
			t.Errorf("%s does nothing", c.ID)
		}
	}
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if seen[r.ID] {
			t.Errorf("%s is a rule and a check", r.ID)
		}
	}
}

// TestFixes applies the edits of fixes, and asks git whether it agrees.
func TestFixes(t *testing.T) {
	key := "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n"
	for name, c := range map[string]struct {
		files  map[string]string
		env    string
		stage  bool
		at     string // the file that the edit is in
		change string // what it adds
	}{
		"no ignore file":       {map[string]string{}, "a/.env", false, ".gitignore", ".env\n"},
		"in the root":          {map[string]string{".gitignore": "x\n"}, "a/.env", false, ".gitignore", ".env\n"},
		"no final newline":     {map[string]string{".gitignore": "x"}, ".env", false, ".gitignore", "\n.env\n"},
		"CRLF":                 {map[string]string{".gitignore": "x\r\ny\r\n"}, ".env", false, ".gitignore", ".env\r\n"},
		"nearest":              {map[string]string{".gitignore": "x\n", "a/.gitignore": "y\n"}, "a/b/.env", false, "a/.gitignore", ".env\n"},
		"taken back":           {map[string]string{".gitignore": ".env\n!.env\n"}, ".env", false, ".gitignore", ".env\n"},
		"taken back deeper":    {map[string]string{".gitignore": ".env\n", "a/.gitignore": "!.env\n"}, "a/.env", false, "a/.gitignore", ".env\n"},
		"characters of globs":  {map[string]string{}, ".env.[a]*", false, ".gitignore", `.env.\[a]\*` + "\n"},
		"tracked":              {map[string]string{".gitignore": "x\n"}, "a/.env", true, ".gitignore", ".env\n"},
		"tracked, ignored too": {map[string]string{".gitignore": ".env\n"}, "a/.env", true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.Contains(c.env, "*") {
				t.Skip("no such names")
			}
			c.files[c.env] = key
			dir := write(t, c.files)
			gitIn(t, dir, "init", "-q")
			check := "env-not-ignored"
			if c.stage {
				gitIn(t, dir, "add", "-f", c.env)
				check = "env-tracked"
			}
			found := run(t, &Facts{Root: dir, Files: []string{c.env}}, check)
			if len(found) != 1 || found[0].Fix == nil {
				t.Fatalf("got %+v, want one finding with a fix", found)
			}
			fix := found[0].Fix
			if c.at == "" {
				if len(fix.Edits) > 0 || !strings.Contains(fix.Description, "git rm --cached") {
					t.Fatalf("fix %+v", fix)
				}
				return
			}
			e := fix.Edits[0]
			if e.Path != c.at || e.New != c.change {
				t.Fatalf("edit %+v, want %q in %s", e, c.change, c.at)
			}
			path := filepath.Join(dir, filepath.FromSlash(e.Path))
			old, _ := os.ReadFile(path)
			if err := os.WriteFile(path, slices.Concat(old[:e.Start], []byte(e.New), old[e.End:]), 0o644); err != nil {
				t.Fatal(err)
			}
			gitIn(t, dir, "check-ignore", "--no-index", "-q", "--", c.env)
		})
	}
}

// TestStanding looks at files in all states.
func TestStanding(t *testing.T) {
	dir := write(t, map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", ".gitignore": "d\n"})
	gitIn(t, dir, "init", "-q")
	gitIn(t, dir, "add", "b")
	states := func() string {
		f := &Facts{Root: dir}
		f.prepare()
		var out []string
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			s, _ := f.standing(name)
			out = append(out, fmt.Sprint(int(s)))
			if s.String() == "" {
				t.Errorf("%d has no words", s)
			}
		}
		return strings.Join(out, " ")
	}
	if got := states(); got != numbers(addable, staged, addable, ignored, addable) {
		t.Errorf("without a commit: %s", got)
	}
	gitIn(t, dir, "commit", "-qm", "b")
	gitIn(t, dir, "add", "c")
	gitIn(t, dir, "add", "-N", "e")
	if got := states(); got != numbers(addable, committed, staged, ignored, intended) {
		t.Errorf("with a commit: %s", got)
	}
}

func numbers(list ...standing) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprint(int(s)))
	}
	return strings.Join(out, " ")
}

// TestUnknownHead holds messages to what is known when go-git cannot read the
// last commit.
func TestUnknownHead(t *testing.T) {
	dir := write(t, map[string]string{".env": "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n"})
	gitIn(t, dir, "init", "-q", "--object-format=sha256")
	gitIn(t, dir, "add", ".env")
	gitIn(t, dir, "commit", "-qm", "x")
	found := run(t, &Facts{Root: dir, Files: []string{".env"}}, "env-tracked")
	if len(found) != 1 || !strings.HasPrefix(found[0].Message, "git tracks it; ") {
		t.Errorf("got %v", found)
	}
}

// TestPermissions needs directories that others can enter, which temporary ones
// are not.
func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permissions of this kind")
	}
	dir := write(t, map[string]string{"d/.env": "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n", "d/.env.local": "PORT=1\n"})
	facts := func() *Facts { return &Facts{Root: dir, Files: []string{"d/.env", "d/.env.local"}} }
	for at := dir; filepath.Dir(at) != filepath.Dir(os.TempDir()) && filepath.Dir(at) != at; at = filepath.Dir(at) {
		if os.Chmod(at, 0o755) != nil {
			break
		}
		if filepath.Dir(at) == os.TempDir() {
			break
		}
	}
	for _, c := range []struct {
		file, dir os.FileMode
		want      string
	}{
		{0o644, 0o755, "group and others may read this file (mode 0644)"},
		{0o640, 0o755, "the group may read this file (mode 0640)"},
		{0o604, 0o755, "others may read this file (mode 0604)"},
		{0o600, 0o755, ""},
		{0o644, 0o700, ""},
		{0o640, 0o701, ""},
	} {
		if err := errors.Join(os.Chmod(filepath.Join(dir, "d/.env"), c.file), os.Chmod(filepath.Join(dir, "d"), c.dir)); err != nil {
			t.Fatal(err)
		}
		f := facts()
		f.prepare()
		if c.want != "" && !f.reachable("x", 0o644) {
			t.Skip("the temporary directory lies in one that others cannot enter")
		}
		found := run(t, f, "env-permissions")
		got := ""
		if len(found) > 0 {
			got, _, _ = strings.Cut(found[0].Message, ";")
		}
		if got != c.want || len(found) > 1 || len(found) == 1 && found[0].Severity != rules.Low {
			t.Errorf("file %o, directory %o: got %q, want %q", c.file, c.dir, got, c.want)
		}
	}
}

func TestContextCopies(t *testing.T) {
	for text, want := range map[string]int{
		"FROM a\nCOPY . .\n":                                     1,
		"FROM a\ncopy ./ /app\n":                                 1,
		"FROM a\nADD . /app\nCOPY x y\n":                         1,
		"FROM a\nCOPY --chown=u:g . /app\n":                      1,
		"FROM a\nCOPY [\".\", \"/app\"]\n":                       1,
		"FROM a\nCOPY package.json \\\n  . /app/\n":              1,
		"FROM a\nCOPY package.json .\n":                          0,
		"FROM a\nCOPY src/ .\n":                                  0,
		"FROM a AS b\nFROM c\nCOPY --from=b . .\n":               0,
		"FROM a AS b\nCOPY . .\nFROM c\nCOPY --from=b /out .":    0,
		"FROM a AS b\nCOPY . .\nFROM B\nRUN x":                   1,
		"FROM --platform=x a AS b\nCOPY . .\nFROM b AS c\nRUN x": 1,
		"# COPY . .\nFROM a\n":                                   0,
		"COPY . .\n":                                             0,
	} {
		if got := contextCopies(instructions([]byte(text))); len(got) != want {
			t.Errorf("%q: got %v, want %d", text, got, want)
		}
	}
}

func TestDockerignore(t *testing.T) {
	for _, c := range []struct {
		rules, path string
		want        bool
	}{
		{".env", ".env", true},
		{".env", "a/.env", false},
		{"/.env", ".env", true},
		{"**/.env", "a/b/.env", true},
		{"**/.env", ".env", true},
		{"*/.env", "a/.env", true},
		{"*/.env", "a/b/.env", false},
		{".env*", ".env.local", true},
		{"*", "a/.env", true},
		{"**", "a/.env", true},
		{"*\n!src", "src/.env", false},
		{"*\n!src\nsrc/.env", "src/.env", true},
		{"a/", "a/.env", true},
		{"# .env", ".env", false},
		{".en?", ".env", true},
		{".en[uv]", ".env", true},
		{"./.env", ".env", true},
		{"", ".env", false},
		{"xenv", ".env", false},
	} {
		if got := parseDockerignore([]byte(c.rules)).excludes(c.path); got != c.want {
			t.Errorf("%q, %s: got %v", c.rules, c.path, got)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		".env": "", ".env.production": "production", ".env.dev": "development", ".env.local": "development", "overlays/prod/x.yaml": "production",
		"values-staging.yaml": "staging", "docker-compose.prod.yml": "production", "production-notes/x.yaml": "", "src/device.yaml": "", "envs/live/a.tfvars": "production",
	} {
		if got := environment(name); got != want {
			t.Errorf("environment(%s) = %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		".env.example": ".env", "a/.env.sample": "a/.env", ".env.local.example": ".env.local", "example.env": ".env", "env.example": ".env", ".env.dist": ".env", "prod.env.example": "",
	} {
		if got := templateFor(name); got != want {
			t.Errorf("templateFor(%s) = %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]bool{
		".env": false, "app/.env": false, "tests/app/.env": true, "packages/create-bot/template/.env": true, "my-examples/.env": true, "contest/.env": false,
	} {
		if got := isFixture(name); got != want {
			t.Errorf("isFixture(%s) = %v", name, got)
		}
	}
	for name, want := range map[string]bool{
		"VITE_FIREBASE_API_KEY": true, "NEXT_PUBLIC_AGCLOUD_API_KEY": false, "REACT_APP_STRIPE_PUBLISHABLE_KEY": true, "PUBLIC_TOKEN": false, "VITE_SUPABASE_ANON_KEY": true,
	} {
		if got := isPublicName(name); got != want {
			t.Errorf("isPublicName(%s) = %v", name, got)
		}
	}
	for host, want := range map[string]bool{"aiandgpu.com": false, "localhost:8080": true, "10.0.0.3": true, "gw.internal": true, "proxy": true, "8.8.8.8": false} {
		if got := isLocal(host); got != want {
			t.Errorf("isLocal(%s) = %v", host, got)
		}
	}
}

// TestPublicNamesInBundles looks at names of client variables without a
// finding of the scan.
func TestPublicNamesInBundles(t *testing.T) {
	dir := write(t, map[string]string{".env": strings.Join([]string{
		"VITE_API_SECRET=" + fakekey.Alnum(1, 32), "VITE_FIREBASE_API_KEY=" + fakekey.Alnum(2, 39), "VITE_API_KEY=" + fakekey.Alnum(3, 32), "API_SECRET=" + fakekey.Alnum(4, 32), "VITE_SECRET_MODE=on",
	}, "\n")})
	found := run(t, &Facts{Root: dir, Files: []string{".env"}}, "key-in-client-bundle")
	if len(found) != 1 || found[0].Name != "VITE_API_SECRET" {
		t.Errorf("got %v", found)
	}
}

// TestMinorKeys leaves out the keys of test modes, and in fixtures what no rule
// knows.
func TestMinorKeys(t *testing.T) {
	key := fakekey.Alnum(1, 32)
	line := "STRIPE_SECRET_KEY=" + key + "\n"
	dir := write(t, map[string]string{".env.example": line, "tests/app/.env": line, "tests/real/.env": line, "app/.env": line})
	gitIn(t, dir, "init", "-q")
	gitIn(t, dir, "add", ".")
	at := func(path string, s rules.Severity) *scanner.Finding {
		return &scanner.Finding{Path: path, Category: rules.CategorySecret, Severity: s, Secret: &scanner.SecretInfo{Secret: rules.NewSecret([]byte(key))}, Location: scanner.Location{Line: 1, Column: 19}}
	}
	files := []string{".env.example", "app/.env", "tests/app/.env", "tests/real/.env"}
	facts := &Facts{Root: dir, Files: files, Keys: []*scanner.Finding{at(".env.example", rules.Low), at("tests/real/.env", rules.High)}}
	if found := run(t, facts, "env-example-key"); len(found) != 0 {
		t.Errorf("got %v", found[0])
	}
	var paths []string
	for _, f := range run(t, facts, "env-tracked") {
		paths = append(paths, f.Path)
	}
	if !slices.Equal(paths, []string{"app/.env", "tests/real/.env"}) {
		t.Errorf("got %v", paths)
	}
}

// TestPlainHTTP looks at where the address stands.
func TestPlainHTTP(t *testing.T) {
	const call = "get(\"http://gate.example/v1\")\n"
	files := map[string]string{
		"a.py": call, "tests/a.py": call, "a_test.go": call, "src/client.spec.ts": call, "test_a.py": call, "latest.py": call,
		"README.md": "Do not call http://gate.example.\n", "use.md": "    curl http://gate.example/v1\n", "https.py": "https://gate.example",
		"long.py": "http://gate.example.org http://gate.example-b.org http://ygate.example", "end.sh": "URL=http://api.gate.example",
	}
	dir := write(t, files)
	f := &Facts{Root: dir, Hosts: []string{"gate.example", "localhost:80"}}
	for name := range files {
		f.Files = append(f.Files, name)
	}
	slices.Sort(f.Files)
	f.Mentions = f.Files
	var got []string
	for _, found := range run(t, f, "plain-http") {
		got = append(got, found.Path)
	}
	if want := []string{"a.py", "end.sh", "latest.py", "use.md"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestMask makes sure that a key in a name is not shown.
func TestMask(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("git is not needed there to know this")
	}
	set := builtin(t)
	key := fakekey.Gateway(9)
	name := "AGCLOUD_API_KEY=" + key + "/.env"
	dir := write(t, map[string]string{name: "AGCLOUD_API_KEY=" + key + "\n"})
	gitIn(t, dir, "init", "-q")
	found := run(t, &Facts{Root: dir, Files: []string{name}, Rules: set}, "env-not-ignored")
	if len(found) != 1 {
		t.Fatalf("got %v", found)
	}
	if text := fmt.Sprintf("%+v %+v", *found[0], found[0].Fix); strings.Contains(text, key) {
		t.Error("the finding holds the key")
	}
}

// TestRunEnds makes sure that Run stops when its handler or context does.
func TestRunEnds(t *testing.T) {
	dir := write(t, map[string]string{".env": "X=1\n"})
	gitIn(t, dir, "init", "-q")
	failed := errors.New("full")
	if err := Run(context.Background(), &Facts{Root: dir, Files: []string{".env"}}, Options{Checks: IDs()}, &recorder{fail: failed}); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Run(ctx, &Facts{Root: dir}, Options{Checks: IDs()}, &recorder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A list is a source of texts.
type list map[string]string

func (l list) Walk(_ context.Context, v scanner.Visitor) error {
	for name, text := range l {
		b := scanner.Blob{Path: name, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(iotest.OneByteReader(bytes.NewReader([]byte(text)))), nil
		}}
		if err := v.Blob(b); err != nil {
			return err
		}
	}
	return nil
}

// reading is a visitor that reads all blobs.
type reading struct{ scanner.Visitor }

func (reading) Blob(b scanner.Blob) error {
	rc, err := b.Open()
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, rc)
	return errors.Join(err, rc.Close())
}

// TestWatch looks for texts that come in pieces.
func TestWatch(t *testing.T) {
	w := NewWatch(list{"a": "see gate.example here", "b": "gate.exampl", "c": "gate.gate.example", "d": "x.y"}, []string{"gate.example", "x.y", ""})
	for range 2 {
		if err := w.Walk(context.Background(), reading{}); err != nil {
			t.Fatal(err)
		}
		if got := w.Seen(); !slices.Equal(got, []string{"a", "c", "d"}) || len(w.Files()) != 4 {
			t.Errorf("seen %v in %v", got, w.Files())
		}
	}
}
