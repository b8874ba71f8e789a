package hooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// The settings of Claude Code name commands that run before a tool is used and
// when a prompt is sent; see https://docs.claude.com/en/docs/claude-code/hooks.
const (
	agentFile  = ".claude/settings.json"
	agentEntry = `{"hooks":[{"type":"command","command":"keylint hook run claude-code"}]}`
)

// agentEvents are the events that keylint is told of.
var agentEvents = []string{"PreToolUse", "UserPromptSubmit"}

// agentHook is the hooks of an event, as a member of the object of all hooks.
func agentHook(event string) string { return fmt.Sprintf("\n    %q: [%s]", event, agentEntry) }

// agentHooks is all hooks, as a member of the settings.
func agentHooks() string {
	return "\n  \"hooks\": {" + agentHook(agentEvents[0]) + "," + agentHook(agentEvents[1]) + "\n  }"
}

// agentSettings is settings that hold the hooks and nothing else.
func agentSettings() string { return "{" + agentHooks() + "\n}\n" }

// InstallAgent adds keylint to the settings of Claude Code in dir, a working tree
// or a home directory, and says what it did. The settings that are there keep
// their form, byte for byte.
func InstallAgent(dir string) (string, error) {
	path := filepath.Join(dir, filepath.FromSlash(agentFile))
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if bytes.Contains(content, []byte(agentEntry)) {
		return path + " has it already", nil
	}
	out := []byte(agentSettings())
	if len(bytes.TrimSpace(content)) > 0 {
		if out, err = addAgent(content); err != nil {
			return "", fmt.Errorf("%s: %w: add the hooks by hand: %s", path, err, agentHooks())
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path + " runs keylint before each tool and on each prompt", replace(path, out, 0o644)
}

// addAgent adds the hooks to settings.
func addAgent(content []byte) ([]byte, error) {
	if !json.Valid(content) {
		return nil, errors.New("the settings are no JSON")
	}
	out, err := addAgentHooks(content)
	if err == nil && !json.Valid(out) {
		return nil, errors.New("the settings are no object with an object of hooks")
	}
	return out, err
}

func addAgentHooks(content []byte) ([]byte, error) {
	if _, _, err := opening(content, "hooks"); errors.Is(err, errNoKey) {
		return member(content, agentHooks())
	}
	for _, event := range agentEvents {
		_, _, err := opening(content, "hooks", event)
		switch {
		case errors.Is(err, errNoKey):
			content, err = member(content, agentHook(event), "hooks")
		case err == nil:
			content, err = member(content, agentEntry, "hooks", event)
		}
		if err != nil {
			return nil, err
		}
	}
	return content, nil
}

// member puts text in front of what the object or array at some keys holds.
func member(content []byte, text string, keys ...string) ([]byte, error) {
	at, empty, err := opening(content, keys...)
	if err != nil {
		return nil, err
	}
	if !empty {
		text += ","
	}
	return append(append(bytes.Clone(content[:at]), text...), content[at:]...), nil
}

var errNoKey = errors.New("there is no such key")

// opening returns the offset behind the bracket that opens the object or array at
// some keys, and whether it is empty.
func opening(content []byte, keys ...string) (at int, empty bool, err error) {
	d := json.NewDecoder(bytes.NewReader(content))
	for {
		t, err := d.Token()
		if err != nil {
			return 0, false, err
		}
		if _, ok := t.(json.Delim); !ok {
			return 0, false, errors.New("hooks are no object of lists")
		}
		if len(keys) == 0 {
			return int(d.InputOffset()), !d.More(), nil
		}
		if err := seek(d, keys[0]); err != nil {
			return 0, false, err
		}
		keys = keys[1:]
	}
}

// seek reads the members of an object up to a key.
func seek(d *json.Decoder, key string) error {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		if t == key {
			return nil
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return errNoKey
}

// UninstallAgent takes out what InstallAgent added, and says what it did: "" when
// nothing of it is there.
func UninstallAgent(dir string) (string, error) {
	path := filepath.Join(dir, filepath.FromSlash(agentFile))
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.Contains(content, []byte(agentEntry)) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if string(content) == agentSettings() {
		return path + " is removed", os.Remove(path)
	}
	out := cut(content, agentHooks())
	for _, event := range slices.Backward(agentEvents) { // the last one stands in front
		if bytes.Contains(out, []byte(agentHook(event))) {
			out = cut(out, agentHook(event))
		} else if at, _, err := opening(out, "hooks", event); err == nil && bytes.HasPrefix(out[at:], []byte(agentEntry)) {
			out = append(bytes.Clone(out[:at]), cut(out[at:], agentEntry)...)
		}
	}
	if !json.Valid(out) || bytes.Contains(out, []byte("keylint hook run")) {
		return "", fmt.Errorf("%s: %w: take out what runs keylint by hand", path, ErrChanged)
	}
	return path + " is as it was before", replace(path, out, 0o644)
}

// cut removes the first place of text, with the comma behind it.
func cut(content []byte, text string) []byte {
	for _, t := range []string{text + ",", text} {
		if before, after, ok := bytes.Cut(content, []byte(t)); ok {
			return append(bytes.Clone(before), after...)
		}
	}
	return content
}
