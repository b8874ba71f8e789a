package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner/worktree"
)

// knownFlags say which keys are known and looked for exactly.
type knownFlags struct {
	env   []string
	file  string
	noEnv bool
}

func (k *knownFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&k.env, "known-key-env", nil, "look for the exact value of the environment variable `NAME`; may be repeated")
	f.StringVar(&k.file, "known-keys-file", "", "look for the exact keys in `FILE`, one a line")
	f.BoolVar(&k.noEnv, "no-env-files", false, "do not look for the values of git-ignored .env files")
}

// knownKeys gathers the known keys: those of the flags, and those in the
// git-ignored .env files of tree.
func (a *app) knownKeys(k *knownFlags, tree *worktree.Tree) ([]rules.KnownKey, error) {
	var keys []rules.KnownKey
	for _, name := range k.env {
		value := a.env.Getenv(name)
		if value == "" {
			return nil, fmt.Errorf("--known-key-env: the environment variable %s is not set", name)
		}
		keys = append(keys, rules.KnownKey{Secret: rules.NewSecret([]byte(value)), Name: name, Origin: "the environment"})
	}
	if k.file != "" {
		more, err := keysOfFile(k.file)
		if err != nil {
			return nil, fmt.Errorf("--known-keys-file: %w", err)
		}
		keys = append(keys, more...)
	}
	if tree != nil && !k.noEnv {
		keys = append(keys, envKeys(tree)...)
	}
	return unique(keys), nil
}

// keysOfFile reads keys, one a line; empty lines and lines with # are skipped.
func keysOfFile(path string) ([]rules.KnownKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []rules.KnownKey
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) > 0 && line[0] != '#' {
			keys = append(keys, rules.KnownKey{Secret: rules.NewSecret(line), Origin: filepath.ToSlash(path)})
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no keys: write one a line", path)
	}
	return keys, nil
}

// envKeys returns the keys in the git-ignored .env files of tree. Files that
// cannot be read are left out: their keys cannot be known.
func envKeys(tree *worktree.Tree) []rules.KnownKey {
	var keys []rules.KnownKey
	for _, path := range tree.IgnoredEnv() {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(tree.Root(), path)
		if err != nil {
			rel = path
		}
		entries, _ := dotenv.Parse(data)
		for _, e := range entries {
			if dotenv.IsKeyName(e.Key) && !e.Interpolated && rules.PlausibleKey([]byte(e.Value)) {
				keys = append(keys, rules.KnownKey{Secret: rules.NewSecret([]byte(e.Value)), Name: e.Key, Origin: filepath.ToSlash(rel)})
			}
		}
	}
	return keys
}

// unique drops keys with the same bytes.
func unique(keys []rules.KnownKey) []rules.KnownKey {
	have := map[string]bool{}
	var out []rules.KnownKey
	for _, k := range keys {
		if !have[k.Secret.Reveal()] {
			have[k.Secret.Reveal()] = true
			out = append(out, k)
		}
	}
	return out
}
