package cli

import (
	"fmt"

	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/scanner"
)

// An allow leaves out what [[allow]] tables of a configuration stand for.
type allow struct {
	config *config.Config
	used   map[string]bool // the fingerprints of the findings that were left out
}

// allowed reports whether the configuration allows a finding.
func (j *job) allowed(f *scanner.Finding) bool {
	a := j.allow
	if a == nil || !a.config.Allows(f.Rule, f.Path, f.ID) {
		return false
	}
	if a.used == nil {
		a.used = map[string]bool{}
	}
	a.used[f.ID] = true
	return true
}

// notices tells how much was left out.
func (a *allow) notices() []scanner.Notice {
	if a == nil || len(a.used) == 0 {
		return nil
	}
	return []scanner.Notice{{Path: config.FileName, Reason: fmt.Sprintf("%d finding(s) accepted, as [[allow]] tables say that they are false", len(a.used))}}
}
