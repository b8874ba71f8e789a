package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/agcloud/keylint/analyzers/embedkey"
)

// childVariable is set for the process whose output is masked.
const childVariable = "KEYLINT_VET_UNMASKED"

// An invocation is the way in which the program was called.
type invocation struct {
	args  []string
	child bool // this process is the one whose output is masked
}

// byVet reports whether go vet runs the program.
func (inv invocation) byVet() bool {
	return slices.ContainsFunc(inv.args, func(a string) bool {
		return strings.HasSuffix(a, ".cfg") || strings.HasPrefix(a, "-V=") || a == "-flags"
	})
}

// showsSource reports whether flags ask for lines of source, which hold the keys.
func (inv invocation) showsSource() bool {
	return !inv.child && slices.ContainsFunc(inv.args, func(a string) bool {
		name, value, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		return strings.HasPrefix(a, "-") && (name == "diff" && value != "false" || name == "c" && value != "-1")
	})
}

// configure sets the flags that depend on the way in which the program runs. Only
// by itself may it read files that go vet does not know of.
func (inv invocation) configure() {
	if !inv.byVet() {
		embedkey.Analyzer.Flags.Lookup(embedkey.ReadFlag).Value.Set("true")
	}
}

// masked runs the program again and passes on what it prints, without keys. It
// returns the exit code.
func (inv invocation) masked(stdout, stderr io.Writer) (int, error) {
	if inv.byVet() {
		return 1, errors.New("-diff and -c would show the keys: run keylint-vet by itself for them, or use -fix and git diff")
	}
	self, err := os.Executable()
	if err != nil {
		return 1, fmt.Errorf("finding the program to run it for -diff: %w", err)
	}
	cmd := exec.Command(self, inv.args...)
	cmd.Env = append(os.Environ(), childVariable+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	runErr := cmd.Run()
	for _, c := range []struct {
		from *bytes.Buffer
		to   io.Writer
	}{{&out, stdout}, {&errs, stderr}} {
		text, err := mask(c.from.Bytes())
		if err != nil {
			return 1, err
		}
		if _, err := c.to.Write(text); err != nil {
			return 1, err
		}
	}
	if exit := new(exec.ExitError); errors.As(runErr, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, runErr
}
