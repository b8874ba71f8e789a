package hygiene

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// imageChecks are the checks of what is put into images.
func imageChecks() []Check {
	return []Check{
		{
			ID: "env-in-image", Severity: rules.High, run: envInImage,
			Title:  "a .env file that an image or a package takes in",
			Why:    "A Dockerfile copies the whole build context, or npm, helm, gcloud, vercel or serverless would pack the directory, and no rule of .dockerignore, files or .npmignore, .helmignore, .gcloudignore, .vercelignore or package.patterns keeps the .env file out: whoever gets the image or package can read it. High when a key is in it, medium when not.",
			Help:   "Add **/.env to the .dockerignore beside the Dockerfile, and pass the values when the container starts.",
			Silent: "Silent when no .env file is there; about stages that the last one is not built on; about contexts other than the directory of the Dockerfile; about packages of npm that are private, directories without .gcloudignore or .vercelignore, and services without package.patterns or with a bundler; in directories of tests, fixtures, examples and templates; and about files without a key that are part of the project.",
		},
		{
			ID: "key-in-image-layer", Severity: rules.Critical, run: keyInImageLayer,
			Title:  "a key that is built into an image",
			Why:    "ENV, ARG and build arguments are stored in the image and its history, also when a later step unsets them: whoever can pull the image can read the key.",
			Help:   "Revoke the key. Use RUN --mount=type=secret while building, and pass the key when the container starts.",
			Silent: "Silent about references such as $KEY, placeholders, and variables without a value.",
		},
	}
}

// isDockerfile reports whether a file of this name is built into an image.
func isDockerfile(name string) bool {
	base := strings.ToLower(path.Base(name))
	return isAnyOf(base, "dockerfile", "containerfile") || strings.HasPrefix(base, "dockerfile.") && base != "dockerfile.dockerignore" || strings.HasSuffix(base, ".dockerfile")
}

// An instruction is one of a Dockerfile.
type instruction struct {
	word string // in upper case
	args string // with continued lines joined by spaces
	line int    // the first
	last int    // the last line
}

