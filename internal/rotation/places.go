package rotation

import (
	"bytes"
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/scanner"
)

// places returns where each key, or a variable that holds it, is used: sorted by
// path and line, one place a line.
func (t *Tree) places(keys []*leak) [][]scanner.RotationPlace {
	out := make([][]scanner.RotationPlace, len(keys))
	if len(keys) == 0 {
		return out
	}
	charts := t.charts()
	for i, k := range keys {
		out[i] = append(t.held(k, charts), t.env(k)...)
	}
	t.references(keys, charts, func(i int, p scanner.RotationPlace) { out[i] = append(out[i], p) })
	for i := range out {
		out[i] = tidy(out[i])
	}
	return out
}

// tidy sorts places and keeps one a line, that which holds the key first.
func tidy(list []scanner.RotationPlace) []scanner.RotationPlace {
	holds := func(p scanner.RotationPlace) int {
		if p.Holds {
			return 0
		}
		return 1
	}
	slices.SortFunc(list, func(a, b scanner.RotationPlace) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(holds(a), holds(b)), strings.Compare(a.Name, b.Name))
	})
	list = slices.CompactFunc(list, func(a, b scanner.RotationPlace) bool { return a.Path == b.Path && a.Line == b.Line })
	if list == nil {
		return []scanner.RotationPlace{}
	}
	return list
}

// read returns the content of a file.
func (t *Tree) read(name string) []byte {
	if t.Read == nil {
		return nil
	}
	return t.Read(name)
}

// held returns the places where the key was found. In files that can be read,
// these are all lines that hold it, which those of an older content do not tell.
func (t *Tree) held(k *leak, charts map[string]bool) []scanner.RotationPlace {
	var out []scanner.RotationPlace
	for _, s := range k.found {
		data := t.read(s.path)
		kind := scanner.PlaceFile
		if dotenv.IsEnvFile(s.path) {
			kind = scanner.PlaceEnv
		} else if mayDeploy(s.path) {
			kind = cmp.Or(kindOf(s.path, charts, data), kind)
		}
		lines := slices.DeleteFunc(linesOf(data, k.secret.Reveal()), func(n int) bool { return s.line < n && n <= s.end })
		if s.line > 0 || len(lines) == 0 { // what is encoded is found by its finding only
			lines = append(lines, s.line)
		}
		for _, line := range lines {
			out = append(out, scanner.RotationPlace{Kind: kind, Path: s.path, Line: line, Holds: true})
		}
	}
	return out
}

// linesOf returns the lines on which text stands.
func linesOf(data []byte, text string) []int {
	var out []int
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if text != "" && bytes.Contains(line, []byte(text)) {
			out = append(out, n)
		}
	}
	return out
}

// env returns the variables of .env files that hold the key, and adds their
// names to it.
func (t *Tree) env(k *leak) []scanner.RotationPlace {
	var out []scanner.RotationPlace
	if k.secret.Len() == 0 {
		return nil
	}
	for _, name := range sorted(t.Env) {
		entries, _ := dotenv.Parse(t.read(name))
		for _, e := range entries {
			if !strings.Contains(e.Value, k.secret.Reveal()) {
				continue
			}
			out = append(out, scanner.RotationPlace{Kind: scanner.PlaceEnv, Path: name, Line: e.Line, Name: e.Key, Holds: true})
			if variable().MatchString(e.Key) {
				k.names = append(k.names, e.Key)
			}
		}
	}
	return out
}

// references finds the names of keys in files that deploy or test something.
func (t *Tree) references(keys []*leak, charts map[string]bool, add func(i int, p scanner.RotationPlace)) {
	users := map[string][]int{} // by normal name
	for i, k := range keys {
		for _, name := range sorted(k.names) {
			users[normal(name)] = append(users[normal(name)], i)
		}
	}
	if len(users) == 0 {
		return
	}
	for _, name := range t.Files {
		if !mayDeploy(name) {
			continue
		}
		data := t.read(name)
		kind := kindOf(name, charts, data)
		if kind == "" {
			continue
		}
		n := 0
		for line := range bytes.Lines(data) {
			n++
			for word := range words(line) {
				for _, i := range users[normal(word)] {
					if holdsOther(keys, i, line) {
						continue
					}
					add(i, scanner.RotationPlace{Kind: kind, Path: name, Line: n, Name: setting(kind, word, line)})
				}
			}
		}
	}
}

