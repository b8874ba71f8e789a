package gitrepo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Config is git's configuration for a repository, of all files that apply.
// It is immutable.
type Config struct{ vars []Variable }

// Get returns the variable of that name that counts, which is the last. The
// name is as in [Variable].
func (c *Config) Get(name string) (v Variable, ok bool) {
	for i := len(c.vars) - 1; i >= 0; i-- {
		if c.vars[i].Name == name {
			return c.vars[i], true
		}
	}
	return Variable{}, false
}

// All returns the variables of that name in the order of their files.
func (c *Config) All(name string) []Variable {
	var found []Variable
	for _, v := range c.vars {
		if v.Name == name {
			found = append(found, v)
		}
	}
	return found
}

// Bool returns the value of a boolean variable, or unset when there is none.
func (c *Config) Bool(name string, unset bool) (bool, error) {
	v, ok := c.Get(name)
	if !ok {
		return unset, nil
	}
	return v.Bool()
}

// Bool returns the value as git reads a boolean.
func (v Variable) Bool() (bool, error) {
	if v.NoValue {
		return true, nil
	}
	switch strings.ToLower(v.Value) {
	case "true", "yes", "on":
		return true, nil
	case "false", "no", "off", "":
		return false, nil
	}
	if n, err := strconv.Atoi(v.Value); err == nil {
		return n != 0, nil
	}
	return false, fmt.Errorf("%s:%d: %s is %q, which is no boolean: set it to true or false", v.File, v.Line, v.Name, v.Value)
}

// drop removes variables.
func (c *Config) drop(names ...string) {
	c.vars = slices.DeleteFunc(c.vars, func(v Variable) bool { return slices.Contains(names, v.Name) })
}
