package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func (a *app) hookRunCommand() *cobra.Command {
	var exclude []string
	var flags hookFlags
	c := &cobra.Command{
		Use:   "run HOOK [ARGUMENT...]",
		Short: "do the work of a hook: what installed hooks call",
		Long: "Does the work of a hook of git with the arguments and the standard input that git\n" +
			"gives to it, or that of " + agentName + ". It prints nothing when there is nothing to\n" +
			"say. A hook that could not judge everything fails.\n\n" +
			"On a server, “git config keylint.timeout 60s” bounds the time of a pre-receive hook,\n" +
			"and “git config keylint.allowSkip true” lets “git push -o keylint.skip” pass it.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := flags.verdict.parse(); err != nil {
				return err
			}
			ctx := c.Context()
			switch name, rest := args[0], args[1:]; name {
			case "pre-commit":
				return a.quietly("the commit", func() error { return a.judgeStaged(ctx, &flags, exclude, nil) })
			case "pre-merge-commit":
				return a.quietly("the merge", func() error { return a.judgeStaged(ctx, &flags, exclude, mergeHeads(os.Environ())) })
			case "commit-msg":
				return a.quietly("the commit", func() error { return a.judgeMessage(ctx, &flags, rest) })
			case "pre-push":
				return a.quietly("the push", func() error { return a.judgePush(ctx, &flags, rest) })
			case "pre-receive":
				return a.quietly("the push", func() error { return a.judgeReceived(ctx, &flags) })
			case agentName:
				return a.judgeAgent(&flags.rule)
			default:
				return fmt.Errorf("keylint has nothing to do in %q: it knows %s and %s", name, hookNames(), agentName)
			}
		},
	}
	c.Flags().StringArrayVar(&exclude, "exclude", nil, "leave out files that match this `PATTERN`, in gitignore syntax; may be repeated")
	flags.register(c)
	c.Flags().SetInterspersed(false)
	return c
}

// hookFlags are the flags of a hook's work.
type hookFlags struct {
	rule    ruleFlags
	out     outputFlags
	verdict verdictFlags
}

func (f *hookFlags) register(c *cobra.Command) {
	f.rule.register(c)
	f.verdict.register(c)
	f.out.format, f.out.noPlan = "text", true // whatToDo says it
}

// quietly runs a judgement and shows its report only when it stops git, with what
// to do then: on standard error, as git's own messages. what names what is stopped.
func (a *app) quietly(what string, judge func() error) error {
	shown := a.env.Stdout
	var report bytes.Buffer
	a.env.Stdout = &report
	err := judge()
	a.env.Stdout = shown
	if err != nil {
		return &codeError{exitIncomplete, fmt.Errorf("%w\n%s is stopped, as it could not be judged", err, what)}
	}
	switch a.code {
	case exitClean:
		return nil
	case exitFindings:
		fmt.Fprintf(&report, "\nkeylint: %s is stopped. %s\n", what, whatToDo(what))
	default:
		fmt.Fprintf(&report, "\nkeylint: %s is stopped, as not everything could be judged: see the problems above.\n", what)
	}
	_, err = io.Copy(a.env.Stderr, &report)
	return err
}

// whatToDo says how to go on.
func whatToDo(what string) string {
	if what == "the push" {
		return "The commits above hold keys: take them out with git commit --amend or git rebase -i before they are pushed, and revoke a key that others may have seen. What is no key can be accepted with a comment “keylint:allow RULE -- reason” on its line."
	}
	return "Take the key out, keep it in an ignored .env file or a secret store, run git add again, and commit. What is no key can be accepted with a comment “keylint:allow RULE -- reason” on its line, or with “keylint baseline write”."
}

