package hygiene

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// envChecks are the checks of .env files and of what keeps them out of git.
func envChecks() []Check {
	return []Check{
		{
			ID: "env-not-ignored", Severity: rules.Critical, run: envNotIgnored,
			Title:  "a .env file that git would add",
			Why:    "A .env file lies in the working tree, git does not track it, and no ignore rule matches it: the next `git add .` takes it in, and what was once committed stays in history. Critical when a key is in it, medium when not.",
			Help:   "Add its name to .gitignore, and commit a template such as .env.example with empty values instead.",
			Silent: "Silent about templates (.env.example, .env.sample, .env.template, .env.dist, .env.defaults); outside of git; and, while no key is in the file, in directories of tests, fixtures, examples and templates and about .envrc, .flaskenv and names such as config.env.",
		},
		{
			ID: "env-tracked", Severity: rules.Critical, run: envTracked,
			Title:  "a .env file in git's index",
			Why:    "A .env file is tracked or staged, so everyone who has the repository has its values, whatever the ignore rules say: those do not apply to tracked files. Critical when a key is in it, medium when not, low when it is committed and its variables are settings by their names.",
			Help:   "Take it out of the index with `git rm --cached`, which keeps it on disk, and add it to .gitignore. If a commit has it, revoke the keys in it: history keeps them.",
			Silent: "Silent, while no key is in the file, about the files that frameworks share by design (.env.development and other modes, .envrc, .flaskenv, config.env), and in directories of tests, fixtures, examples and templates.",
		},
		{
			ID: "env-unignored-later", Severity: rules.Medium, run: envUnignored,
			Title:  "an ignore rule for .env that a later one takes back",
			Why:    "A rule ignores .env, and a later or deeper one that begins with ! takes it back, so that the file is not ignored although it seems to be.",
			Help:   "Remove the rule with !, or narrow it to templates: !.env.example.",
			Silent: "Silent about names of modes such as !.env.production while no key is in the file, about files that git tracks, and in directories of tests, fixtures, examples and templates.",
		},
		{
			ID: "env-ignore-missing", Severity: rules.Medium, run: envIgnoreMissing,
			Title:  "a project that uses .env, and no rule that ignores it",
			Why:    "There is a template of a .env file, or a manifest that names a loader of .env files or a file to load, but nothing would ignore the file that each developer makes: it will be committed one day.",
			Help:   "Add .env to .gitignore before the file exists.",
			Silent: "Silent when the file is there, which the other checks look at; about loaders that are optional dependencies; outside of git; and in directories of tests, fixtures, examples and templates.",
		},
		{
			ID: "env-example-key", Severity: rules.Critical, run: envExampleKey,
			Title:  "a real-looking key in a template of a .env file",
			Why:    "Templates are committed and copied. A key in one is shared by everyone who has the repository, and is often the one that its author uses.",
			Help:   "Revoke the key if it was ever real, and leave the value empty or put a placeholder such as your-key-here.",
			Silent: "Silent about values that look like placeholders, words, references, paths or numbers, and about identifiers that are meant to be public.",
		},
		{
			ID: "env-permissions", Severity: rules.Low, run: envPermissions,
			Title:  "a .env file with a key that others can read",
			Why:    "Group or others may read the file, and can reach it: every account of the machine can read the key.",
			Help:   "Run chmod 600 on it.",
			Silent: "Silent about files without a key, about files that git tracks, in directories that others cannot enter, and on Windows.",
		},
	}
}

// mayBeShared reports whether a .env file without a key is left alone: its
// place or its name says that it is part of the project.
func mayBeShared(name string) bool {
	base := strings.ToLower(path.Base(name))
	return isFixture(name) || !strings.HasPrefix(base, ".env") || base == ".envrc"
}

// isPersonal reports whether a .env file of this name is each developer's own:
// .env and .env.local, as opposed to .env.production.
func isPersonal(name string) bool {
	base := strings.ToLower(path.Base(name))
	return base == ".env" || strings.HasPrefix(base, ".env") && strings.HasSuffix(base, ".local")
}

