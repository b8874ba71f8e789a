package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/agcloud/keylint/rules/internal/assign"
	"github.com/agcloud/keylint/rules/internal/checksum"
	"github.com/agcloud/keylint/rules/internal/names"
	"github.com/agcloud/keylint/rules/internal/prefilter"
)

// A Rule is a compiled [Def]. It is immutable and safe for concurrent use; its
// regular expressions are compiled when first needed.
type Rule struct {
	Def
	footprint footprint
	regex     pattern
	near      pattern // see nearRegex
	name      pattern
	section   pattern
	field     pattern
	with      []pattern // of With
	sum       string    // digest of the declaration
}

// A pattern is a regular expression that is compiled when it is first needed.
type pattern struct {
	once     sync.Once
	compiled *regexp.Regexp
}

// of compiles text, the pattern's own, which was checked before.
func (p *pattern) of(text string) *regexp.Regexp {
	return p.made(func() string { return text })
}

// made compiles what text returns.
func (p *pattern) made(text func() string) *regexp.Regexp {
	p.once.Do(func() { p.compiled = regexp.MustCompile(text()) })
	return p.compiled
}

// A fieldError is a fault in one field of a rule.
type fieldError struct {
	field string
	err   error
}

func (e *fieldError) Error() string { return e.field + ": " + e.err.Error() }
func (e *fieldError) Unwrap() error { return e.err }

// NewRule checks and compiles a rule. It fails when a field is missing or
// wrong; the error names the field and says what to do.
func NewRule(d Def) (*Rule, error) {
	if d.Category == "" {
		d.Category = CategorySecret
	}
	if d.Priority == 0 {
		d.Priority = 50
	}
	r := &Rule{Def: d, with: make([]pattern, len(d.With))}
	for _, check := range []func(*Rule) *fieldError{checkTexts, checkKeywords, checkPatterns, checkWith, checkGlobs, checkExamples, checkRecipe} {
		if err := check(r); err != nil {
			return nil, err
		}
	}
	r.sum = r.digest()
	return r, nil
}

// digest returns a digest of all that the rule declares but its recipe.
func (r *Rule) digest() string {
	text, err := json.Marshal(r.Def)
	if err != nil {
		panic("rules: internal error: " + err.Error()) // a Def is plain data
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// isGeneric reports whether r is for the values of all names of its class.
func (r *Rule) isGeneric() bool { return r.Class != "" && r.Regex == "" }

func failed(field, format string, args ...any) *fieldError {
	return &fieldError{field, fmt.Errorf(format, args...)}
}

func checkTexts(r *Rule) *fieldError {
	for _, f := range []struct{ name, value string }{{"id", r.ID}, {"title", r.Title}, {"description", r.Description}} {
		if strings.TrimSpace(f.value) == "" {
			return failed(f.name, "is missing")
		}
	}
	if strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return failed("id", "%q has other characters than a-z, 0-9 and -", r.ID)
	}
	if r.Category != CategorySecret && r.Category != CategoryHygiene {
		return failed("category", "%q is neither %s nor %s", r.Category, CategorySecret, CategoryHygiene)
	}
	if r.Depth < -1 || r.Depth > maxDepth {
		return failed("depth", "%d is not between -1 and %d", r.Depth, maxDepth)
	}
	if r.Checksum != "" && !checksum.Known(r.Checksum) {
		return failed("checksum", "no algorithm is named %q", r.Checksum)
	}
	return nil
}

func checkKeywords(r *Rule) *fieldError {
	if r.Known {
		return nil
	}
	if len(r.Keywords) == 0 {
		return failed("keywords", "are missing: name the texts of which every match contains one")
	}
	for _, list := range []struct {
		field string
		words []string
	}{{"keywords", r.Keywords}, {"requires", r.Requires}} {
		for _, k := range list.words {
			if len(k) < prefilter.MinLiteral {
				return failed(list.field, "%q is shorter than %d bytes", k, prefilter.MinLiteral)
			}
		}
	}
	return nil
}

// checkPatterns checks the regular expressions and works out the footprint.
func checkPatterns(r *Rule) *fieldError {
	switch {
	case r.Known:
		return nil
	case r.Regex != "" && r.Name != "":
		return failed("name", "a rule has either regex or name")
	case r.Class != "" && !names.Class(r.Class).Known():
		return failed("class", "%q is not one of password, secret, token, key, auth and salt", r.Class)
	case r.Class != "" && r.Name != "":
		return failed("class", "a rule has either class or name")
	case r.isGeneric():
		r.footprint = footprint{assign.MaxName + assign.Before, 2*assign.MaxName + assign.After}
		return nil
	case r.Regex == "" && r.Name == "":
		return failed("regex", "is missing")
	case (r.Section == "") != (r.Field == ""):
		return failed("section", "section and field go together")
	}
	for _, p := range []struct{ field, pattern string }{{"name", r.Name}, {"section", r.Section}, {"field", r.Field}} {
		if _, err := regexp.Compile(p.pattern); err != nil {
			return &fieldError{p.field, err}
		}
	}
	if r.Name != "" {
		r.footprint = footprint{assign.MaxName + assign.Before, 2*assign.MaxName + 2*assign.After}
		return nil
	}
	var err error
	if r.footprint, err = regexFootprint(r.Regex, r.Keywords); err != nil {
		return &fieldError{"regex", err}
	}
	if !hasSecret(r.Regex) && !slices.ContainsFunc(r.With, func(w Companion) bool { return hasSecret(w.Regex) }) {
		return failed("regex", "has no group named secret: put (?P<secret>…) around the key")
	}
	return nil
}

// hasSecret reports whether pattern has the group that is the key.
func hasSecret(pattern string) bool {
	return strings.Contains(pattern, "(?P<secret>") || strings.Contains(pattern, "(?<secret>")
}

func checkGlobs(r *Rule) *fieldError {
	for _, f := range []struct {
		name  string
		globs []string
	}{{"paths", r.Paths}, {"exclude_paths", r.ExcludePaths}} {
		for _, g := range f.globs {
			if !doublestar.ValidatePattern(g) {
				return failed(f.name, "%q is no glob: see github.com/bmatcuk/doublestar", g)
			}
		}
	}
	return nil
}

func checkExamples(r *Rule) *fieldError {
	if r.Known {
		return nil
	}
	if len(r.Examples) == 0 {
		return &fieldError{"examples", errors.New("are missing: give texts that the rule must match")}
	}
	if len(r.CounterExamples) == 0 {
		return &fieldError{"counter_examples", errors.New("are missing: give texts that look alike and that the rule must not match")}
	}
	return nil
}

// AppliesTo reports whether the rule is for files at path, which has forward
// slashes. The empty path stands for text that is no file.
func (r *Rule) AppliesTo(path string) bool {
	if path == "" {
		return len(r.Paths) == 0
	}
	return (len(r.Paths) == 0 || anyGlob(r.Paths, path)) && !anyGlob(r.ExcludePaths, path)
}

func anyGlob(globs []string, path string) bool {
	for _, g := range globs {
		if doublestar.MatchUnvalidated(g, path) {
			return true
		}
	}
	return false
}
