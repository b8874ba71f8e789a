// Package cli is the command line of keylint: it reads flags and configuration,
// wires sources, rules and reports, and computes the exit code.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// An Env is what a run of keylint gets from the process around it.
type Env struct {
	Args           []string // without the program's name
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
}

// The exit codes. They are part of the command line's contract.
const (
	exitClean      = 0 // nothing was found
	exitFindings   = 1 // findings at or above --fail-on
	exitUsage      = 2 // wrong usage or configuration
	exitIncomplete = 3 // something could not be read, or nothing was there to scan
)

// Main runs keylint and returns its exit code.
func Main(ctx context.Context, env Env) int {
	out := &outlet{Writer: env.Stdout}
	env.Stdout = out
	a := &app{env: env}
	root := a.root()
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	var coded *codeError
	switch {
	case out.err != nil && !errors.As(err, &coded):
		err = writeFailed(out.err)
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		err = incomplete("interrupted: run it again")
	case err == nil:
		return a.code
	}
	for _, line := range strings.Split(redact(strings.TrimSpace(err.Error())), "\n") {
		fmt.Fprintln(env.Stderr, "keylint: "+line)
	}
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitUsage
}

// A codeError is an error with an exit code other than that of wrong usage.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string { return e.err.Error() }
func (e *codeError) Unwrap() error { return e.err }

// incomplete marks err as one that keeps the answer from being known.
func incomplete(format string, args ...any) error {
	return &codeError{exitIncomplete, fmt.Errorf(format, args...)}
}

// An app is one run of keylint.
type app struct {
	env  Env
	code int // the exit code if there is no error
}

// root returns the command tree.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "keylint",
		Short:         "find leaked API keys and bad key habits",
		Long:          "keylint finds leaked API keys: those of the AGCloud API, and of other providers,\nin files, in encodings, under any name. It never prints what it finds.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w\nsee “%s --help”", err, c.CommandPath())
	})
	root.AddCommand(a.scanCommand(), a.stagedCommand(), a.hookCommand(), a.historyCommand(), a.auditCommand(), a.fixCommand(), a.ciCommand(), a.verifyCommand(), a.convertCommand(), a.diffCommand(), a.triageCommand(), a.explainCommand(), a.baselineCommand(), a.rulesCommand(), a.configCommand(), a.versionCommand())
	return root
}

// group makes c a command that only holds others: alone it is wrong usage.
func group(c *cobra.Command, subs ...*cobra.Command) *cobra.Command {
	c.AddCommand(subs...)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("unknown command %q: see “%s --help”", args[0], c.CommandPath())
		}
		return fmt.Errorf("say what to do: see “%s --help”", c.CommandPath())
	}
	return c
}

// Root returns the command tree of keylint for documentation; the commands do
// not run.
func Root() *cobra.Command {
	return (&app{env: Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}}).root()
}
