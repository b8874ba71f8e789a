package hooks

import (
	"fmt"
	"os/exec"
	"strings"
)

// marker is in the second line of every script of ours.
const marker = "# keylint hook:"

// kept is what the name of a hook that was there before ours ends in.
const kept = ".before-keylint"

// script returns the hook as a script for a POSIX shell, which git brings along
// on Windows.
func (d Dir) script(h Hook) string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n")
	fmt.Fprintf(&b, "%s “keylint hook uninstall” removes this and puts back what was here before.\n", marker)
	own := `"$(git rev-parse --git-common-dir)/hooks/` + h.Name + `"`
	if h.Does == "" { // nothing for keylint to do
		fmt.Fprintf(&b, "own=%s\n[ ! -x \"$own\" ] || exec \"$own\" \"$@\"\n", own)
		return b.String()
	}
	feed := ""
	if h.Input { // which both hooks read to its end
		b.WriteString("input=$(cat; echo .)\ninput=${input%.}\n")
		feed = `printf %s "$input" | `
	}
	before := []string{`"$0` + kept + `"`}
	if d.Global {
		before = append(before, own)
	}
	for _, path := range before {
		fmt.Fprintf(&b, "before=%s\nif [ -x \"$before\" ]; then\n\t%s\"$before\" \"$@\" || exit $?\nfi\n", path, feed)
	}
	fmt.Fprintf(&b, "keylint=%s\n", quote(d.Binary))
	b.WriteString(`[ -x "$keylint" ] || keylint=$(command -v keylint) || {
	echo "keylint: the program is not found, so nothing was scanned and git is stopped." >&2
	echo "keylint: install it, or remove this hook: rm \"$0\"" >&2
	exit 1
}
`)
	fmt.Fprintf(&b, "%s\"$keylint\" hook run %s \"$@\"\n", feed, h.Name)
	return b.String()
}

// quote returns text as one word of a shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, `\`, "/"), "'", `'\''`) + "'"
}

// isOurs reports whether a script was written by this package.
func isOurs(script []byte) bool {
	first, rest, _ := strings.Cut(string(script), "\n")
	return first == "#!/bin/sh" && strings.HasPrefix(rest, marker)
}

// binaryOf returns the program that a script runs, "" without one.
func binaryOf(script []byte) string {
	_, after, _ := strings.Cut(string(script), "\nkeylint='")
	path, _, ok := strings.Cut(after, "'\n")
	if !ok {
		return ""
	}
	return strings.ReplaceAll(path, `'\''`, "'")
}

// found reports whether a script finds its program.
func found(binary string) bool {
	if _, err := exec.LookPath(binary); err == nil {
		return true
	}
	_, err := exec.LookPath("keylint")
	return err == nil
}
