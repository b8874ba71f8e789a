package hygiene

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A packer is a tool that packs a directory, in which a file of some name lies,
// and sends it elsewhere.
type packer struct {
	file string // whose directory is packed
	what string // who would take a file, as the beginning of a sentence
	next string // what keeps a file out
	// takes reports whether a file, by its path relative to the directory, would
	// be packed. It is false when the tool is not known to pack the directory.
	takes func(p *pass, dir, rel string) bool
}

// packers lists the tools that are looked at. Docker has a check of its own.
func packers() []packer {
	return []packer{
		{"package.json", "npm publish", "the list of files or .npmignore", npmTakes},
		{"Chart.yaml", "helm package", ".helmignore", helmTakes},
		{".gcloudignore", "gcloud", ".gcloudignore", gcloudTakes},
		{".vercelignore", "vercel", ".vercelignore", vercelTakes},
		{"serverless.yml", "serverless package", "package.patterns", serverlessTakes},
	}
}

// envInPackages reports the .env files that tools would pack.
func (p *pass) envInPackages() {
	list := packers()
	for _, name := range p.Files {
		for i := range list {
			if list[i].file == path.Base(name) && !isFixture(name) {
				p.envInPackage(name, &list[i])
			}
		}
	}
}

func (p *pass) envInPackage(name string, tool *packer) {
	dir := dirOf(name)
	for _, env := range p.envFiles() {
		rel, ok := inDir(dir, env)
		if !ok || strings.Contains("/"+rel, "/node_modules/") {
			continue
		}
		keys := p.envKeys(env)
		if len(keys) == 0 && (mayBeShared(env) || !isPersonal(env)) || !tool.takes(p, dir, rel) {
			continue
		}
		f := p.report(name, rules.NewSecret([]byte(env)), fmt.Sprintf("%s would take %s with it, as %s lets it through; %s", tool.what, env, tool.next, contents(keys)))
		if len(keys) == 0 {
			f.Severity = rules.Medium
		}
		f.Help = fmt.Sprintf("Keep it out by %s. If it was sent already, revoke the keys in it.", tool.next)
		if path.Base(name) != tool.next {
			continue
		}
		data := p.read(name)
		line := lineToAdd(data, "**/"+escapePattern(path.Base(env)))
		f.Fix = &scanner.Fix{
			Description: "add the line " + strings.TrimSpace(line) + " to " + name,
			Edits:       []scanner.Edit{{Path: name, Start: len(data), End: len(data), New: line}},
		}
	}
}

// inDir returns a path relative to a directory that it lies in.
func inDir(dir, name string) (rel string, ok bool) {
	if dir == "" {
		return name, true
	}
	return strings.CutPrefix(name, dir+"/")
}

// ignoredBy reports whether the files of patterns that read returns keep a path
// out, as .gitignore would.
func ignoredBy(rel string, read func(dir string) []byte) bool {
	c := gitignore.NewChecker(nil, func(dir string) (*gitignore.Patterns, error) {
		return gitignore.Parse(read(dir), gitignore.ParseOptions{}), nil
	})
	r, err := c.Match(rel, false)
	return err != nil || r.Ignored
}

// npmTakes follows https://docs.npmjs.com/cli/v11/configuring-npm/package-json#files:
// the list of files decides, and below the root .npmignore or else .gitignore of
// each directory; without the list those of the root count, too, and of a workspace
// those above it. Private packages are not published, nor are those without a name
// and a version.
func npmTakes(p *pass, dir, rel string) bool {
	var pkg struct {
		Name, Version string
		Private       bool
		Files         []string
	}
	if json.Unmarshal(p.read(path.Join(dir, "package.json")), &pkg) != nil || pkg.Private || pkg.Name == "" || pkg.Version == "" {
		return false
	}
	if pkg.Files != nil && !npmLists(pkg.Files, rel) {
		return false
	}
	base := dir
	if pkg.Files == nil {
		base = p.workspaceRoot(dir)
	}
	rel, _ = inDir(base, path.Join(dir, rel))
	return !ignoredBy(rel, func(at string) []byte {
		if at == "" && pkg.Files != nil {
			return nil
		}
		if data := p.read(path.Join(base, at, ".npmignore")); data != nil {
			return data
		}
		return p.read(path.Join(base, at, ".gitignore"))
	})
}

// workspaceRoot returns the directory above dir whose package has workspaces, or
// dir when there is none.
func (p *pass) workspaceRoot(dir string) string {
	for up := dir; up != ""; {
		up = dirOf(up)
		var root struct{ Workspaces json.RawMessage }
		if json.Unmarshal(p.read(path.Join(up, "package.json")), &root) == nil && len(root.Workspaces) > 0 {
			return up
		}
	}
	return dir
}

// npmLists reports whether the list of files of a package has a path: the last
// pattern that matches it or a directory above it decides.
func npmLists(files []string, rel string) bool {
	var lines []string
	for _, f := range files {
		f, not := strings.CutPrefix(f, "!")
		f = strings.TrimPrefix(path.Clean("/"+f), "/")
		if f == "" {
			f = "*"
		}
		if not {
			lines = append(lines, "!/"+f)
		} else {
			lines = append(lines, "/"+f)
		}
	}
	m := (*gitignore.Matcher)(nil).Push("", gitignore.ParseLines(lines, gitignore.ParseOptions{}))
	listed := false
	for i := range len(rel) + 1 {
		if i < len(rel) && rel[i] != '/' {
			continue
		}
		switch r := m.Match(rel[:i], i < len(rel)); {
		case r.Negated:
			listed = false
		case r.Ignored:
			listed = true
		}
	}
	return listed
}

