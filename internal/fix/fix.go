// Package fix applies the fixes that findings offer. Planning is apart from
// applying: [Planner.Plan] reads files and decides, [Plan.Patch] shows what was
// decided with all keys masked, and [Plan.Apply] does it.
//
// # What is left alone
//
// A [Step] is one fix. It is left, with a reason and before anything is changed,
// when a file that it edits
//
//   - is modified and not staged: git tracks it, and its content is not that of
//     the index. What is staged or committed can be had back from git, so the
//     edit can be reviewed with git diff and undone; other changes of the user
//     would be mixed up with it. Files that git does not track have no such
//     state, and are edited;
//   - is a symbolic link, or lies behind one that leads out of the root;
//   - is read-only, no regular file, or larger than 8 MiB.
//
// It is also left when it fails: because somebody else has changed the file since
// it was planned, because the file would change its owner, because git refuses.
// What it has done by then stays, as each part is safe by itself: a key goes to
// its new place before it is taken from the old one, and a rule that ignores a
// file comes before both.
//
// # How files are replaced
//
// A new content is written to a file beside the old one, with its mode and owner
// and, if the system lets us, its group, flushed to the disk, and renamed over it. So a
// run that is killed leaves the old or the new file, and at worst a temporary one
// whose name begins with .keylint-fix, which the next run that writes to the
// directory removes. Access control lists and extended attributes are not carried over. All paths go through an [os.Root], so that no
// link leads a write out of the root.
//
// # The index
//
// Files are taken out of git's index by the user's own git (git rm --cached).
// The index may be split, sparse, locked, shared by working trees, in one of
// several versions and with extensions that later versions of git define; git
// alone writes it safely, and it refuses where staged content would be lost.
// Hooks and file system monitors of the repository are turned off for that call.
// Without git the step is left, with the command to run.
package fix

import (
	"io/fs"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Step is a fix of one finding.
type Step struct {
	Finding     *scanner.Finding
	Description string // what is done, in the imperative
	Edits       []scanner.Edit
	Assign      *Assignment // nil for most
	Untrack     []string    // see [scanner.Fix]
	Private     []string    // see [scanner.Fix]

	// Left says why the step was not applied, with what to do; "" if it is
	// planned, or applied.
	Left string
}

// An Assignment is a variable that a .env file is to hold.
type Assignment struct {
	Path string // of the .env file
	Name string
	Key  rules.Secret
}

// paths returns the files whose content the step changes.
func (s *Step) paths() []string {
	var out []string
	for _, e := range s.Edits {
		out = append(out, e.Path)
	}
	if s.Assign != nil {
		out = append(out, s.Assign.Path)
	}
	return out
}

// A Change is the new content of a file.
type Change struct {
	Path   string
	Old    []byte // nil for a file that is not there yet
	New    []byte
	Create bool
	Mode   fs.FileMode // of the file; for a new one what the umask is applied to

	info fs.FileInfo // of the old file
}

// A Plan is what is to be done.
type Plan struct {
	Steps   []*Step  // in the order of the findings, those that are left included
	Changes []Change // in the order in which they are applied
}

// Steps returns the fixes that findings offer, in their order. Others have
// none.
func Steps(findings []*scanner.Finding) []*Step {
	var out []*Step
	for _, f := range findings {
		if f.Fix == nil || len(f.Fix.Edits)+len(f.Fix.Untrack)+len(f.Fix.Private) == 0 {
			continue
		}
		out = append(out, &Step{Finding: f, Description: f.Fix.Description, Edits: f.Fix.Edits, Untrack: f.Fix.Untrack, Private: f.Fix.Private})
	}
	return out
}

// open returns the steps that are not left.
func (p *Plan) open() []*Step {
	var out []*Step
	for _, s := range p.Steps {
		if s.Left == "" {
			out = append(out, s)
		}
	}
	return out
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.open()) == 0 }
