package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func (a *app) verifyCommand() *cobra.Command {
	how := verifyFlags{on: true}
	var out outputFlags
	var cfg, rule string
	c := &cobra.Command{
		Use:   "verify REPORT | -",
		Short: "ask the services whether keys still work",
		Long: "Sends the keys of a report that was written with --show-secrets, or of standard\n" +
			"input, to the services that issued them, and reports which are live. Standard\n" +
			"input holds a report, or keys one a line; a key whose look tells nothing goes to\n" +
			"AGCloud. The request changes nothing and costs nothing.\n\n" +
			"The exit code is 1 when a key is live or restricted, 3 when the state of a key is\n" +
			"unknown or none could be asked about, and 0 when all are dead.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a report, or - to read keys or a report from standard input")
			}
			if err := out.check(); err != nil {
				return err
			}
			conf, err := loadConfig(cfg, ".")
			if err != nil {
				return err
			}
			list, err := conf.RuleList(nil, checkIDs()...)
			if err != nil {
				return err
			}
			step, err := a.verification(&how, conf.Verify, list)
			if err != nil {
				return err
			}
			rep, err := a.toVerify(c.Context(), args[0], rule, list)
			if err != nil {
				return err
			}
			return a.verify(c.Context(), step, rep, list, &out)
		},
	}
	c.Flags().StringVar(&cfg, "config", "", "use this configuration `FILE`")
	c.Flags().StringVar(&rule, "rule", "", "take keys on standard input for what the rule with this `ID` finds")
	out.register(c)
	how.registerHow(c)
	return c
}

// toVerify reads a report, or the keys on standard input as one.
func (a *app) toVerify(ctx context.Context, name, rule string, list []*rules.Rule) (*scanner.Report, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("cannot read the report: %w", err)
		}
		defer f.Close()
		return withKeys(f)
	}
	if isTerminal(a.env.Stderr) && isTerminalInput(a.env.Stdin) {
		fmt.Fprintln(a.env.Stderr, "keylint: type or paste keys, one a line, and end with Ctrl-D")
	}
	in := bufio.NewReader(&patient{ctx: ctx, in: a.env.Stdin})
	head, _ := in.Peek(64)
	if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"), []byte("{")) {
		return withKeys(in)
	}
	return keysAsReport(in, rule, list)
}

// isTerminalInput reports whether r is a terminal.
func isTerminalInput(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isTerminal(f)
}

// withKeys reads a report and takes its keys into memory. A report without them
// is of no use here.
func withKeys(in io.Reader) (*scanner.Report, error) {
	rep, err := report.Read(in)
	if err != nil {
		return nil, err
	}
	found, have := 0, 0
	for _, f := range rep.Findings {
		if f.Secret == nil || f.Category != rules.CategorySecret {
			continue
		}
		found++
		if f.Secret.Value != "" {
			have++
			f.Secret.Secret = rules.NewSecret([]byte(f.Secret.Value))
		}
	}
	if found > 0 && have == 0 {
		return nil, errors.New("the report does not hold the keys themselves, as is usual\n" +
			"verify while scanning: keylint scan --verify\n" +
			"or write the keys to a report that you delete afterwards: keylint scan --show-secrets --format json --output FILE\n" +
			"or give them one a line: keylint verify -")
	}
	return rep, nil
}

// maxKeyLine is the greatest length of a line of standard input, in bytes.
const maxKeyLine = 64 << 10

