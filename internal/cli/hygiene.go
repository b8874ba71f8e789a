package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/goaudit"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

// A hygieneJob is the part of a job that runs checks.
type hygieneJob struct {
	options hygiene.Options
	facts   hygiene.Facts
	// rules find the keys that checks need where the scan looks for others,
	// because --rule chose. Nil when what the scan finds is enough.
	rules    *rules.Set
	ran      *hygiene.Facts // what the checks looked at, once they have run
	goChecks []string       // the analyzers of Go code that an audit is to run
	runsGo   bool           // it does
}

// gatewayHost is the host of the service.
const gatewayHost = "aiandgpu.com"

// gatewayHosts returns the hosts of the gateway: the service's own and those
// that the configuration adds.
func gatewayHosts(cfg *config.Config) []string {
	return append([]string{gatewayHost}, cfg.AGCloud.Hosts...)
}

// checksOf returns the checks that cfg and only ask for, with their severities
// as configured.
func checksOf(cfg *config.Config, only []string) ([]hygiene.Check, error) {
	levels, err := cfg.Severities()
	if err != nil {
		return nil, err
	}
	kept := cfg.Checks(only, hygiene.IDs())
	var out []hygiene.Check
	for _, c := range hygiene.Checks() {
		if !slices.Contains(kept, c.ID) {
			continue
		}
		if s, ok := levels[c.ID]; ok {
			c.Severity = s
		}
		out = append(out, c)
	}
	return out, nil
}

// newHygieneJob returns the part of a job that runs those of checks that cfg and
// only ask for. With only, it has the rules that find the keys that checks need.
func (j *job) newHygieneJob(cfg *config.Config, only, checks []string) (*hygieneJob, error) {
	levels, err := cfg.Severities()
	if err != nil {
		return nil, err
	}
	age, err := cfg.Hygiene.MaxAge()
	if err != nil {
		return nil, err
	}
	h := &hygieneJob{options: hygiene.Options{Checks: cfg.Checks(only, checks), Severity: levels}, goChecks: cfg.Checks(only, goaudit.Names())}
	h.facts = hygiene.Facts{Root: j.root, Hosts: gatewayHosts(cfg), Rules: j.options.Rules, Now: time.Now(), RotateAfter: age}
	if len(only) > 0 && len(h.options.Checks) > 0 {
		list, err := cfg.RuleList(nil, checkIDs()...)
		if err != nil {
			return nil, err
		}
		if h.rules, err = rules.NewSet(list, j.options.Rules.Known()...); err != nil {
			return nil, err
		}
		h.facts.Rules = h.rules
	}
	return h, nil
}

// addTreeChecks has the job run some checks of working trees.
func (j *job) addTreeChecks(cfg *config.Config, only, checks []string, envs *envPlaces, noEnv bool) (err error) {
	if j.hygiene, err = j.newHygieneJob(cfg, only, checks); err != nil || noEnv {
		return err
	}
	for _, path := range envs.files {
		if rel, err := filepath.Rel(envs.root, path); err == nil {
			j.hygiene.facts.Ignored = append(j.hygiene.facts.Ignored, filepath.ToSlash(rel))
		}
	}
	return nil
}

// addHistoryChecks has the job run the checks of histories. That of .env files is
// a part of the scan, which o asks for.
func (j *job) addHistoryChecks(cfg *config.Config, only []string, o *githistory.Options) (err error) {
	checks := hygiene.HistoryIDs()
	if !o.Range.IsZero() { // a part tells what is new, and not how old something is
		checks = []string{hygiene.EnvInHistory}
	}
	if j.hygiene, err = j.newHygieneJob(cfg, only, checks); err != nil {
		return err
	}
	h := j.hygiene
	if slices.Contains(h.options.Checks, hygiene.EnvInHistory) {
		env := hygiene.NewEnvHistory(h.facts.Rules, h.options)
		o.Watch = &githistory.Watch{Rule: hygiene.EnvInHistory, Name: env.IsName, Complete: env.Complete}
	}
	return nil
}

