package cienv

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The ids in the fixtures.
var (
	before = strings.Repeat("1", 40)
	head   = strings.Repeat("2", 40)
	source = strings.Repeat("3", 40) // of a pull request
	target = strings.Repeat("4", 40)
)

const (
	onMain   = "refs/remotes/origin/main"
	onMaster = "refs/remotes/origin/master"
	onHEAD   = "refs/remotes/origin/HEAD"
)

// A fixture is what testdata/<name>.env is to give.
type fixture struct {
	name   string
	event  Event
	branch string
	heads  string // separated by spaces
	merge  string
	bases  string // separated by spaces, guesses with a question mark
	whole  bool
	notes  int
}

const guessed = "?" + onHEAD + " ?" + onMain + " ?" + onMaster

var fixtures = []fixture{
	{"github-push", Push, "main", head, "", before, false, 0},
	{"github-push-first", Push, "topic", head, "", onMain, false, 0},
	{"github-push-first-default", Push, "main", head, "", "", false, 0},
	{"github-push-forced", Push, "topic", head, "", before + " " + onMain, false, 0},
	{"github-tag", Tag, "v1.0", head, "", onMain, false, 0},
	{"github-pull-request", PullRequest, "topic", head + " " + source, head, before + " " + onMain, false, 0},
	{"github-pull-request-target", PullRequest, "topic", source, "", before + " " + onMain, false, 0},
	{"github-merge-group", MergeGroup, "gh-readonly-queue/main/pr-7", head, "", before + " " + onMain, false, 0},
	{"github-schedule", Schedule, "main", head, "", "", true, 0},
	{"github-dispatch", Other, "main", head, "", "", true, 0},
	{"github-hostile", PullRequest, "--upload-pack=touch x", head, head, "", false, 3},
	{"github-broken", Push, "topic", head, "", guessed, false, 1},
	{"github-no-payload", Push, "topic", head, "", guessed, false, 1},
	{"gitlab-push", Push, "main", head, "", before, false, 0},
	{"gitlab-push-first", Push, "topic", head, "", onMain, false, 0},
	{"gitlab-tag", Tag, "v1.0", head, "", onMain, false, 0},
	{"gitlab-merge-request", PullRequest, "topic", head, "", before + " " + onMain, false, 0},
	{"gitlab-merged-results", PullRequest, "topic", head, head, target + " " + before + " " + onMain, false, 0},
	{"gitlab-external-pull-request", PullRequest, "topic", head, "", before + " " + onMain, false, 0},
	{"gitlab-schedule", Schedule, "main", head, "", "", true, 0},
	{"gitlab-web", Other, "main", head, "", "", true, 0},
	{"bitbucket-push", Push, "main", head, "", "?" + onHEAD + " ?" + onMaster, false, 0},
	{"bitbucket-tag", Tag, "v1.0", head, "", guessed, false, 0},
	{"bitbucket-pull-request", PullRequest, "topic", head, "", before[:12] + " " + onMain, false, 0},
	{"azure-push", Push, "topic", head, "", guessed, false, 0},
	{"azure-tag", Tag, "v1.0", head, "", guessed, false, 0},
	{"azure-pull-request", PullRequest, "topic", head + " " + source, head, onMain, false, 0},
	{"azure-schedule", Schedule, "main", head, "", "", true, 0},
	{"azure-manual", Other, "main", head, "", "", true, 0},
	{"circleci-push", Push, "topic", head, "", guessed, false, 0},
	{"circleci-pull-request", PullRequest, "topic", head, "", guessed, false, 0},
	{"circleci-tag", Tag, "v1.0", head, "", guessed, false, 0},
	{"jenkins-push", Push, "topic", head, "", before + " " + guessed, false, 0},
	{"jenkins-push-first", Push, "main", head, "", "?" + onHEAD + " ?" + onMaster, false, 0},
	{"jenkins-change", PullRequest, "PR-7", head, "", onMain, false, 0},
	{"jenkins-tag", Tag, "v1.0", head, "", guessed, false, 0},
	{"buildkite-push", Push, "topic", head, "", onMain, false, 0},
	{"buildkite-push-default", Push, "main", head, "", "", false, 0},
	{"buildkite-pull-request", PullRequest, "topic", head, "", onMain, false, 0},
	{"buildkite-tag", Tag, "v1.0", head, "", onMain, false, 0},
	{"buildkite-schedule", Schedule, "main", head, "", "", true, 0},
	{"none", Other, "", "", "", guessed, false, 0},
}