// mergeHeads returns the ids of the commits that git merge is about to merge. It
// names them in variables GITHEAD_<id>, and writes MERGE_HEAD only after the hook
// (prepare_to_commit in git's builtin/merge.c).
func mergeHeads(environ []string) []string {
	var ids []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if id, ok := strings.CutPrefix(name, "GITHEAD_"); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func (a *app) judgeStaged(ctx context.Context, f *hookFlags, exclude, merged []string) error {
	job, done, err := a.prepareStaged(ctx, &f.rule, exclude, nil, merged)
	if err != nil {
		return err
	}
	defer done()
	return a.run(ctx, job, &f.out, &f.verdict)
}

// maxMessage is the most bytes of a message that are read.
const maxMessage = 64 << 20

// judgeMessage scans the message of a commit, which git has in a file.
func (a *app) judgeMessage(ctx context.Context, f *hookFlags, args []string) error {
	if len(args) != 1 {
		return errors.New("commit-msg takes the file with the message")
	}
	text, err := regular.ReadFile(args[0], maxMessage)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(f.rule.config, ".")
	if err != nil {
		return err
	}
	j := &job{partial: true}
	j.target = scanner.Target{Kind: "message"}
	if err := a.options(j, &f.rule, cfg, nil, nil); err != nil {
		return err
	}
	j.scan = func(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
		return scanner.Scan(ctx, message(beforeScissors(text)), j.options, messageHandler{h})
	}
	if err := j.loadBaseline(f.rule.baseline, "."); err != nil {
		return err
	}
	return a.run(ctx, j, &f.out, &f.verdict)
}

// beforeScissors cuts off what git commit --verbose shows below a message; see
// https://git-scm.com/docs/git-commit#Documentation/git-commit.txt---cleanupltmodegt.
// Such a line of the user's own, in a message given with -m or -F, cuts nothing off.
func beforeScissors(text []byte) []byte {
	at := 0
	for line := range bytes.Lines(text) {
		comment, ok := bytes.CutSuffix(bytes.TrimRight(line, "\r\n"), []byte(" ------------------------ >8 ------------------------"))
		if ok && isShown(text[at+len(line):], comment) {
			return text[:at]
		}
		at += len(line)
	}
	return text
}

// isShown reports whether a text is what git puts below a message: comments, and
// then the changes or nothing.
func isShown(text, comment []byte) bool {
	for line := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(line, []byte("diff ")), bytes.HasPrefix(line, []byte("Submodule ")):
			return true
		case len(comment) == 0 || !bytes.HasPrefix(line, comment):
			return false
		}
	}
	return true
}

// A message is a source of one text without a path.
type message []byte

// Walk implements scanner.Source.
func (m message) Walk(_ context.Context, v scanner.Visitor) error {
	return v.Blob(scanner.Blob{Source: "index", Size: int64(len(m)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(m)), nil
	}})
}

// A messageHandler says of findings that they stand in a message.
type messageHandler struct{ scanner.Handler }

// Finding implements scanner.Handler.
func (h messageHandler) Finding(f *scanner.Finding) error {
	f.Origin = scanner.OriginCommitMessage
	return h.Handler.Finding(f)
}

// configured returns the rules that the configuration of a directory asks for.
func (a *app) configured(f *ruleFlags, dir string, envs *envPlaces) (*rules.Set, error) {
	cfg, err := loadConfig(f.config, dir)
	if err != nil {
		return nil, err
	}
	j := &job{}
	j.target.Kind = "message"
	if err := a.options(j, f, cfg, envs, nil); err != nil {
		return nil, err
	}
	if len(j.problems) > 0 {
		return nil, fmt.Errorf("%s: %s", j.problems[0].Path, j.problems[0].Reason)
	}
	return j.options.Rules, nil
}

// lines returns the fields of the lines of standard input, each of which has n.
func (a *app) lines(n int) ([][]string, error) {
	data, err := io.ReadAll(io.LimitReader(a.env.Stdin, maxMessage))
	if err != nil {
		return nil, err
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		switch {
		case len(f) == n:
			out = append(out, f)
		case len(f) > 0:
			return nil, fmt.Errorf("standard input has a line of %d words, not %d: git writes what this hook reads", len(f), n)
		}
	}
	return out, nil
}
