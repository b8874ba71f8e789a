package hygiene

import (
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
)

// envTrackedOnly reports the .env files that are in the index of the repository of
// the root and not on disk: deleted there, or left out by a sparse checkout. The
// keys in them are read from git's objects.
func (p *pass) envTrackedOnly() {
	r := p.repoAt(".")
	if r == nil {
		return
	}
	for i := range r.index.Entries {
		e := &r.index.Entries[i]
		if !dotenv.IsEnvFile(path.Base(e.Path)) || e.Mode != gitrepo.ModeFile && e.Mode != gitrepo.ModeExecutable || e.IntentToAdd() || !p.inScope(r.dir+e.Path) {
			continue
		}
		name := r.dir + e.Path
		if _, err := os.Lstat(p.native(name)); !os.IsNotExist(err) {
			continue
		}
		keys, err := p.keysInIndex(r, name, e)
		if err == nil && len(keys) == 0 && (mayBeShared(name) || !isPersonal(name)) {
			continue
		}
		f := p.report(name, rules.Secret{}, fmt.Sprintf("%s, and it is not in the working tree: %s; %s", r.inHead(e.Path), absence(e), indexContents(keys, err)))
		if len(keys) == 0 {
			f.Severity = rules.Medium
		} else {
			f.Name = keys[0].name
		}
		rule, err := r.checker.Match(e.Path, false)
		f.Fix = p.untrackFix(name, err == nil && rule.Ignored)
	}
}

// inScope reports whether a path lies in what was scanned.
func (f *Facts) inScope(name string) bool {
	for _, dir := range f.Scope {
		if name == dir || strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return len(f.Scope) == 0
}

// absence says why a file in the index may not be on disk.
func absence(e *gitrepo.Entry) string {
	if e.SkipWorktree() {
		return "a sparse checkout leaves it out"
	}
	return "it was deleted there, and its removal is not committed yet"
}

// indexContents says which keys are in a file of the index.
func indexContents(keys []envKey, err error) string {
	if err != nil {
		return "its content could not be looked at"
	}
	return contents(keys)
}

// keysInIndex returns the keys in a .env file as the index has it.
func (p *pass) keysInIndex(r *repository, name string, e *gitrepo.Entry) ([]envKey, error) {
	repo, err := r.openObjects()
	if err != nil {
		return nil, err
	}
	blob, err := repo.BlobObject(plumbing.NewHash(e.ID.String()))
	if err != nil {
		return nil, err
	}
	if blob.Size > maxFile {
		return nil, os.ErrInvalid
	}
	in, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	if p.Rules == nil {
		return keysOfEnv(name, data, nil, nil), nil
	}
	return keysIn(p.Rules.Matcher(), name, data), nil
}
