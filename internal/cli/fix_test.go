package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/agcloud/keylint/internal/fakekey"
)

// runFix runs keylint fix on a directory.
func runFix(t *testing.T, dir string, flags ...string) (code int, out string) {
	var stdout, stderr bytes.Buffer
	code = Main(context.Background(), Env{
		Args: append([]string{"fix", "--no-plan", dir}, flags...), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(string) string { return "" },
	})
	if code == exitUsage {
		t.Fatalf("exit code 2: %s", stderr.String())
	}
	return code, stdout.String() + stderr.String()
}

// snapshot returns all there is to know of a tree and its index.
func snapshot(t *testing.T, dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == ".git" {
			return cmp.Or(err, fs.SkipDir)
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&b, "%s %v %q\n", name, info.Mode(), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + gitOut(t, dir, "ls-files", "-s")
}

func gitOut(t *testing.T, dir string, args ...string) string {
	c := exec.Command("git", append([]string{"-C", dir}, args...)...)
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// A treeFile is a file of a random repository.
type treeFile struct {
	name, text string
	mode       fs.FileMode
	tracked    bool
}

// randomTree draws files that checks are about.
func randomTree(t *rapid.T) []treeFile {
	pick := func(texts ...string) string { return rapid.SampledFrom(texts).Draw(t, "text") }
	key := fakekey.Gateway
	files := []treeFile{
		{name: ".gitignore", text: ignoreLines(t)},
		{name: "app/.gitignore", text: ignoreLines(t)},
		{name: ".env", text: pick("A=1\n", "AGCLOUD_API_KEY="+key(1), "AGCLOUD_API_KEY=\r\nB=2\r\n", "")},
		{name: "app/.env.local", text: pick("AGCLOUD_API_KEY="+key(2)+"\n", "PORT=1")},
		{name: ".env.example", text: pick("AGCLOUD_API_KEY=\n", "\ufeffAGCLOUD_API_KEY='"+key(3)+"' # x\r\n", "# AGCLOUD_API_KEY="+key(3))},
		{name: "Dockerfile", text: "FROM scratch\nCOPY . /\n"},
		{name: ".dockerignore", text: pick("*.md", "**/.env\n!.env\n", "")},
		{name: "compose.yaml", text: pick("services:\n  a:\n    environment:\n      AGCLOUD_API_KEY: "+key(4)+"\n", "a:\r\n  - AGCLOUD_API_KEY="+key(1)+"\r\n")},
		{name: ".mcp.json", text: `{"mcpServers":{"a":{"env":{"AGCLOUD_API_KEY":"` + key(1) + `"}}}}`},
	}
	out := []treeFile{{name: "main.py", text: "print(1)\n", mode: 0o644}}
	for _, f := range files {
		if rapid.IntRange(0, 2).Draw(t, "there") > 0 {
			f.mode = rapid.SampledFrom([]fs.FileMode{0o644, 0o644, 0o600, 0o444}).Draw(t, "mode")
			f.tracked = rapid.Bool().Draw(t, "tracked")
			out = append(out, f)
		}
	}
	return out
}

// repository writes files into a new repository.
func repository(t *testing.T, files []treeFile) string {
	dir := t.TempDir()
	gitOut(t, dir, "init", "-q")
	for _, f := range files {
		file := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(f.text), 0o600), os.Chmod(file, f.mode)); err != nil {
			t.Fatal(err)
		}
		if f.tracked {
			gitOut(t, dir, "add", "-f", f.name)
		}
	}
	return dir
}

// ignoreLines returns the content of an ignore file.
func ignoreLines(t *rapid.T) string {
	lines := rapid.SliceOfN(rapid.SampledFrom([]string{"*.log", ".env", ".env*", "!.env", "!.env.example", "app/", "*.env", "/.env", "# x", "", ".env.local "}), 0, 4).Draw(t, "lines")
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "ending")
	text := rapid.SampledFrom([]string{"", "\ufeff"}).Draw(t, "mark") + strings.Join(lines, end)
	return text + rapid.SampledFrom([]string{"", end}).Draw(t, "last")
}

