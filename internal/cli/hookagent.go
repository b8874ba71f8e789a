package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner/worktree"
)

// exitBlock is the exit code by which a hook of Claude Code stops what the agent is
// about to do; standard error tells why. See
// https://docs.claude.com/en/docs/claude-code/hooks#exit-code-2-behavior.
const exitBlock = 2

// An agentCall is what a coding agent is about to do, as it writes it to the
// standard input of a hook.
type agentCall struct {
	Event  string         `json:"hook_event_name"`
	Dir    string         `json:"cwd"`
	Tool   string         `json:"tool_name"`
	Input  map[string]any `json:"tool_input"`
	Prompt string         `json:"prompt"`
}

// judgeAgent stops a call that carries a key or reads a .env file. A call that it
// cannot judge it stops, too.
func (a *app) judgeAgent(f *ruleFlags) error {
	why, err := a.agentVerdict(f)
	if err != nil {
		return &codeError{exitBlock, fmt.Errorf("the call could not be judged, so it is stopped: %w", err)}
	}
	if why != "" {
		return &codeError{exitBlock, errors.New(why)}
	}
	return nil
}

// agentVerdict says why a call is to be stopped; "" when it is not.
func (a *app) agentVerdict(f *ruleFlags) (string, error) {
	data, err := io.ReadAll(io.LimitReader(a.env.Stdin, maxMessage+1))
	if err != nil {
		return "", err
	}
	var c agentCall
	if len(data) > maxMessage {
		return "", fmt.Errorf("it has more than %d bytes", maxMessage)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return "", errors.New("standard input is not the JSON that an agent writes")
	}
	if c.Event == "" && c.Tool == "" && c.Prompt == "" {
		return "", errors.New("standard input names no event, no tool and no prompt: it is not the JSON that " + agentName + " writes")
	}
	what := "the prompt"
	if c.Tool != "" {
		what = "the call of " + c.Tool
	}
	if file := c.readsEnv(); file != "" {
		return fmt.Sprintf("stopped: %s reads %s, which holds secrets: use the names of its variables, and let the program read the values; %s shows which there are", what, path.Base(file), "a template such as .env.example"), nil
	}
	set, err := a.agentRules(f, c.Dir)
	if err != nil {
		return "", err
	}
	texts := append(texts(c.Input), c.Prompt)
	if m := keyIn(set, strings.Join(texts, "\n")); m != nil {
		return fmt.Sprintf("stopped: %s carries a key (%s, %s): write the name of a variable in its place, and revoke the key if it was sent before", what, m.Rule.Title, m.Secret.Redacted()), nil
	}
	return "", nil
}

// keyIn returns a key in a text, nil without one.
func keyIn(set *rules.Set, text string) *rules.Match {
	for _, m := range set.Matcher().Match([]byte(text)) {
		if m.Rule.Severity >= rules.Medium && m.Rule.Category == rules.CategorySecret {
			return &m
		}
	}
	return nil
}

// agentRules returns the rules of the agent's directory, with the keys of the
// ignored .env files at the root of its repository.
func (a *app) agentRules(f *ruleFlags, dir string) (*rules.Set, error) {
	if info, err := os.Stat(dir); dir == "" || err != nil || !info.IsDir() {
		dir = "."
	}
	var envs *envPlaces
	if r, err := gitrepo.Discover(dir, gitrepo.Options{Getenv: a.env.Getenv}); err == nil && r.WorkTree != "" {
		envs = &envPlaces{root: r.WorkTree}
		here, err := filepath.Rel(r.WorkTree, filepath.Join(dir, "x"))
		if err != nil {
			here = "x"
		}
		if envs.files, err = worktree.IgnoredEnvBeside(r, []string{filepath.ToSlash(here)}, func(string) bool { return false }); err != nil {
			return nil, err
		}
	}
	return a.configured(f, dir, envs)
}

// texts returns all strings in a value of JSON and its names, in an order that is the same each
// time.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, texts(e)...)
		}
		return out
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		var out []string
		for _, k := range keys {
			inside := texts(v[k])
			if len(inside) == 0 { // a number, or nothing
				out = append(out, k)
			}
			for _, text := range inside {
				out = append(out, k+": "+text)
			}
		}
		return out
	}
	return nil
}
