package gitignore

import "strings"

// Patterns are the lines of one file. They are immutable and safe for
// concurrent use. A nil *Patterns has no lines.
type Patterns struct {
	source string
	fold   bool
	rules  []rule

	// Each value is the last rule with that key; rule.prev leads to the others.
	names    map[string]int32 // formName
	paths    map[string]int32 // formPath
	suffixes map[string]int32 // formSuffix, by the suffix from its last dot on

	tests []int32 // formTest, last rule first
}

// Len returns the number of lines that are not blank or comments.
func (p *Patterns) Len() int {
	if p == nil {
		return 0
	}
	return len(p.rules)
}

// index files the rules under their keys.
func (p *Patterns) index() {
	for i := range p.rules {
		r := &p.rules[i]
		switch r.form {
		case formName:
			p.names = chain(p.names, r, r.key, i)
		case formPath:
			p.paths = chain(p.paths, r, r.key, i)
		case formSuffix:
			p.suffixes = chain(p.suffixes, r, extension(r.key), i)
		}
	}
	for i := len(p.rules) - 1; i >= 0; i-- {
		if p.rules[i].form == formTest {
			p.tests = append(p.tests, int32(i))
		}
	}
}

func chain(m map[string]int32, r *rule, key string, i int) map[string]int32 {
	if m == nil {
		m = make(map[string]int32)
	}
	if prev, ok := m[key]; ok {
		r.prev = prev
	}
	m[key] = int32(i)
	return m
}

// extension returns the part of a name from its last dot on, or "".
func extension(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i:]
	}
	return ""
}

// last returns the last rule that matches a path, relative to the directory of
// the file, whose base name is base; or nil.
func (p *Patterns) last(path, base string, isDir bool) *rule {
	if p.fold {
		path = lowerString(path)
		base = path[len(path)-len(base):]
	}
	best := int32(-1)
	if len(p.names) > 0 {
		best = p.lookUp(p.names, base, base, isDir, best)
	}
	if len(p.paths) > 0 {
		best = p.lookUp(p.paths, path, path, isDir, best)
	}
	if len(p.suffixes) > 0 {
		best = p.lookUp(p.suffixes, extension(base), base, isDir, best)
	}
	for _, i := range p.tests {
		if i < best {
			break
		}
		if p.rules[i].matches(path, base, isDir) {
			best = i
			break
		}
	}
	if best < 0 {
		return nil
	}
	return &p.rules[best]
}

// lookUp returns the last rule filed under key whose own key ends text, or
// best if that comes later.
func (p *Patterns) lookUp(m map[string]int32, key, text string, isDir bool, best int32) int32 {
	i, ok := m[key]
	if !ok {
		return best
	}
	for ; i > best; i = p.rules[i].prev {
		r := &p.rules[i]
		if (isDir || !r.dirOnly) && strings.HasSuffix(text, r.key) {
			return i
		}
	}
	return best
}

// matches reports whether a rule of formTest matches.
func (r *rule) matches(path, base string, isDir bool) bool {
	if r.dirOnly && !isDir {
		return false
	}
	text := path
	if r.scope == scopeName {
		text = base
	}
	if len(text) < r.min || !strings.HasSuffix(text, r.tail) {
		return false
	}
	switch r.scope {
	case scopeTail:
		text = lastSegments(text, int(r.slashes)+1)
	case scopeFull:
		if strings.Count(text, "/") != int(r.slashes) {
			return false
		}
	}
	if len(text) < r.min || !strings.HasPrefix(text, r.head) {
		return false
	}
	return r.test == nil || strings.Contains(text, r.mid) && r.test.Match(text)
}

// lastSegments returns the last n segments of a path, or "" when it has fewer.
func lastSegments(path string, n int) string {
	for i := len(path); i > 0; {
		i = strings.LastIndexByte(path[:i], '/')
		if n--; n == 0 {
			return path[i+1:]
		}
	}
	return ""
}

// result says what the rule of the file means.
func (p *Patterns) result(r *rule) Result {
	return Result{
		Matched: true,
		Ignored: !r.negated,
		Negated: r.negated,
		Pattern: r.text,
		Source:  p.source,
		Line:    int(r.line),
	}
}
