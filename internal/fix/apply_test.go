package fix

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// tree writes files into a new directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// step returns a step that makes edits.
func step(list ...scanner.Edit) *Step {
	return &Step{Finding: &scanner.Finding{}, Edits: list}
}

func edit(name string, start, end int, text string) scanner.Edit {
	return scanner.Edit{Path: name, Start: start, End: end, New: text}
}

// plan plans steps in dir.
func plan(t *testing.T, p *Planner, steps ...*Step) *Plan {
	t.Helper()
	out, err := p.Plan(context.Background(), steps)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// content returns what a file holds.
func content(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// noTemporary makes sure that no temporary file is left.
func noTemporary(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestApply(t *testing.T) {
	dir := tree(t, map[string]string{"a": "one\n", "sub/b": "two\n"})
	if err := os.Chmod(filepath.Join(dir, "a"), 0o750); err != nil {
		t.Fatal(err)
	}
	key := fakekey.Gateway(1)
	move := step(edit("sub/b", 0, 3, "TWO"))
	move.Assign = &Assignment{Path: "sub/.env", Name: "API_KEY", Key: rules.NewSecret([]byte(key))}
	p := &Planner{Root: dir}
	pl := plan(t, p, step(edit("a", 4, 4, "more\n")), move)
	if content(t, dir, "a") != "one\n" {
		t.Error("planning changed a file")
	}
	if err := p.Apply(context.Background(), pl); err != nil {
		t.Fatal(err)
	}
	if len(pl.open()) != 2 || content(t, dir, "a") != "one\nmore\n" || content(t, dir, "sub/b") != "TWO\n" || content(t, dir, "sub/.env") != "API_KEY="+key+"\n" {
		t.Errorf("%d steps were applied", len(pl.open()))
	}
	if runtime.GOOS != "windows" {
		for name, want := range map[string]os.FileMode{"a": 0o750, "sub/b": 0o644, "sub/.env": 0o600} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v, want %o", name, info.Mode(), err, want)
			}
		}
	}
	noTemporary(t, dir)
	noTemporary(t, filepath.Join(dir, "sub"))
}

// TestOrder makes sure that a key gets its new place before it loses the old
// one, and that the new place is ignored before it is there.
func TestOrder(t *testing.T) {
	dir := tree(t, map[string]string{"compose.yaml": "abc\n"})
	s := step(edit("compose.yaml", 0, 3, "x"), edit(".gitignore", 0, 0, ".env\n"))
	s.Assign = &Assignment{Path: ".env", Name: "API_KEY", Key: rules.NewSecret([]byte("value"))}
	var got []string
	for _, c := range plan(t, &Planner{Root: dir}, s).Changes {
		got = append(got, c.Path)
	}
	if want := ".gitignore .env compose.yaml"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// TestFailure makes sure that a key stays where it is when its new place cannot
// be written, also when another fix changes the same file.
func TestFailure(t *testing.T) {
	dir := tree(t, map[string]string{"compose.yaml": "abc def\n"})
	first, second, other := step(edit("compose.yaml", 0, 3, "x")), step(edit("compose.yaml", 4, 7, "y")), step(edit("b", 0, 0, "b\n"))
	first.Assign = &Assignment{Path: ".env", Name: "API_KEY", Key: rules.NewSecret([]byte("value"))}
	p := &Planner{Root: dir}
	pl := plan(t, p, first, second, other)
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte("meanwhile"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(context.Background(), pl); err != nil {
		t.Fatal(err)
	}
	if content(t, dir, "compose.yaml") != "abc def\n" || content(t, dir, ".env") != "meanwhile" {
		t.Error("a file was changed")
	}
	if !strings.Contains(first.Left, "changed meanwhile") || !strings.Contains(second.Left, "another fix of compose.yaml") || other.Left != "" || content(t, dir, "b") != "b\n" {
		t.Errorf("left: %q, %q, %q", first.Left, second.Left, other.Left)
	}
	noTemporary(t, dir)
}

func TestChangedMeanwhile(t *testing.T) {
	dir := tree(t, map[string]string{"a": "one\n"})
	p := &Planner{Root: dir}
	s := step(edit("a", 0, 3, "two"))
	pl := plan(t, p, s)
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(context.Background(), pl); err != nil || !strings.Contains(s.Left, "changed meanwhile") || content(t, dir, "a") != "mine\n" {
		t.Errorf("%v, %q, %q", err, s.Left, content(t, dir, "a"))
	}
}

func TestInterrupted(t *testing.T) {
	dir := tree(t, map[string]string{"a": "one\n"})
	p := &Planner{Root: dir}
	edits, private := step(edit("a", 0, 3, "two")), &Step{Finding: &scanner.Finding{}, Private: []string{"a"}}
	pl := plan(t, p, edits, private)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.Apply(ctx, pl); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if edits.Left != interrupted || private.Left != interrupted || content(t, dir, "a") != "one\n" {
		t.Errorf("left: %q, %q", edits.Left, private.Left)
	}
	if _, err := p.Plan(ctx, []*Step{step()}); !errors.Is(err, context.Canceled) {
		t.Errorf("error of planning: %v", err)
	}
}

// TestOutside makes sure that no path and no link leads out of the root.
func TestOutside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	outside := tree(t, map[string]string{"a": "one\n"})
	dir := tree(t, map[string]string{"b": "two\n"})
	for name, to := range map[string]string{"dir": outside, "link": filepath.Join(outside, "a"), "inner": "b"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"dir/a", "link", "inner", "../x", "dir/new", "."} {
		s := step(edit(name, 0, 0, "x"))
		private := &Step{Finding: &scanner.Finding{}, Private: []string{name}}
		p := &Planner{Root: dir}
		pl := plan(t, p, s, private)
		if err := p.Apply(context.Background(), pl); err != nil {
			t.Fatal(err)
		}
		if s.Left == "" || private.Left == "" {
			t.Errorf("%s: left %q, %q", name, s.Left, private.Left)
		}
	}
	if content(t, outside, "a") != "one\n" || content(t, dir, "b") != "two\n" {
		t.Error("a file was changed")
	}
}

// TestStaleTemporary makes sure that the next run removes what a killed one left,
// and nothing with another name.
func TestStaleTemporary(t *testing.T) {
	stale, mine := tempPrefix+"ABCDEFGHIJKLMNOPQRSTUVWX27", tempPrefix+"notes"
	dir := tree(t, map[string]string{"sub/a": "one\n", "sub/" + stale: "half", "sub/" + mine: "mine"})
	s := step(edit("sub/a", 0, 3, "two"))
	p := &Planner{Root: dir}
	if err := p.Apply(context.Background(), plan(t, p, s)); err != nil || s.Left != "" {
		t.Fatalf("%v, left %q", err, s.Left)
	}
	if _, err := os.Lstat(filepath.Join(dir, "sub", stale)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary file is still there: %v", err)
	}
	if content(t, dir, "sub/"+mine) != "mine" || content(t, dir, "sub/a") != "two\n" {
		t.Error("another file was changed")
	}
	temp, err := openTemp(t, dir)
	if err != nil || !isTemp(temp) {
		t.Errorf("%q is not recognized, %v", temp, err)
	}
}

// openTemp returns the name of a temporary file as it is written.
func openTemp(t *testing.T, dir string) (string, error) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	return writeTemp(root, &Change{Path: "x", Create: true, Mode: privateMode})
}

// TestNeverHalf reads a file again and again while it is replaced: it is the old
// one or the new one, whole, so a run that is killed leaves one of them.
func TestNeverHalf(t *testing.T) {
	one, two := strings.Repeat("1", 300_000), strings.Repeat("2", 200_000)
	dir := tree(t, map[string]string{"a": one})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 50 {
			p := &Planner{Root: dir}
			from, to := one, two
			for range 2 {
				s := step(edit("a", 0, len(from), to))
				pl, err := p.Plan(context.Background(), []*Step{s})
				if err = errors.Join(err, p.Apply(context.Background(), pl)); err != nil || s.Left != "" {
					t.Errorf("%v, left %q", err, s.Left)
					return
				}
				from, to = to, from
			}
		}
	}()
	reads := 0
	for {
		select {
		case <-done:
			if reads == 0 {
				t.Error("the file was never read")
			}
			noTemporary(t, dir)
			return
		default:
		}
		data, err := os.ReadFile(filepath.Join(dir, "a"))
		if err != nil || string(data) != one && string(data) != two {
			t.Fatalf("%d bytes, %v", len(data), err)
		}
		reads++
	}
}

