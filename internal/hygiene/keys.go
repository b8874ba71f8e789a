package hygiene

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// keyChecks are the checks of where keys stand.
func keyChecks() []Check {
	return []Check{
		{
			ID: "key-in-client-bundle", Severity: rules.Critical, run: keyInClientBundle,
			Title:  "a key in a variable that is shipped to browsers",
			Why:    "Frameworks copy variables with prefixes such as NEXT_PUBLIC_, VITE_, REACT_APP_, PUBLIC_, EXPO_PUBLIC_, GATSBY_ and NUXT_PUBLIC_ into the code that browsers load: every visitor can read the key.",
			Help:   "Revoke the key. Give the new one a name without the prefix, and call the service from the server.",
			Silent: "Silent about identifiers that are meant to be seen (publishable, anonymous, site, maps, analytics and Firebase keys), and about values of unknown format unless the name says SECRET, PASSWORD or PRIVATE or names a model provider.",
		},
		{
			ID: "key-reused", Severity: rules.High, run: keyReused,
			Title:  "one key in two environments",
			Why:    "The same key serves two of development, test, staging and production: it cannot be revoked in one without the other, and a leak of the lesser is a leak of production. Keys are compared by their HMAC. Git-ignored .env files count.",
			Help:   "Generate a key for each environment, so that each can be rotated and revoked by itself.",
			Silent: "Silent about files whose name or directory names no environment, such as .env, about files in directories of tests, fixtures, examples and templates, and about identifiers that are meant to be public.",
		},
		{
			ID: "key-in-tool-config", Severity: rules.High, run: keyInToolConfig,
			Title:  "a key in the settings of a coding assistant",
			Why:    "Settings such as .claude/settings.json, .mcp.json and .cursor/mcp.json are shared with the repository, or are read by whoever uses the machine. High when git tracks the file or would add it, low when others can read it.",
			Help:   "Refer to an environment variable in the settings, as ${AGCLOUD_API_KEY}, and keep the key in the environment. Revoke it if the file was shared.",
			Silent: "Silent about files that git ignores and only their owner can read.",
		},
		{
			ID: "key-in-logs", Severity: rules.High, run: keyInLogs,
			Title:  "a key in recorded output",
			Why:    "Logs, HAR files, recorded requests, snapshots and the outputs of notebooks are written by programs and read by few, so a key in them is committed unseen.",
			Help:   "Revoke the key, remove the recording, and have what records it leave out the Authorization header.",
			Silent: "Silent about recordings that git ignores, about the code cells of notebooks, where the key itself is reported, and in tests about keys that are meant to be seen.",
		},
	}
}

