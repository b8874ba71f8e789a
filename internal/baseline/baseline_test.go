package baseline

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func secretAt(path, key string, line int) *scanner.Finding {
	s := rules.NewSecret([]byte(key))
	return &scanner.Finding{
		Rule: "agcloud-api-key", Category: rules.CategorySecret, Path: path,
		Location: scanner.Location{Line: line, Column: 1},
		Secret:   &scanner.SecretInfo{Redacted: s.Redacted(), Length: s.Len(), Hash: s.Hash(), Secret: s},
	}
}

func hygieneAt(rule, path string) *scanner.Finding {
	return &scanner.Finding{Rule: rule, Category: rules.CategoryHygiene, Path: path}
}

func load(t *testing.T, path string) *Baseline {
	t.Helper()
	b, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func add(t *testing.T, b *Baseline, f *scanner.Finding, reason string) {
	t.Helper()
	if err := b.Add(f, reason); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, b *Baseline, path string) []byte {
	t.Helper()
	if err := b.Write(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	b := load(t, path)
	add(t, b, secretAt("a/app.yml", fakekey.Gateway(1), 3), "rotated,\n see  the runbook")
	add(t, b, secretAt("b.go", fakekey.Gateway(2), 9), "")
	add(t, b, hygieneAt("env-tracked", ".env"), "holds no keys")
	first := write(t, b, path)

	c := load(t, path)
	if again := write(t, c, path); !bytes.Equal(first, again) {
		t.Errorf("written again:\n%s\nwant:\n%s", again, first)
	}
	if !strings.HasPrefix(string(first), header) {
		t.Errorf("no header: %s", first)
	}
	for _, f := range []*scanner.Finding{
		secretAt("a/app.yml", fakekey.Gateway(1), 77), // it moved in the file
		secretAt("b.go", fakekey.Gateway(2), 9),
		hygieneAt("env-tracked", ".env"),
	} {
		if !c.Accept(f) {
			t.Errorf("%s in %s is not accepted", f.Rule, f.Path)
		}
	}
	if !strings.Contains(string(first), " agcloud-api-key rotated, see the runbook\n") {
		t.Errorf("reason is not there: %s", first)
	}
}

func TestNotAccepted(t *testing.T) {
	b := newBaseline()
	add(t, b, secretAt("app.yml", fakekey.Gateway(1), 3), "")
	add(t, b, hygieneAt("env-tracked", ".env"), "")

	otherRule := secretAt("app.yml", fakekey.Gateway(1), 3)
	otherRule.Rule = "generic-gateway-key"
	fromReport := secretAt("app.yml", fakekey.Gateway(1), 3)
	fromReport.Secret.Secret = rules.Secret{}
	noKey := hygieneAt("agcloud-api-key", "app.yml")
	noKey.Category = rules.CategorySecret
	for name, f := range map[string]*scanner.Finding{
		"another key on the line":  secretAt("app.yml", fakekey.Gateway(2), 3),
		"another path":             secretAt("app2.yml", fakekey.Gateway(1), 3),
		"another rule":             otherRule,
		"read from a report":       fromReport,
		"secret without its key":   noKey,
		"another habit":            hygieneAt("env-not-ignored", ".env"),
		"the habit somewhere else": hygieneAt("env-tracked", "web/.env"),
		"a key for the habit":      {Rule: "env-tracked", Category: rules.CategoryHygiene, Path: ".env", Secret: secretAt("", fakekey.Gateway(1), 1).Secret},
	} {
		if b.Accept(f) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAddFails(t *testing.T) {
	b := newBaseline()
	fromReport := secretAt("app.yml", fakekey.Gateway(1), 3)
	fromReport.Secret.Secret = rules.Secret{}
	if err := b.Add(fromReport, ""); err == nil {
		t.Error("a finding without its key was added")
	}
	err := b.Add(secretAt("app.yml", fakekey.Gateway(1), 3), "old key "+fakekey.Gateway(1))
	if err == nil || strings.Contains(err.Error(), fakekey.Gateway(1)) {
		t.Errorf("reason with the key: %v", err)
	}
	if err := b.Add(hygieneAt("no rule", ".env"), ""); err == nil {
		t.Error("a rule id with a space was added")
	}
	if b.Len() != 0 {
		t.Errorf("%d entries", b.Len())
	}
}

// The file must hold nothing of the key, the path or the line.
func TestHoldsNothingOfTheKey(t *testing.T) {
	key := fakekey.Gateway(5)
	b := newBaseline()
	add(t, b, secretAt("deploy/production.yml", key, 4711), "known")
	data := string(b.bytes())
	for i := 0; i+6 <= len(key); i++ {
		part := []byte(key[i : i+6])
		for _, form := range []string{string(part), base64.RawStdEncoding.EncodeToString(part), hex.EncodeToString(part)} {
			if strings.Contains(data, form) {
				t.Errorf("holds %d bytes of the key at %d", len(part), i)
			}
		}
	}
	for _, word := range []string{"deploy", "production"} {
		if strings.Contains(data, word) {
			t.Errorf("holds %q", word)
		}
	}
	if strings.Contains(data, rules.NewSecret([]byte(key)).Hash()[len("hmac-sha256:"):]) {
		t.Error("holds the hash that reports show, without the salt of the repository")
	}
}

// Two branches from one baseline: git's union of their lines accepts both.
func TestMerge(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	b := load(t, path)
	add(t, b, secretAt("common", fakekey.Gateway(1), 1), "")
	write(t, b, path)

	ours, theirs := load(t, path), load(t, path)
	add(t, ours, secretAt("ours", fakekey.Gateway(2), 1), "by us")
	add(t, theirs, secretAt("theirs", fakekey.Gateway(3), 1), "by them")
	add(t, theirs, secretAt("common", fakekey.Gateway(1), 1), "explained")
	checkUnion(t, ours, theirs)
	if got := len(union(t, ours, theirs).salts); got != 1 {
		t.Errorf("%d salts, want 1", got)
	}
}

// Two branches that each made a first baseline, and so have two salts.
func TestMergeTwoSalts(t *testing.T) {
	ours, theirs := newBaseline(), newBaseline()
	for _, b := range []*Baseline{ours, theirs} {
		add(t, b, secretAt("common", fakekey.Gateway(1), 1), "")
	}
	add(t, ours, secretAt("ours", fakekey.Gateway(2), 1), "")
	add(t, theirs, secretAt("theirs", fakekey.Gateway(3), 1), "")
	checkUnion(t, ours, theirs)

	b := union(t, theirs, ours)
	if !b.Accept(secretAt("ours", fakekey.Gateway(2), 1)) {
		t.Error("not accepted")
	}
	if n := b.Prune(all); n != 3 || b.Len() != 1 || len(b.salts) != 1 || b.salts[0] != ours.salts[0] {
		t.Errorf("dropped %d, left %d entries and salts %q", n, b.Len(), b.salts)
	}
}

func union(t *testing.T, x, y *Baseline) *Baseline {
	t.Helper()
	b, err := parse(Name, append(x.bytes(), bytes.ReplaceAll(y.bytes(), []byte("\n"), []byte("\r\n"))...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func checkUnion(t *testing.T, ours, theirs *Baseline) {
	t.Helper()
	b := union(t, ours, theirs)
	for i, path := range []string{"common", "ours", "theirs"} {
		if !b.Accept(secretAt(path, fakekey.Gateway(uint64(i+1)), 5)) {
			t.Errorf("%s is not accepted", path)
		}
	}
	if len(ours.salts) == 1 && ours.salts[0] == theirs.salts[0] {
		if x, y := union(t, ours, theirs).bytes(), union(t, theirs, ours).bytes(); !bytes.Equal(x, y) {
			t.Errorf("the order of the merge matters:\n%s\n%s", x, y)
		}
	}
}

// TestPruneKeeps makes sure that entries of rules that were not looked for stay
// and are still understood.
func TestPruneKeeps(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	b := load(t, path)
	key, check := secretAt("a", fakekey.Gateway(1), 1), hygieneAt("env-in-history", ".env")
	add(t, b, key, "")
	add(t, b, check, "")
	write(t, b, path)
	c := load(t, path)
	if n := c.Prune(func(rule string) bool { return rule == key.Rule }); n != 1 {
		t.Errorf("%d entries were removed", n)
	}
	write(t, c, path)
	if d := load(t, path); d.Len() != 1 || !d.Accept(check) || d.Accept(key) {
		t.Error("the entry of the other rule is lost")
	}
}

// all is for scans with all rules.
func all(string) bool { return true }

func TestUnusedAndPrune(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	b := load(t, path)
	add(t, b, secretAt("stays", fakekey.Gateway(1), 1), "")
	add(t, b, secretAt("went", fakekey.Gateway(2), 1), "was fixed")
	before := write(t, b, path)

	c := load(t, path)
	c.Accept(secretAt("stays", fakekey.Gateway(1), 1))
	unused := c.Unused()
	if len(unused) != 1 || unused[0].Reason != "was fixed" || unused[0].Line < 2 {
		t.Errorf("unused: %+v", unused)
	}
	if n := c.Prune(all); n != 1 || c.Len() != 1 || len(c.Unused()) != 0 {
		t.Errorf("dropped %d, left %d", n, c.Len())
	}
	after := write(t, c, path)
	if head := strings.SplitAfter(string(before), "\n")[0]; !strings.HasPrefix(string(after), head) {
		t.Errorf("the salt changed: %s", after)
	}
	d := load(t, path)
	if d.Accept(secretAt("went", fakekey.Gateway(2), 1)) || !d.Accept(secretAt("stays", fakekey.Gateway(1), 1)) {
		t.Error("pruned the wrong entry")
	}
	if n := load(t, path).Prune(all); n != 1 {
		t.Errorf("an unused baseline dropped %d", n)
	}
}

func TestWriteKeepsModeAndComments(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	b := newBaseline()
	b.comments = []string{"# ask the platform team before you add to this", "#"}
	first := write(t, b, path)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t, path)
	add(t, c, hygieneAt("env-tracked", ".env"), "")
	second := write(t, c, path)
	if !bytes.HasPrefix(second, first) {
		t.Errorf("comments moved or went:\n%s", second)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}

func TestWriteThroughLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "shared"), filepath.Join(dir, Name)
	write(t, newBaseline(), target)
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	b := load(t, link)
	add(t, b, hygieneAt("env-tracked", ".env"), "")
	write(t, b, link)
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	if load(t, target).Len() != 1 {
		t.Error("the target was not written")
	}
}

func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	if err := newBaseline().Write(filepath.Join(dir, "no", "such", Name)); err == nil {
		t.Error("wrote into a directory that does not exist")
	}
	if err := newBaseline().Write(dir); err == nil {
		t.Error("wrote over a directory")
	}
	if _, err := Load(dir); err == nil {
		t.Error("read a directory")
	}
}

func TestSaltsDiffer(t *testing.T) {
	x, y := newBaseline(), newBaseline()
	f := secretAt("a", fakekey.Gateway(1), 1)
	if x.salts[0] == y.salts[0] || digest(x.salts[0], f) == digest(y.salts[0], f) {
		t.Error("two repositories have one salt")
	}
}

// reported returns a finding as a report has it: without its key.
func reported(f *scanner.Finding) *scanner.Finding {
	f.ID = scanner.Fingerprint(f.Rule, f.Path, f.Secret.Secret)
	secret := *f.Secret
	secret.Secret = rules.Secret{}
	f.Secret = &secret
	return f
}

// What was accepted in a report is accepted in scans, and nothing else is.
func TestAddReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	b := load(t, path)
	if err := b.AddReported(reported(secretAt("app.yml", fakekey.Gateway(1), 3)), "a test\nkey"); err != nil {
		t.Fatal(err)
	}
	if err := b.AddReported(hygieneAt("env-tracked", ".env"), "holds no keys"); err != nil {
		t.Fatal(err)
	}
	first := write(t, b, path)
	if !strings.Contains(string(first), " agcloud-api-key a test key\n") {
		t.Errorf("the reason is not there: %s", first)
	}
	b = load(t, path)
	if e, ok := b.Reported(reported(secretAt("app.yml", fakekey.Gateway(1), 9))); !ok || e.Reason != "a test key" {
		t.Errorf("known as %+v, %v", e, ok)
	}
	accepted := secretAt("app.yml", fakekey.Gateway(1), 77)
	accepted.ID = scanner.Fingerprint(accepted.Rule, accepted.Path, accepted.Secret.Secret)
	if !b.Accept(accepted) || !b.Accept(hygieneAt("env-tracked", ".env")) {
		t.Error("not accepted in a scan")
	}
	add(t, b, accepted, "") // knows it, and adds nothing
	if again := write(t, b, path); !bytes.Equal(first, again) {
		t.Errorf("written again:\n%s\nwant:\n%s", again, first)
	}
	otherRule := secretAt("app.yml", fakekey.Gateway(1), 3)
	otherRule.Rule = "generic-gateway-key"
	for name, f := range map[string]*scanner.Finding{
		"another key":  secretAt("app.yml", fakekey.Gateway(2), 3),
		"another path": secretAt("app2.yml", fakekey.Gateway(1), 3),
		"another rule": otherRule,
	} {
		f.ID = scanner.Fingerprint(f.Rule, f.Path, f.Secret.Secret)
		if b.Accept(f) {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A key that moved is looked for at the path that it had.
func TestReportedAtOldPath(t *testing.T) {
	b := newBaseline()
	if err := b.AddReported(reported(secretAt("old.yml", fakekey.Gateway(1), 3)), "legacy"); err != nil {
		t.Fatal(err)
	}
	f := secretAt("new.yml", fakekey.Gateway(1), 3)
	f.ID = scanner.Fingerprint(f.Rule, f.Path, f.Secret.Secret)
	if b.Accept(f) {
		t.Error("accepted at the new path")
	}
	if f.Path = "old.yml"; !b.Accept(f) {
		t.Error("not accepted at the old path")
	}
}

// An entry beside one by the key is used, too.
func TestReportedBesideKey(t *testing.T) {
	b := newBaseline()
	f := secretAt("app.yml", fakekey.Gateway(1), 3)
	add(t, b, f, "")
	if err := b.AddReported(reported(secretAt("app.yml", fakekey.Gateway(1), 3)), "legacy"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), Name)
	write(t, b, path)
	b = load(t, path)
	f.ID = scanner.Fingerprint(f.Rule, f.Path, f.Secret.Secret)
	if !b.Accept(f) || len(b.Unused()) != 0 || b.Len() != 2 {
		t.Errorf("%d entries, unused: %v", b.Len(), b.Unused())
	}
}

func TestAddReportedFails(t *testing.T) {
	b := newBaseline()
	for _, id := range []string{"", "x", "\x00", strings.Repeat("g", digestDigits)} {
		f := reported(secretAt("app.yml", fakekey.Gateway(1), 3))
		f.ID = id
		if err := b.AddReported(f, ""); err == nil {
			t.Errorf("a finding with the id %q was added", id)
		}
	}
	f := reported(secretAt("app.yml", fakekey.Gateway(1), 3))
	if f.Rule = "no rule"; b.AddReported(f, "") == nil || b.Len() != 0 {
		t.Error("a rule id with a space was added")
	}
}
