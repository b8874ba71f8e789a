package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// RuleList returns the rules that the configuration asks for. only, if not
// empty, names the rules to keep of those. checks are further names that the
// configuration may use, as rules for which there is no [rules.Rule]; see
// [Config.Checks].
func (c *Config) RuleList(only []string, checks ...string) ([]*rules.Rule, error) {
	override, err := c.severities()
	if err != nil {
		return nil, err
	}
	list, err := rules.Builtin(rules.AddHosts(c.AGCloud.Hosts), override)
	if err != nil {
		return nil, err
	}
	for i, pattern := range c.AGCloud.KeyFormats {
		r, err := rules.FormatRule(fmt.Sprintf("agcloud-key-format-%d", i+1), pattern)
		if err != nil {
			return nil, c.errorAt("agcloud", "key_formats", err)
		}
		list = append(list, r)
	}
	for _, file := range c.Rules.Files {
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(c.path), file)
		}
		more, err := rules.LoadFile(file, override)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return c.choose(list, only, checks)
}

// Checks returns those of checks that the configuration asks for. only, if not
// empty, names those to keep.
func (c *Config) Checks(only, checks []string) []string {
	var kept []string
	for _, id := range checks {
		if c.keeps(id, only) {
			kept = append(kept, id)
		}
	}
	return kept
}

// keeps reports whether enable, disable and only leave a rule in.
func (c *Config) keeps(id string, only []string) bool {
	return (len(c.Rules.Enable) == 0 || slices.Contains(c.Rules.Enable, id)) &&
		!slices.Contains(c.Rules.Disable, id) && (len(only) == 0 || slices.Contains(only, id))
}

// Severities returns the severities that [rules] severity sets, by rule.
func (c *Config) Severities() (map[string]rules.Severity, error) {
	levels := map[string]rules.Severity{}
	for id, name := range c.Rules.Severity {
		var s rules.Severity
		if err := s.UnmarshalText([]byte(name)); err != nil {
			return nil, c.errorAt("rules", "severity", err)
		}
		levels[id] = s
	}
	return levels, nil
}

// severities returns the change that [rules] severity makes.
func (c *Config) severities() (func(*rules.Def), error) {
	levels, err := c.Severities()
	if err != nil {
		return nil, err
	}
	return func(d *rules.Def) {
		if s, ok := levels[d.ID]; ok {
			d.Severity = s
		}
	}, nil
}

// choose applies enable, disable and only, and reports names that no rule has.
func (c *Config) choose(list []*rules.Rule, only, checks []string) ([]*rules.Rule, error) {
	var errs []error
	check := func(names []string, wrap func(error) error) {
		for _, n := range names {
			if !slices.ContainsFunc(list, func(r *rules.Rule) bool { return r.ID == n }) && !slices.Contains(checks, n) {
				errs = append(errs, wrap(unknownRule(n, list)))
			}
		}
	}
	check(c.Rules.Enable, func(err error) error { return c.errorAt("rules", "enable", err) })
	check(c.Rules.Disable, func(err error) error { return c.errorAt("rules", "disable", err) })
	check(c.Verify.Disable, func(err error) error { return c.errorAt("verify", "disable", err) })
	for id := range c.Rules.Severity {
		check([]string{id}, func(err error) error { return c.errorAt("rules", "severity", err) })
	}
	check(only, func(err error) error { return fmt.Errorf("--rule: %w", err) })
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	list = slices.DeleteFunc(list, func(r *rules.Rule) bool { return !c.keeps(r.ID, only) })
	if len(list) == 0 && len(c.Checks(only, checks)) == 0 {
		return nil, errors.New("no rule is left: check [rules] enable and disable and --rule")
	}
	return list, nil
}

// unknownRule says that there is no rule name, and which one may be meant.
func unknownRule(name string, list []*rules.Rule) error {
	for _, r := range list {
		if strings.Contains(r.ID, name) || strings.Contains(name, r.ID) {
			return fmt.Errorf("no rule is named %q; did you mean %q?", name, r.ID)
		}
	}
	return fmt.Errorf("no rule is named %q: “keylint rules list” shows them", name)
}
