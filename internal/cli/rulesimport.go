package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/internal/ruleimport"
	"github.com/agcloud/keylint/rules"
)

// maxRuleFile is the most bytes of a rule file that is imported.
const maxRuleFile = 4 << 20

func (a *app) rulesImportCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use: "import FILE", Short: "convert rules of other scanners", Args: cobra.ExactArgs(1),
		Long: "Converts a rule file of gitleaks, betterleaks, Kingfisher or Nosey Parker, in TOML or\n" +
			"YAML, to a rule file of keylint, for [rules] files in .keylint.toml. Keywords are worked\n" +
			"out from the patterns, and repetitions without an upper limit get one. What was changed\n" +
			"or left out is listed on standard error and in comments. Exits with 1 when something\n" +
			"was left out.",
		RunE: func(_ *cobra.Command, args []string) error { return a.importRules(args[0], output) },
	}
	c.Flags().StringVarP(&output, "output", "o", "", "write the rules to `FILE` instead of standard output")
	return c
}

// importRules converts the rule file at path.
func (a *app) importRules(path, output string) error {
	data, err := readRuleFile(path)
	if err != nil {
		return err
	}
	res, err := ruleimport.Convert(path, data, func(other string) ([]byte, error) {
		if !filepath.IsAbs(other) {
			other = filepath.Join(filepath.Dir(path), other)
		}
		return readRuleFile(other)
	})
	if err != nil {
		return err
	}
	if res.Rules > 0 {
		if _, err := rules.Parse(path, res.TOML); err != nil {
			return fmt.Errorf("the converted rules do not load, which is a fault of keylint: please report it: %w", err)
		}
	}
	for _, m := range res.Remarks {
		fmt.Fprintf(a.env.Stderr, "%s: %s\n", path, m)
	}
	fmt.Fprintf(a.env.Stderr, "%s: %d rules converted\n", path, res.Rules)
	if !res.Complete() {
		a.code = exitFindings
	}
	if output == "" {
		_, err := a.env.Stdout.Write(res.TOML)
		return err
	}
	if err := os.WriteFile(output, res.TOML, 0o644); err != nil {
		return fmt.Errorf("cannot write the rules to %s: %w: check the directory and its permissions", output, causeOf(err))
	}
	return nil
}

// readRuleFile reads a foreign rule file.
func readRuleFile(path string) ([]byte, error) {
	data, err := regular.ReadFile(path, maxRuleFile)
	if errors.Is(err, os.ErrPermission) {
		return nil, incomplete("%s: permission denied: make it readable", path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the rule file %s: %w", path, err)
	}
	return data, nil
}