// clientPrefixes lists what the names of variables begin with that frameworks
// ship to browsers; longer ones first.
func clientPrefixes() []string {
	return []string{"NEXT_PUBLIC_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "REACT_APP_", "GATSBY_", "PUBLIC_", "VITE_"}
}

// clientName is a name that is shipped to browsers and is assigned what follows.
var clientName = lazyregexp.New(`(?:^|[^A-Za-z0-9_])((?:NEXT_PUBLIC_|EXPO_PUBLIC_|NUXT_PUBLIC_|REACT_APP_|GATSBY_|PUBLIC_|VITE_)[A-Z0-9_]+)["']?\s*(?:=|:|\]\s*=|,)\s*["'` + "`" + `]?$`)

func isClientName(name string) bool {
	return slices.ContainsFunc(clientPrefixes(), func(p string) bool { return strings.HasPrefix(name, p) })
}

// keyFinding reports a key that the scan found, at its place.
func (p *pass) keyFinding(k *scanner.Finding, message string) *scanner.Finding {
	f := p.report(k.Path, k.Secret.Secret, message+": "+k.Secret.Redacted)
	f.Location, f.Name, f.Encoding = k.Location, k.Name, k.Encoding
	if k.Confidence == rules.LowConfidence { // who knows whether it is one
		f.Severity, f.Confidence = min(f.Severity, k.Severity), k.Confidence
	}
	return f
}

func keyInClientBundle(p *pass) {
	for _, name := range p.Files {
		if len(p.keys[name]) == 0 {
			continue
		}
		data := p.read(name)
		for _, k := range p.keys[name] {
			at := offsetOf(data, k.Location)
			if at < 0 {
				continue
			}
			m := clientName().FindStringSubmatch(lineBefore(data, at))
			if m != nil && !isPublicName(m[1]) && (!isMeantToBeSeen(k.Rule) || saysSecret(m[1])) {
				f := p.keyFinding(k, m[1]+" holds a key, and frameworks ship it to browsers")
				f.Name = m[1]
			}
		}
	}
	for _, name := range p.envFiles() {
		for _, k := range p.envKeys(name) {
			if !isClientName(k.name) || isPublicName(k.name) || !saysSecret(k.name) && !p.isSecretFormat(k.secret) {
				continue
			}
			s, _ := p.standing(name)
			f := p.report(name, k.secret, fmt.Sprintf("%s holds a key, and frameworks ship it to browsers: %s; of the file: %s", k.name, k.secret.Redacted(), s))
			f.Location, f.Name = k.loc, k.name
		}
	}
}

// isSecretFormat reports whether a rule knows a value as a key that is not meant
// to be seen. The files of such values are mostly ignored, and so not scanned.
func (f *Facts) isSecretFormat(value rules.Secret) bool {
	return f.Rules != nil && slices.ContainsFunc(f.Rules.Matcher().Match([]byte(value.Reveal())), func(m rules.Match) bool {
		return !isMeantToBeSeen(m.Rule.ID)
	})
}

// isMeantToBeSeen reports whether keys of a rule are also given to browsers, as the
// API keys of Google for maps and Firebase are
// (https://firebase.google.com/docs/projects/api-keys).
func isMeantToBeSeen(rule string) bool {
	return rule == "gcp-api-key" || strings.Contains(rule, "publishable")
}

// saysSecret reports whether the name of a variable says that its value is one
// that browsers must not have, whatever the format.
func saysSecret(name string) bool {
	words := []string{"SECRET", "PASSWORD", "PRIVATE", "AGCLOUD", "ANTHROPIC", "OPENAI", "CLAUDE", "GPT", "LLM", "GROQ", "MISTRAL", "GEMINI"}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}

// A place is where a key stands in an environment.
type place struct {
	env, path, name string
	loc             scanner.Location
	secret          rules.Secret
}

func keyReused(p *pass) {
	places := map[string][]place{} // by the hash of the key
	var order []string
	add := func(x place) {
		if x.env == "" || isFixture(x.path) || isPublicName(x.name) || x.secret.Len() < 16 {
			return
		}
		hash := x.secret.Hash()
		if places[hash] == nil {
			order = append(order, hash)
		}
		places[hash] = append(places[hash], x)
	}
	envs := p.envFiles()
	for _, name := range envs {
		for _, k := range p.envKeys(name) {
			add(place{environment(name), name, k.name, k.loc, k.secret})
		}
	}
	for _, name := range p.Files {
		if _, isEnv := slices.BinarySearch(envs, name); isEnv || !isConfig(name) {
			continue
		}
		for _, k := range p.keys[name] {
			add(place{environment(name), name, k.Name, k.Location, k.Secret.Secret})
		}
	}
	for _, hash := range order {
		p.reused(places[hash])
	}
}

// reused reports a key that stands in more than one environment.
func (p *pass) reused(list []place) {
	var names []string
	for _, x := range list {
		names = append(names, x.env)
	}
	if names = sorted(names); len(names) < 2 {
		return
	}
	at := slices.IndexFunc(list, func(x place) bool { return x.env == "production" })
	first := list[max(at, 0)]
	f := p.report(first.path, first.secret, fmt.Sprintf("one key, %s, serves %s", first.secret.Redacted(), strings.Join(names, " and ")))
	f.Location, f.Name = first.loc, first.name
	for _, x := range list {
		if x.path != first.path || x.loc != first.loc {
			f.Occurrences = append(f.Occurrences, scanner.Occurrence{Path: x.path, Line: x.loc.Line, Column: x.loc.Column})
		}
	}
}

// isConfig reports whether a file of this name configures an environment:
// values of Helm, overlays of Kustomize, compose files, CI files, tfvars.
func isConfig(name string) bool {
	return isAnyOf(strings.ToLower(path.Ext(name)), ".yml", ".yaml", ".tfvars", ".json", ".toml", ".properties", ".ini", ".env", ".conf")
}

// environment returns the environment that a file is for, by the words of its
// name or of a directory above it, or "".
func environment(name string) string {
	parts := strings.Split(strings.ToLower(name), "/")
	slices.Reverse(parts)
	for i, part := range parts {
		words := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(".-_", r) })
		if i > 0 {
			words = []string{part}
		}
		for _, w := range words {
			switch w {
			case "dev", "development", "local":
				return "development"
			case "test", "testing":
				return "test"
			case "stage", "staging", "stg", "preprod", "uat", "qa", "preview":
				return "staging"
			case "prod", "production", "live":
				return "production"
			}
		}
	}
	return ""
}