// scanTree scans for keys and then runs the checks of facts, which it completes.
// A scan that was cut short has no facts to check.
func (j *job) scanTree(ctx context.Context, h scanner.Handler, facts *hygiene.Facts) (scanner.Summary, error) {
	start := time.Now()
	sum, err := scanner.Scan(ctx, j.source, j.noting(&facts.Keys), h)
	if err != nil {
		return sum, err
	}
	facts.Files = slices.Clone(j.watch.Files())
	facts.Mentions = j.watch.Seen()
	if j.hygiene.rules != nil {
		facts.Keys, err = allKeys(func(h scanner.Handler) (scanner.Summary, error) {
			return scanner.Scan(ctx, j.source, j.withAllRules(), h)
		})
		if err != nil {
			return sum, err
		}
	}
	return j.check(ctx, h, facts, sum, start)
}

// scanHistory scans the history for keys and .env files and then runs the checks
// of facts, which it completes.
func (j *job) scanHistory(ctx context.Context, h scanner.Handler, facts *hygiene.Facts) (scanner.Summary, error) {
	start := time.Now()
	sum, err := j.history.Scan(ctx, j.noting(&facts.History), h)
	if err != nil {
		return sum, err
	}
	if j.hygiene.rules != nil {
		facts.History, err = allKeys(func(h scanner.Handler) (scanner.Summary, error) {
			return j.history.Scan(ctx, j.withAllRules(), h)
		})
		if err != nil {
			return sum, err
		}
	}
	return j.check(ctx, h, facts, sum, start)
}

// noting returns the options of a scan that appends all findings to list, also
// those that the baseline accepts.
func (j *job) noting(list *[]*scanner.Finding) scanner.Options {
	o := j.options
	o.Accept = func(f *scanner.Finding) bool { // is asked about each finding, in order
		*list = append(*list, f)
		return j.options.Accept(f)
	}
	return o
}

// check runs the checks and adds what they find to a summary.
func (j *job) check(ctx context.Context, h scanner.Handler, facts *hygiene.Facts, sum scanner.Summary, start time.Time) (scanner.Summary, error) {
	c := scanner.NewCollector(j.options, h)
	err := hygiene.Run(ctx, facts, j.hygiene.options, c)
	j.hygiene.ran = facts
	sum.Findings += c.Findings
	sum.Baselined += c.Baselined
	sum.Complete = sum.Complete && c.Complete && err == nil
	sum.DurationMS = time.Since(start).Milliseconds()
	return sum, err
}

// withAllRules returns the options of a scan with the rules that checks need.
func (j *job) withAllRules() scanner.Options {
	o := j.options
	o.Rules, o.Accept, o.Progress = j.hygiene.rules, nil, nil
	return o
}

// allKeys returns what a scan finds.
func allKeys(scan func(scanner.Handler) (scanner.Summary, error)) ([]*scanner.Finding, error) {
	var found collected
	_, err := scan(&found)
	return found.findings, err
}

// checkDocs returns what reports tell of the checks that the job runs.
func (j *job) checkDocs() []report.RuleDoc {
	var docs []report.RuleDoc
	if j.hygiene == nil {
		return nil
	}
	for _, c := range hygiene.Checks() {
		if slices.Contains(j.hygiene.options.Checks, c.ID) {
			docs = append(docs, docOfCheck(&c))
		}
	}
	for _, c := range goaudit.Checks() {
		if j.hygiene.runsGo && slices.Contains(j.hygiene.goChecks, c.ID) {
			docs = append(docs, docOfGoCheck(&c))
		}
	}
	return docs
}

// docOfCheck returns what reports tell of a check.
func docOfCheck(c *hygiene.Check) report.RuleDoc {
	return report.RuleDoc{ID: c.ID, Title: c.Title, Description: c.Why, Help: c.Help, Severity: c.Severity}
}

// describeCheck renders the documentation of a check as text.
func describeCheck(c *hygiene.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\nseverity %s, a hygiene check of “%s”\n\n%s\n\nWhat to do: %s\n\n%s\n", c.ID, c.Title, c.Severity, runBy(c), c.Why, c.Help, c.Silent)
	return b.String()
}

// runBy returns the command that runs a check, beside audit.
func runBy(c *hygiene.Check) string {
	if c.NeedsHistory {
		return "keylint history"
	}
	return "keylint scan"
}
