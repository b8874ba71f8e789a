// Package rotation makes the plans to replace leaked keys: one for each distinct
// key, however many findings it has.
//
// The order of the steps is that of the service's own page
// (https://docs.aiandgpu.com): generate the new key and update the applications
// before the old one is revoked, so that nothing stops working; then it is
// confirmed that the old one is dead. Keys that a service was asked about and
// refuses get no plan.
package rotation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/lazyregexp"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Collector gathers the leaked keys of a scan. The zero Collector is empty.
type Collector struct {
	keys  map[string]*leak // by hash
	order []*leak
}

// A leak is a key and where it was found.
type leak struct {
	worst  *scanner.Finding // the first of the most severe findings
	secret rules.Secret
	rules  []string // that found it
	names  []string
	found  []sighting
	dead   bool // all findings so far say that the service refuses it
}

// A sighting is a place of a finding.
type sighting struct {
	path string
	line int // 0 when it is that of an older content
	end  int // the last line, if the finding has several
}

// maxSightings is the greatest number of places that are kept of a key.
const maxSightings = 1000

// Add takes a finding in. Only keys of at least medium severity are leaks:
// lesser ones are those of test modes and the like.
func (c *Collector) Add(f *scanner.Finding) {
	if f.Category != rules.CategorySecret || f.Secret == nil || f.Secret.Hash == "" || f.Severity < rules.Medium {
		return
	}
	if c.keys == nil {
		c.keys = map[string]*leak{}
	}
	k := c.keys[f.Secret.Hash]
	if k == nil {
		k = &leak{worst: f, secret: f.Secret.Secret, dead: true}
		c.keys[f.Secret.Hash] = k
		c.order = append(c.order, k)
	}
	if f.Severity > k.worst.Severity {
		k.worst = f
	}
	k.rules = append(k.rules, f.Rule)
	k.dead = k.dead && f.Verify != nil && f.Verify.Status == scanner.StatusDead
	if variable().MatchString(f.Name) && dotenv.IsKeyName(f.Name) {
		k.names = append(k.names, f.Name)
	}
	gone := f.AtHead != nil && !*f.AtHead
	if gone || f.Path == "" || len(k.found) >= maxSightings {
		return
	}
	at := sighting{path: f.Path, line: f.Line, end: f.EndLine}
	if f.Source == "history" {
		at.line, at.end = 0, 0
	}
	k.found = append(k.found, at)
}

// Renew takes the findings of a later scan in, after which keys stand only
// where they are now. The keys themselves stay: what was found was leaked.
func (c *Collector) Renew(findings []*scanner.Finding) {
	for _, k := range c.order {
		k.found = nil
	}
	for _, f := range findings {
		c.Add(f)
	}
}

// variable is a name that can be one of an environment variable.
var variable = lazyregexp.New(`^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$`)

// A Tree is where keys and their variables are looked for beside the findings.
// The zero Tree is empty.
type Tree struct {
	Files []string // relative to the target, with forward slashes
	Env   []string // the .env files among them, and those that git ignores
	// Read returns the content of a file, nil when it cannot be read.
	Read func(name string) []byte
}

// Plans returns the plan of each key, the most severe first, and else in the
// order in which they were found. rule looks up a rule, nil if nobody knows it.
func (c *Collector) Plans(t Tree, rule func(id string) *rules.Rule) []scanner.Rotation {
	var live []*leak
	for _, k := range c.order {
		if !k.dead {
			live = append(live, k)
		}
	}
	slices.SortStableFunc(live, func(a, b *leak) int { return cmp.Compare(b.worst.Severity, a.worst.Severity) })
	places := t.places(live)
	out := []scanner.Rotation{}
	for i, k := range live {
		p := plan(k, k.issuer(rule), rule)
		p.Names = sorted(k.names)
		p.Places = places[i]
		if n := len(p.Places); n > maxPlaces {
			p.Places, p.PlacesLeftOut = p.Places[:maxPlaces], n-maxPlaces
		}
		out = append(out, p)
	}
	return out
}

// issuer returns the rule that tells who issued the key: one that found it, or,
// when only its value was known, that of the service that its variables name.
// Nil means that nobody knows.
func (k *leak) issuer(rule func(id string) *rules.Rule) *rules.Rule {
	for _, id := range append([]string{k.worst.Rule}, sorted(k.rules)...) {
		if r := rule(id); r != nil && r.Provider != "" {
			return r
		}
	}
	if slices.ContainsFunc(k.names, func(n string) bool { return strings.Contains(normal(n), "agcloud") }) {
		return rule("agcloud-api-key")
	}
	return nil
}

