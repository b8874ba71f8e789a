package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/audit"
	"github.com/agcloud/keylint/internal/forge"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

// targets are the repositories of an audit.
type targets struct {
	tasks    []audit.Task
	open     map[string]target // by the ID of the task
	problems []scanner.Problem
	notices  []scanner.Notice
}

// A target is what a task opens. Unlike the task it may hold a user and a password.
type target struct {
	name string
	as   githistory.Credential
}

// add takes a repository in, unless it is there.
func (t *targets) add(name string, as githistory.Credential) {
	task := taskOf(name)
	if _, ok := t.open[task.ID]; ok {
		return
	}
	t.open[task.ID] = target{name, as}
	t.tasks = append(t.tasks, task)
}

// taskOf returns the task to audit what a path or an address names.
func taskOf(name string) audit.Task {
	if githistory.IsURL(name) {
		clean := redactPath(githistory.CleanURL(name))
		return audit.Task{ID: identity(clean), Target: clean, Name: clean}
	}
	root := name
	if abs, err := filepath.Abs(name); err == nil {
		root = abs
	}
	if !githistory.IsBundle(name) {
		if r, err := gitrepo.Discover(name, gitrepo.Options{}); err == nil && r.WorkTree != "" {
			root = r.WorkTree
		} else if err == nil {
			root = r.GitDir
		}
	}
	shown := filepath.ToSlash(displayPath(root))
	return audit.Task{ID: redactPath(root), Target: redactPath(shown), Name: redactPath(shown)}
}

// identity returns an address as it is compared: hosts are the same in any case
// (RFC 3986, section 6.2.2.1), and forges take addresses with and without .git.
func identity(address string) string {
	address = strings.TrimSuffix(strings.TrimRight(address, "/"), ".git")
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		u.Host = strings.ToLower(u.Host)
		return u.String()
	}
	return address
}

// targets gathers the repositories that arguments and flags name.
func (a *app) targets(ctx context.Context, m *manyFlags, args []string) (*targets, error) {
	t := &targets{open: map[string]target{}}
	if len(args) == 0 && m.from == "" && len(m.reposIn) == 0 && len(m.orgs) == 0 {
		args = []string{"."}
	}
	for _, name := range args {
		t.add(name, githistory.Credential{})
	}
	if m.from != "" {
		list, err := a.namesIn(m.from)
		if err != nil {
			return nil, fmt.Errorf("--from-file: %w", err)
		}
		for _, name := range list {
			t.add(name, githistory.Credential{})
		}
	}
	for _, dir := range m.reposIn {
		if err := t.addBelow(dir); err != nil {
			return nil, fmt.Errorf("--repos-in: %w", err)
		}
	}
	for _, address := range m.orgs {
		if err := t.addOrg(ctx, a, address, m); err != nil {
			return nil, err
		}
	}
	if len(t.tasks) == 0 {
		return nil, incomplete("there is no repository to audit: check what --from-file, --repos-in and --org name")
	}
	return t, nil
}

// maxNames is the greatest size of a file that names repositories, in bytes.
const maxNames = 16 << 20

// namesIn reads the names of repositories, one a line.
func (a *app) namesIn(path string) ([]string, error) {
	var data []byte
	var err error
	if path == "-" {
		data, err = io.ReadAll(io.LimitReader(a.env.Stdin, maxNames))
	} else {
		data, err = regular.ReadFile(path, maxNames)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: name a readable file with a path or URL a line", path, causeOf(err))
	}
	var list []string
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, 64<<10)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	if lines.Err() != nil || bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%s is no text with a path or URL a line", path)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s names no repository: write a path or URL a line", path)
	}
	return list, nil
}

// maxDeep is how deep below a directory repositories are looked for, as in
// HOST/OWNER/NAME.
const maxDeep = 4

// addBelow takes in the repositories below a directory, which may be one itself. It
// looks into no repository and follows no links.
func (t *targets) addBelow(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrPermission):
		return incomplete("%s: permission denied: make it readable", dir)
	case err != nil:
		return fmt.Errorf("%s: %w: check the spelling and the current directory", dir, causeOf(err))
	case !info.IsDir():
		return fmt.Errorf("%s is no directory", dir)
	}
	before := len(t.tasks)
	t.walk(dir, maxDeep)
	if len(t.tasks) == before {
		t.problems = append(t.problems, scanner.Problem{Path: redactPath(filepath.ToSlash(dir)), Reason: "it holds no git repository: name the directory that the clones lie in"})
	}
	return nil
}

// walk looks for repositories in the directories of dir.
func (t *targets) walk(dir string, deep int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.problems = append(t.problems, scanner.Problem{Path: redactPath(filepath.ToSlash(dir)), Reason: "repositories in it were not looked for: " + causeOf(err).Error() + ": make it readable"})
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == ".git" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		_, err := gitrepo.Open(path, gitrepo.Options{})
		switch {
		case !errors.Is(err, gitrepo.ErrNotFound):
			t.add(path, githistory.Credential{}) // also one that cannot be read: its audit says why
		case deep > 1:
			t.walk(path, deep-1)
		}
	}
}

// addOrg takes in the repositories of an organisation.
func (t *targets) addOrg(ctx context.Context, a *app, address string, m *manyFlags) error {
	org, err := forge.Parse(address, m.api)
	if err != nil {
		return fmt.Errorf("--org: %w", err)
	}
	var token string
	for _, name := range org.TokenVariables() {
		if token = strings.TrimSpace(a.env.Getenv(name)); token != "" {
			break
		}
	}
	l, err := org.List(ctx, forge.Options{
		Token: token, Agent: "keylint/" + strings.Trim(version(), "()"), NoArchived: m.noArchived, Forks: m.forks,
		Waiting: func(reason string) { fmt.Fprintln(a.env.Stderr, "keylint: "+redact(reason)) },
	})
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return incomplete("--org: %w", err)
	}
	for _, r := range l.Repositories {
		user, password, _ := org.Credential(r.URL, token)
		t.add(r.URL, githistory.Credential{User: user, Password: password})
	}
	for _, reason := range l.Problems {
		t.problems = append(t.problems, scanner.Problem{Reason: redact(reason)})
	}
	t.notices = append(t.notices, scanner.Notice{Reason: redact(listed(org, l, token))})
	return nil
}

// listed says what an organisation has.
func listed(o *forge.Org, l *forge.Listing, token string) string {
	archived, forks := 0, 0
	for _, r := range l.Repositories {
		if r.Archived {
			archived++
		}
		if r.Fork {
			forks++
		}
	}
	text := fmt.Sprintf("%s of %s: repositories that were audited: %d, of them archived: %d, forks: %d; left out: archived: %d (--no-archived), forks: %d (--forks includes them)", o.Name, o.Kind, len(l.Repositories), archived, forks, l.Archived, l.Forks)
	if token == "" {
		text += "; without a token in " + strings.Join(o.TokenVariables(), " or ") + " only what is public is listed"
	}
	return text
}
