package home

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// Advise says of a key in the home directory what it means there, and what to do.
// A key in a file whose purpose is to hold it, and which only its owner can read,
// is information.
func (h *Home) Advise(f *scanner.Finding) {
	if f.Category != rules.CategorySecret {
		return
	}
	mode, open := h.readByOthers(f.Path)
	switch k := kindOf(f.Path); k {
	case credentials, environment:
		h.held(f, k, mode, open)
	case history:
		f.Message += ", in a history of what was typed"
		f.Help = "Revoke it: programs and backups read histories. " + forget(f)
	case profile:
		f.Message += ", in a file that shells and programs read when they start"
		f.Help = "Keep it in a keychain, and have the file ask for it, as in export NAME=\"$(" + keychain() + ")\". Rotate it if the file is backed up, synchronized or kept in a repository."
	case assistant:
		f.Message += ", in the files of a coding assistant"
		f.Severity = min(f.Severity, rules.High)
		f.Help = "Refer to an environment variable in the settings, as ${NAME}; revoke a key that stands in a record of a conversation, which was sent to the service, and delete the record."
	}
	if open && f.Severity > rules.Info {
		f.Message += fmt.Sprintf(", and other accounts can read it (mode %04o)", mode)
		f.Help += " Run chmod 600 ~/" + f.Path + "."
		f.Fix = &scanner.Fix{Description: "chmod 600 " + f.Path}
	}
}

// held judges a file that may hold keys, as long as nobody else can read it.
func (h *Home) held(f *scanner.Finding, k kind, mode fs.FileMode, open bool) {
	what := ", in a file whose purpose is to hold it"
	if k == environment {
		what = ", in a file of variables"
	}
	f.Message += what
	if open {
		f.Severity = min(f.Severity, rules.High)
		f.Help = "Rotate it if others use this machine."
		return
	}
	f.Severity = rules.Info
	if k == environment {
		f.Severity = rules.Low
	}
	f.Message += fmt.Sprintf(", which only its owner can read (mode %04o)", mode)
	f.Help = "Nothing has to be done. A keychain would keep it from programs that run as you: " + keychain() + "."
}

// readByOthers returns the mode of a file and whether group or others can read it,
// through all directories above it.
func (h *Home) readByOthers(name string) (mode fs.FileMode, open bool) {
	info, err := os.Stat(h.native(name))
	if err != nil || runtime.GOOS == "windows" {
		return 0, false
	}
	mode = info.Mode().Perm()
	enter := mode & 0o044 >> 2 // those who can read the file have to enter
	for dir := path.Dir(name); enter != 0; dir = path.Dir(dir) {
		info, err := os.Stat(h.native(dir))
		if err != nil {
			return mode, false
		}
		enter &= info.Mode().Perm()
		if dir == "." {
			break
		}
	}
	return mode, enter != 0
}

// forget says how a line leaves a history.
func forget(f *scanner.Finding) string {
	var how string
	switch base := path.Base(f.Path); base {
	case ".bash_history":
		how = "close the other shells, find its number with history, run history -d NUMBER and history -w"
	case "fish_history":
		how = "run history delete --contains with the command, and confirm"
	default:
		how = fmt.Sprintf("close the programs that write to it, and delete line %d of ~/%s in an editor", f.Line, f.Path)
	}
	return "Then take the line out: " + how + ". Pass keys through variables, or begin the command with a space (HISTCONTROL=ignorespace, setopt HIST_IGNORE_SPACE)."
}

// keychain returns the command that asks the keychain of the system.
func keychain() string {
	switch runtime.GOOS {
	case "darwin":
		return "security find-generic-password -w -s NAME"
	case "windows":
		return "Get-Secret NAME -AsPlainText"
	}
	return "secret-tool lookup service NAME"
}
