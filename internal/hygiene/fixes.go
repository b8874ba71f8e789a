package hygiene

import (
	"bytes"
	"path"
	"path/filepath"
	"unicode/utf8"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/scanner"
)

// Shield says how a .env file that is about to hold a key is kept out of git:
// by nothing more when it is ignored or there is no git (nil, true), or by a fix.
// It is not possible when git tracks the file or no rule has the effect. Shield
// must not be called before Run.
func (f *Facts) Shield(name string) (fix *scanner.Fix, ok bool) {
	if f.repoOf(name) == nil {
		return nil, true
	}
	switch s, _ := f.standing(name); s {
	case ignored:
		return nil, true
	case addable:
		fix = f.ignoreFix(name)
	}
	return fix, fix != nil
}

// Placeholder takes the place of a key in a template. No rule takes it for a
// key.
const Placeholder = "your-key-here"

// placeholderFix returns the fix that replaces a key in a template wherever it
// stands, as in a second line or a comment, or nil when the file is not in an
// encoding that extends ASCII.
func (f *Facts) placeholderFix(name string, l scanner.Location) *scanner.Fix {
	data := f.read(name)
	start, end := offsetOf(data, l), offsetOf(data, scanner.Location{Line: l.EndLine, Column: l.EndColumn})
	if start < 0 || end <= start || !utf8.Valid(data) {
		return nil
	}
	fix := &scanner.Fix{Description: "put " + Placeholder + " in the place of the key in " + name}
	for key, at := data[start:end], 0; ; at += len(key) {
		i := bytes.Index(data[at:], key)
		if i < 0 {
			return fix
		}
		at += i
		fix.Edits = append(fix.Edits, scanner.Edit{Path: name, Start: at, End: at + len(key), New: Placeholder})
	}
}

// dockerignoreFix returns the fix that keeps a .env file, whose path relative to
// the context is rel, out of the image of a Dockerfile: a line at the end of the
// .dockerignore that counts for it, or of a new one. It is nil when no such line
// has the effect.
func (f *Facts) dockerignoreFix(dockerfile, rel string) *scanner.Fix {
	file := path.Join(dirOf(dockerfile), ".dockerignore")
	if f.read(dockerfile+".dockerignore") != nil {
		file = dockerfile + ".dockerignore"
	}
	data := f.read(file)
	fix, after := addLine(file, data, "**/"+escapePattern(path.Base(rel)))
	if !parseDockerignore(after).excludes(rel) {
		return nil
	}
	return fix
}

// addLine returns the fix that adds a line at the end of a file of data, and
// what the file holds afterwards.
func addLine(file string, data []byte, line string) (fix *scanner.Fix, after []byte) {
	added := lineToAdd(data, line)
	return &scanner.Fix{
		Description: "add the line " + line + " to " + file,
		Edits:       []scanner.Edit{{Path: file, Start: len(data), End: len(data), New: added}},
	}, append(bytes.Clone(data), added...)
}

// unignoreFix returns the fix that has git see a file which a rule of an ignore
// file of the working tree ignores: a line with ! at the end of that file. It is
// nil when no such line has the effect, as when a directory is ignored.
func (f *Facts) unignoreFix(name, source string) *scanner.Fix {
	r := f.repoOf(name)
	data, err := regular.ReadFileNoFollow(filepath.Join(r.WorkTree, filepath.FromSlash(source)), gitrepo.MaxIgnoreFile)
	if err != nil {
		return nil
	}
	fix, after := addLine(r.dir+source, data, "!"+escapePattern(path.Base(name)))
	c, err := r.checkerWith(dirOf(source), after)
	if err != nil {
		return nil
	}
	if rule, err := c.Match(r.rel(name), false); err != nil || rule.Ignored {
		return nil
	}
	return fix
}