// helmTakes follows https://helm.sh/docs/chart_template_guide/helm_ignore_file/:
// patterns are those of Go's path.Match, without **; those without a slash are
// about names; a line with ! keeps out all that does not match; what is below a
// directory that is kept out is kept out, too. Files in templates that begin with
// a dot are never packed.
func helmTakes(p *pass, dir, rel string) bool {
	if strings.HasPrefix(rel, "templates/.") {
		return false
	}
	lines := strings.Split(string(p.read(path.Join(dir, ".helmignore"))), "\n")
	for i := range len(rel) + 1 {
		if (i == len(rel) || rel[i] == '/') && helmIgnores(lines, rel[:i], i < len(rel)) {
			return false
		}
	}
	return true
}

// helmIgnores reports whether the lines of a .helmignore keep a path out.
func helmIgnores(lines []string, rel string, isDir bool) bool {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		pattern, negate := strings.CutPrefix(line, "!")
		pattern, dirOnly := strings.CutSuffix(pattern, "/")
		subject := rel
		if !strings.Contains(pattern, "/") {
			subject = path.Base(rel)
		}
		ok, err := path.Match(strings.TrimPrefix(pattern, "/"), subject)
		if err != nil || strings.Contains(pattern, "**") {
			return true // helm refuses the chart
		}
		if negate {
			ok = !ok || dirOnly && !isDir
		} else {
			ok = ok && (!dirOnly || isDir)
		}
		if ok {
			return true
		}
	}
	return false
}

// gcloudTakes follows https://cloud.google.com/sdk/gcloud/reference/topic/gcloudignore:
// the syntax is that of .gitignore, and a line #!include:FILE stands for the lines
// of the file. Without .gcloudignore there is .gitignore, which other checks are
// about.
func gcloudTakes(p *pass, dir, rel string) bool {
	return !ignoredBy(rel, func(at string) []byte {
		if at != "" {
			return nil
		}
		var lines []string
		for line := range strings.Lines(string(p.read(path.Join(dir, ".gcloudignore")))) {
			if file, ok := strings.CutPrefix(strings.TrimSpace(line), "#!include:"); ok {
				line = string(p.read(path.Join(dir, file))) + "\n"
			}
			lines = append(lines, line)
		}
		return []byte(strings.Join(lines, ""))
	})
}

// vercelTakes follows https://vercel.com/docs/deployments/vercel-ignore, with the
// names that are never uploaded, of https://vercel.com/docs/builds/build-features#ignored-files-and-folders.
func vercelTakes(p *pass, dir, rel string) bool {
	never := "node_modules\n.vercel\n.next\n.git\n.cache\n.env.local\n.env.*.local\nvenv\n.venv\n"
	return !ignoredBy(rel, func(at string) []byte {
		if at != "" {
			return nil
		}
		return append([]byte(never), p.read(path.Join(dir, ".vercelignore"))...)
	})
}

// bundlers are plugins and settings with which serverless does not pack the
// directory as it is.
var bundlers = lazyregexp.New(`(?m)serverless-(?:esbuild|webpack|bundle|plugin-typescript|rspack)|^\s*(?:artifact|esbuild):`)

// serverlessTakes follows https://www.serverless.com/framework/docs/providers/aws/guide/packaging:
// all is packed that the last pattern of package.patterns that matches does not
// exclude with !, but for .env* when useDotenv is set. Without patterns it says
// nothing: many projects pack with a plugin.
func serverlessTakes(p *pass, dir, rel string) bool {
	data := p.read(path.Join(dir, "serverless.yml"))
	patterns := serverlessPatterns(string(data))
	if len(patterns) == 0 || bundlers().Match(data) {
		return false
	}
	takes := !regexp.MustCompile(`(?m)^useDotenv:\s*true\b`).Match(data) || !strings.HasPrefix(rel, ".env")
	for _, pattern := range patterns {
		pattern, not := strings.CutPrefix(pattern, "!")
		if gitignore.CompileGlob(strings.TrimPrefix(pattern, "./"), false).Match(rel) {
			takes = !not
		}
	}
	return takes
}

// serverlessPatterns returns the list package.patterns of a serverless.yml, and
// those of the older include and exclude in the form of it.
func serverlessPatterns(text string) []string {
	var out []string
	section, list := "", ""
	for line := range strings.Lines(text) {
		body := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch item, isItem := strings.CutPrefix(body, "- "); {
		case body == "" || body[0] == '#':
		case isItem && section == "package:" && slices.Contains([]string{"patterns:", "include:", "exclude:"}, list):
			item = strings.Trim(strings.TrimSpace(item), `"'`)
			if list == "exclude:" {
				item = "!" + item
			}
			out = append(out, item)
		case isItem:
		case indent == 0:
			section, list = body, ""
		default:
			list = body
		}
	}
	return out
}
