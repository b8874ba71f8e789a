package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/rules"
)

// fixFlags are the flags of keylint fix.
type fixFlags struct {
	sourceFlags
	dryRun   bool
	format   string
	severity string
	show     rules.Severity
	noPlan   bool
	verbose  bool
}

func (f *fixFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.BoolVarP(&f.dryRun, "dry-run", "n", false, "print the changes as a patch, with keys masked, and change nothing")
	flags.StringVarP(&f.format, "format", "f", "text", "format of the result: text, json")
	flags.StringVar(&f.severity, "severity", "info", "leave findings below this `LEVEL` alone: info, low, medium, high, critical")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out files that match this `PATTERN`, in gitignore syntax; may be repeated")
	flags.BoolVar(&f.noPlan, "no-plan", false, "leave out how to rotate each leaked key")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "tell more: all rotation plans and all their places")
	f.ruleFlags.register(c)
}

func (f *fixFlags) parse() error {
	if f.format != "text" && f.format != "json" {
		return fmt.Errorf("unknown format %q: use text or json", f.format)
	}
	if err := f.show.UnmarshalText([]byte(f.severity)); err != nil {
		return fmt.Errorf("--severity: %w", err)
	}
	return nil
}

func (a *app) fixCommand() *cobra.Command {
	var flags fixFlags
	c := &cobra.Command{
		Use:   "fix [PATH]",
		Short: "apply the fixes that findings offer",
		Long: "Runs the checks of scan and applies the fixes: has git and Docker ignore .env\n" +
			"files, takes tracked ones out of the index and keeps them on disk, makes them\n" +
			"private, takes templates back from patterns that ignore them, replaces keys in\n" +
			"templates by placeholders, and moves keys out of the configurations of Compose,\n" +
			"Claude Code, Cursor and Gemini CLI into a .env file that they refer to. Then the\n" +
			"checks run again, and what is left is told, with the reason.\n\n" +
			"Files are replaced as a whole or not at all. Left alone are files with changes that\n" +
			"are not staged (staged ones can be had back from git), symbolic links, and files\n" +
			"that are read-only, and findings that the baseline or a comment accepts. A\n" +
			".gitignore above PATH may be changed, up to the root of the repository. Removing a\n" +
			"key from a file does not revoke it: the result ends with how to rotate each one.\n\n" +
			"The exit code is 0 when all was applied and nothing is left, 1 when something is\n" +
			"left, and 3 when something could not be read. With --dry-run it is what it would be\n" +
			"as far as can be told before.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := flags.parse(); err != nil {
				return err
			}
			r := &fixRun{app: a, flags: &flags, args: args, reasons: map[string]string{}}
			return r.run(c.Context())
		},
	}
	flags.register(c)
	return c
}
