// Package cienv reads what a CI system tells a job through its environment: what
// started it, which commits are to be judged, and where a summary goes.
//
// It only reads. Whether a commit is in the clone, and which of several bases
// is taken, is decided by who asks. What the environment says comes from outside:
// names of branches and payloads are written by whoever opens a pull request. An
// id that is none and a name that git would refuse are left out, with a note.
package cienv

import (
	"fmt"
	"strings"
)

// A System is a CI system, by the name that it gives itself.
type System string

// The systems that Detect knows.
const (
	GitHub    System = "GitHub Actions"
	GitLab    System = "GitLab CI/CD"
	Bitbucket System = "Bitbucket Pipelines"
	Azure     System = "Azure Pipelines"
	CircleCI  System = "CircleCI"
	Jenkins   System = "Jenkins"
	Buildkite System = "Buildkite"
)

// An Event is what started a job.
type Event string

// The events. What is none of the others, such as a start by hand, is Other.
const (
	Push        Event = "push"
	Tag         Event = "tag"
	PullRequest Event = "pull request"
	MergeGroup  Event = "merge group"
	Schedule    Event = "schedule"
	Other       Event = "other"
)

// A Run is what the environment says of a job. The zero Run is that of a machine
// on which no CI system runs.
type Run struct {
	System System // "" when no known system runs
	Event  Event
	Branch string // the branch or tag that is built, or the source of a pull request
	// Heads are ids of the commit that is to be judged. The first that is in the
	// clone counts. There are none when the environment does not say: then it is
	// what is checked out.
	Heads []string
	// Merge is the id of a merge that the system made for the job: its first
	// parent is the base. It is "" when there is none.
	Merge string
	// Bases are where the commits to judge begin, the best first. There are none
	// when all that the head leads to is new, and when nothing is known.
	Bases []Base
	// Whole says that no range is to be judged but everything.
	Whole bool
	// Summary is the path of the file to which a summary in Markdown is to be
	// appended, "" for none.
	Summary string
	// Full is the setting that makes the system clone the whole history, for
	// people; "" when there is none to name.
	Full string
	// Notes say what of the environment could not be used.
	Notes []string
}

// A Base is a commit, or a remote-tracking branch, that the commits to judge are
// compared with.
type Base struct {
	Rev string // an id in hexadecimal digits, or refs/remotes/origin/BRANCH
	// Guess says that the environment does not name it: that nothing is new
	// since then proves nothing.
	Guess bool
}

// Detect reads the environment of a job through getenv, and the payload of its
// event, where the system leaves one in a file, through read.
func Detect(getenv func(string) string, read func(path string) ([]byte, error)) Run {
	e := env{getenv: getenv, read: read}
	for _, s := range []struct {
		variable, value string // "" for any value
		detect          func(*env) Run
	}{
		{"GITHUB_ACTIONS", "true", github},
		{"GITLAB_CI", "true", gitlab},
		{"BITBUCKET_BUILD_NUMBER", "", bitbucket},
		{"TF_BUILD", "True", azure},
		{"CIRCLECI", "true", circleCI},
		{"BUILDKITE", "true", buildkite},
		{"JENKINS_URL", "", jenkins},
	} {
		if v := getenv(s.variable); v != "" && (s.value == "" || strings.EqualFold(v, s.value)) {
			run := s.detect(&e)
			run.Notes = e.notes
			return run
		}
	}
	return Run{Event: Other, Bases: e.guesses("")}
}

// String says in a few words what started the job.
func (r Run) String() string {
	if r.System == "" {
		return "no CI system"
	}
	text := string(r.Event)
	if r.Event == Other || text == "" {
		text = "run"
	}
	if r.Branch != "" {
		text += " of " + r.Branch
	}
	return text + " on " + string(r.System)
}

// An env is an environment that is being read.
type env struct {
	getenv func(string) string
	read   func(path string) ([]byte, error)
	notes  []string
}

func (e *env) note(format string, args ...any) {
	e.notes = append(e.notes, fmt.Sprintf(format, args...))
}

// id returns the id of a commit that a variable holds, "" for none. Zeros are how
// git says that there is none.
func (e *env) id(variable string) string { return e.checkID(variable, e.getenv(variable)) }

// checkID returns id when it is one: 7 to 64 hexadecimal digits. Some systems
// abbreviate.
func (e *env) checkID(what, id string) string {
	switch {
	case strings.Trim(id, "0") == "":
		return ""
	case len(id) < 7 || len(id) > 64 || strings.Trim(strings.ToLower(id), "0123456789abcdef") != "":
		e.note("%s is no id of a commit and is not used", what)
		return ""
	}
	return strings.ToLower(id)
}

// ids returns those of some variables that hold an id.
func (e *env) ids(variables ...string) []string {
	var out []string
	for _, v := range variables {
		if id := e.id(v); id != "" {
			out = append(out, id)
		}
	}
	return out
}

// commits returns bases for the ids among some, which may be empty.
func commits(ids ...string) []Base {
	var out []Base
	for _, id := range ids {
		if id != "" {
			out = append(out, Base{Rev: id})
		}
	}
	return out
}

// tracking returns the base that follows a branch of the remote, none when its
// name is empty or none that git takes.
func (e *env) tracking(what, branch string) []Base {
	branch = strings.TrimPrefix(branch, "refs/heads/")
	if branch == "" {
		return nil
	}
	if !validBranch(branch) {
		e.note("%s is no name of a branch and is not used", what)
		return nil
	}
	return []Base{{Rev: remotePrefix + branch}}
}

// remotePrefix is where a clone keeps the branches of its remote.
const remotePrefix = "refs/remotes/origin/"

// guesses returns the branches that branches are usually made from, without the
// one that is built.
func (e *env) guesses(branch string) []Base {
	var out []Base
	for _, name := range []string{"HEAD", "main", "master"} {
		if name != branch {
			out = append(out, Base{Rev: remotePrefix + name, Guess: true})
		}
	}
	return out
}

// since returns the bases of a push: the commit before it, and for what is new
// the default branch. The default branch itself has none but the commit before.
func (e *env) since(before, branch, standard string) []Base {
	out := commits(before)
	switch {
	case standard == "":
		out = append(out, e.guesses(branch)...)
	case standard != branch:
		out = append(out, e.tracking("the name of the default branch", standard)...)
	}
	return out
}

// maxName is the greatest length of the name of a branch, in bytes: more is no
// name of a file on any system.
const maxName = 1024

// validBranch reports whether git takes name as the name of a branch
// (https://git-scm.com/docs/git-check-ref-format).
func validBranch(name string) bool {
	if len(name) > maxName || name == "@" || strings.HasPrefix(name, "-") || strings.HasSuffix(name, ".") {
		return false
	}
	for _, bad := range []string{"..", "@{", "//", "~", "^", ":", "?", "*", "[", "\\", " "} {
		if strings.Contains(name, bad) {
			return false
		}
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f })
}
