package keys

import (
	"go/token"
	"slices"
)

// An otherFile is a file of the package that is not compiled as Go: the build
// leaves it out, or it is in another language.
type otherFile struct {
	name    string
	content []byte
}

// others returns the other files that could hold a key. Those that cannot be
// read are left to scans of files, which report that.
func (f *finder) others() []otherFile {
	var list []otherFile
	for _, name := range slices.Concat(f.pass.OtherFiles, f.pass.IgnoredFiles) {
		content, err := f.pass.ReadFile(name)
		if err == nil && plausible(string(content)) {
			list = append(list, otherFile{name, content})
		}
	}
	return list
}

// inOthers returns the keys in files that are read as text.
func (f *finder) inOthers(files []otherFile) []*Key {
	var list []*Key
	for _, file := range files {
		var tok *token.File
		for _, m := range f.matcher.Match(file.content) {
			if tok == nil {
				tok = f.pass.Fset.AddFile(file.name, -1, len(file.content))
				tok.SetLinesForContent(file.content)
			}
			list = append(list, &Key{Match: m, Pos: tok.Pos(m.Span.Start), End: tok.Pos(m.Span.End)})
		}
	}
	return list
}
