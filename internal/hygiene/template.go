package hygiene

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// templateChecks are the checks of the templates of .env files.
func templateChecks() []Check {
	return []Check{{
		ID: "env-template-ignored", Severity: rules.Low, run: envTemplateIgnored,
		Title:  "a template of a .env file that git ignores",
		Why:    "A pattern that is meant for .env files, such as .env*, matches the template beside them as well. So nobody else gets it, and the next one to set the project up copies a real .env instead.",
		Help:   "Take the template back behind the pattern: !.env.example.",
		Silent: "Silent about templates in directories without a .env file or .gitignore, about templates that hold what looks like a key, about rules outside of the working tree, about rules that ignore a whole directory, and in directories of tests, fixtures, examples and templates.",
	}}
}

func envTemplateIgnored(p *pass) {
	var dirs []string
	for _, name := range p.envFiles() {
		dirs = append(dirs, path.Dir(name))
	}
	for _, name := range p.Files {
		if path.Base(name) == ".gitignore" {
			dirs = append(dirs, path.Dir(name))
		}
	}
	for _, dir := range sorted(dirs) {
		for _, name := range p.templatesIn(dir) {
			p.ignoredTemplate(name)
		}
	}
}

// templatesIn returns the templates in a directory that were not scanned.
func (f *Facts) templatesIn(dir string) []string {
	entries, err := os.ReadDir(f.native(dir))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if name := path.Join(dir, e.Name()); e.Type().IsRegular() && dotenv.IsTemplate(name) && !f.listed[name] {
			out = append(out, name)
		}
	}
	return out
}

// ignoredTemplate reports a template if a rule of the working tree ignores it.
func (p *pass) ignoredTemplate(name string) {
	if isFixture(name) || len(p.envKeys(name)) > 0 || p.hasKey(name) {
		return
	}
	s, rule := p.standing(name)
	if s != ignored || filepath.IsAbs(rule.Source) {
		return
	}
	fix := p.unignoreFix(name, rule.Source)
	if fix == nil {
		return
	}
	f := p.report(name, rules.Secret{}, fmt.Sprintf("the rule %s of %s:%d ignores this template, so git does not add it", rule.Pattern, p.ruleSource(name, rule.Source), rule.Line))
	f.Location, f.Fix = scanner.Location{}, fix
}

// hasKey reports whether a file that was not scanned holds a key.
func (f *Facts) hasKey(name string) bool {
	return f.Rules != nil && len(f.Rules.Matcher().Match(f.read(name))) > 0
}