// instructions reads a Dockerfile. Here-documents are taken for instructions of
// their own, which does not matter to the words that are looked for.
func instructions(data []byte) []instruction {
	var out []instruction
	var open *instruction
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		text, more := strings.CutSuffix(line, `\`)
		if open == nil {
			word, args, _ := strings.Cut(text, " ")
			out = append(out, instruction{word: strings.ToUpper(word), args: strings.TrimSpace(args), line: i + 1})
			open = &out[len(out)-1]
		} else {
			open.args += " " + strings.TrimSpace(text)
		}
		open.last = i + 1
		if !more {
			open = nil
		}
	}
	return out
}

// contextCopies returns the instructions that copy the whole context into the
// last stage, or into one that it is built on.
func contextCopies(list []instruction) []instruction {
	type stage struct {
		name, base string
		copies     []instruction
	}
	var stages []stage
	for _, in := range list {
		switch in.word {
		case "FROM":
			words := slices.DeleteFunc(strings.Fields(in.args), func(w string) bool { return strings.HasPrefix(w, "--") })
			s := stage{}
			if len(words) > 0 {
				s.base = strings.ToLower(words[0])
			}
			if len(words) > 2 && strings.EqualFold(words[1], "as") {
				s.name = strings.ToLower(words[2])
			}
			stages = append(stages, s)
		case "COPY", "ADD":
			if len(stages) > 0 && copiesContext(in.args) {
				s := &stages[len(stages)-1]
				s.copies = append(s.copies, in)
			}
		}
	}
	var out []instruction
	for i := len(stages) - 1; i >= 0; {
		out = append(out, stages[i].copies...)
		base := stages[i].base
		next := -1
		for j := range i {
			if stages[j].name != "" && stages[j].name == base {
				next = j
			}
		}
		i = next
	}
	return out
}

// copiesContext reports whether the arguments of COPY or ADD have the whole
// context as a source.
func copiesContext(args string) bool {
	words := strings.FieldsFunc(args, func(r rune) bool { return strings.ContainsRune(" \t[],\"", r) })
	sources := 0
	found := false
	for _, w := range words {
		if strings.HasPrefix(w, "--from") {
			return false
		}
		if strings.HasPrefix(w, "--") {
			continue
		}
		sources++
		found = found || isAnyOf(w, ".", "./", "*", "./*") && sources < countPlain(words)
	}
	return found
}

// countPlain returns the number of words that are no flags.
func countPlain(words []string) int {
	n := 0
	for _, w := range words {
		if !strings.HasPrefix(w, "--") {
			n++
		}
	}
	return n
}

func envInImage(p *pass) {
	for _, name := range p.Files {
		if !isDockerfile(name) {
			continue
		}
		copies := contextCopies(instructions(p.read(name)))
		if len(copies) == 0 {
			continue
		}
		dir := dirOf(name)
		ignore := p.read(name + ".dockerignore")
		if ignore == nil {
			ignore = p.read(path.Join(dir, ".dockerignore"))
		}
		rulesOf := parseDockerignore(ignore)
		for _, env := range p.envFiles() {
			rel, ok := strings.CutPrefix(env, dir+"/")
			if dir == "" {
				rel, ok = env, true
			}
			keys := p.envKeys(env)
			if !ok || rulesOf.excludes(rel) || len(keys) == 0 && (mayBeShared(env) || !isPersonal(env)) {
				continue
			}
			in := copies[0]
			f := p.report(name, rules.NewSecret([]byte(env)), fmt.Sprintf("%s %s copies %s into the image, as no rule of .dockerignore matches it; %s", in.word, in.args, env, contents(keys)))
			f.Location, f.Fix = scanner.Location{Line: in.line}, p.dockerignoreFix(name, rel)
			if len(keys) == 0 {
				f.Severity = rules.Medium
			}
		}
	}
	p.envInPackages()
}

// A dockerRule is a line of .dockerignore.
type dockerRule struct {
	re     *regexp.Regexp
	negate bool
}

type dockerRules []dockerRule

// parseDockerignore reads a .dockerignore
// (https://docs.docker.com/build/concepts/context/#dockerignore-files): patterns
// are relative to the context, ** matches any number of directories, the last
// line that matches decides.
func parseDockerignore(data []byte) dockerRules {
	var out dockerRules
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		line, negate := strings.CutPrefix(line, "!")
		line = strings.TrimPrefix(path.Clean(strings.TrimSpace(line)), "/")
		re, err := regexp.Compile(dockerPattern(line))
		if err == nil {
			out = append(out, dockerRule{re, negate})
		}
	}
	return out
}

// dockerPattern returns the regular expression of a pattern. What is matched
// may be a directory above the file.
func dockerPattern(pattern string) string {
	var b strings.Builder
	b.WriteString(`^`)
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**/"):
			b.WriteString(`(?:.*/)?`)
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(`.*`)
			i++
		case c == '*':
			b.WriteString(`[^/]*`)
		case c == '?':
			b.WriteString(`[^/]`)
		case c == '[' && strings.Contains(pattern[i:], "]"):
			b.WriteByte('[')
		case c == ']' && strings.Contains(pattern[:i], "["), c == '-' || c == '^':
			b.WriteByte(c)
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String() + `(?:/.*)?$`
}

// excludes reports whether a file is kept out of the context.
func (d dockerRules) excludes(rel string) bool {
	out := false
	for _, r := range d {
		if r.re.MatchString(rel) {
			out = !r.negate
		}
	}
	return out
}

// variable is a name with a value in the arguments of ENV and ARG.
var variable = lazyregexp.New(`(?:^|\s)([A-Za-z_][A-Za-z0-9_]*)(?:=|\s+)("[^"]*"|'[^']*'|\S+)`)

// buildArg is a build argument on a command line.
var buildArg = lazyregexp.New(`--build-arg[= ]["']?([A-Za-z_][A-Za-z0-9_]*)=["']?$`)

func keyInImageLayer(p *pass) {
	for _, name := range p.Files {
		if isDockerfile(name) {
			p.keysOfDockerfile(name)
			continue
		}
		if len(p.keys[name]) == 0 {
			continue
		}
		data := p.read(name)
		for _, k := range p.keys[name] {
			at := offsetOf(data, k.Location)
			if at < 0 {
				continue
			}
			before := lineBefore(data, at)
			switch {
			case buildArg().MatchString(before):
				p.keyFinding(k, "a build argument holds a key, which the image keeps")
			case isYAML(name) && underKey(data[:at-len(before)], before, "build-args"): // of docker/build-push-action
				p.keyFinding(k, "a build argument in CI holds a key, which the image keeps")
			case isCompose(name) && underKey(data[:at-len(before)], before, "args"):
				p.keyFinding(k, "a build argument of a service holds a key, which the image keeps")
			}
		}
	}
}

// keysOfDockerfile reports the keys in ENV and ARG.
func (p *pass) keysOfDockerfile(name string) {
	for _, in := range instructions(p.read(name)) {
		if !isAnyOf(in.word, "ENV", "ARG") {
			continue
		}
		byRule := false
		for _, k := range p.keys[name] {
			if in.line <= k.Line && k.Line <= in.last {
				byRule = true
				p.keyFinding(k, in.word+" puts a key into the image")
			}
		}
		if byRule {
			continue
		}
		for _, m := range variable().FindAllStringSubmatch(in.args, -1) {
			value := strings.Trim(m[2], `"'`)
			if !dotenv.IsKeyName(m[1]) || isPublicName(m[1]) || strings.Contains(value, "$") || !rules.PlausibleKey([]byte(value)) {
				continue
			}
			f := p.report(name, rules.NewSecret([]byte(value)), in.word+" "+m[1]+" puts what looks like a key into the image")
			f.Location, f.Name, f.Severity, f.Confidence = scanner.Location{Line: in.line}, m[1], rules.High, rules.MediumConfidence
		}
	}
}

// isCompose reports whether a file of this name describes services.
func isCompose(name string) bool {
	base := strings.ToLower(path.Base(name))
	return (strings.HasPrefix(base, "compose") || strings.HasPrefix(base, "docker-compose")) && (strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml"))
}

// isYAML reports whether a file has a name of YAML.
func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
}

// underKey reports whether a line of YAML, which begins with begin, is directly
// below a key: the nearest line above it with a smaller indentation is "key:",
// or "key: |" before a block of text.
func underKey(above []byte, begin, key string) bool {
	indent := len(begin) - len(strings.TrimLeft(begin, " "))
	lines := strings.Split(strings.TrimSuffix(string(above), "\n"), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		text := strings.TrimLeft(lines[i], " ")
		if n := len(lines[i]) - len(text); strings.TrimSpace(text) != "" && text[0] != '#' && (n < indent || n == indent && strings.HasPrefix(strings.TrimSpace(begin), "-") && text[0] != '-') {
			return strings.TrimRight(strings.TrimSpace(text), " |>+-") == key+":"
		}
	}
	return false
}