// holdsOther reports whether a line holds one of the keys other than that at i:
// there the name is that key's.
func holdsOther(keys []*leak, i int, line []byte) bool {
	return slices.ContainsFunc(keys, func(k *leak) bool {
		return k != keys[i] && k.secret.Len() > 0 && bytes.Contains(line, []byte(k.secret.Reveal()))
	})
}

// words yields the names on a line.
func words(line []byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		for start := 0; start < len(line); start++ {
			end := start
			for end < len(line) && isName(line[end]) {
				end++
			}
			if end-start >= len("API_KEY") && !yield(string(line[start:end])) {
				return
			}
			start = max(start, end)
		}
	}
}

func isName(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// secretOf is a reference to a secret in a workflow
// (https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions).
var secretOf = lazyregexp.New(`\bsecrets\.([A-Za-z_][A-Za-z0-9_]*)`)

// setting returns the name under which a file's service keeps the value.
func setting(kind, word string, line []byte) string {
	if kind == scanner.PlaceGitHub {
		if m := secretOf().FindSubmatch(line); m != nil {
			return string(m[1])
		}
	}
	return word
}

// charts returns the directories of Helm charts.
func (t *Tree) charts() map[string]bool {
	out := map[string]bool{}
	for _, name := range t.Files {
		if path.Base(name) == "Chart.yaml" {
			out[path.Dir(name)] = true
		}
	}
	return out
}

// mayDeploy is a quick test for the files that kindOf looks at.
func mayDeploy(name string) bool {
	switch path.Ext(name) {
	case ".yml", ".yaml", ".tpl":
		return true
	}
	return kindByPath(name) != ""
}

// named are kinds that the path of a file tells.
var named = [...]struct {
	kind string
	path func() *regexp.Regexp
}{
	{scanner.PlaceGitHub, lazyregexp.New(`(?:^|/)\.github/(?:workflows|actions)/.+\.ya?ml$`)},
	{scanner.PlaceCI, lazyregexp.New(`(?i)(?:^|/)(?:\.gitlab-ci[^/]*\.ya?ml|\.gitlab/.+\.ya?ml|\.circleci/.+\.ya?ml|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|\.woodpecker[^/]*(?:/.+)?\.ya?ml|appveyor\.ya?ml|\.buildkite/.+\.ya?ml|cloudbuild\.ya?ml|jenkinsfile)$`)},
	{scanner.PlaceCompose, lazyregexp.New(`(?i)(?:^|/)(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$`)},
	{scanner.PlaceTerraform, lazyregexp.New(`\.(?:tf|tfvars|tf\.json|tfvars\.json)$`)},
	{scanner.PlaceImage, lazyregexp.New(`(?i)(?:^|/)(?:(?:docker|container)file(?:\.[^/]*)?|[^/]*\.dockerfile)$`)},
	{scanner.PlacePlatform, lazyregexp.New(`(?i)(?:^|/)(?:fly\.toml|vercel\.json|netlify\.toml|app\.json|render\.ya?ml|railway\.(?:json|toml)|procfile|serverless\.ya?ml|app\.yaml|wrangler\.(?:toml|json))$`)},
}

// manifest is what every Kubernetes manifest has
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields).
var manifest = lazyregexp.New(`(?m)^(?:apiVersion|kind):\s*\S`)

// kindByPath returns the kind that the path of a file tells, or "".
func kindByPath(name string) string {
	for _, n := range named {
		if n.path().MatchString(name) {
			return n.kind
		}
	}
	return ""
}

// kindOf returns the kind of a file that deploys or tests something, "" for
// another.
func kindOf(name string, charts map[string]bool, data []byte) string {
	if kind := kindByPath(name); kind != "" {
		return kind
	}
	if ext := path.Ext(name); ext != ".yml" && ext != ".yaml" && ext != ".tpl" {
		return ""
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if charts[dir] {
			return scanner.PlaceHelm
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	if len(manifest().FindAll(data, 2)) == 2 {
		return scanner.PlaceKubernetes
	}
	return ""
}