// contents says which keys are in a .env file.
func contents(keys []envKey) string {
	switch len(keys) {
	case 0:
		return "no key was found in it so far"
	case 1:
		return "it holds a key" + inName(keys[0].name)
	}
	return fmt.Sprintf("it holds %d keys, the first%s", len(keys), inName(keys[0].name))
}

// settingsOnly reports whether the variables of a .env file are settings, by their
// names: none is the place of a key, also not of one to be filled in. Some
// frameworks have such files committed (https://create-react-app.dev/docs/adding-custom-environment-variables/).
func settingsOnly(data []byte) bool {
	entries, invalid := dotenv.Parse(decodeEnv(data).data)
	for _, e := range entries {
		name := strings.ToUpper(e.Key)
		isKey := dotenv.IsKeyName(e.Key) && !isPublicName(e.Key)
		if isKey || strings.Contains(name, "DATABASE") || strings.Contains(name, "DSN") || strings.Contains(e.Value, "@") {
			return false
		}
	}
	return len(entries) > 0 && len(invalid) == 0
}

func inName(name string) string {
	if name == "" {
		return ""
	}
	return " in " + name
}

// envFinding reports a .env file, at its first key if it has one.
func (p *pass) envFinding(name, message string) *scanner.Finding {
	keys := p.envKeys(name)
	f := p.report(name, rules.Secret{}, message+"; "+contents(keys))
	if len(keys) == 0 {
		f.Severity = rules.Medium
		return f
	}
	f.Location, f.Name = keys[0].loc, keys[0].name
	return f
}

func envNotIgnored(p *pass) {
	for _, name := range p.envFiles() {
		if len(p.envKeys(name)) == 0 && mayBeShared(name) {
			continue
		}
		if s, _ := p.standing(name); s != addable {
			continue
		}
		f := p.envFinding(name, "no ignore rule matches this file: git does not track it yet and would add it")
		f.Fix = p.ignoreFix(name)
	}
}

func envTracked(p *pass) {
	for _, name := range p.envFiles() {
		if len(p.envKeys(name)) == 0 && (mayBeShared(name) || !isPersonal(name)) {
			continue // before git is asked, which may have to open its objects
		}
		s, rule := p.standing(name)
		if !s.inIndex() {
			continue
		}
		message := s.String()
		if rule.Ignored {
			message += fmt.Sprintf(", although %s:%d ignores it, which does not count for what is in the index", p.ruleSource(name, rule.Source), rule.Line)
		}
		f := p.envFinding(name, message)
		if s != staged && len(p.envKeys(name)) == 0 && settingsOnly(p.read(name)) {
			f.Severity = rules.Low // a habit of the project; to begin with it is worth a word
		}
		f.Fix = p.untrackFix(name, rule.Ignored)
	}
	if p.Content == nil { // otherwise the files are not those on disk, but all that a commit brings in
		p.envTrackedOnly()
	}
}

// ruleSource returns the name of the ignore file of a rule that decides on a
// file: relative to the root if it is in the tree. Files of the user's own are
// not named in full.
func (f *Facts) ruleSource(name, source string) string {
	r := f.repoOf(name)
	if r == nil || filepath.IsAbs(source) {
		return filepath.ToSlash(filepath.Base(source))
	}
	return r.dir + source
}

func envUnignored(p *pass) {
	for _, name := range p.candidatesToUnignore() {
		r := p.repoOf(name)
		if r == nil || isFixture(name) {
			continue
		}
		if _, tracked := r.index.Find(r.rel(name)); tracked {
			continue
		}
		rule, err := r.checker.Match(r.rel(name), false)
		if err != nil || !rule.Negated || filepath.IsAbs(rule.Source) {
			continue
		}
		without, ok := r.ruleWithout(r.rel(name), rule.Source, rule.Line)
		if !ok {
			continue
		}
		f := p.report(r.dir+rule.Source, rules.NewSecret([]byte(rule.Pattern)), fmt.Sprintf("the rule %s takes back what %s:%d (%s) ignores: %s is not ignored",
			rule.Pattern, p.ruleSource(name, without.Source), without.Line, without.Pattern, name))
		f.Location = scanner.Location{Line: rule.Line, Column: 1, EndLine: rule.Line, EndColumn: 1 + len(rule.Pattern)}
	}
}

