package docgen

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/agcloud/keylint/internal/cli"
)

// ciFiles are the files that tell how to run keylint in CI, and the least number
// of command lines in each.
var ciFiles = map[string]int{
	"action.yml": 10, "docs/ci/github-actions.yml": 0, "docs/ci/keylint.gitlab-ci.yml": 1, "docs/ci/bitbucket-pipelines.yml": 1,
	"docs/ci/azure-pipelines.yml": 1, "docs/ci/circleci.yml": 2, "docs/ci/buildkite.yml": 1, "docs/ci/Jenkinsfile": 1, "docs/ci/README.md": 6,
}

// TestCIFiles holds every command line in the examples to the flags that there
// are.
func TestCIFiles(t *testing.T) {
	found, err := filepath.Glob("../../docs/ci/*")
	if err != nil || len(found) != len(ciFiles)-1 {
		t.Errorf("docs/ci has %d files: name each in ciFiles: %v", len(found), err)
	}
	for name, least := range ciFiles {
		text := readFile(t, name)
		lines := strings.Split(text, "\n")
		if filepath.Ext(name) == ".yml" {
			lines = nil
			for _, s := range stringsOf(parseYAML(t, name, text)) {
				lines = append(lines, strings.Split(s, "\n")...)
			}
		}
		n := 0
		for _, line := range lines {
			for _, args := range commandLines(line) {
				n++
				if err := tryFlags(args); err != nil {
					t.Errorf("%s: keylint %s: %v", name, strings.Join(args, " "), err)
				}
			}
		}
		if n < least {
			t.Errorf("%s: found %d command lines, want at least %d", name, n, least)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func parseYAML(t *testing.T, name, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil || len(v) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// stringsOf returns all strings in a YAML value.
func stringsOf(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, e := range v {
			out = append(out, stringsOf(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, stringsOf(e)...)
		}
	}
	return out
}

var (
	// ran matches what runs keylint with a command, at the beginning of a line
	// or behind a quote, up to the end of the shell's command.
	ran = regexp.MustCompile("(?:^\\s*|[`'])(?:\"[^\"]*/)?keylint\"? ([a-z]+[^;|&`']*)")
	// collected matches arguments of ci that a script collects.
	collected = regexp.MustCompile(`args\+?=\((--[^)]*)\)`)
)

// commandLines returns the arguments of the runs of keylint in a line.
func commandLines(line string) [][]string {
	var out [][]string
	for _, m := range ran.FindAllStringSubmatch(line, -1) {
		out = append(out, words(m[1]))
	}
	for _, m := range collected.FindAllStringSubmatch(line, -1) {
		out = append(out, append([]string{"ci"}, words(m[1])...))
	}
	return out
}

// words splits a line as a shell does, as far as the examples need it.
func words(line string) []string {
	var out []string
	for _, w := range strings.Fields(line) {
		if w = strings.ReplaceAll(w, `"`, ""); w != "${args[@]}" {
			out = append(out, w)
		}
	}
	return out
}

// tryFlags parses arguments as keylint does.
func tryFlags(args []string) error {
	c, rest, err := cli.Root().Find(args)
	if err != nil || !c.Runnable() {
		return fmt.Errorf("no such command: %v", err)
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	return c.ValidateArgs(c.Flags().Args())
}

// TestTryFlags makes sure that the check of command lines finds what is wrong.
func TestTryFlags(t *testing.T) {
	for line, want := range map[string]bool{
		"keylint ci --deepen": true, `  "$BIN/keylint" ci --base "$BASE" || code=$?`: true, "if x; then args+=(--all); fi": true, "see `keylint scan --stdin`": true,
		"keylint ci --deeper": false, "keylint cj": false, "keylint ci --sarif": false, "keylint ci PATH": false, "args+=(--nothing)": false,
	} {
		list := commandLines(line)
		if len(list) != 1 {
			t.Errorf("%q: %d command lines", line, len(list))
			continue
		}
		if err := tryFlags(list[0]); (err == nil) != want {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// An action is what is read of action.yml
// (https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax).
type action struct {
	Name, Description, Author string
	Branding                  map[string]string
	Inputs                    map[string]struct{ Description, Default string }
	Outputs                   map[string]struct{ Description, Value string }
	Runs                      struct {
		Using string
		Steps []struct {
			Name, ID, Shell, Run string
			Env                  map[string]string
			Dir                  string `yaml:"working-directory"`
		}
	}
}

// TestAction checks that inputs and variables are the same on both ends, and that
// nothing of an input is pasted into a script, where it could run.
func TestAction(t *testing.T) {
	var a action
	dec := yaml.NewDecoder(strings.NewReader(readFile(t, "action.yml")))
	dec.KnownFields(true)
	if err := dec.Decode(&a); err != nil {
		t.Fatal(err)
	}
	if a.Runs.Using != "composite" || len(a.Runs.Steps) < 2 {
		t.Fatalf("%+v", a.Runs)
	}
	input := regexp.MustCompile(`\$\{\{ inputs\.([a-z-]+) \}\}`)
	variable := regexp.MustCompile(`\$\{?([A-Z][A-Z_]*)`)
	used := map[string]bool{}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") || s.Shell == "" {
			t.Errorf("step %q: an expression stands in the script, or it has no shell", s.Name)
		}
		for _, v := range append(stringsIn(s.Env), s.Dir) {
			for _, m := range input.FindAllStringSubmatch(v, -1) {
				used[m[1]] = true
			}
		}
		read := map[string]bool{"GOBIN": true, "GITHUB_OUTPUT": true} // of go install, of the system
		for _, m := range variable.FindAllStringSubmatch(s.Run, -1) {
			read[m[1]] = true
			if _, ok := s.Env[m[1]]; !ok && m[1] != "GITHUB_OUTPUT" {
				t.Errorf("step %q reads %s, which its environment does not set", s.Name, m[1])
			}
		}
		for name := range s.Env {
			if !read[name] {
				t.Errorf("step %q sets %s, which it does not read", s.Name, name)
			}
		}
	}
	for name, in := range a.Inputs {
		if !used[name] || in.Description == "" {
			t.Errorf("the input %s is not used, or not described", name)
		}
		delete(used, name)
	}
	if len(used) > 0 {
		t.Errorf("no inputs: %v", used)
	}
	workflow := readFile(t, "docs/ci/github-actions.yml")
	if !strings.Contains(workflow, "agcloud/keylint@") {
		t.Error("the workflow does not use the action")
	}
}

// TestActionRuns runs the last script of the action with a stand-in for keylint:
// what it is given, and that its exit code is the step's and an output.
func TestActionRuns(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	var a action
	if err := yaml.Unmarshal([]byte(readFile(t, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	script := a.Runs.Steps[len(a.Runs.Steps)-1].Run
	for _, c := range []struct {
		set  map[string]string
		want string
	}{
		{map[string]string{"FAIL_ON": "medium", "ALL": "false", "DEEPEN": "true"}, "ci|--fail-on=medium|--deepen|"},
		{map[string]string{"FAIL_ON": "low", "ALL": "true", "BASE": "$(touch x) a", "SARIF": "o ut.sarif"}, "ci|--fail-on=low|--base=$(touch x) a|--all|--sarif=o ut.sarif|"},
		{map[string]string{"FAIL_ON": "--all", "CONFIG": "c", "BASELINE": "b", "JSON": "j", "HEAD": "h"}, "ci|--fail-on=--all|--head=h|--config=c|--baseline=b|--json=j|"},
	} {
		dir := t.TempDir()
		stand := "#!/bin/sh\nfor a; do printf '%s|' \"$a\"; done\nexit 3\n"
		if err := os.WriteFile(filepath.Join(dir, "keylint"), []byte(stand), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "KEYLINT_BIN="+dir, "GITHUB_OUTPUT="+filepath.Join(dir, "output"))
		for name := range a.Runs.Steps[len(a.Runs.Steps)-1].Env {
			if name != "KEYLINT_BIN" {
				cmd.Env = append(cmd.Env, name+"="+c.set[name])
			}
		}
		got, err := cmd.Output()
		if string(got) != c.want || cmd.ProcessState.ExitCode() != 3 {
			t.Errorf("keylint got %q, want %q; exit code %d: %v", got, c.want, cmd.ProcessState.ExitCode(), err)
		}
		if out, err := os.ReadFile(filepath.Join(dir, "output")); err != nil || string(out) != "exit-code=3\n" {
			t.Errorf("output %q: %v", out, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
			t.Error("an input ran as a command")
		}
	}
}

func stringsIn(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// TestDockerfile holds the image to what it promises.
func TestDockerfile(t *testing.T) {
	lines := strings.Split(readFile(t, "Dockerfile"), "\n")
	from := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "FROM gcr.io/distroless/") })
	if from < 0 || !slices.Contains(lines[from:], "USER nonroot") || !slices.Contains(lines[from:], `ENTRYPOINT ["/usr/local/bin/keylint"]`) {
		t.Error("the image is not distroless, or not without rights, or does not run keylint")
	}
}
