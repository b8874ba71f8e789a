package worktree

import "strings"

// isEnvName reports whether a file of that name holds variables for a program
// to load: ".env", ".env.local", ".env-prod", ".env_test", "prod.env",
// ".envrc". Templates, which hold no values, do not.
func isEnvName(name string) bool {
	name = strings.ToLower(name)
	rest, prefixed := strings.CutPrefix(name, ".env")
	switch {
	case prefixed && (rest == "" || rest == "rc" || strings.IndexByte(".-_", rest[0]) >= 0):
	case strings.HasSuffix(name, ".env"):
	default:
		return false
	}
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(".-_", r) }) {
		switch part {
		case "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema":
			return false
		}
	}
	return true
}

// envLevels is how many levels of an ignored directory are searched for .env
// files: it, and its subdirectories.
const envLevels = 2

// isDependencies reports whether a directory of that name, if ignored, holds
// other people's files: their .env files are fixtures, and there may be very
// many.
func isDependencies(name string) bool {
	switch name {
	case "node_modules", "bower_components", "jspm_packages", "vendor", "third_party", "Pods", "Carthage",
		"venv", ".venv", "virtualenv", ".virtualenv", ".tox", ".nox", "site-packages", "__pycache__", ".eggs",
		".cache", ".npm", ".yarn", ".pnpm-store", ".gradle", ".m2", ".cargo", ".terraform", "target":
		return true
	}
	return false
}
