package cli

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
)

// The names of fields, in the inputs of tools, that hold files to read and commands
// of a shell.
var (
	fileFields    = []string{"file_path", "path", "notebook_path", "filename", "uri", "glob", "paths", "file_paths", "file", "files", "filenames", "args"}
	commandFields = []string{"command", "cmd", "commands", "script"}
)

// readsEnv returns the .env file that a call or a prompt reads; "" when it reads
// none that can be told.
func (c *agentCall) readsEnv() string {
	if file := envInField("", c.Input, c.Tool == "Write"); file != "" {
		return file
	}
	for _, word := range strings.Fields(c.Prompt) { // @file stands for its content
		file, ok := strings.CutPrefix(strings.Trim(word, `"'(),;:.!?`), "@")
		if ok && isEnv(strings.Trim(file, `"'`)) {
			return file
		}
	}
	return ""
}

// envInField returns the .env file that a field of a tool's input, or one in it,
// has the tool read. Files that a tool writes do not count.
func envInField(name string, value any, writes bool) string {
	isCommand := slices.Contains(commandFields, name)
	switch v := value.(type) {
	case string:
		switch {
		case isCommand:
			return readByCommand(v)
		case !writes && slices.Contains(fileFields, name) && isEnv(v):
			return v
		}
	case []any:
		if isCommand { // a list of words, or of commands
			return readByCommand(strings.Join(texts(v), " "))
		}
		for _, e := range v {
			if file := envInField(name, e, writes); file != "" {
				return file
			}
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if file := envInField(k, v[k], writes); file != "" {
				return file
			}
		}
	}
	return ""
}

// isEnv reports whether a name is that of a .env file with values of its own, or a
// pattern of a shell that stands for one, such as .env* and .e*. A pattern without
// a letter of it is taken as one for text.
func isEnv(name string) bool {
	if dotenv.IsEnvFile(name) {
		return true
	}
	pattern := path.Base(name)
	if pattern[0] != '.' || !strings.ContainsAny(pattern, "env") || !strings.ContainsAny(pattern, "*?[") {
		return false
	}
	return slices.ContainsFunc([]string{".env", ".env.local"}, func(file string) bool {
		ok, err := path.Match(pattern, file)
		return ok && err == nil
	})
}

// readByCommand returns the .env file that a command of a shell reads. It looks at
// the words: a program that does not show what is in a file may name it.
func readByCommand(command string) string {
	handsOn := strings.Contains(command, "xargs")
	command = substitution.Replace(command)
	separators := func(r rune) bool { return strings.ContainsRune(";|&\n()`{}", r) }
	for _, simple := range strings.FieldsFunc(command, separators) {
		words := strings.FieldsFunc(simple, func(r rune) bool { return strings.ContainsRune(" \t\r'\"$,", r) })
		quiet, to := namesOnly(words, handsOn), false
		for i, w := range words {
			file, from := strings.CutPrefix(w, "<")
			if strings.HasPrefix(w, ">") || to {
				to = strings.Trim(w, ">") == ""
				continue
			}
			from = from || i > 0 && words[i-1] == "<"
			if at := strings.LastIndexAny(file, "=:@"); at >= 0 {
				file = file[at+1:]
			}
			if isEnv(file) && (!quiet || from) {
				return file
			}
		}
	}
	return ""
}

// substituted stands in front of a command whose output becomes part of another.
const substituted = "\x00"

var substitution = strings.NewReplacer("$(", "("+substituted+" ", "`", "`"+substituted+" ")

// namesOnly reports whether a command shows nothing of what is in the files that it
// names. With handsOn, another command gets the names that it prints.
func namesOnly(words []string, handsOn bool) bool {
	for len(words) > 0 && slices.Contains([]string{substituted, "!", "if", "then", "else", "while", "do", "sudo"}, words[0]) {
		handsOn = handsOn || words[0] == substituted
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	switch program := path.Base(words[0]); program {
	case "ls", "echo", "printf":
		return !handsOn
	case "touch", "chmod", "chown", "rm", "test", "[", "stat", "mv", "mkdir", "keylint":
		return true
	case "git":
		return len(words) > 1 && slices.Contains([]string{"add", "rm", "mv", "check-ignore", "ls-files", "status", "restore", "commit"}, words[1])
	case "cp":
		// The last name is written, and only it.
		return len(words) > 2 && !slices.ContainsFunc(words[1:len(words)-1], isEnv)
	}
	return false
}