// toolConfigs lists the settings of coding assistants that are looked for also
// when git ignores them.
func toolConfigs() []string {
	return []string{
		".claude/settings.json", ".claude/settings.local.json", ".mcp.json", ".cursor/mcp.json", ".codex/config.toml", ".codex/auth.json",
		".continue/config.json", ".continue/config.yaml", ".aider.conf.yml", ".gemini/settings.json", ".vscode/mcp.json",
	}
}

// toolConfig is the path of a file of settings of a coding assistant.
var toolConfig = lazyregexp.New(`(?:^|/)(?:\.claude/settings[^/]*\.json|\.claude\.json|\.?mcp\.json|\.cursor/.+|\.codex/.+|\.continue/.+|\.gemini/.+|\.windsurf/.+|\.aider[^/]*|\.vscode/mcp\.json)$`)

func keyInToolConfig(p *pass) {
	for _, name := range p.Files {
		if len(p.keys[name]) == 0 || !toolConfig().MatchString(name) {
			continue
		}
		s, _ := p.standing(name)
		for _, k := range p.keys[name] {
			f := p.keyFinding(k, "the settings of a coding assistant hold a key; of the file: "+s.String())
			if s == unknown && !p.readByOthers(name) {
				f.Severity = rules.Medium
			}
		}
	}
	p.ignoredToolConfigs()
}

// ignoredToolConfigs reports keys in settings that git ignores and that others
// can read. The scan has not read them.
func (p *pass) ignoredToolConfigs() {
	if p.Rules == nil {
		return
	}
	for _, name := range toolConfigs() {
		if p.listed[name] || !p.readByOthers(name) {
			continue
		}
		if s, _ := p.standing(name); s != ignored {
			continue // not scanned for another reason
		}
		data := p.read(name)
		for _, m := range p.Rules.Matcher().Match(data) {
			if !m.Rule.AppliesTo(name) || m.Known != nil {
				continue
			}
			f := p.report(name, m.Secret, "other accounts of this machine can read the settings of a coding assistant, which hold a key; of the file: "+ignored.String())
			f.Location, f.Name, f.Severity = locationOf(data, m.Span.Start, m.Span.End), m.Name, rules.Low
		}
	}
}

// readByOthers reports whether other accounts can read a file.
func (f *Facts) readByOthers(name string) bool {
	mode, ok := f.mode(name)
	return ok && mode&0o044 != 0 && f.reachable(name, mode)
}

// recordings is the path of a file that a program recorded.
var recordings = lazyregexp.New(`(?i)(?:\.log(?:\.\d+)?|\.har|\.snap|\.ambr|\.pcap\.txt|nohup\.out|/?(?:cassettes?|vcr_cassettes|__recordings__|recordings|__snapshots__|nock-fixtures|\.polly)/.+\.(?:ya?ml|json|har|snap))$`)

func keyInLogs(p *pass) {
	for _, name := range p.Files {
		notebook := strings.HasSuffix(name, ".ipynb")
		if len(p.keys[name]) == 0 || !notebook && !recordings().MatchString(name) {
			continue
		}
		s, _ := p.standing(name)
		if s == ignored {
			continue
		}
		var data []byte
		if notebook {
			data = p.read(name)
		}
		for _, k := range p.keys[name] {
			if notebook && !inOutput(data, offsetOf(data, k.Location)) || isFixture(name) && isMeantToBeSeen(k.Rule) {
				continue
			}
			p.keyFinding(k, "recorded output holds a key; of the file: "+s.String())
		}
	}
}

// inOutput reports whether data[at] of a notebook lies in the output of a cell:
// "outputs" stands nearer before it than "source", and "cell_type" does not.
func inOutput(data []byte, at int) bool {
	if at < 0 {
		return false
	}
	out := bytes.LastIndex(data[:at], []byte(`"outputs"`))
	return out >= 0 && out > bytes.LastIndex(data[:at], []byte(`"source"`)) && out > bytes.LastIndex(data[:at], []byte(`"cell_type"`))
}
