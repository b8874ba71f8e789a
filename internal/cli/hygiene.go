package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A hygieneJob is the part of a job that runs checks.
type hygieneJob struct {
	options hygiene.Options
	facts   hygiene.Facts
	// rules find the keys that checks need where the scan looks for others,
	// because --rule chose. Nil when what the scan finds is enough.
	rules *rules.Set
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

// addChecks has the job run the checks that cfg and only ask for.
func (j *job) addChecks(cfg *config.Config, only []string, envs *envPlaces, noEnv bool) error {
	kept := cfg.Checks(only, hygiene.IDs())
	if len(kept) == 0 {
		return nil
	}
	levels, err := cfg.Severities()
	if err != nil {
		return err
	}
	h := &hygieneJob{options: hygiene.Options{Checks: kept, Severity: levels}}
	h.facts = hygiene.Facts{Root: envs.root, Hosts: gatewayHosts(cfg), Rules: j.options.Rules}
	if !noEnv {
		for _, path := range envs.files {
			if rel, err := filepath.Rel(envs.root, path); err == nil {
				h.facts.Ignored = append(h.facts.Ignored, filepath.ToSlash(rel))
			}
		}
	}
	if len(only) > 0 {
		list, err := cfg.RuleList(nil, hygiene.IDs()...)
		if err != nil {
			return err
		}
		if h.rules, err = rules.NewSet(list, j.options.Rules.Known()...); err != nil {
			return err
		}
		h.facts.Rules = h.rules
	}
	j.hygiene = h
	return nil
}

// scanWithChecks scans for keys and then runs the checks. A scan that was cut
// short has no facts to check.
func (j *job) scanWithChecks(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
	start := time.Now()
	facts := j.hygiene.facts
	o := j.options
	o.Accept = func(f *scanner.Finding) bool { // is asked about each finding, in order
		facts.Keys = append(facts.Keys, f)
		return j.options.Accept(f)
	}
	sum, err := scanner.Scan(ctx, j.source, o, h)
	if err != nil {
		return sum, err
	}
	facts.Files = slices.Clone(j.watch.Files())
	facts.Mentions = j.watch.Seen()
	if j.hygiene.rules != nil {
		if facts.Keys, err = j.allKeys(ctx); err != nil {
			return sum, err
		}
	}
	c := scanner.NewCollector(j.options, h)
	err = hygiene.Run(ctx, &facts, j.hygiene.options, c)
	sum.Findings += c.Findings
	sum.Baselined += c.Baselined
	sum.Complete = sum.Complete && c.Complete && err == nil
	sum.DurationMS = time.Since(start).Milliseconds()
	return sum, err
}

// allKeys returns the keys of all rules, where --rule chose some.
func (j *job) allKeys(ctx context.Context) ([]*scanner.Finding, error) {
	o := j.options
	o.Rules, o.Accept, o.Progress = j.hygiene.rules, nil, nil
	var found collected
	_, err := scanner.Scan(ctx, j.source, o, &found)
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
	return docs
}

// docOfCheck returns what reports tell of a check.
func docOfCheck(c *hygiene.Check) report.RuleDoc {
	return report.RuleDoc{ID: c.ID, Title: c.Title, Description: c.Why, Help: c.Help, Severity: c.Severity}
}

// describeCheck renders the documentation of a check as text.
func describeCheck(c *hygiene.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\nseverity %s, a hygiene check of “keylint scan”\n\n%s\n\nWhat to do: %s\n\n%s\n", c.ID, c.Title, c.Severity, c.Why, c.Help, c.Silent)
	return b.String()
}
