package rules

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// LoadFile reads a rule file. Unlike those of [Parse], its rules are tried on
// their examples as well.
func LoadFile(path string, changes ...func(*Def)) ([]*Rule, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the rule file: %w", err)
	}
	list, err := Parse(path, data, changes...)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, r := range list {
		if err := r.TestExamples(); err != nil {
			errs = append(errs, fmt.Errorf("%s: rule %s: %w", path, r.ID, err))
		}
	}
	return list, errors.Join(errs...)
}

// Parse reads the rules in data, which is TOML: a table [[rule]] for each,
// with the keys of [Def]. Errors name the file, the line and the field.
func Parse(file string, data []byte, changes ...func(*Def)) ([]*Rule, error) {
	var doc struct {
		Rule []Def `toml:"rule"`
	}
	dec := toml.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, decodeError(file, err)
	}
	if len(doc.Rule) == 0 {
		return nil, fmt.Errorf("%s: no rules: write a table [[rule]] for each", file)
	}
	var errs []error
	list := make([]*Rule, len(doc.Rule))
	for i, d := range doc.Rule {
		for _, change := range changes {
			change(&d)
		}
		r, err := NewRule(d)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: rule %q: %w", file, lineOf(data, i, err), d.ID, err))
		}
		list[i] = r
	}
	return list, errors.Join(errs...)
}

// decodeError turns an error of the TOML decoder into file:line:column: what
// is wrong.
func decodeError(file string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var errs []error
		for _, e := range strict.Errors {
			row, col := e.Position()
			errs = append(errs, fmt.Errorf("%s:%d:%d: unknown key %s", file, row, col, strings.Join(e.Key(), ".")))
		}
		return errors.Join(errs...)
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, col := wrong.Position()
		return fmt.Errorf("%s:%d:%d: %s: %w", file, row, col, strings.Join(wrong.Key(), "."), err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// lineOf returns the line of the field that err is about in the n-th rule of
// data, or that of the rule's header.
func lineOf(data []byte, n int, err error) int {
	var fe *fieldError
	field := ""
	if errors.As(err, &fe) {
		field = fe.field
	}
	rule, header := -1, 0
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[[rule]]") {
			rule++
			if rule == n {
				header = i + 1
			}
		}
		if key, _, ok := strings.Cut(line, "="); ok && rule == n && strings.TrimSpace(key) == field {
			return i + 1
		}
	}
	return header
}
