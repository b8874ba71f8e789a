package fix

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
)

// A Planner turns steps into plans.
type Planner struct {
	Root string // the directory that paths are relative to

	// written holds what this run wrote: such a file differs from the index
	// and is not the user's change.
	written map[string]string
	repos   repos
}

// maxFile is the size in bytes of the largest file that is edited.
const maxFile = 8 << 20

// newFileMode is the mode of new files before the umask; that of new .env files
// is privateMode.
const (
	newFileMode = 0o666
	privateMode = 0o600
)

// A draft is a file on its way to a Change.
type draft struct {
	edits
	created bool
	mode    fs.FileMode
	info    fs.FileInfo
	assigns []*Assignment
	refused error // why the file is left alone
}

// Plan decides on steps, in their order: a step that cannot be applied as a
// whole is left. Nothing is changed. The error is that of ctx or of the root.
func (p *Planner) Plan(ctx context.Context, steps []*Step) (*Plan, error) {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	p.repos = repos{root: p.Root} // what git knows may have changed
	drafts := map[string]*draft{}
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.take(root, drafts, s); err != nil {
			s.Left = err.Error()
		}
	}
	return &Plan{Steps: steps, Changes: changes(drafts)}, nil
}

// take adds a step to the drafts, or none of it.
func (p *Planner) take(root *os.Root, drafts map[string]*draft, s *Step) error {
	for _, name := range s.paths() {
		if drafts[name] == nil {
			drafts[name] = p.draft(root, name)
		}
		if err := drafts[name].refused; err != nil {
			return err
		}
	}
	for _, name := range s.Private {
		if _, err := regularFile(root, name); err != nil {
			return err
		}
	}
	trial := map[string]*draft{}
	for _, name := range s.paths() {
		if trial[name] == nil {
			d := *drafts[name]
			d.list, d.assigns = slices.Clone(d.list), slices.Clone(d.assigns)
			trial[name] = &d
		}
	}
	for _, e := range s.Edits {
		if err := trial[e.Path].add(e); err != nil {
			return err
		}
	}
	if s.Assign != nil {
		d := trial[s.Assign.Path]
		d.assigns = append(d.assigns, s.Assign)
		if _, err := d.content(); err != nil {
			return err
		}
	}
	for name, d := range trial {
		drafts[name] = d
	}
	return nil
}

// content returns the new content of a file.
func (d *draft) content() ([]byte, error) {
	out := d.apply()
	for _, a := range d.assigns {
		var err error
		if out, err = assign(out, a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// draft reads a file that is to be edited.
func (p *Planner) draft(root *os.Root, name string) *draft {
	d := &draft{mode: newFileMode}
	if dotenv.IsEnvFile(name) {
		d.mode = privateMode
	}
	info, err := regularFile(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		d.created = true
		return d
	}
	if err != nil {
		d.refused = err
		return d
	}
	d.info, d.mode = info, info.Mode().Perm()
	if d.data, d.refused = readFile(root, name, info); d.refused != nil {
		return d
	}
	if mine, ok := p.written[name]; ok && mine == string(d.data) {
		return d
	}
	d.refused = p.repos.dirty(name, d.data)
	return d
}

// changes returns the drafts that change something, in the order in which they
// are safe to apply: ignore rules before the file that they are to hide, and a
// key's new place before the old one loses it.
func changes(drafts map[string]*draft) []Change {
	var out []Change
	for name, d := range drafts {
		if d.refused != nil {
			continue
		}
		content, err := d.content()
		if err != nil || string(content) == string(d.data) && !d.created || len(content) == 0 && d.created {
			continue // an error was told when the step was taken
		}
		out = append(out, Change{Path: name, Old: d.data, New: content, Create: d.created, Mode: d.mode, info: d.info})
	}
	slices.SortFunc(out, func(a, b Change) int {
		if d := turn(a.Path) - turn(b.Path); d != 0 {
			return d
		}
		return strings.Compare(a.Path, b.Path)
	})
	return out
}

// turn says when a file is changed.
func turn(name string) int {
	switch {
	case strings.HasSuffix(path.Base(name), "ignore"):
		return 0
	case dotenv.IsEnvFile(name):
		return 1
	}
	return 2
}
