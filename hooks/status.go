package hooks

import (
	"os"
	"path/filepath"
	"strings"
)

// The states of a hook.
const (
	Absent   = "not installed"
	Active   = "installed"
	Foreign  = "another program's, without keylint"
	Inactive = "installed, but not executable: git passes over it"
	Modified = "keylint's, and changed since"
	Broken   = "installed, but its keylint is not found: git is stopped each time"
)

// A Status is what there is of a hook.
type Status struct {
	Hook
	Path  string
	State string
	// Before is a hook that runs before ours; "" without one.
	Before string
}

// Status tells of a hook.
func (d Dir) Status(h Hook) Status {
	s := Status{Hook: h, Path: filepath.Join(d.Path, h.Name), State: Absent}
	script, err := os.ReadFile(s.Path)
	if err != nil {
		return s
	}
	info, err := os.Stat(s.Path)
	if exists(s.Path + kept) {
		s.Before = s.Path + kept
	}
	switch {
	case !isOurs(script) && strings.Contains(string(script), "keylint hook run"):
		s.State = Active
	case !isOurs(script):
		s.State = Foreign
	case !d.wrote(script, h):
		s.State = Modified
	case binaryOf(script) == "":
		s.State = Absent // it runs the repository's own hook only
	case err != nil || !executable(info):
		s.State = Inactive
	case !found(binaryOf(script)):
		s.State = Broken
	default:
		s.State = Active
	}
	return s
}
