/*
Keylint-vet checks Go code for API keys and for bad habits with them.

It runs by itself,

	keylint-vet ./...

as a tool of go vet, which then runs it in place of its own checks and keeps the
results in the build cache,

	go vet -vettool=$(which keylint-vet) ./...

and as a plugin of golangci-lint (package analyzers/gclplugin). "keylint-vet help"
lists the analyzers, "keylint-vet help NAME" shows the manual page of one;
docs/analyzers.md has them all.

# Flags

	-NAME, -NAME=false   run only this analyzer, or all but this one
	-NAME.FLAG=VALUE     a flag of an analyzer
	-fix                 apply the fixes
	-fix -diff           show what the fixes would change, with literals masked
	-json                print JSON
	-test=false          leave tests out (not under go vet)

There is no configuration file: go vet caches results by its flags and would not
notice that a file or a variable has changed.

# Exit codes

By itself keylint-vet ends with 0 when nothing is found, 3 when something is, and 1
when packages cannot be read. go vet ends with 1 when something is found. With
-json both end with 0 whatever is found. With -fix both say nothing of findings
that have no fix, and end with 0; so in CI run it once more without:

	keylint-vet -fix ./... && keylint-vet ./...

# What is printed

Messages hold the redacted key, the rule and the fingerprint of the finding, which
is that of keylint scan in the directory of the module. What shows source lines is
masked: with -diff, and with -c=N, string and character literals of the old text
are left out. Under go vet their output cannot be masked, so keylint-vet refuses
-diff and -c there.
*/
package main
