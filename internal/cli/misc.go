package cli

import (
	"fmt"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/goaudit"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/rules"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version of keylint and of its rules",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list, err := rules.Builtin()
			if err != nil {
				return err
			}
			set, err := rules.NewSet(list)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.env.Stdout, "keylint %s %s/%s %s\n%d rules, %s\n", version(), runtime.GOOS, runtime.GOARCH, runtime.Version(), len(list), set.Hash())
			return err
		},
	}
}

func (a *app) rulesCommand() *cobra.Command {
	var cfg string
	list := &cobra.Command{
		Use: "list", Short: "list the rules that a scan here would use", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rs, checks, goChecks, err := ruleList(cfg)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
			for _, r := range rs {
				fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title)
			}
			for _, c := range checks {
				fmt.Fprintf(w, "%s\t%s\t%s\n", c.ID, c.Severity, c.Title)
			}
			for _, c := range goChecks {
				fmt.Fprintf(w, "%s\t%s\t%s\n", c.ID, c.Severity, c.Title)
			}
			return w.Flush()
		},
	}
	show := &cobra.Command{
		Use: "show ID", Short: "show what a rule reports and what to do then", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.showRule(cfg, args[0]) },
	}
	test := &cobra.Command{
		Use: "test FILE...", Short: "check rule files: format, patterns, examples", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, path := range args {
				rs, err := rules.LoadFile(path)
				if err != nil {
					return err
				}
				fmt.Fprintf(a.env.Stdout, "%s: %d rules, all examples as declared\n", path, len(rs))
			}
			return nil
		},
	}
	for _, sub := range []*cobra.Command{list, show} {
		sub.Flags().StringVar(&cfg, "config", "", "use this configuration `FILE`")
	}
	return group(&cobra.Command{Use: "rules", Short: "list, show, test, measure and convert rules"}, list, show, test, a.rulesBenchCommand(), a.rulesImportCommand())
}

// showRule prints the documentation of a rule or check that the configuration at
// path, or that of the current directory, asks for.
func (a *app) showRule(path, id string) error {
	rs, checks, goChecks, err := ruleList(path)
	if err != nil {
		return err
	}
	for _, r := range rs {
		if r.ID == id {
			_, err := fmt.Fprint(a.env.Stdout, describeRule(r))
			return err
		}
	}
	for _, c := range checks {
		if c.ID == id {
			_, err := fmt.Fprint(a.env.Stdout, describeCheck(&c))
			return err
		}
	}
	for _, c := range goChecks {
		if c.ID == id {
			_, err := fmt.Fprint(a.env.Stdout, describeGoCheck(&c))
			return err
		}
	}
	return fmt.Errorf("no rule is named %q: “keylint rules list” shows them", id)
}

// ruleList returns the rules and checks that the configuration of the current
// directory, or the given one, asks for.
func ruleList(path string) ([]*rules.Rule, []hygiene.Check, []goaudit.Check, error) {
	cfg, err := loadConfig(path, ".")
	if err != nil {
		return nil, nil, nil, err
	}
	list, err := cfg.RuleList(nil, checkIDs()...)
	if err != nil {
		return nil, nil, nil, err
	}
	checks, err := checksOf(cfg, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	goChecks, err := goChecksOf(cfg)
	return list, checks, goChecks, err
}

// loadConfig reads the configuration at path, or that of dir if path is empty.
func loadConfig(path, dir string) (*config.Config, error) {
	if path == "" {
		found, err := config.Find(dir)
		if err != nil {
			return nil, err
		}
		path = found
	}
	return config.Load(path)
}

// describeRule renders the documentation of a rule as text.
func describeRule(r *rules.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Title)
	fmt.Fprintf(&b, "severity %s, confidence %s", r.Severity, r.Confidence)
	if r.Provider != "" {
		fmt.Fprintf(&b, ", provider %s", r.Provider)
	}
	fmt.Fprintf(&b, "\n\n%s\n", r.Description)
	if r.Help != "" {
		fmt.Fprintf(&b, "\nWhat to do: %s\n", r.Help)
	}
	for _, f := range []struct {
		label string
		list  []string
	}{{"Found by", r.Keywords}, {"Only in files with", r.Requires}, {"Only in", r.Paths}, {"Not in", r.ExcludePaths}, {"See", r.References}} {
		if len(f.list) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", f.label, strings.Join(f.list, ", "))
		}
	}
	for _, w := range r.With {
		fmt.Fprintf(&b, "Near that, within %d bytes: %s\n", w.Within, w.Regex)
	}
	if r.Checksum != "" {
		fmt.Fprintf(&b, "Checksum: %s\n", r.Checksum)
	}
	switch v := r.Verify; {
	case v.SameAs != "":
		fmt.Fprintf(&b, "Verified: as keys of %s\n", v.SameAs)
	case v.URL != "":
		fmt.Fprintf(&b, "Verified: by a request to %s\n", v.URL)
	}
	return b.String()
}

func (a *app) configCommand() *cobra.Command {
	var path string
	show := &cobra.Command{
		Use: "show [DIR]", Short: "show each setting and where it comes from", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := loadConfig(path, append(args, ".")[0])
			if err != nil {
				return err
			}
			if _, err := cfg.RuleList(nil, checkIDs()...); err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
			for _, s := range cfg.Settings() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", s.Key, s.Value, s.Origin)
			}
			return w.Flush()
		},
	}
	show.Flags().StringVar(&path, "config", "", "use this configuration `FILE`")
	return group(&cobra.Command{Use: "config", Short: "show the configuration"}, show)
}
