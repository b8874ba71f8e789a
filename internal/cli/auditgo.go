package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/agcloud/keylint/internal/audit"
	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/goaudit"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/scanner"
)

// checkIDs returns the ids of all checks that are no rules: of hygiene, and of Go
// code.
func checkIDs() []string { return slices.Concat(hygiene.IDs(), goaudit.Names()) }

// goChecksOf returns the analyzers that the configuration asks for, with its
// severities.
func goChecksOf(cfg *config.Config) ([]goaudit.Check, error) {
	levels, err := cfg.Severities()
	if err != nil {
		return nil, err
	}
	kept := cfg.Checks(nil, goaudit.Names())
	var out []goaudit.Check
	for _, c := range goaudit.Checks() {
		if s, ok := levels[c.ID]; ok {
			c.Severity = s
		}
		if slices.Contains(kept, c.ID) {
			out = append(out, c)
		}
	}
	return out, nil
}

// docOfGoCheck returns what reports tell of an analyzer.
func docOfGoCheck(c *goaudit.Check) report.RuleDoc {
	return report.RuleDoc{ID: c.ID, Title: c.Title, Description: c.Manual, Severity: c.Severity}
}

// describeGoCheck renders the documentation of an analyzer as text.
func describeGoCheck(c *goaudit.Check) string {
	return fmt.Sprintf("%s: %s\nseverity %s, a check of Go code of “keylint audit” and “keylint-vet”\n\n%s\n", c.ID, c.Title, c.Severity, c.Manual)
}

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
