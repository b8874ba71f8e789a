package hygiene

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/scanner"
)

// A use is a place that says that there will be a .env file.
type use struct {
	by  string // the file that says so
	loc scanner.Location
	how string // what it says, as the beginning of a sentence
	env string // the .env file
}

// usesOfEnv returns the uses in the tree: one for each .env file.
func (f *Facts) usesOfEnv() []use {
	var out []use
	have := map[string]bool{}
	add := func(u use) {
		if !have[u.env] {
			have[u.env] = true
			out = append(out, u)
		}
	}
	for _, name := range f.Files {
		if dotenv.IsTemplate(name) {
			if env := templateFor(name); env != "" {
				add(use{by: name, how: "this is the template of a .env file", env: env})
			}
		}
	}
	list := loaders()
	for _, name := range f.Files {
		if !mayBeManifest(path.Base(name)) {
			continue
		}
		for _, l := range list {
			if !l.files.MatchString(path.Base(name)) {
				continue
			}
			if u, ok := l.find(f.read(name)); ok {
				u.by, u.env = name, path.Join(path.Dir(name), ".env")
				add(u)
			}
		}
	}
	return out
}

// templateFor returns the .env file that a template is for, or "" when its name
// does not tell.
func templateFor(name string) string {
	var parts []string
	for _, part := range strings.Split(path.Base(name), ".") {
		switch strings.ToLower(part) {
		case "example", "examples", "sample", "samples", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema":
		default:
			parts = append(parts, part)
		}
	}
	base := strings.Join(parts, ".")
	if base == "env" || base == "dotenv" {
		base = ".env"
	}
	if !strings.HasPrefix(base, ".env") || !dotenv.IsEnvFile(base) {
		return ""
	}
	return path.Join(path.Dir(name), base)
}

// A loader is a way to say in a manifest that a .env file is loaded.
type loader struct {
	files *regexp.Regexp // base names of the manifests
	text  *regexp.Regexp // the first match decides; its first group is the place
	how   string
}

// loaders lists the manifests that are looked at.
func loaders() []loader {
	return []loader{
		{regexp.MustCompile(`^package\.json$`), regexp.MustCompile(`(?s)"dependencies"\s*:\s*\{[^}]*?("dotenv(?:-[a-z]+)?")\s*:`), "the package depends on dotenv"},
		{regexp.MustCompile(`^requirements\.(txt|in)$`), regexp.MustCompile(`(?mi)^(python-dotenv|environs|django-environ)\b`), "the project requires a loader of .env files"},
		{regexp.MustCompile(`^go\.mod$`), regexp.MustCompile(`(?m)^(?:require)?\s*(github\.com/joho/godotenv)\s+v\S+\s*$`), "the module requires godotenv"},
		{regexp.MustCompile(`^Gemfile$`), regexp.MustCompile(`(?m)^\s*gem\s+['"](dotenv(?:-rails)?)['"]`), "the project depends on dotenv"},
		{regexp.MustCompile(`^(docker-)?compose([.-].*)?\.ya?ml$`), regexp.MustCompile(`(?m)^\s*env_file:\s*(?:\n\s*-\s*(?:path:\s*)?)?["']?((?:\./)?\.env)["']?\s*$`), "a service loads .env"},
		{regexp.MustCompile(`^\.envrc$`), regexp.MustCompile(`(?m)^\s*(dotenv(?:_if_exists)?)\s*$`), "direnv loads .env"},
	}
}

// find looks for the loader in a manifest.
func (l *loader) find(data []byte) (use, bool) {
	at := l.text.FindSubmatchIndex(data)
	if at == nil {
		return use{}, false
	}
	return use{loc: locationOf(data, at[2], at[3]), how: l.how}, true
}

// mayBeManifest is a quick test for the names of loaders.
func mayBeManifest(base string) bool {
	return isAnyOf(base, "package.json", "go.mod", "Gemfile", ".envrc") || strings.HasPrefix(base, "requirements.") || strings.Contains(base, "compose")
}

// isAnyOf reports whether s is one of list.
func isAnyOf(s string, list ...string) bool { return slices.Contains(list, s) }
