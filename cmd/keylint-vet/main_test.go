package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// key is the key that the tests plant.
var key = fakekey.Gateway(1)

// tool builds keylint-vet and returns its path.
func tool(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program and runs go vet")
	}
	bin := filepath.Join(t.TempDir(), "keylint-vet.exe")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// module writes a module with the given files, by path, and returns its
// directory.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.test/m\n\ngo 1.24\n"
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs a command in dir and returns what it prints and its exit code. No
// output may hold the key.
func run(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if strings.Contains(string(out), key) || strings.Contains(string(out), key[10:30]) {
		t.Errorf("%s shows the key", strings.Join(args[1:], " "))
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// planted is a module with a key in a package below its root, one in a file that
// the build leaves out, and one that comes from another package.
func planted(t *testing.T) string {
	return module(t, map[string]string{
		"config/config.go": "package config\n\nimport \"os\"\n\nconst first = \"" + key + "\"\n\nfunc Key() string {\n\tif k := os.Getenv(\"AGCLOUD_API_KEY\"); k != \"\" {\n\t\treturn k\n\t}\n\treturn first\n}\n",
		"main.go":          "package main\n\nimport (\n\t\"log\"\n\n\t\"example.test/m/config\"\n)\n\nfunc main() {\n\tlog.Print(config.Key())\n}\n",
		"other_plan9.go":   "package main\n\nvar other = \"" + key + "\"\n",
	})
}

// expected are what the analyzers find in the planted module.
var expected = []string{
	`config.go:5:15: key of gateway shape in a file about AGCloud sk-\S+ is in the code`,
	`main.go:10:2: a key is given to log.Print`,
	`other_plan9.go:3:14: key of an API gateway sk-\S+ is in the code`,
}

func TestWaysToRun(t *testing.T) {
	bin := tool(t)
	dir := planted(t)
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{bin, "./..."}, 3},
		{[]string{"go", "vet", "-vettool=" + bin, "./..."}, 1},
		{[]string{"go", "vet", "-vettool=" + bin, "./..."}, 1}, // from the cache
		{[]string{bin, "-json", "./..."}, 0},
		{[]string{bin, "-c=2", "./..."}, 3},
	} {
		out, code := run(t, dir, c.args...)
		if code != c.code {
			t.Errorf("%v: exit code %d, want %d", c.args[1:], code, c.code)
		}
		for _, want := range expected {
			if c.args[1] == "-json" {
				want = want[strings.Index(want, ": ")+2:]
			}
			if n := len(regexp.MustCompile(want).FindAllString(out, -1)); n != 1 {
				t.Errorf("%v: %q found %d times, want once in:\n%s", c.args[1:], want, n, out)
			}
		}
	}
	if out, code := run(t, dir, "go", "vet", "-vettool="+bin, "-fix", "-diff", "./..."); code == 0 || !strings.Contains(out, "would show the keys") {
		t.Errorf("go vet -fix -diff ended with %d:\n%s", code, out)
	}
}

// TestFix applies all fixes to a module, builds it and looks again.
func TestFix(t *testing.T) {
	bin := tool(t)
	dir := module(t, map[string]string{
		"a/a.go": "package a\n\nconst key = \"" + key + "\"\n\nfunc Key() string { return \"Bearer \" + key }\n",
		"b/b.go": "package b\n\nimport (\n\t\"cmp\"\n\t\"os\"\n)\n\nfunc Key() string { return cmp.Or(os.Getenv(\"AGCLOUD_API_KEY\"), \"" + key + "\") }\n",
		"c/c.go": "package c\n\nimport \"os\"\n\nfunc Set() error {\n\treturn nil\n}\n\nfunc init() {\n\tos.Setenv(\"AGCLOUD_API_KEY\", \"" + key + "\")\n}\n",
		"d/d.go": "package d\n\nimport (\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc Request() *http.Request {\n\treq, err := http.NewRequest(\"POST\", \"http://aiandgpu.com/v1/messages\", nil)\n\tif err != nil {\n\t\treturn nil\n\t}\n\treq.Header.Set(\"Authorization\", os.Getenv(\"AGCLOUD_API_KEY\"))\n\treq.Header.Add(\"Authorization\", \"" + key + "\")\n\treturn req\n}\n",
	})
	diff, code := run(t, dir, bin, "-fix", "-diff", "./...")
	if !strings.Contains(diff, `+var key = os.Getenv("AGCLOUD_API_KEY")`) || code != 0 {
		t.Errorf("-fix -diff ended with %d:\n%s", code, diff)
	}
	if out, code := run(t, dir, bin, "-fix", "./..."); code != 0 {
		t.Errorf("-fix ended with %d:\n%s", code, out)
	}
	if out, code := run(t, dir, "go", "build", "./..."); code != 0 {
		t.Errorf("what -fix made does not build:\n%s", out)
	}
	if out, code := run(t, dir, bin, "./..."); code != 0 {
		t.Errorf("a second run still finds:\n%s", out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "d", "d.go"))
	if err != nil || strings.Count(string(text), `"Bearer "+os.Getenv("AGCLOUD_API_KEY")`) != 2 {
		t.Errorf("d.go: %v\n%s", err, text)
	}
}

// A directory is the source of the files below it.
type directory string

func (d directory) Walk(_ context.Context, v scanner.Visitor) error {
	root := string(d)
	return filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return v.Blob(scanner.Blob{Path: filepath.ToSlash(rel), Source: "worktree", Size: -1, Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	})
}

// findings collects the findings of a scan.
type findings struct{ list []*scanner.Finding }

func (f *findings) Finding(x *scanner.Finding) error { f.list = append(f.list, x); return nil }
func (f *findings) Problem(scanner.Problem) error    { return nil }
func (f *findings) Notice(scanner.Notice) error      { return nil }

// TestFingerprints holds the fingerprints to those of a scan of the module.
func TestFingerprints(t *testing.T) {
	bin := tool(t)
	dir := planted(t)
	out, _ := run(t, dir, bin, "./...")
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	var got findings
	if _, err := scanner.Scan(context.Background(), directory(dir), scanner.Options{Rules: set}, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.list) != 2 {
		t.Fatalf("the scan found %d keys, want 2", len(got.list))
	}
	for _, f := range got.list {
		if !strings.Contains(out, "["+f.Rule+" "+f.ID+"]") {
			t.Errorf("keylint-vet does not report %s %s of %s:\n%s", f.Rule, f.ID, f.Path, out)
		}
	}
}
