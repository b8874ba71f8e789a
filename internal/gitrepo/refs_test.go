package gitrepo

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// manyRefs is enough for several blocks of references, of reflogs, and of
// indexes to both. Files are one of each per reference, so there are fewer.
const (
	manyRefs  = 5000
	manyFiles = 300
)

// history makes a repository whose references went through all that changes
// them: updates, deletions, packing, tags, symbolic references, stashes, notes,
// replacements and linked working trees.
func history(s *sandbox, dir string, args ...string) {
	s.init(dir, args...)
	many := manyFiles
	if slices.Contains(args, "--ref-format=reftable") {
		many = manyRefs
		if slices.Contains(args, "--object-format=sha256") {
			s.git(dir, "config", "reftable.blockSize", "1024") // indexes of indexes
		}
	}
	s.env["GIT_AUTHOR_DATE"], s.env["GIT_COMMITTER_DATE"] = "1700000000 +0100", "1700000000 +0100"
	defer delete(s.env, "GIT_AUTHOR_DATE")
	defer delete(s.env, "GIT_COMMITTER_DATE")
	for _, name := range []string{"a", "b", "c"} {
		s.commit(dir, name)
		s.git(dir, "branch", "at-"+name)
		s.git(dir, "tag", "-m", "tag", "v-"+name)
	}
	s.feed(dir, bulkUpdates(many, "create"), "update-ref", "--create-reflog", "--stdin")
	s.git(dir, "pack-refs", "--all")
	s.feed(dir, bulkUpdates(many/10, "delete"), "update-ref", "--stdin")
	s.git(dir, "branch", "-D", "-q", "at-b")
	s.git(dir, "branch", "-m", "at-c", "moved/\xff\xe9")
	s.git(dir, "tag", "light")
	s.git(dir, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	s.git(dir, "update-ref", "refs/remotes/origin/main", "HEAD~1")
	s.git(dir, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
	s.git(dir, "symbolic-ref", "refs/heads/dangling", "refs/heads/nothing")
	s.git(dir, "notes", "add", "-m", "note", "HEAD")
	for i := range 4 {
		s.write(dir+"/a", fmt.Sprint("stashed ", i))
		s.git(dir, "stash", "-q")
	}
	s.git(dir, "stash", "drop", "-q", "stash@{1}")
	s.git(dir, "worktree", "add", "-q", "-b", "side", "../"+dir+"-linked")
	s.commit(dir+"-linked", "d")
	s.git(dir+"-linked", "update-ref", "refs/worktree/own", "HEAD~1")
	s.git(dir, "worktree", "add", "-q", "--detach", "../"+dir+"-detached", "HEAD~1")
	s.git(dir, "update-ref", "refs/bisect/bad", "HEAD~2")
	s.git(dir, "reset", "-q", "--hard", "HEAD~1") // sets ORIG_HEAD
	s.git(dir, "reset", "-q", "--hard", "ORIG_HEAD")
	for i := range 40 {
		s.git(dir, "update-ref", "refs/heads/busy", fmt.Sprint("HEAD~", i%3))
	}
	s.git(dir, "update-ref", "-d", "refs/tags/v-b")
	s.git(dir, "replace", "HEAD~1", "HEAD~2")
}

// bulkUpdates returns input of git update-ref.
func bulkUpdates(n int, command string) string {
	var b strings.Builder
	for i := range n {
		value := ""
		if command == "create" {
			value = fmt.Sprint(" HEAD~", i%3)
		}
		fmt.Fprintf(&b, "%s refs/changes/%02d/%d/head%s\n", command, i%100, i, value)
	}
	return b.String()
}

// said is what git says about a repository.
type said struct{ Refs, Logs, Worktrees, Stashes, Heads string }

// ask lets git tell about a repository, seen from a directory of it.
func ask(s *sandbox, dir string) said {
	head := strings.TrimSpace(s.git(dir, "rev-parse", "HEAD", "ORIG_HEAD"))
	return said{
		Refs:      s.git(dir, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname) %(symref)"),
		Logs:      s.git(dir, "log", "-g", "--all", "--format=%gD %H"),
		Worktrees: s.git(dir, "worktree", "list", "--porcelain"),
		Stashes:   s.git(dir, "stash", "list", "--format=%gD %H"),
		Heads:     head,
	}
}

// sortedLines returns the lines of text in order, without repetitions.
func sortedLines(text string) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(lines)
	return slices.Compact(lines)
}

// checkRefs compares references with what git says.
func checkRefs(t *testing.T, r *Repo, want said) {
	t.Helper()
	refs, problems := r.Refs()
	for _, p := range problems {
		t.Errorf("problem: %v", p)
	}
	if !slices.IsSortedFunc(refs, byName) {
		t.Error("the references are not sorted")
	}
	known := map[string]Ref{}
	for _, ref := range refs {
		known[ref.Name] = ref
	}
	var got []string
	for line := range strings.Lines(want.Refs) {
		name, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		f := strings.Split(rest, " ")
		ref := known[name]
		if ref.Peeled == "" {
			ref.Peeled = f[1] // not known without the object
		}
		got = append(got, fmt.Sprintf("%s %s %s %s", name, ref.ID, ref.Peeled, ref.Target))
		delete(known, name)
	}
	if diff := cmp.Diff(sortedLines(want.Refs), sortedLines(strings.Join(got, "\n"))); diff != "" {
		t.Errorf("references differ from git's (-git +ours):\n%.3000s", diff)
	}
	for name, ref := range known { // git lists neither of these
		if ref.Kind != KindPseudo && ref.Target == "" && strings.HasPrefix(name, "refs/") {
			t.Errorf("git does not know %s", name)
		}
	}
}

// checkLogs compares reflogs with what git says. Git shows only the entries
// that lead to commits.
func checkLogs(t *testing.T, r *Repo, want said) {
	t.Helper()
	got := map[string]string{}
	var stashes []string
	for e, err := range r.Reflogs() {
		if err != nil {
			t.Errorf("problem: %v", err)
			continue
		}
		name := fmt.Sprintf("%s@{%d}", e.Ref, e.N)
		if _, twice := got[name]; twice {
			t.Errorf("%s twice", name)
		}
		if !isZeroID(e.New) { // renaming a branch has such an entry
			got[name] = e.New
		}
		if e.Time != 1700000000 {
			t.Errorf("%s at %d", name, e.Time)
		}
		if e.Kind == KindStash {
			stashes = append(stashes, fmt.Sprintf("stash@{%d} %s", e.N, e.New))
		}
	}
	seen := 0
	for line := range strings.Lines(want.Logs) {
		f := strings.Split(strings.TrimSpace(line), " ")
		if strings.HasPrefix(f[0], "refs/remotes/origin/HEAD@") {
			continue // it has no reflog, so git shows its target's
		}
		seen++
		if got[f[0]] != f[1] {
			t.Errorf("%s: git says %s, got %q", f[0], f[1], got[f[0]])
		}
		delete(got, f[0])
	}
	for name := range got {
		if ref, _, _ := strings.Cut(name, "@"); !strings.HasPrefix(ref, "refs/tags/") {
			t.Errorf("git does not show %s", name)
		}
	}
	if seen < manyFiles {
		t.Errorf("only %d entries", seen)
	}
	if got, want := strings.Join(stashes, "\n"), strings.ReplaceAll(strings.TrimSpace(want.Stashes), "refs/", ""); got != want {
		t.Errorf("stashes: got\n%s\ngit says\n%s", got, want)
	}
}

// checkWorktrees compares working trees with what git says.
func checkWorktrees(t *testing.T, r *Repo, want said) {
	t.Helper()
	trees, problems := r.Worktrees()
	for _, p := range problems {
		t.Errorf("problem: %v", p)
	}
	var b strings.Builder
	for _, w := range trees {
		fmt.Fprintf(&b, "worktree %s\nHEAD %s\n", w.Path, w.Head)
		if w.Branch != "" {
			fmt.Fprintf(&b, "branch %s\n\n", w.Branch)
		} else {
			b.WriteString("detached\n\n")
		}
	}
	if diff := cmp.Diff(want.Worktrees, b.String()); diff != "" {
		t.Errorf("working trees differ from git's (-git +ours):\n%s", diff)
	}
	refs, _ := r.Refs()
	head, _ := r.Head()
	heads := head + "\n" + findRef(refs, "ORIG_HEAD").ID
	if heads != want.Heads || findRef(refs, "HEAD").ID != head {
		t.Errorf("HEAD and ORIG_HEAD: got %s\ngit says %s", heads, want.Heads)
	}
}

// feed runs git with input.
func (s *sandbox) feed(dir, input string, args ...string) {
	s.t.Helper()
	cmd := s.command(dir, args...)
	cmd.Stdin = strings.NewReader(input)
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, &out)
	}
}

// storages are the ways to store references that the installed git knows, as
// arguments of git init.
func storages(s *sandbox) map[string][]string {
	all := map[string][]string{
		"files":           {},
		"files-sha256":    {"--object-format=sha256"},
		"reftable":        {"--ref-format=reftable"},
		"reftable-sha256": {"--ref-format=reftable", "--object-format=sha256"},
	}
	maps.DeleteFunc(all, func(name string, args []string) bool {
		_, err := s.tryGit(".", append([]string{"init", "-q", "try-" + name}, args...)...)
		return err != nil
	})
	return all
}

func TestRefsAgainstGit(t *testing.T) {
	for name, args := range storages(newSandbox(t)) {
		t.Run(name, func(t *testing.T) {
			s := newSandbox(t)
			history(s, "r", args...)
			for _, dir := range []string{"r", "r-linked", "r-detached"} {
				want := ask(s, dir)
				if dir != "r" {
					want.Heads = strings.TrimSpace(s.git(dir, "rev-parse", "HEAD")) + "\n"
				}
				r := s.discover(dir)
				checkRefs(t, r, want)
				checkLogs(t, r, want)
				if dir == "r" {
					checkWorktrees(t, r, want)
				}
			}
		})
	}
}
