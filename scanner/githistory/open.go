package githistory

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// Open reads the references, reflogs and indexes of a repository. What of them
// cannot be read is a problem that Scan reports; only a HEAD that cannot be read
// is an error.
func Open(r *gitrepo.Repo, o Options) (*History, error) {
	h := &History{repo: r, opts: o, format: pack.SHA1, shallow: map[string]bool{}, names: map[string]string{}}
	if r.Format == gitrepo.SHA256 {
		h.format = pack.SHA256
	}
	var err error
	if h.headID, err = r.Head(); err != nil {
		return nil, err
	}
	h.readRefs()
	if o.Range.IsZero() {
		h.readReflogs()
		h.readIndexes()
	}
	ends, problems := r.Shallow()
	h.problem(problems...)
	for _, id := range ends {
		h.shallow[id] = true
	}
	h.partial = len(r.Promisors()) > 0
	return h, nil
}

// problem notes what could not be read.
func (h *History) problem(list ...gitrepo.Problem) {
	for _, p := range list {
		h.notRead = append(h.notRead, scanner.Problem{Path: h.shownPath(p.Path), Reason: p.Err.Error()})
	}
}

// shownPath returns the path of a file of the repository as reports show it:
// relative to the working tree or, without one, to the git directory.
func (h *History) shownPath(path string) string {
	root := h.repo.WorkTree
	if root == "" {
		root = h.repo.GitDir
	}
	if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// readRefs makes tips of the references, of HEAD and the like, and of what
// grafts add to history.
func (h *History) readRefs() {
	refs, problems := h.repo.Refs()
	h.problem(problems...)
	for _, r := range refs {
		if r.ID == "" {
			continue // of a branch that has no commit yet
		}
		h.names[r.Name] = r.ID
		if r.Target != "" && r.Kind != gitrepo.KindPseudo {
			continue // another name of a reference that is there itself
		}
		t := tip{class: classOf(r.Kind), id: r.ID, tracking: r.Tracking}
		t.name = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(r.Name, "refs/heads/"), "refs/tags/"), "refs/remotes/")
		h.hasRemotes = h.hasRemotes || r.Tracking
		h.tips = append(h.tips, t)
	}
	grafts, problems := h.repo.Grafts()
	h.problem(problems...)
	for child, parents := range grafts {
		for _, id := range parents {
			h.tips = append(h.tips, tip{name: "graft of " + child, class: pseudo, id: id})
		}
	}
}

func classOf(k gitrepo.RefKind) class {
	switch k {
	case gitrepo.KindBranch:
		return branch
	case gitrepo.KindTag:
		return tag
	case gitrepo.KindRemote:
		return remote
	case gitrepo.KindStash:
		return stash
	case gitrepo.KindNote:
		return note
	case gitrepo.KindPseudo:
		return pseudo
	}
	return other
}

// readReflogs makes tips of the entries of reflogs.
func (h *History) readReflogs() {
	have := map[string]bool{}
	for e, err := range h.repo.Reflogs() {
		if p, ok := err.(gitrepo.Problem); ok {
			h.problem(p)
		}
		for _, id := range []string{e.New, e.Old} {
			if strings.Trim(id, "0") == "" || have[id] {
				continue
			}
			have[id] = true
			t := tip{name: fmt.Sprintf("%s@{%d}", strings.TrimPrefix(strings.TrimPrefix(e.Ref, "refs/heads/"), "refs/"), e.N), class: reflog, id: id, tracking: e.Tracking}
			switch e.Kind {
			case gitrepo.KindStash:
				t.class = stash
			case gitrepo.KindNote:
				t.class = note
			}
			h.tips = append(h.tips, t)
		}
	}
}

// readIndexes takes in the indexes of all working trees.
func (h *History) readIndexes() {
	trees, problems := h.repo.Worktrees()
	h.problem(problems...)
	for _, w := range trees {
		r := h.repo
		if w.IndexFile != r.IndexFile {
			other := *h.repo
			other.GitDir, other.IndexFile = w.GitDir, w.IndexFile
			r = &other
		}
		x, err := r.ReadIndex()
		if err != nil {
			h.problem(gitrepo.Problem{Path: w.IndexFile, Err: err})
			continue
		}
		for _, e := range x.Entries {
			if e.Mode == gitrepo.ModeGitlink || e.IntentToAdd() {
				continue // of which this repository has no object
			}
			h.staged = append(h.staged, stagedEntry{string(e.ID), e.Path})
		}
	}
}

// Target describes the history for a report.
func (h *History) Target() scanner.Target {
	kind := "history"
	if !h.opts.Range.IsZero() {
		kind = "range"
	}
	return scanner.Target{Kind: kind, Head: h.headID, Refs: len(h.names)}
}

func (s *scan) openStore() (*pack.Store, error) {
	dir, alternates := s.repo.ObjectDirs()
	store, err := pack.Open(dir, s.format, alternates...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return store, nil
}