// keysAsReport reads keys, one a line, as the findings of a scan. Empty lines
// and lines with # are skipped.
func keysAsReport(in io.Reader, rule string, list []*rules.Rule) (*scanner.Report, error) {
	set, err := rules.NewSet(list)
	if err != nil {
		return nil, err
	}
	looks, err := allRules(list)
	if err != nil {
		return nil, err
	}
	if rule != "" && set.Rule(rule) == nil {
		return nil, fmt.Errorf("--rule: no rule is named %q: “keylint rules list” shows them", rule)
	}
	rep := &scanner.Report{Schema: scanner.Schema, Tool: tool(set), Target: scanner.Target{Kind: "stdin"}, Findings: []*scanner.Finding{}, Problems: []scanner.Problem{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxKeyLine)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		rep.Summary.Coverage.Bytes += int64(len(lines.Bytes()) + 1)
		if len(line) > 0 && line[0] != '#' {
			rep.Findings = append(rep.Findings, keyFinding(looks, rule, rules.NewSecret(line), n))
		}
	}
	if err := lines.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	} else if err != nil {
		return nil, incomplete("standard input cannot be read: %w: write one key a line", causeOf(err))
	}
	if len(rep.Findings) == 0 {
		return nil, incomplete("standard input holds no keys: write one a line")
	}
	rep.Summary.Findings, rep.Summary.Complete = len(rep.Findings), true
	rep.Summary.Coverage.Files = 1
	return rep, nil
}

// keyFinding returns the finding for a key on a line of standard input.
func keyFinding(set *rules.Set, rule string, key rules.Secret, line int) *scanner.Finding {
	r := set.Rule(rule)
	for _, m := range set.Matcher().Match([]byte(key.Reveal())) {
		if r == nil && m.Secret.Equal(key) && m.Rule.Provider != "" {
			r = m.Rule
		}
	}
	if r == nil {
		r = set.Rule(agcloudRule)
	}
	return &scanner.Finding{
		ID: scanner.Fingerprint(r.ID, "stdin", key), Rule: r.ID, Category: rules.CategorySecret,
		Severity: r.Severity, Confidence: r.Confidence, Message: r.Title + " on standard input", Help: r.Help,
		Secret: &scanner.SecretInfo{Redacted: key.Redacted(), Length: key.Len(), Hash: key.Hash(), Secret: key},
		Source: "stdin", Path: "stdin", Location: scanner.Location{Line: line, Column: 1, EndLine: line, EndColumn: 1 + key.Len()},
	}
}

// allRules returns a set of rules with the built-in ones that are not among
// them: a key must not go to AGCloud because the rule that tells whose it is was
// disabled.
func allRules(list []*rules.Rule) (*rules.Set, error) {
	builtin, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	for _, r := range builtin {
		if !slices.ContainsFunc(list, func(other *rules.Rule) bool { return other.ID == r.ID }) {
			list = append(slices.Clip(list), r)
		}
	}
	return rules.NewSet(list)
}

// agcloudRule is the rule for keys whose look tells nothing.
const agcloudRule = "agcloud-api-key"

// verify verifies the keys of a report, renders it, and computes the exit code.
func (a *app) verify(ctx context.Context, step *verification, rep *scanner.Report, list []*rules.Rule, out *outputFlags) error {
	var opts report.Options
	_, opts.Rules = reportRules(list)
	d, err := a.deliver(out, opts)
	if err != nil {
		return err
	}
	rep.Notices = append(rep.Notices, step.run(ctx, rep.Findings)...)
	rep.Rotation = keepPlans(rep, out)
	a.code = verifyCode(rep.Findings)
	if err := d.close(report.Render(rep, d)); err != nil {
		if a.code == exitFindings {
			return &codeError{exitFindings, writeFailed(err)}
		}
		return writeFailed(err)
	}
	return nil
}

// verifyCode returns the exit code of a verification: live and restricted keys
// win over unknown ones, and none is clean when none was asked about.
func verifyCode(findings []*scanner.Finding) int {
	code, seen, dead := exitClean, false, false
	for _, f := range findings {
		switch {
		case f.Verify == nil:
			continue
		case f.Verify.Works():
			return exitFindings
		case f.Verify.Status == scanner.StatusUnknown:
			code = exitIncomplete
		}
		seen, dead = true, dead || f.Verify.Status == scanner.StatusDead
	}
	if seen && !dead {
		return exitIncomplete
	}
	return code
}