// systems are the first parts of the names of fixtures.
var systems = map[string]System{
	"github": GitHub, "gitlab": GitLab, "bitbucket": Bitbucket, "azure": Azure,
	"circleci": CircleCI, "jenkins": Jenkins, "buildkite": Buildkite, "none": "",
}

func TestDetect(t *testing.T) {
	for _, f := range fixtures {
		t.Run(f.name, func(t *testing.T) {
			got := Detect(readEnv(t, f.name), func(name string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", name)) })
			system, _, _ := strings.Cut(f.name, "-")
			want := fixture{f.name, got.Event, got.Branch, strings.Join(got.Heads, " "), got.Merge, basesOf(got), got.Whole, len(got.Notes)}
			if diff := cmp.Diff(f, want, cmp.AllowUnexported(fixture{})); diff != "" {
				t.Errorf("want -, got +:\n%s\nnotes: %q", diff, got.Notes)
			}
			if got.System != systems[system] {
				t.Errorf("system %q, want %q", got.System, systems[system])
			}
			if (got.Summary != "") != (system == "github") || (got.Full != "") != (system != "none") {
				t.Errorf("summary in %q, full clones by %q", got.Summary, got.Full)
			}
		})
	}
}

// basesOf renders bases as fixtures have them.
func basesOf(r Run) string {
	var out []string
	for _, b := range r.Bases {
		if b.Guess {
			b.Rev = "?" + b.Rev
		}
		out = append(out, b.Rev)
	}
	return strings.Join(out, " ")
}

// readEnv returns the environment in a file.
func readEnv(t *testing.T, name string) func(string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".env"))
	if err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			vars[key] = value
		}
	}
	return func(name string) string { return vars[name] }
}

// TestFixturesAreUsed fails for a file that no test reads.
func TestFixturesAreUsed(t *testing.T) {
	files, err := filepath.Glob("testdata/*.env")
	if err != nil || len(files) != len(fixtures) {
		t.Errorf("%d environments and %d fixtures: %v", len(files), len(fixtures), err)
	}
}

func TestValidBranch(t *testing.T) {
	for name, want := range map[string]bool{
		"main": true, "feature/a-b_c.d": true, "käse": true, "a@b": true, "a{b": true,
		"-x": false, "--upload-pack=x": false, "a..b": false, "a:b": false, "a b": false, "a\nb": false, "a*": false,
		"a@{1}": false, "@": false, "/a": false, "a/": false, "a//b": false, ".a": false, "a/.b": false, "a.lock": false,
		"a.lock/b": false, "a.": false, "a^": false, "a~1": false, "a?": false, "a[": false, "a\\b": false, "a\x7f": false,
		strings.Repeat("a", maxName+1): false,
	} {
		if got := validBranch(name); got != want {
			t.Errorf("validBranch(%q) = %v", name, got)
		}
	}
}

// A payload that is too deep, too large or no JSON is an error, and never a base
// that is no id.
func FuzzPayload(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no payloads: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "push")
		f.Add(data, "pull_request")
	}
	f.Add([]byte(strings.Repeat("[", 20_000)), "push")
	f.Add([]byte(`{"before":"`+before+`","repository":{"default_branch":"--upload-pack=x"}}`), "push")
	f.Add([]byte(`{"pull_request":{"head":null,"base":{"sha":"HEAD~1"}}}`), "pull_request_target")
	f.Fuzz(func(t *testing.T, data []byte, event string) {
		vars := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": "payload", "GITHUB_SHA": head, "GITHUB_REF_NAME": "topic"}
		r := Detect(func(name string) string { return vars[name] }, func(string) ([]byte, error) {
			if len(data) == 0 {
				return nil, errors.New("unreadable")
			}
			return data, nil
		})
		revs := append([]string{}, r.Heads...)
		for _, b := range r.Bases {
			if rest, ok := strings.CutPrefix(b.Rev, remotePrefix); ok {
				if !validBranch(rest) {
					t.Errorf("base %q", b.Rev)
				}
				continue
			}
			revs = append(revs, b.Rev)
		}
		for _, rev := range revs {
			if strings.Trim(rev, "0123456789abcdef") != "" || len(rev) < 7 || len(rev) > 64 {
				t.Errorf("%q is no id", rev)
			}
		}
	})
}
