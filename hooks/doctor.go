package hooks

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
)

// A Trial is what a hook does when a key is planted before it.
type Trial struct {
	Stopped bool // it failed, and said that keylint found the key
	Passed  bool // without a key it did not fail
	Why     string
}

// planted is the name of the file with the key.
const planted = "keylint-doctor.conf"

// Try plants a generated key where a hook looks, and then something harmless, and
// runs the hook as git would. What it makes lies in a temporary directory: the
// index, the objects and the references of the repository stay as they are.
func (d Dir) Try(ctx context.Context, r *gitrepo.Repo, h Hook) (Trial, error) {
	t := trial{repo: r, hook: h, path: filepath.Join(d.Path, h.Name), ctx: ctx}
	var err error
	if t.tmp, err = os.MkdirTemp("", "keylint-doctor-*"); err != nil {
		return Trial{}, err
	}
	defer os.RemoveAll(t.tmp)
	if err := t.prepare(); err != nil {
		return Trial{}, err
	}
	failed, output, err := t.run("AGCLOUD_API_KEY=" + generated() + "\n")
	if err != nil {
		return Trial{}, err
	}
	var out Trial
	switch {
	case !failed:
		out.Why = "it let the key pass: its output is “" + brief(output) + "”; see whether .keylint.toml, .keylintignore or --exclude leave out " + planted
	case !strings.Contains(output, planted) && !strings.Contains(output, "message of commit"):
		out.Why = "it stopped, but not for the key; something else failed first: “" + brief(output) + "”"
	default:
		out.Stopped = true
	}
	failed, output, err = t.run("setting = 1\n")
	out.Passed = !failed
	if failed && out.Why == "" {
		out.Why = "it stops also where there is no key: “" + brief(output) + "”"
	}
	return out, err
}

// generated returns a key of nobody's: 48 random letters and digits.
func generated() string {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	b := make([]byte, 48)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

// brief returns the last lines of an output.
func brief(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}

// A trial is one at work.
type trial struct {
	ctx  context.Context
	repo *gitrepo.Repo
	hook Hook
	path string
	tmp  string
	env  []string
	head string // "" before the first commit
}

// prepare makes an index and an object directory beside those of the repository.
func (t *trial) prepare() error {
	objects := filepath.Join(t.tmp, "objects")
	if err := os.Mkdir(objects, 0o755); err != nil {
		return err
	}
	main, alternates := t.repo.ObjectDirs()
	list := strings.Join(append([]string{main}, alternates...), string(filepath.ListSeparator))
	t.env = append(os.Environ(),
		"GIT_DIR="+t.repo.GitDir, "GIT_INDEX_FILE="+filepath.Join(t.tmp, "index"),
		"GIT_OBJECT_DIRECTORY="+objects, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+list,
		"GIT_AUTHOR_NAME=keylint", "GIT_AUTHOR_EMAIL=keylint@localhost", "GIT_COMMITTER_NAME=keylint", "GIT_COMMITTER_EMAIL=keylint@localhost")
	if t.hook.Server {
		t.env = append(t.env, "GIT_QUARANTINE_PATH="+objects)
	}
	var err error
	t.head, err = t.repo.Head()
	return err
}

// dir is where hooks run.
func (t *trial) dir() string {
	if t.repo.WorkTree != "" {
		return t.repo.WorkTree
	}
	return t.repo.GitDir
}

// git runs git and returns its output without the line break at the end.
func (t *trial) git(input string, args ...string) (string, error) {
	cmd := exec.CommandContext(t.ctx, "git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = t.dir(), t.env, strings.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

// run runs the hook with text where it looks.
func (t *trial) run(text string) (failed bool, output string, err error) {
	args, input, err := t.plant(text)
	if err != nil {
		return false, "", err
	}
	name := t.path
	if runtime.GOOS == "windows" {
		name, args = "sh", append([]string{t.path}, args...)
	}
	cmd := exec.CommandContext(t.ctx, name, args...)
	var b bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = t.dir(), t.env, strings.NewReader(input), &b, &b
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && t.ctx.Err() == nil {
		return true, b.String(), nil
	}
	return false, b.String(), err
}

// plant puts text where the hook looks, and returns what git gives to the hook.
func (t *trial) plant(text string) (args []string, input string, err error) {
	if t.hook.Name == "commit-msg" {
		file := filepath.Join(t.tmp, "COMMIT_EDITMSG")
		return []string{file}, "", os.WriteFile(file, []byte("a message\n\n"+text), 0o600)
	}
	id, err := t.git(text, "hash-object", "-w", "--stdin")
	if err != nil {
		return nil, "", err
	}
	base := []string{"read-tree", "--empty"}
	if t.head != "" {
		base = []string{"read-tree", t.head}
	}
	if _, err := t.git("", base...); err != nil {
		return nil, "", err
	}
	if _, err := t.git("", "update-index", "--add", "--cacheinfo", "100644,"+id+","+planted); err != nil {
		return nil, "", err
	}
	if !t.hook.Input {
		return nil, "", nil
	}
	return t.push()
}

// push commits the index to nowhere and returns what git would give to a hook.
func (t *trial) push() (args []string, input string, err error) {
	tree, err := t.git("", "write-tree")
	if err != nil {
		return nil, "", err
	}
	make := []string{"commit-tree", "-m", "a trial of keylint", tree}
	old := strings.Repeat("0", 2*t.repo.Format.Size())
	if t.head != "" {
		make, old = append(make, "-p", t.head), t.head
	}
	commit, err := t.git("", make...)
	const ref = "refs/heads/keylint-doctor"
	if t.hook.Server {
		return nil, old + " " + commit + " " + ref + "\n", err
	}
	return []string{"origin", "origin"}, ref + " " + commit + " " + ref + " " + old + "\n", err
}
