package verify

import (
	"sync"

	"github.com/agcloud/keylint/rules"
)

// A naming finds the built-in rule for keys that were found because they are
// known: by what they look like and by the name that they have.
type naming struct {
	once sync.Once
	set  *rules.Set
}

// rule returns the ID of the rule that matches key given to name, "" for none.
func (n *naming) rule(name string, key rules.Secret) string {
	n.once.Do(func() {
		list, err := rules.Builtin()
		if err == nil {
			n.set, _ = rules.NewSet(list)
		}
	})
	if n.set == nil {
		return ""
	}
	text := key.Reveal()
	if name != "" {
		text = name + "=" + text
	}
	for _, m := range n.set.Matcher().Match([]byte(text)) {
		if m.Secret.Equal(key) {
			return m.Rule.ID
		}
	}
	return ""
}
