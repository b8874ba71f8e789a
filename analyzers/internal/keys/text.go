package keys

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/agcloud/keylint/rules"
)

// A text is the text of a file with what the rules find in it, so that a key has
// the same rule, and so the same fingerprint, here and in a scan of the file.
type text struct {
	file    *ast.File
	tok     *token.File
	context rules.Context
	matches []rules.Match
	used    []bool // which matches lie in an expression that is reported
}

// readTexts matches the files of the package. A file that cannot be read has no
// matches; its constants are known all the same.
func (f *finder) readTexts() {
	f.texts = map[*ast.File]*text{}
	for _, file := range f.pass.Files {
		t := &text{file: file, tok: f.pass.Fset.File(file.FileStart)}
		f.texts[file] = t
		content, err := f.pass.ReadFile(t.tok.Name())
		if err != nil || len(content) != t.tok.Size() {
			continue
		}
		t.match(f.matcher, content)
	}
}

func (t *text) match(m *rules.Matcher, content []byte) {
	hits := m.Hits(nil, content, 0, len(content))
	t.context = m.Context(hits)
	t.matches = m.Resolve(m.Candidates(nil, content, hits, t.context), t.context)
	t.used = make([]bool, len(t.matches))
}

// inside returns the match that lies between pos and end, or nil, and marks all
// that do as used.
func (t *text) inside(pos, end token.Pos) *rules.Match {
	var first *rules.Match
	for i := range t.matches {
		m := &t.matches[i]
		if start := t.tok.Pos(m.Span.Start); start < pos || start >= end {
			continue
		}
		t.used[i] = true
		if first == nil {
			first = m
		}
	}
	return first
}

// textOf returns the text of the file that pos is in.
func (f *finder) textOf(pos token.Pos) *text {
	for _, t := range f.texts {
		if t.file.FileStart <= pos && pos < t.file.FileEnd {
			return t
		}
	}
	return nil
}

// key returns the key that a candidate holds, or nil.
func (f *finder) key(c candidate) *Key {
	t := f.textOf(c.expr.Pos())
	k := &Key{File: t.file, Expr: c.expr, Value: c.value, Parents: c.parents, Pos: c.expr.Pos(), End: c.expr.End()}
	m := f.matchValue(c, t.context)
	if in := t.inside(k.Pos, k.End); in != nil && (m == nil || strings.Contains(c.value, in.Secret.Reveal())) {
		m = in
	}
	if m == nil {
		return nil
	}
	k.Match = *m
	return k
}

// matchValue matches the value of c alone and as it is assigned to the names
// that the code gives to it.
func (f *finder) matchValue(c candidate, ctx rules.Context) *rules.Match {
	content := []byte(f.named(c) + c.value)
	m := f.matcher
	hits := m.Hits(nil, content, 0, len(content))
	ctx |= m.Context(hits)
	var best *rules.Match
	for _, found := range m.Resolve(m.Candidates(nil, content, hits, ctx), ctx) {
		if best == nil || found.Rule.Priority > best.Rule.Priority {
			best = &found
		}
	}
	return best
}

// elsewhere returns the keys that lie in no expression, but in comments and
// tags.
func (f *finder) elsewhere() []*Key {
	var list []*Key
	for _, file := range f.pass.Files {
		t := f.texts[file]
		for i, m := range t.matches {
			if !t.used[i] {
				list = append(list, &Key{Match: m, File: file, Pos: t.tok.Pos(m.Span.Start), End: t.tok.Pos(m.Span.End)})
			}
		}
	}
	return list
}

// plausibleComments reports whether a comment or the tag of a field could hold a
// key.
func (f *finder) plausibleComments() bool {
	for _, file := range f.pass.Files {
		for _, group := range file.Comments {
			for _, c := range group.List {
				if plausible(c.Text) {
					return true
				}
			}
		}
	}
	return false
}
