package rules

import (
	"fmt"
	"math/rand/v2"

	"github.com/agcloud/keylint/rules/internal/checksum"
	"github.com/agcloud/keylint/rules/internal/example"
)

// Expand fills in the random parts of an example template; equal seeds give
// equal results. See rules/internal/example for the syntax.
func Expand(template string, seed uint64) (string, error) {
	return example.Expand(template, rand.New(rand.NewPCG(seed, 0)))
}

// exampleSeeds is with how many random fillings an example is tried.
const exampleSeeds = 5

// TestExamples reports the examples that the rule does not match and the
// counter-examples that it does.
func (r *Rule) TestExamples() error {
	set, err := NewSet([]*Rule{r})
	if err != nil {
		return err
	}
	m := set.Matcher()
	for seed := range uint64(exampleSeeds) {
		for i, t := range r.Examples {
			text, err := r.expandSigned(t, seed)
			if err != nil {
				return &fieldError{"examples", err}
			}
			if len(m.Match([]byte(text))) == 0 {
				return failed("examples", "number %d is not matched: %s", i+1, t)
			}
		}
		for i, t := range r.CounterExamples {
			text, err := Expand(t, seed)
			if err != nil {
				return &fieldError{"counter_examples", err}
			}
			if len(m.Match([]byte(text))) > 0 {
				return failed("counter_examples", "number %d is matched: %s", i+1, t)
			}
		}
	}
	return nil
}

// expandSigned expands template and, for rules with a checksum, corrects that
// of the key in it.
func (r *Rule) expandSigned(template string, seed uint64) (string, error) {
	text, err := Expand(template, seed)
	if err != nil || r.Checksum == "" {
		return text, err
	}
	re := r.regex.of(r.Regex)
	loc := re.FindStringSubmatchIndex(text)
	if loc == nil {
		return text, fmt.Errorf("the regex does not match %s", template)
	}
	i, j := loc[2*re.SubexpIndex("secret")], loc[2*re.SubexpIndex("secret")+1]
	return text[:i] + checksum.Sign(r.Checksum, text[i:j]) + text[j:], nil
}
