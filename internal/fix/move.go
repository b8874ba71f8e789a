package fix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/scanner"
)

// A Mover turns keys in configurations into references to variables of .env
// files.
type Mover struct {
	// Read returns the content of a file, nil when it cannot be read.
	Read func(name string) []byte
	// Shield says how a .env file is kept out of git: by nothing more, by a
	// fix, or not at all.
	Shield func(name string) (fix *scanner.Fix, ok bool)
	// Provider returns the provider of a rule's keys, or "".
	Provider func(rule string) string
}

// A format is a kind of configuration that can refer to variables.
type format struct {
	path *regexp.Regexp
	// reference is written in place of the key; %s is the variable.
	reference string
	up        int // how many directories above the file the .env file lies
	json      bool
	// after says what has to happen for the reference to be resolved.
	after string
}

// formats lists the configurations whose documentation promises references:
//
//   - Compose, which reads .env beside the file
//     (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/)
//   - .mcp.json of Claude Code, from the environment
//     (https://code.claude.com/docs/en/mcp)
//   - .cursor/mcp.json, from the environment
//     (https://cursor.com/docs/context/mcp)
//   - .gemini/settings.json; Gemini CLI reads .env upwards from where it starts
//     (https://google-gemini.github.io/gemini-cli/docs/cli/configuration.html)
func formats() []format {
	const load = "start the program with the variables of .env in its environment"
	return []format{
		{regexp.MustCompile(`(?i)(?:^|/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$`), "${%s}", 0, false, ""},
		{regexp.MustCompile(`(?:^|/)\.mcp\.json$`), "${%s}", 0, true, load},
		{regexp.MustCompile(`(?:^|/)\.cursor/mcp\.json$`), "${env:%s}", 1, true, load},
		{regexp.MustCompile(`(?:^|/)\.gemini/settings\.json$`), "${%s}", 1, true, ""},
	}
}

// formatOf returns the format of a file of this name.
func formatOf(name string) (format, bool) {
	for _, f := range formats() {
		if f.path.MatchString(name) {
			return f, true
		}
	}
	return format{}, false
}

// env returns the .env file of a configuration.
func (f *format) env(name string) string {
	dir := path.Dir(name)
	for range f.up {
		dir = path.Dir(dir)
	}
	return path.Join(dir, ".env")
}

// Step returns the step that moves the key of a finding, which key holds, to a
// .env file. Without one, reason says why not and what to do instead.
func (m *Mover) Step(finding, key *scanner.Finding) (step *Step, reason string) {
	f, ok := formatOf(key.Path)
	if !ok {
		return nil, m.byHand(key)
	}
	data := m.Read(key.Path)
	start, end, ok := span(data, key.Location)
	if !ok || len(key.Encoding) > 0 || string(data[start:end]) != key.Secret.Secret.Reveal() {
		return nil, "the key is encoded or in several parts: replace it by a reference by hand"
	}
	a := &Assignment{Path: f.env(key.Path), Name: m.variable(key), Key: key.Secret.Secret}
	if !plainValue().MatchString(a.Key.Reveal()) {
		return nil, "the key has characters that .env files read differently: move it by hand"
	}
	edit := scanner.Edit{Path: key.Path, Start: start, End: end, New: fmt.Sprintf(f.reference, a.Name)}
	if !f.takes(data, edit) {
		return nil, "the key stands where a reference may not be resolved: replace it by " + edit.New + " by hand"
	}
	shield, ok := m.Shield(a.Path)
	if !ok {
		return nil, "git tracks " + a.Path + ", or no rule would have git ignore it: mend that first, and run it again"
	}
	step = &Step{Finding: finding, Edits: []scanner.Edit{edit}, Assign: a}
	step.Description = fmt.Sprintf("move the key to %s in %s, and refer to it in %s as %s", a.Name, a.Path, key.Path, edit.New)
	if shield != nil {
		step.Edits = append(step.Edits, shield.Edits...)
		step.Description += "; " + shield.Description
	}
	if f.after != "" {
		step.Description += "; then " + f.after
	}
	return step, ""
}

