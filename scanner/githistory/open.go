package githistory

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// Open reads the references of a repository.
func Open(r *gitrepo.Repo, o Options) (*History, error) {
	h := &History{repo: r, opts: o, format: pack.SHA1, shallow: map[string]bool{}, names: map[string]string{}}
	if r.Format == gitrepo.SHA256 {
		h.format = pack.SHA256
	}
	var err error
	if h.headID, err = r.Head(); err != nil {
		return nil, err
	}
	if h.headID != "" {
		h.tips = append(h.tips, tip{"HEAD", worktreeHead, h.headID})
	}
	h.tmpRefs()
	return h, nil
}

func (h *History) tmpRefs() {
	add := func(name, id string) {
		t := tip{name: name, class: other, id: id}
		for prefix, c := range map[string]class{"refs/heads/": branch, "refs/remotes/": remote, "refs/tags/": tag, "refs/notes/": note} {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				t.name, t.class = rest, c
			}
		}
		h.hasRemotes = h.hasRemotes || t.class == remote
		h.tips = append(h.tips, t)
		h.names[name] = id
	}
	seen := map[string]bool{}
	base := filepath.Join(h.repo.CommonDir, "refs")
	filepath.WalkDir(base, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			data, _ := os.ReadFile(p)
			rel, _ := filepath.Rel(h.repo.CommonDir, p)
			if id := strings.TrimSpace(string(data)); len(id) >= 40 && !strings.HasPrefix(id, "ref:") {
				seen[rel] = true
				add(rel, id)
			}
		}
		return nil
	})
	if f, err := os.Open(filepath.Join(h.repo.CommonDir, "packed-refs")); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if id, name, ok := strings.Cut(s.Text(), " "); ok && strings.HasPrefix(name, "refs/") && !seen[name] {
				add(name, id)
			}
		}
	}
	logs := filepath.Join(h.repo.CommonDir, "logs")
	filepath.WalkDir(logs, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			data, _ := os.ReadFile(p)
			rel, _ := filepath.Rel(logs, p)
			for i, line := range strings.Split(string(data), "\n") {
				if f := strings.Fields(line); len(f) > 2 {
					c := reflog
					if strings.HasPrefix(rel, "refs/notes/") {
						c = note
					}
					if rel == "refs/stash" {
						c = stash
					}
					h.tips = append(h.tips, tip{fmt.Sprintf("%s@{%d}", rel, i), c, f[1]})
				}
			}
		}
		return nil
	})
}

// Target describes the history for a report.
func (h *History) Target() scanner.Target {
	return scanner.Target{Kind: "history", Head: h.headID, Refs: len(h.names)}
}

func (s *scan) openStore() (*pack.Store, error) {
	dir, alternates := filepath.Join(s.repo.CommonDir, "objects"), []string(nil)
	store, err := pack.Open(dir, s.format, alternates...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return store, nil
}
