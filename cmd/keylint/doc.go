// Keylint finds leaked API keys: those of the AGCloud API, and of other
// providers, in files, in encodings, under any name.
//
//	keylint scan [PATH...]     scan the working tree as git sees it
//	keylint history [PATH|URL] scan all that git ever stored
//	keylint ci                 judge what a push or pull request brings in
//	keylint audit [PATH|URL]   scan both as one; --home: the user's own machine
//	keylint verify REPORT|-    ask the services whether keys still work
//	keylint fix [PATH]         apply the fixes that findings offer
//	keylint convert            render a saved JSON report in another format
//	keylint explain PATH:LINE  say why each rule did or did not report a line; also: ID
//	keylint baseline write     accept today's findings
//	keylint baseline prune     forget accepted findings that are gone
//	keylint rules list         list the rules; also: show ID, test FILE
//	keylint config show        show each setting and where it comes from
//
// The exit code is 0 when nothing was found, 1 when there are findings at or
// above --fail-on (default: warning, that is medium), 2 for an error of usage
// or configuration, and 3 when something could not be read, so that the answer
// is not known. Findings win over 3.
//
// No output holds the plaintext of a key unless --show-secrets is given.
//
// See docs/cli.md for all flags.
package main
