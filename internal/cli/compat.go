package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/baseline"
	"github.com/agcloud/keylint/internal/compat"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/scanner"
)

// maxForeign is the most bytes of a baseline of another scanner.
const maxForeign = 256 << 20

// loadForeign reads what the project in root has accepted for other scanners.
func (j *job) loadForeign(root string) error {
	j.foreign = &compat.Allowances{}
	if j.options.OwnMarks { // [compat] allow is false
		return nil
	}
	for _, name := range []string{compat.IgnoreName, compat.BaselineName} {
		data, err := regular.ReadFile(filepath.Join(root, name), maxForeign)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return unreadable(fmt.Errorf("cannot read %s: %w: set [compat] allow = false to go without it", name, err))
		}
		if err := j.foreign.Add(name, data); err != nil {
			return fmt.Errorf("%w, or set [compat] allow = false", err)
		}
	}
	return nil
}

// foreignBaseline reads file if it is a baseline of another scanner, and reports
// whether it is.
func (j *job) foreignBaseline(file string) (bool, error) {
	data, err := regular.ReadFile(file, maxForeign)
	if err != nil || !compat.IsForeign(data) {
		return false, nil // the reader of keylint's own says what is wrong
	}
	return true, j.foreign.Add(file, data)
}

// accept reports whether a finding is accepted: by the baseline, by the
// configuration, or as it was for another scanner.
func (j *job) accept(f *scanner.Finding) bool {
	return j.baseline.Accept(f) || j.allowed(f) || j.foreign.Accept(f)
}

func (a *app) baselineImportCommand() *cobra.Command {
	var src sourceFlags
	c := &cobra.Command{
		Use: "import FILE", Short: "take over what was accepted for another scanner", Args: cobra.ExactArgs(1),
		Long: "Scans the current directory and adds to the baseline the findings that FILE accepts:\n" +
			"a .gitleaksignore, a JSON report of gitleaks, or a baseline of detect-secrets. FILE can\n" +
			"then be removed. Its keys are not copied.",
		RunE: func(c *cobra.Command, args []string) error {
			data, err := regular.ReadFile(args[0], maxForeign)
			if err != nil {
				return unreadable(fmt.Errorf("cannot read %s: %w", args[0], err))
			}
			imported := &compat.Allowances{}
			if err := imported.Add(args[0], data); err != nil {
				return err
			}
			j, err := a.prepare(c.Context(), &src, nil)
			if err != nil {
				return err
			}
			j.foreign = nil // what it accepts is to be found
			return a.updateBaseline(c.Context(), j, func(found []*scanner.Finding) (string, error) {
				return addImported(j.baseline, imported, found, filepath.Base(args[0]))
			})
		},
	}
	src.register(c)
	return c
}

// addImported adds to b the findings that imported accepts.
func addImported(b *baseline.Baseline, imported *compat.Allowances, found []*scanner.Finding, name string) (string, error) {
	n := 0
	for _, f := range found {
		if !imported.Accept(f) {
			continue
		}
		if err := b.Add(f, "accepted in "+name); err != nil {
			return "", err
		}
		n++
	}
	return fmt.Sprintf("%d findings added, of %d entries in %s", n, imported.Len(), name), nil
}
