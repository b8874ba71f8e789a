package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
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

// An envPlaces is the git-ignored .env files of a tree.
type envPlaces struct {
	root  string   // that paths of findings are relative to
	files []string // absolute paths
}

// placesOf returns the git-ignored .env files of tree; nil without a tree.
func placesOf(tree *worktree.Tree) *envPlaces {
	if tree == nil {
		return nil
	}
	return &envPlaces{tree.Root(), tree.IgnoredEnv()}
}

// knownKeys gathers the known keys: those of the flags, and those in the
// git-ignored .env files of envs. An .env file that cannot be read is a problem:
// what is in it was not searched for.
func (a *app) knownKeys(k *knownFlags, envs *envPlaces) ([]rules.KnownKey, []scanner.Problem, error) {
	var keys []rules.KnownKey
	var problems []scanner.Problem
	for _, name := range k.env {
		value := strings.TrimSpace(a.env.Getenv(name))
		if value == "" {
			return nil, nil, fmt.Errorf("--known-key-env: the environment variable %s is not set", name)
		}
		keys = append(keys, rules.KnownKey{Secret: rules.NewSecret([]byte(value)), Name: name, Origin: "the environment"})
	}
	if k.file != "" {
		more, err := keysOfFile(k.file)
		if err != nil {
			return nil, nil, fmt.Errorf("--known-keys-file: %w", err)
		}
		for i := range more {
			more[i].Origin = originIn(envs, k.file)
		}
		keys = append(keys, more...)
	}
	if envs != nil && !k.noEnv {
		var more []rules.KnownKey
		more, problems = envKeys(envs)
		keys = append(keys, more...)
	}
	return unique(keys), problems, nil
}

// originIn returns path as the files of a tree are named, so that the file that
// gives a key is not reported for it, or as it is when it lies elsewhere.
func originIn(envs *envPlaces, path string) string {
	if envs != nil {
		if abs, err := filepath.Abs(path); err == nil {
			if rel, err := filepath.Rel(envs.root, abs); err == nil && filepath.IsLocal(rel) {
				return filepath.ToSlash(rel)
			}
		}
	}
	return filepath.ToSlash(path)
}

// maxKeyFile is the greatest size of a file with keys, in bytes.
const maxKeyFile = 16 << 20

// keysOfFile reads keys, one a line; empty lines and lines with # are skipped.
// The caller fills in their Origin.
func keysOfFile(path string) ([]rules.KnownKey, error) {
	data, err := regular.ReadFile(path, maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: name a readable file with one key a line", path, causeOf(err))
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%s is not UTF-8: save it as UTF-8 text with one key a line", path)
	}
	var keys []rules.KnownKey
	for line := range bytes.FieldsFuncSeq(bytes.TrimPrefix(data, []byte("\ufeff")), func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			keys = append(keys, rules.KnownKey{Secret: rules.NewSecret(line)})
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no keys: write one a line", path)
	}
	return keys, nil
}

// envKeys returns the keys in git-ignored .env files. Files that cannot be read
// are problems.
func envKeys(envs *envPlaces) ([]rules.KnownKey, []scanner.Problem) {
	var keys []rules.KnownKey
	var problems []scanner.Problem
	for _, path := range envs.files {
		rel, err := filepath.Rel(envs.root, path)
		if err != nil {
			rel = path
		}
		data, err := regular.ReadFile(path, maxKeyFile)
		if errors.Is(err, os.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			problems = append(problems, scanner.Problem{Path: filepath.ToSlash(rel), Reason: "its keys were not searched for: " + causeOf(err).Error() + ": make it readable, or give --no-env-files"})
			continue
		}
		if text, _, ok := scanner.Text(data); ok { // UTF-16, as some editors save
			data = text
		}
		entries, _ := dotenv.Parse(data)
		for _, e := range entries {
			if dotenv.IsKeyName(e.Key) && !e.Interpolated && rules.PlausibleKey([]byte(e.Value)) {
				keys = append(keys, rules.KnownKey{Secret: rules.NewSecret([]byte(e.Value)), Name: e.Key, Origin: filepath.ToSlash(rel)})
			}
		}
	}
	return keys, problems
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