// plainValue is a value that every dialect of .env files reads as it stands.
var plainValue = lazyregexp.New(`^[A-Za-z0-9_./+=:@%-]+$`)

// beforeValue is what stands before a key on a line of YAML in block style:
// an item or a name, perhaps with a scheme of authentication.
var beforeValue = lazyregexp.New(`^\s*(?:-\s+)?["']?[A-Za-z_][\w.-]*["']?\s*(?:=|:\s)\s*["']?(?:[A-Za-z-]+=)?(?:[A-Za-z]+ )?$`)

// afterValue is what stands behind it.
var afterValue = lazyregexp.New(`^["']?\s*(?:#.*)?$`)

// takes reports whether the place of an edit is one where a reference works.
func (f *format) takes(data []byte, e scanner.Edit) bool {
	if !f.json {
		before := data[bytes.LastIndexByte(data[:e.Start], '\n')+1 : e.Start]
		after, _, _ := bytes.Cut(data[e.End:], []byte("\n"))
		return beforeValue().Match(before) && afterValue().Match(bytes.TrimSuffix(after, []byte("\r")))
	}
	edited := edits{data: data, list: []scanner.Edit{e}}
	_, rest, _ := bytes.Cut(data[e.End:], []byte(`"`))
	isName := bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte(":"))
	trim := func(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\ufeff")) }
	return !isName && json.Valid(trim(data)) && json.Valid(trim(edited.apply()))
}

// variable returns the name that a key is to have in the environment: its own,
// or one that tells the provider.
func (m *Mover) variable(key *scanner.Finding) string {
	if variableName().MatchString(key.Name) && dotenv.IsKeyName(key.Name) {
		return key.Name
	}
	provider := strings.ToUpper(strings.Join(strings.FieldsFunc(m.Provider(key.Rule), func(r rune) bool {
		return !('a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9')
	}), "_"))
	if provider == "" || provider[0] <= '9' {
		return "API_KEY"
	}
	return provider + "_API_KEY"
}

// variableName is a name that stands for a variable of the environment.
var variableName = lazyregexp.New(`^[A-Z][A-Z0-9_]*$`)

// byHand says what to do about a key in a file that fix does not edit.
func (m *Mover) byHand(key *scanner.Finding) string {
	name := m.variable(key)
	switch p := key.Path; {
	case isTemp(path.Base(p)):
		return "a run of keylint fix that was killed left this copy of a file: delete it"
	case strings.HasPrefix(p, ".github/workflows/") || strings.Contains(p, "/.github/workflows/"):
		return fmt.Sprintf("the value has to be stored at GitHub: gh secret set %s, and write ${{ secrets.%s }} in its place", name, name)
	case strings.Contains(p, ".claude/settings"):
		return "these settings do not resolve references: remove the entry, and set " + name + " in the environment that the program starts in"
	case strings.HasSuffix(p, ".codex/config.toml"):
		return "name the variable instead of the key, as env_key or bearer_token_env_var, and set it in the environment"
	case strings.HasSuffix(p, ".vscode/mcp.json"):
		return `declare an input of type promptString in "inputs", and write ${input:…} in place of the key`
	case strings.HasSuffix(p, ".go"):
		return "read it from the environment; keylint-vet -fix does so where it can"
	case dotenv.IsTemplate(p):
		return "put a placeholder in its place: a template is read by everyone"
	case dotenv.IsEnvFile(p):
		return "the key may stand here once git ignores the file"
	}
	return "no fix is safe here: read the key from the environment, as " + name
}

// span returns the bytes at a location.
func span(data []byte, l scanner.Location) (start, end int, ok bool) {
	start, ok1 := offset(data, l.Line, l.Column)
	end, ok2 := offset(data, l.EndLine, l.EndColumn)
	return start, end, ok1 && ok2 && start < end
}

// offset returns where a line and column are in data.
func offset(data []byte, line, column int) (int, bool) {
	at := 0
	for n := 1; n < line; n++ {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			return 0, false
		}
		at += i + 1
	}
	at += column - 1
	return at, line > 0 && column > 0 && at <= len(data)
}
