package hygiene

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// EnvInHistory is the id of the check of .env files in a history.
const EnvInHistory = "env-in-history"

// historyChecks are the checks that need a history.
func historyChecks() []Check {
	return []Check{
		{
			ID: EnvInHistory, Severity: rules.Critical, NeedsHistory: true,
			Title:  "a .env file that a commit has held",
			Why:    "A commit has held a .env file. Who has the repository has its values, also after a later commit has removed the file: history keeps them, and so do clones, forks and caches. Critical when a key was in one of its versions, medium when not, low when its variables were settings by their names.",
			Help:   "Revoke the keys that were in it. Take the file out of the index with `git rm --cached`, if it is still there, and add it to .gitignore.",
			Silent: "Silent about templates; about files that no version shows to be one (symbolic links, scripts that a shell sources); about files that are in no commit; and, while no version has a key, about the files that frameworks share by design (.env.development and other modes, .envrc, .flaskenv, config.env), and in directories of tests, fixtures, examples and templates.",
		},
		{
			ID: "key-age", Severity: rules.Medium, NeedsHistory: true, run: keyAge,
			Title:  "a key that is past its rotation date and still in use",
			Why:    "The longer a key is in use, the more people, machines and backups have it. This one was first seen longer ago than [hygiene] rotate_after, 90 days by default, and the last commit, the working tree or an ignored .env file still holds it. Medium when a commit shows its age; low when it is told from the time of the file, which says when the file was last written.",
			Help:   "Generate a new key, put it wherever the old one is used, check, and revoke the old one.",
			Silent: "Silent about keys that are no longer in use, about those that are meant to be public, do little harm or expire by themselves (JSON web tokens), about tests, fixtures, examples, templates and prose, and about ignored .env files that were written to since.",
		},
	}
}

// An EnvHistory tells of the .env files in a history.
type EnvHistory struct {
	matcher  *rules.Matcher
	check    Check
	severity *rules.Severity // replaces that of the check
}

// NewEnvHistory returns the check of .env files in a history. The keys in them are
// found by set.
func NewEnvHistory(set *rules.Set, o Options) *EnvHistory {
	e := &EnvHistory{matcher: set.Matcher()}
	for _, c := range historyChecks() {
		if c.ID == EnvInHistory {
			e.check = c
		}
	}
	if s, ok := o.Severity[EnvInHistory]; ok {
		e.severity = &s
	}
	return e
}

// IsName reports whether files of a base name are .env files. It is safe for
// concurrent use, and fast for other names.
func (e *EnvHistory) IsName(base []byte) bool {
	if !bytes.Contains(base, []byte("env")) && !bytes.Contains(base, []byte(".dev.vars")) && !bytes.ContainsAny(base, "ENV") {
		return false
	}
	return dotenv.IsEnvFile(string(base))
}

// Complete fills in the finding of a .env file that had some contents, or
// returns false when it is not to be reported. It is for one goroutine.
func (e *EnvHistory) Complete(f *scanner.Finding, versions [][]byte) bool {
	keys := e.keys(f.Path, versions)
	if len(keys) == 0 && (mayBeShared(f.Path) || !isPersonal(f.Path) || !anyIsEnv(versions)) {
		return false
	}
	f.Severity, f.Confidence, f.Help = e.check.Severity, rules.HighConfidence, e.check.Help
	switch {
	case len(keys) > 0:
		f.Name = keys[0].name
	case len(versions) > 0 && !slices.ContainsFunc(versions, func(data []byte) bool { return !settingsOnly(data) }):
		f.Severity = rules.Low
	default:
		f.Severity = rules.Medium
	}
	if e.severity != nil {
		f.Severity = *e.severity
	}
	f.Message = fmt.Sprintf("%s, %s; %s", lifetime(f), pushedOrNot(f), listed(keys))
	f.Message = scanner.MaskPath(e.matcher, f.Message)
	if f.AtHead != nil && *f.AtHead && !strings.Contains(f.Path, "…") { // no key was masked in the path
		f.Fix = &scanner.Fix{Description: "git rm --cached -- " + f.Path + ", which keeps the file on disk"}
	}
	if f.Pushed == nil || *f.Pushed {
		f.Help += " Rewriting history takes nothing back from those who have it."
	} else if len(keys) > 0 {
		f.Help += " It was not pushed yet: git filter-repo --invert-paths --path takes it out of history."
	}
	return true
}

// anyIsEnv reports whether one of the versions of a file holds variables and nothing
// else, or whether there is none to look at.
func anyIsEnv(versions [][]byte) bool {
	for _, data := range versions {
		if entries, invalid := dotenv.Parse(decodeEnv(data).data); len(invalid) == 0 && (len(entries) > 0 || len(data) == 0) {
			return true
		}
	}
	return len(versions) == 0
}

// keys returns the keys in versions of a file, each once.
func (e *EnvHistory) keys(name string, versions [][]byte) []envKey {
	var keys []envKey
	have := map[string]bool{}
	for _, data := range versions {
		for _, k := range keysIn(e.matcher, name, data) {
			if !have[k.secret.Reveal()] {
				have[k.secret.Reveal()] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// lifetime says since when and until when commits have had a file.
func lifetime(f *scanner.Finding) string {
	text := "commits have held this file since " + day(f.Commit.Time)
	switch {
	case f.AtHead != nil && *f.AtHead:
		return text + ", and the last one still has it"
	case f.Removed != nil:
		return text + fmt.Sprintf(" until %s, when %.12s removed it", day(f.Removed.Time), f.Removed.ID)
	}
	return text + ", on other branches than the current one"
}

// pushedOrNot says who can have a file.
func pushedOrNot(f *scanner.Finding) string {
	switch {
	case f.Pushed == nil:
		return "and whether it was pushed is not known, as the repository has no remote-tracking branches"
	case *f.Pushed:
		return "and it was pushed"
	}
	return "and it was not pushed from here"
}

// mostListed is the most keys that a message names.
const mostListed = 5

// listed names keys.
func listed(keys []envKey) string {
	if len(keys) == 0 {
		return "no key was found in it"
	}
	var names []string
	for _, k := range keys[:min(mostListed, len(keys))] {
		names = append(names, strings.TrimSpace(k.name+" "+k.secret.Redacted()))
	}
	text := fmt.Sprintf("its versions held %d keys: ", len(keys))
	if len(keys) == 1 {
		text = "its versions held one key: "
	}
	if text += strings.Join(names, ", "); len(keys) > mostListed {
		text += " and others"
	}
	return text
}

// day returns the day of a time, in UTC.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
