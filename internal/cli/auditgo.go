package cli

import (
	"context"
	"slices"
	"time"

	"github.com/agcloud/keylint/internal/audit"
	"github.com/agcloud/keylint/internal/goaudit"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/scanner"
)

// checkIDs returns the ids of all checks that are no rules: of hygiene, and of Go
// code.
func checkIDs() []string { return slices.Concat(hygiene.IDs(), goaudit.Names()) }

// checkGo runs the analyzers over the modules of the working tree. files and found are
// what the scan of the tree covered and found.
func (r *auditRun) checkGo(ctx context.Context, files []string, found []*scanner.Finding) (*audit.Part, error) {
	start := time.Now()
	part := &audit.Part{Summary: scanner.Summary{Complete: true}}
	err := goaudit.Run(ctx, goaudit.Options{
		Root: r.tree.root, Files: files, Checks: r.tree.hygiene.goChecks, Severity: r.tree.hygiene.options.Severity, Found: found,
	}, part)
	part.Summary.Complete = err == nil && len(part.Problems) == 0
	part.Summary.DurationMS = time.Since(start).Milliseconds()
	return part, err
}
