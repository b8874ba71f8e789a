package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// named returns the ids of the references of a name.
func named(refs []Ref, name string) []string {
	var ids []string
	for _, ref := range refs {
		if ref.Name == name {
			ids = append(ids, ref.ID)
		}
	}
	return ids
}

// TestStateRefs compares what commands in progress leave behind with what git
// rev-parse says.
func TestStateRefs(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	for _, branch := range []string{"one", "two", "three"} {
		s.git("r", "checkout", "-q", "-b", branch, "main")
		s.commit("r", branch)
	}
	s.git("r", "merge", "-q", "--no-commit", "one", "two")
	s.git("r", "clone", "-q", ".", "../clone")
	s.git("clone", "fetch", "-q", "origin", "one", "two", "three")
	s.git("r", "worktree", "add", "-q", "-b", "four", "../linked", "one")
	s.write("linked/a", "other\n")
	s.git("linked", "commit", "-q", "-a", "-m", "change")
	s.write("r/.git/worktrees/linked/rebase-merge/autostash", s.git("r", "rev-parse", "main"))
	if _, err := s.tryGit("linked", "-c", "core.editor=false", "cherry-pick", "--edit", "two"); err == nil {
		t.Fatal("cherry-pick did not stop")
	}
	s.git("linked", "update-ref", "AUTO_MERGE", "HEAD^{tree}")
	ids := func(dir string, revs ...string) []string {
		return strings.Fields(s.git(dir, append([]string{"rev-parse"}, revs...)...))
	}
	inR, problems := s.discover("r").Refs()
	inClone, more := s.discover("clone").Refs()
	inLinked, most := s.discover("linked").Refs()
	if all := slices.Concat(problems, more, most); len(all) > 0 {
		t.Errorf("problems: %v", all)
	}
	for _, c := range []struct {
		refs []Ref
		name string
		want []string
	}{
		{inR, "MERGE_HEAD", ids("r", "one", "two")},
		{inR, "worktrees/linked/HEAD", ids("linked", "HEAD")},
		{inR, "worktrees/linked/AUTO_MERGE", ids("linked", "HEAD^{tree}")},
		{inR, "worktrees/linked/rebase-merge/autostash", ids("r", "main")},
		{inLinked, "CHERRY_PICK_HEAD", ids("r", "two")},
		{inLinked, "main-worktree/HEAD", ids("r", "HEAD")},
		{inLinked, "main-worktree/MERGE_HEAD", ids("r", "one", "two")},
		{inClone, "FETCH_HEAD", ids("r", "one", "two", "three")},
	} {
		if diff := cmp.Diff(slices.Sorted(slices.Values(c.want)), slices.Sorted(slices.Values(named(c.refs, c.name)))); diff != "" {
			t.Errorf("%s (-git +ours):\n%s", c.name, diff)
		}
		if ref := findRef(c.refs, c.name); ref != nil && ref.Kind != KindPseudo {
			t.Errorf("%s is of kind %s", c.name, ref.Kind)
		}
	}
}

