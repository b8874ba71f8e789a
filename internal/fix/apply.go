package fix

import (
	"context"
	"os"
	"path/filepath"
	"slices"
)

// interrupted is the reason of steps that were not come to.
const interrupted = "interrupted: run it again"

// Apply carries a plan out. What fails leaves its steps, with the reason; a step
// that was applied has none. The error is that of ctx or of the root: the steps
// that were not done by then are left.
func (p *Planner) Apply(ctx context.Context, plan *Plan) error {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return err
	}
	defer root.Close()
	steps := plan.open()
	for i := range plan.Changes {
		c := &plan.Changes[i]
		users := usersOf(steps, c.Path)
		if err := ctx.Err(); err != nil {
			leave(unfinished(steps, plan.Changes[i:]), interrupted)
			return err
		}
		if failed := slices.IndexFunc(users, func(s *Step) bool { return s.Left != "" }); failed >= 0 {
			leave(users, "left together with another fix of "+c.Path+" that failed: run it again")
			continue // the new content has the edits of the step that failed
		}
		if err := replace(root, c); err != nil {
			leave(users, err.Error())
			continue
		}
		p.remember(c)
	}
	for i, s := range steps {
		if err := ctx.Err(); err != nil {
			leave(unfinished(steps[i:], nil), interrupted)
			return err
		}
		if s.Left == "" {
			s.Left = p.finish(root, s)
		}
	}
	return nil
}

// remember notes what was written.
func (p *Planner) remember(c *Change) {
	if p.written == nil {
		p.written = map[string]string{}
	}
	p.written[c.Path] = string(c.New)
}

// finish does what a step does beside changing contents. It returns why that
// failed, or "".
func (p *Planner) finish(root *os.Root, s *Step) string {
	for _, name := range s.Private {
		if _, err := regularFile(root, name); err != nil {
			return err.Error()
		}
		if err := root.Chmod(filepath.FromSlash(name), privateMode); err != nil {
			return "the mode of " + name + " cannot be changed: " + causeOf(err).Error()
		}
	}
	for _, name := range s.Untrack {
		if err := p.repos.untrack(name); err != nil {
			return err.Error()
		}
	}
	return ""
}

// usersOf returns the steps that change the content of a file.
func usersOf(steps []*Step, path string) []*Step {
	var out []*Step
	for _, s := range steps {
		if slices.Contains(s.paths(), path) {
			out = append(out, s)
		}
	}
	return out
}

// unfinished returns the steps that need one of the changes or have more to do
// than to change contents.
func unfinished(steps []*Step, changes []Change) []*Step {
	var out []*Step
	for _, s := range steps {
		waits := slices.ContainsFunc(changes, func(c Change) bool { return slices.Contains(s.paths(), c.Path) })
		if waits || len(s.Private)+len(s.Untrack) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// leave gives steps that have none a reason why they are not applied.
func leave(steps []*Step, reason string) {
	for _, s := range steps {
		if s.Left == "" {
			s.Left = reason
		}
	}
}