// TestFixTwice makes sure of random repositories that a dry run changes nothing,
// that a second run changes nothing and says that it fixed nothing, that git
// agrees with what was said to be ignored, and that no key is told.
func TestFixTwice(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs git, and modes of files")
	}
	trees := rapid.Custom(randomTree)
	const runs = 30
	fixed, ignored := 0, 0
	for seed := range runs {
		dir := repository(t, trees.Example(seed))
		before := snapshot(t, dir)
		_, out := runFix(t, dir, "--dry-run")
		if got := snapshot(t, dir); got != before {
			t.Fatalf("%d: the dry run changed\n%s\nto\n%s", seed, before, got)
		}
		code, first := runFix(t, dir)
		once := snapshot(t, dir)
		again, second := runFix(t, dir)
		if twice := snapshot(t, dir); twice != once {
			t.Fatalf("%d: the second run changed\n%s\nto\n%s\nsaying %s", seed, once, twice, second)
		}
		if strings.Contains(second, ": fixed: ") || code != again {
			t.Fatalf("%d: exit code %d and then %d, saying\n%s\nand then\n%s", seed, code, again, first, second)
		}
		for n := range uint64(5) {
			if k := fakekey.Gateway(n); strings.Contains(out+first+second, k[12:36]) {
				t.Fatalf("%d: the output holds a key", seed)
			}
		}
		fixed += strings.Count(first, ": fixed: ")
		ignored += agrees(t, dir, first)
	}
	if fixed < runs || ignored == 0 {
		t.Errorf("%d findings were fixed, %d by ignore rules: the trees are too plain", fixed, ignored)
	}
}

// agrees makes sure that git ignores what a run says that it ignores, and
// returns how much that is.
func agrees(t *testing.T, dir, out string) int {
	n := 0
	for line := range strings.Lines(out) {
		place, _, fixed := strings.Cut(line, ": fixed: add the line ")
		if !fixed || !strings.Contains(line, "[env-not-ignored]") {
			continue
		}
		place = strings.TrimRight(place, ":0123456789")
		name := filepath.Base(place)
		if filepath.Base(filepath.Dir(place)) == "app" {
			name = "app/" + name
		}
		gitOut(t, dir, "check-ignore", "-q", name)
		n++
	}
	return n
}

// TestFixPermissions makes sure that a .env file with a key that others can read
// becomes private, also when git tracked it before.
func TestFixPermissions(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil || runtime.GOOS == "windows" {
		t.Skip("needs git, and modes of files")
	}
	files := []treeFile{
		{name: ".gitignore", text: ".env\n", mode: 0o644, tracked: true},
		{name: ".env", text: "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n", mode: 0o664, tracked: true},
	}
	dir := repository(t, files)
	if info, err := os.Stat(os.TempDir()); err != nil || info.Mode().Perm()&0o001 == 0 {
		t.Skip("nobody else can enter the directory of temporary files")
	}
	for _, d := range []string{dir, filepath.Dir(dir)} { // a file that nobody can reach is private
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	code, out := runFix(t, dir)
	info, err := os.Stat(filepath.Join(dir, ".env"))
	if err != nil || info.Mode().Perm() != 0o600 || code != exitClean || strings.Count(out, ": fixed: ") != 2 {
		t.Errorf("mode %v, %v, exit code %d\n%s", info.Mode(), err, code, out)
	}
	if got := gitOut(t, dir, "ls-files"); got != ".gitignore\n" {
		t.Errorf("git tracks %q", got)
	}
}

// TestFixInterrupted makes sure that Ctrl-C changes nothing more and is said.
func TestFixInterrupted(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, ".env.example")
	text := "AGCLOUD_API_KEY=" + fakekey.Gateway(1) + "\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	code := Main(ctx, Env{Args: []string{"fix", dir}, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }})
	if code != exitIncomplete || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d, %s", code, stderr.String())
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != text {
		t.Errorf("the file was changed, or %v", err)
	}
}