// TestBrokenRefs asks that what is broken is a problem and hides nothing else.
func TestBrokenRefs(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	s.git("r", "branch", "packed")
	s.git("r", "pack-refs", "--all")
	s.git("r", "branch", "good")
	id := strings.TrimSpace(s.git("r", "rev-parse", "HEAD"))
	s.write("r/.git/refs/heads/packed", "garbage")
	s.write("r/.git/refs/heads/null", strings.Repeat("0", 40)+"\n")
	s.write("r/.git/refs/heads/short", id[:39]+"\n")
	s.write("r/.git/refs/heads/tail", strings.ToUpper(id)+" and more\n")
	s.write("r/.git/refs/heads/bad name", id+"\n")
	s.write("r/.git/refs/heads/new\nline", id+"\n")
	s.write("r/.git/refs/heads/x.lock", "")
	s.write("r/.git/refs/heads/.DS_Store", "")
	s.write("r/.git/refs/heads/escape", "ref: ../../secrets\n")
	s.write("outside", id+"\n")
	packed, err := os.ReadFile(s.path("r/.git/packed-refs"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("r/.git/packed-refs", string(packed)+id+" refs/../../x\nwhat\n"+strings.Repeat("?\n", 100)+id+" refs/heads/caf\xe9\n")
	links := 0
	for name, to := range map[string]string{"out": s.path("outside"), "in": "good", "away": "nowhere", "symbolic": "refs/heads/good"} {
		if os.Symlink(to, s.path("r/.git/refs/heads/"+name)) == nil {
			links++
		}
	}
	refs, problems := s.discover("r").Refs()
	got := map[string]string{}
	for _, ref := range refs {
		if ref.ID == id {
			got[strings.TrimPrefix(ref.Name, "refs/heads/")] = ref.Target
		}
	}
	want := map[string]string{"main": "", "packed": "", "good": "", "tail": "", "caf\xe9": "", "HEAD": "refs/heads/main", "in": "", "symbolic": "refs/heads/good"}
	if links < 4 {
		t.Skip("no symbolic links here")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	// Seven files, two links, ten lines and what sums up the others.
	if len(problems) != 6+2+maxPerFile+1 {
		t.Errorf("%d problems: %v", len(problems), problems)
	}
	for _, p := range problems {
		if !strings.Contains(p.Error(), p.Path) && !strings.Contains(p.Error(), fmt.Sprintf("%q", p.Path)) || !strings.Contains(p.Error(), ": ") {
			t.Errorf("%s: problem without path: %v", p.Path, p)
		}
	}
}

// TestObjectDirs compares with the directories that git count-objects names.
func TestObjectDirs(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	for _, name := range []string{"a", "b:c", "d\te\xff", "quarantine"} {
		s.write("other/"+name+"/keep", "")
	}
	list := []string{s.path("other/a"), `"` + s.path("other") + `/b:c"`, "#" + s.path("none"), "", `"` + s.path("other") + `/d\te\377"`, s.path("other/a")}
	s.env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = strings.Join(list, string(filepath.ListSeparator))
	o := s.options()
	if main, alternates := s.discover("r").ObjectDirs(); main != s.path("r/.git/objects") || alternates != nil {
		t.Errorf("without hooks: got %s, %q", main, alternates)
	}
	o.GitDirEnv = true
	r, err := Discover(s.path("r"), o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{s.path("other/a"), s.path("other/b:c"), s.path("other/d\te\xff")}
	if _, alternates := r.ObjectDirs(); !slices.Equal(alternates, want) {
		t.Errorf("got %q", alternates)
	}
	said := s.git("r", "count-objects", "-v")
	if strings.Count(said, "alternate: ") != len(want) || !strings.Contains(said, "alternate: "+want[0]) || !strings.Contains(said, "b:c") {
		t.Errorf("git says %s", said)
	}
	s.env["GIT_OBJECT_DIRECTORY"], s.env["GIT_QUARANTINE_PATH"] = s.path("other/quarantine"), s.path("other/quarantine")
	s.env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = s.path("r/.git/objects")
	if main, alternates := r.ObjectDirs(); main != s.path("other/quarantine") || !slices.Equal(alternates, []string{s.path("r/.git/objects")}) {
		t.Errorf("quarantine: got %s, %q", main, alternates)
	}
	if nested, err := Open(s.path("r"), o); err != nil {
		t.Error(err)
	} else if main, _ := nested.ObjectDirs(); main != s.path("r/.git/objects") {
		t.Errorf("Open honours the environment of hooks: %s", main)
	}
}

func TestShallowGraftsPromisors(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	for _, name := range []string{"a", "b", "c"} {
		s.commit("r", name)
	}
	s.git("r", "config", "uploadpack.allowFilter", "true")
	s.git(".", "clone", "-q", "--depth=2", "file://"+s.path("r"), "shallow")
	s.git(".", "clone", "-q", "--bare", "--filter=blob:none", "file://"+s.path("r"), "partial")
	ids := strings.Fields(s.git("r", "rev-list", "HEAD"))
	r := s.discover("r")
	if got, problems := s.discover("shallow").Shallow(); !slices.Equal(got, ids[1:2]) || problems != nil {
		t.Errorf("shallow: got %v, %v", got, problems)
	}
	if got, problems := r.Shallow(); got != nil || problems != nil {
		t.Errorf("complete: got %v, %v", got, problems)
	}
	if got := s.discover("partial").Promisors(); !slices.Equal(got, []Promisor{{"origin", "blob:none"}}) {
		t.Errorf("promisors: got %v", got)
	}
	if got := r.Promisors(); got != nil {
		t.Errorf("complete: got %v", got)
	}
	s.write("r/.git/info/grafts", "# comment\n"+ids[0]+" "+ids[2]+"\n\n"+ids[1]+"\nbroken\n")
	grafts, problems := r.Grafts()
	if diff := cmp.Diff(map[string][]string{ids[0]: {ids[2]}, ids[1]: {}}, grafts); diff != "" || len(problems) != 1 {
		t.Errorf("problems %v, grafts (-want +got):\n%s", problems, diff)
	}
}

func TestTracking(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	s.commit("r", "a")
	s.git("r", "tag", "v1")
	s.git("r", "update-ref", "refs/replace/"+strings.TrimSpace(s.git("r", "rev-parse", "HEAD^{tree}")), "HEAD")
	s.git("r", "clone", "-q", "--mirror", ".", "../mirror")
	s.git("r", "clone", "-q", ".", "../clone")
	s.git("clone", "config", "--add", "remote.origin.fetch", "+refs/pull/*/head:refs/pr/*/x")
	s.git("clone", "update-ref", "refs/pr/1/x", "HEAD")
	s.git("clone", "update-ref", "refs/pr/1/y", "HEAD")
	s.git("clone", "update-ref", "refs/notes/n", "HEAD")
	want := map[string]string{
		"HEAD": "pseudo false", "refs/heads/main": "branch false", "refs/remotes/origin/HEAD": "remote true", "refs/remotes/origin/main": "remote true",
		"refs/pr/1/x": "other true", "refs/pr/1/y": "other false", "refs/tags/v1": "tag false", "refs/notes/n": "note false",
	}
	got := map[string]string{}
	refs, _ := s.discover("clone").Refs()
	for _, ref := range refs {
		got[ref.Name] = fmt.Sprint(ref.Kind, " ", ref.Tracking)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.discover("clone").Mirror() || s.discover("r").Mirror() || !s.discover("mirror").Mirror() {
		t.Error("Mirror is wrong")
	}
	refs, _ = s.discover("mirror").Refs()
	for _, ref := range refs {
		if ref.Kind != KindPseudo && !ref.Tracking {
			t.Errorf("%s of a mirror is not set by fetching", ref.Name)
		}
	}
	if got := Replacements(refs); len(got) != 1 {
		t.Errorf("got replacements %v", got)
	}
}

func TestRefName(t *testing.T) {
	s := newSandbox(t)
	for _, name := range strings.Split("a|a/b|refs/heads/x|@|a@b|a@{b|a..b|a.b|.a|a/.b|a.|a./b|a/|/a|a//b|a.lock|a.lock/b|a.lockx|a b|a~|a^|a:|a?|a*|a[|a\\|a\x7f|a\x01|\xff|caf\xc3\xa9|a-|a\tb|refs/@/x|@/a", "|") {
		_, err := s.tryGit(".", "check-ref-format", "--allow-onelevel", name)
		var exit interface{ ExitCode() int }
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := isRefName(name); got != (err == nil) {
			t.Errorf("%q: got %v, git says %v", name, got, err)
		}
	}
}

// TestManyPackedRefs reads as many references as large servers have, and tells
// the time with -v.
func TestManyPackedRefs(t *testing.T) {
	s := newSandbox(t)
	s.init("r")
	var b strings.Builder
	b.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for i := range 100_000 {
		fmt.Fprintf(&b, "%040x refs/changes/%06d\n", i+1, i)
	}
	s.write("r/.git/packed-refs", b.String())
	s.write("r/.git/refs/changes/000007", strings.Repeat("a", 40)+"\n")
	r := s.discover("r")
	start := time.Now()
	refs, problems := r.Refs()
	if len(refs) != 100_001 || len(problems) > 0 || findRef(refs, "refs/changes/000007").ID[0] != 'a' {
		t.Errorf("%d references, problems %v", len(refs), problems)
	}
	t.Logf("%d references in %v", len(refs), time.Since(start))
}