// TestPatchMasks makes sure that no key is in a patch, whether it moves, is
// replaced, or stands nearby.
func TestPatchMasks(t *testing.T) {
	key, other, third := fakekey.Gateway(1), fakekey.Gateway(2), fakekey.Alnum(3, 32)
	dir := tree(t, map[string]string{
		"compose.yaml": "a: " + key + "\nb: " + key + "\nAGCLOUD_API_KEY: " + other + "\n",
		".env":         "SECRET=" + third + "\nPIN=1234567\n",
		".env.example": "A=" + third + "\nDB_PASSWORD=" + other + "\nPORT=80\n",
	})
	move := step(edit("compose.yaml", 3, 3+len(key), "${A}"))
	move.Assign = &Assignment{Path: ".env", Name: "A", Key: rules.NewSecret([]byte(key))}
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	got := plan(t, &Planner{Root: dir}, move, step(edit(".env.example", 2, 2+len(third), "your-key-here"))).Patch(set)
	for _, k := range []string{key, other, third, key[12:36], "1234567"} {
		if strings.Contains(got, k) {
			t.Error("the patch holds a key")
		}
	}
	for _, want := range []string{"+a: ${A}\n", " b: sk-", "+A=sk-", "+A=your-key-here\n", " PORT=80\n", "--- a/.env\n+++ b/.env\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the patch has no %q:\n%s", want, got)
		}
	}
}
