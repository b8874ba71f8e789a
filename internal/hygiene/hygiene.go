// Package hygiene checks how a working tree handles its keys: whether .env
// files are kept out of git, images and packages, and whether keys stand where
// they get out by themselves.
//
// A [Check] looks at [Facts], which are gathered once, and reads only the files
// that it is about: .env files and their templates, ignore rules, Dockerfiles,
// and files in which the key scan found something. Where a key stands is the
// key scan's knowledge, so what a check says of keys holds for all rules.
//
// # What git knows of a file
//
// Tracked, staged for the first time, ignored, and merely present are
// different facts, and a message claims none that was not looked up: what is
// tracked comes from the index, what is ignored from the ignore rules, and
// whether the last commit has a file from its tree. What cannot be read makes
// a check silent. An index that cannot be read is a problem of the scan; other
// parts of a repository are the source's to report.
//
// # What is not reported
//
// A .env file in a directory of tests, fixtures, examples or templates is not
// reported while the scan finds no key in it, and nor without a key is one whose name says that it holds
// settings to be shared (.flaskenv, .envrc, config.env). Files that
// .keylintignore leaves out are not looked at. Keys that do little harm, such
// as those of test modes, which rules give a low severity, are not counted. Allow directives have no say:
// a check is about files, and not about a line.
package hygiene

import (
	"context"
	"slices"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// SourceName is the Source of the findings.
const SourceName = "worktree"

// A Check is a bad habit that can be told from a working tree or a history.
type Check struct {
	ID     string
	Title  string // what is reported, as a noun phrase
	Why    string // what can go wrong
	Help   string // how to mend it
	Silent string // when nothing is reported although it might seem so
	// Severity is that of the worst case. Findings that do no harm yet have a
	// lesser one.
	Severity rules.Severity
	// NeedsHistory says that the check looks at what commits have held, and not
	// only at the working tree.
	NeedsHistory bool

	run func(*pass) // nil for EnvInHistory; see EnvHistory
}

// Checks returns all checks, in the order of their findings.
func Checks() []Check {
	return slices.Concat(envChecks(), templateChecks(), imageChecks(), keyChecks(), gatewayChecks(), historyChecks())
}

// IDs returns the ids of all checks.
func IDs() []string { return append(TreeIDs(), HistoryIDs()...) }

// TreeIDs returns the ids of the checks of a working tree.
func TreeIDs() []string { return idsOf(false) }

// HistoryIDs returns the ids of the checks that need a history.
func HistoryIDs() []string { return idsOf(true) }

func idsOf(history bool) []string {
	var ids []string
	for _, c := range Checks() {
		if c.NeedsHistory == history {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// OfContent returns the ids of the checks that look at what files say and at
// whether git tracks them, and not at what else lies in the tree: those that can
// be asked about a change.
func OfContent() []string {
	return []string{"env-tracked", "env-example-key", "key-in-image-layer", "key-in-client-bundle", "key-in-tool-config", "key-in-logs", "plain-http", "key-in-url", "bearer-missing"}
}

// Options choose checks.
type Options struct {
	Checks []string // the ids of the checks to run
	// Severity replaces the severity of the findings of a check.
	Severity map[string]rules.Severity
}

// Run runs checks and hands their findings to h, check by check and then in
// the order of paths, and then what could not be read. Its error is that of ctx or of h.
func Run(ctx context.Context, f *Facts, o Options, h scanner.Handler) error {
	f.prepare()
	for _, c := range Checks() {
		if !slices.Contains(o.Checks, c.ID) || c.run == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		p := &pass{Facts: f, check: c}
		c.run(p)
		for _, found := range p.found {
			if s, ok := o.Severity[c.ID]; ok {
				found.Severity = s
			}
			f.mask(found)
			if err := h.Finding(found); err != nil {
				return err
			}
		}
	}
	for _, p := range f.problems {
		if err := h.Problem(p); err != nil {
			return err
		}
	}
	return nil
}

// mask takes keys out of what a finding says of names and paths. A fix whose
// paths hold one is left out.
func (f *Facts) mask(found *scanner.Finding) {
	if f.Rules == nil {
		return
	}
	m := f.Rules.Matcher()
	for _, text := range []*string{&found.Path, &found.Message, &found.Name} {
		*text = scanner.MaskPath(m, *text)
	}
	for i := range found.Occurrences {
		found.Occurrences[i].Path = scanner.MaskPath(m, found.Occurrences[i].Path)
	}
	if fix := found.Fix; fix != nil && scanner.MaskPath(m, fix.Description) != fix.Description {
		found.Fix = nil
	}
}

// A pass is one check at work.
type pass struct {
	*Facts
	check Check
	found []*scanner.Finding
}

// report adds a finding of the file at path, about the key s if it is not
// empty, and returns it to be completed.
func (p *pass) report(path string, s rules.Secret, message string) *scanner.Finding {
	f := &scanner.Finding{
		ID:   scanner.Fingerprint(p.check.ID, path, s),
		Rule: p.check.ID, Category: rules.CategoryHygiene, Severity: p.check.Severity, Confidence: rules.HighConfidence,
		Message: message, Help: p.check.Help, Source: SourceName, Path: path,
	}
	if i := slices.IndexFunc(p.found, func(have *scanner.Finding) bool { return have.ID == f.ID }); i >= 0 {
		return &scanner.Finding{} // said already
	}
	p.found = append(p.found, f)
	return f
}
