package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// setRevision sets a variable to the id of a commit.
func setRevision(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: rev NAME REVISION")
	}
	cmd := exec.Command("git", "rev-parse", "--verify", args[1]+"^{commit}")
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.Output()
	if err != nil {
		ts.Fatalf("%s is no commit: %v", args[1], err)
	}
	ts.Setenv(args[0], strings.TrimSpace(string(out)))
}

// setGitHub sets the environment of a job of GitHub Actions, with a payload in
// $WORK/event.json and a summary in $WORK/summary.md. Arguments are NAME=VALUE:
// ref, the name of the branch or tag; kind, tag or branch; sha; and for the
// payload before, head and base, as far as the event has them.
func setGitHub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: github EVENT [NAME=VALUE...]")
	}
	v := map[string]string{"ref": "main", "kind": "branch"}
	for _, arg := range args[1:] {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%s is not NAME=VALUE", arg)
		}
		v[name] = value
	}
	type object map[string]any
	payload, err := json.Marshal(object{
		"before":       v["before"],
		"pull_request": object{"head": object{"sha": v["head"]}, "base": object{"sha": v["base"]}},
		"merge_group":  object{"base_sha": v["base"], "base_ref": "refs/heads/main"},
		"repository":   object{"default_branch": "main"},
	})
	ts.Check(err)
	work := ts.Getenv("WORK")
	ts.Check(os.WriteFile(filepath.Join(work, "event.json"), payload, 0o644))
	ts.Check(os.RemoveAll(filepath.Join(work, "summary.md")))
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": args[0], "GITHUB_SHA": v["sha"], "GITHUB_REF_NAME": v["ref"],
		"GITHUB_REF_TYPE": v["kind"], "GITHUB_BASE_REF": "", "GITHUB_EVENT_PATH": filepath.Join(work, "event.json"),
		"GITHUB_STEP_SUMMARY": filepath.Join(work, "summary.md"),
	} {
		ts.Setenv(name, value)
	}
	if strings.HasPrefix(args[0], "pull_request") {
		ts.Setenv("GITHUB_BASE_REF", "main")
	}
}