// maxPlaces is the greatest number of places that a plan lists.
const maxPlaces = 100

// plan returns the plan of a key without its places. r is the rule of its issuer, nil
// when nobody knows.
func plan(k *leak, r *rules.Rule, rule func(id string) *rules.Rule) scanner.Rotation {
	p := scanner.Rotation{
		Key:  scanner.RotationKey{Redacted: k.worst.Secret.Redacted, Hash: k.worst.Secret.Hash},
		Rule: k.worst.Rule, Severity: k.worst.Severity, Places: []scanner.RotationPlace{},
	}
	asks := false
	if r != nil {
		p.Provider, p.Console = r.Provider, r.Verify.Revoke
		asks = r.Verify.URL != "" || r.Verify.SameAs != ""
	}
	if found := rule(k.worst.Rule); r == nil && found != nil && found.Class != "" {
		p.Steps = genericSteps(found.Class, p.Key.Redacted)
		return p
	}
	p.Steps = steps(p.Provider, p.Key.Redacted, p.Console, asks)
	return p
}

// genericSteps returns the steps of a plan for a secret of a class, whose issuer
// nobody knows.
func genericSteps(class, key string) []scanner.RotationStep {
	noun := class
	switch class {
	case "auth":
		noun = "credential"
	case "salt":
		noun = "value"
	}
	generate := "Generate a new " + noun + " where the old one was issued."
	revoke := "Revoke the old one" + called(key) + ", in the same place. If it is misused, do this first."
	if class == "password" {
		generate = "Set a new password for what the old one opens. If that is misused, do this first."
		revoke = "See to it that the old one opens nothing else: the same password is often used again."
	}
	return stepsOf(generate, noun, revoke, "Confirm that the old one is refused.")
}

// called names a key in a sentence, where its masked form tells something.
func called(key string) string {
	if key == rules.Hidden {
		return ""
	}
	return ", " + key
}

// steps returns the steps of a plan.
func steps(provider, key, console string, asks bool) []scanner.RotationStep {
	generate := "Generate a new key in the console of " + cmp.Or(provider, "the service that issued it") + see(console) + "."
	revoke := "Revoke the old one" + called(key) + ", in the same place. If it is misused, do this first."
	if provider == "AGCloud" {
		generate = "Generate a new key: Dashboard, API Keys, Generate New Key" + see(console) + ". Copy it at once: it is shown only then."
		revoke = "Revoke the old one: Dashboard, API Keys, find " + key + ", Revoke. If it is misused, do this first."
	}
	confirm := "Confirm with “keylint verify -”, which reads keys from standard input, that the old one is dead."
	if !asks {
		confirm = "Confirm that a request with the old one is refused; “keylint verify” cannot ask this service."
	}
	return stepsOf(generate, "key", revoke, confirm)
}

// stepsOf returns the steps of all plans, with texts of their own for some.
func stepsOf(generate, noun, revoke, confirm string) []scanner.RotationStep {
	return []scanner.RotationStep{
		{Action: scanner.RotateGenerate, Text: generate},
		{Action: scanner.RotateUpdate, Text: "Put it where the old one is used, as a variable and not in files that git tracks:"},
		{Action: scanner.RotateCheck, Text: "Check that everything works with the new " + noun + "."},
		{Action: scanner.RotateRevoke, Text: revoke},
		{Action: scanner.RotateConfirm, Text: confirm},
	}
}

func see(console string) string {
	if console == "" {
		return ""
	}
	return fmt.Sprintf(" (%s)", console)
}

// Keep returns the plans of the keys that findings are about, without those
// that a service refuses.
func Keep(plans []scanner.Rotation, findings []*scanner.Finding) []scanner.Rotation {
	var c Collector
	for _, f := range findings {
		c.Add(f)
	}
	return slices.DeleteFunc(slices.Clone(plans), func(p scanner.Rotation) bool {
		k := c.keys[p.Key.Hash]
		return k == nil || k.dead
	})
}

// sorted returns list in order, each text once.
func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// normal returns a name without case and separators, so that AGCLOUD_API_KEY,
// agcloud-api-key and agcloudApiKey are one. What Terraform puts before the
// names of variables is left out (https://developer.hashicorp.com/terraform/cli/config/environment-variables#tf_var_name).
func normal(name string) string {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	return strings.TrimPrefix(name, "tfvar")
}
