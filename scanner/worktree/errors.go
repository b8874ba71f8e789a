package worktree

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// A PathError is an error with a path, and says what to do about it.
type PathError struct {
	Path string // as the user or the system writes it
	Err  error
	Next string // what to do
}

// Error returns the path, the error without the path and the next step.
func (e *PathError) Error() string {
	text := e.Path + ": " + cause(e.Err).Error()
	if e.Next != "" {
		text += ": " + e.Next
	}
	return text
}

// Unwrap returns the error.
func (e *PathError) Unwrap() error { return e.Err }

// cause strips operation and path off an error of the system.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// The next steps.
const (
	nextSpelling = "check the spelling and the current directory"
	nextRead     = "make it readable, or leave it out with a line in " + IgnoreFile
	nextAgain    = "it has changed since it was listed: scan again"
)

// fileError tells what to do when a listed file cannot be opened. Who reports
// it knows the path.
func fileError(err error) error {
	next := nextRead
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, regular.ErrNotRegular) {
		next = nextAgain
	}
	return fmt.Errorf("%w: %s", cause(err), next)
}
