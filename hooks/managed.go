package hooks

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Add adds the snippet to the manager's file, and says what it did. What the file
// says otherwise stays as it is.
func (m Manager) Add(worktree string) (string, error) {
	i, err := m.insertion(worktree)
	if err != nil {
		return "", err
	}
	return i.insert()
}

// Remove takes the snippet out of the manager's file, and says what it did: ""
// when it is not there.
func (m Manager) Remove(worktree string) (string, error) {
	i, err := m.insertion(worktree)
	if err != nil {
		return "", err
	}
	return i.remove()
}

// insertion returns the snippet in the form that the manager's file needs.
func (m Manager) insertion(worktree string) (insertion, error) {
	i := insertion{path: filepath.Join(worktree, m.File), text: m.Snippet, mode: 0o644}
	content, err := os.ReadFile(i.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return i, err
	}
	switch m.Name {
	case "husky":
		i.mode = 0o755
	case "pre-commit":
		i.text = likeOthers(m.Snippet, content)
		i.place = afterRepos
	case "lefthook":
		i.place = func(content []byte) (int, error) { return 0, m.free(content) }
	}
	return i, nil
}

// free returns an error when the file has hooks of the snippet's name: a mapping
// has a key once, so that these are for their owner to edit.
func (m Manager) free(content []byte) error {
	name, _, _ := strings.Cut(m.Snippet, "\n")
	for line := range bytes.Lines(content) {
		if bytes.HasPrefix(line, []byte(name)) {
			return fmt.Errorf("%s has a list for %s add this to it by hand:\n%s", m.File, name, m.Snippet)
		}
	}
	return nil
}

var (
	firstItem = regexp.MustCompile(`(?m)^repos:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*([ ]*)- `)
	ourRev    = regexp.MustCompile(`(?m)- repo: https://github\.com/agcloud/keylint\r?\n +rev: (\S+)`)
)

// likeOthers returns the snippet of pre-commit's configuration indented as the
// first item of its list is, and with the version that the file names for it, if
// it does.
func likeOthers(snippet string, content []byte) string {
	if rev := ourRev.FindSubmatch(content); rev != nil {
		snippet = regexp.MustCompile(`rev: .*`).ReplaceAllLiteralString(snippet, "rev: "+string(rev[1]))
	}
	indent := ""
	if item := firstItem.FindSubmatch(content); item != nil {
		indent = string(item[1])
	}
	var b strings.Builder
	for line := range strings.Lines(snippet) {
		b.WriteString(indent + line)
	}
	return b.String()
}

// afterRepos returns the offset behind the line “repos:” of a configuration of
// pre-commit.
func afterRepos(content []byte) (int, error) {
	if len(content) == 0 || !firstItem.Match(content) {
		return 0, errors.New("the configuration has no list of repositories below a line “repos:”: add the snippet by hand")
	}
	line := regexp.MustCompile(`(?m)^repos:.*\n`).FindIndex(content)
	return line[1], nil
}

// State tells in words whether the manager's file has the snippet.
func (m Manager) State(worktree string) string {
	content, err := os.ReadFile(filepath.Join(worktree, m.File))
	if err == nil && (bytes.Contains(content, []byte("keylint hook run")) || ourRev.Match(content)) {
		return "it runs keylint"
	}
	return "it does not run keylint: “keylint hook install” shows what is missing"
}