// candidatesToUnignore returns the .env files that rules may take back: those
// with a key, and beside each ignore file the names that are each developer's
// own, whether or not they exist.
func (p *pass) candidatesToUnignore() []string {
	var out []string
	for _, name := range p.envFiles() {
		if isPersonal(name) || len(p.envKeys(name)) > 0 {
			out = append(out, name)
		}
	}
	for _, name := range p.Files {
		if path.Base(name) == ".gitignore" {
			out = append(out, path.Join(path.Dir(name), ".env"), path.Join(path.Dir(name), ".env.local"))
		}
	}
	return sorted(out)
}

func envIgnoreMissing(p *pass) {
	for _, u := range p.usesOfEnv() {
		r := p.repoOf(u.env)
		if r == nil || isFixture(u.env) {
			continue
		}
		if _, err := os.Lstat(p.native(u.env)); err == nil {
			continue
		}
		if _, tracked := r.index.Find(r.rel(u.env)); tracked {
			continue
		}
		if rule, err := r.checker.Match(r.rel(u.env), false); err != nil || rule.Ignored {
			continue
		}
		f := p.report(u.by, rules.Secret{}, fmt.Sprintf("%s, and no ignore rule would match %s, which is not there yet", u.how, u.env))
		f.Location = u.loc
		f.Fix = p.ignoreFix(u.env)
	}
}

func envExampleKey(p *pass) {
	const least = 20 // bytes; shorter values of unknown format are mostly made up
	for _, name := range p.Files {
		if !dotenv.IsTemplate(name) {
			continue
		}
		for _, k := range p.envKeys(name) {
			byRule := slices.ContainsFunc(p.keys[name], func(f *scanner.Finding) bool {
				return strings.Contains(k.secret.Reveal(), f.Secret.Secret.Reveal())
			})
			if !byRule && k.secret.Len() < least {
				continue
			}
			s, _ := p.standing(name)
			f := p.report(name, k.secret, fmt.Sprintf("the template holds what looks like a real key, %s%s; %s", k.secret.Redacted(), inName(k.name), s))
			f.Location, f.Name, f.Fix = k.loc, k.name, p.placeholderFix(name, k.loc)
			if !byRule {
				f.Severity, f.Confidence = rules.High, rules.MediumConfidence
			}
		}
	}
}

func envPermissions(p *pass) {
	if runtime.GOOS == "windows" {
		return
	}
	for _, name := range p.envFiles() {
		mode, ok := p.mode(name)
		if !ok || mode&0o044 == 0 || len(p.envKeys(name)) == 0 {
			continue
		}
		if s, _ := p.standing(name); s.inIndex() || !p.reachable(name, mode) {
			continue
		}
		f := p.envFinding(name, fmt.Sprintf("%s may read this file (mode %04o)", readers(mode), mode))
		f.Severity = p.check.Severity
		f.Fix = &scanner.Fix{Description: "chmod 600 " + name, Private: []string{name}}
	}
}

// readers says who may read a file beside its owner.
func readers(mode os.FileMode) string {
	switch mode & 0o044 {
	case 0o040:
		return "the group"
	case 0o004:
		return "others"
	}
	return "group and others"
}

// reachable reports whether those who may read a file can enter all
// directories above it.
func (f *Facts) reachable(name string, mode os.FileMode) bool {
	enter := os.FileMode(0)
	if mode&0o040 != 0 {
		enter |= 0o010
	}
	if mode&0o004 != 0 {
		enter |= 0o001
	}
	for dir := filepath.Dir(f.native(name)); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&enter == 0 {
			return false
		}
		if filepath.Dir(dir) == dir {
			return true
		}
	}
}
