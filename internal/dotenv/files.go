package dotenv

import (
	"slices"
	"strings"
)

// IsEnvFile reports whether a file of this name is a .env file with values of
// its own: .env, .env.local, .env.production, prod.env, .envrc, .flaskenv,
// .dev.vars, and copies such as .env.bak and .env~. Templates are not, nor are
// code and encrypted files (.env.ts, .env.gpg). Directories before the name
// are ignored, and so is case.
func IsEnvFile(filename string) bool {
	name := base(filename)
	return isEnvName(name) && !IsTemplate(name) && !isOther(name)
}

// IsTemplate reports whether a file of this name is the template of a .env
// file, which is meant to be committed and to hold no real values:
// .env.example, .env.sample, .env.template, .env.dist, .env.defaults,
// example.env, env.example.
func IsTemplate(filename string) bool {
	name := base(filename)
	if !isEnvName(name) && !strings.HasPrefix(name, "env.") && !strings.HasPrefix(name, "dotenv.") || isOther(name) {
		return false
	}
	words := []string{"example", "examples", "sample", "samples", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema"}
	return slices.ContainsFunc(segments(name), func(s string) bool { return slices.Contains(words, s) })
}

// base returns the last element of a path of any system, in lower case.
func base(path string) string {
	return strings.ToLower(path[strings.LastIndexAny(path, `/\`)+1:])
}

// isEnvName reports whether name has the form of a .env file or template.
func isEnvName(name string) bool {
	if strings.HasSuffix(name, ".env") {
		return true
	}
	for _, stem := range []string{".envrc", ".env", ".flaskenv", ".dev.vars"} {
		if rest, ok := strings.CutPrefix(name, stem); ok && (rest == "" || strings.Contains(".-_~ ", rest[:1])) {
			return true
		}
	}
	return false
}

// isOther reports whether name ends as a file of code, prose or ciphertext.
func isOther(name string) bool {
	ends := []string{"ts", "tsx", "js", "mjs", "cjs", "py", "go", "rb", "php", "rs", "java", "md", "json", "yml", "yaml", "gpg", "asc", "age", "enc", "vault"}
	s := segments(name)
	return len(s) > 0 && slices.Contains(ends, s[len(s)-1])
}

// segments returns the parts of name between dots, dashes and underscores.
func segments(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".-_", r) })
}
