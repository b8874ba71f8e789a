package keys

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/agcloud/keylint/rules"
)

// A compiler compiles the rules once for all packages of a process. The zero
// compiler is ready.
type compiler struct {
	mu   sync.Mutex // guards sets
	sets map[string]*rules.Set
}

// compile returns the built-in rules with those for formats and for further
// hosts.
func (c *compiler) compile(formats string, hosts []string) (*rules.Set, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := formats + "\x00" + strings.Join(hosts, ",")
	if set := c.sets[id]; set != nil {
		return set, nil
	}
	set, err := newSet(formats, hosts)
	if err != nil {
		return nil, err
	}
	if c.sets == nil {
		c.sets = map[string]*rules.Set{}
	}
	c.sets[id] = set
	return set, nil
}

func newSet(formats string, hosts []string) (*rules.Set, error) {
	var changes []func(*rules.Def)
	if len(hosts) > 0 {
		changes = append(changes, rules.AddHosts(hosts))
	}
	list, err := rules.Builtin(changes...)
	if err != nil {
		return nil, err
	}
	// The analyzers say "a key"; secrets of no provider's format are for the scanner.
	list = slices.DeleteFunc(list, func(r *rules.Rule) bool { return r.Class != "" })
	if formats != "" {
		r, err := rules.FormatRule(formatRule, formats)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return rules.NewSet(list)
}

// formatRule is the ID of the rule for the shape of the user's keys, the same
// as that of the first of key_formats in .keylint.toml.
const formatRule = "agcloud-key-format-1"

// checkFormats returns what is wrong with the value of the flag for the shape of
// keys.
func checkFormats(formats string) error {
	if formats == "" {
		return nil
	}
	if _, err := rules.FormatRule(formatRule, formats); err != nil {
		return fmt.Errorf("-hardcodedkey.%s: %w", FormatsFlag, err)
	}
	return nil
}
