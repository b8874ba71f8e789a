// Package edit makes the text edits of suggested fixes.
package edit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/analysis"
)

// Fix returns the one fix of a diagnostic, or nothing when there are no edits.
func Fix(message string, edits ...analysis.TextEdit) []analysis.SuggestedFix {
	if len(edits) == 0 {
		return nil
	}
	return []analysis.SuggestedFix{{Message: message, TextEdits: edits}}
}

// Replace returns the edit that puts text in place of n.
func Replace(n ast.Node, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: n.Pos(), End: n.End(), NewText: []byte(text)}
}

// Insert returns the edit that puts text at pos.
func Insert(pos token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(text)}
}

// Delete returns the edit that removes n, with its line if nothing else is on
// it.
func Delete(pass *analysis.Pass, n ast.Node) analysis.TextEdit {
	exact := analysis.TextEdit{Pos: n.Pos(), End: n.End()}
	file := pass.Fset.File(n.Pos())
	text, err := pass.ReadFile(file.Name())
	if err != nil || len(text) != file.Size() {
		return exact
	}
	start, end := file.Offset(n.Pos()), file.Offset(n.End())
	for start > 0 && isBlank(text[start-1]) {
		start--
	}
	for end < len(text) && isBlank(text[end]) {
		end++
	}
	if start == 0 || text[start-1] != '\n' || end == len(text) || text[end] != '\n' {
		return exact
	}
	return analysis.TextEdit{Pos: file.Pos(start), End: file.Pos(end + 1)}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// Source returns the text of n, or "" when its file cannot be read.
func Source(pass *analysis.Pass, n ast.Node) string {
	file := pass.Fset.File(n.Pos())
	text, err := pass.ReadFile(file.Name())
	if err != nil || len(text) != file.Size() {
		return ""
	}
	return string(text[file.Offset(n.Pos()):file.Offset(n.End())])
}

// Removable reports whether the package still compiles without n: every local
// variable that n uses is used elsewhere, too, and nothing that n declares is.
func Removable(info *types.Info, n ast.Node) bool {
	needed, declared := map[types.Object]bool{}, map[types.Object]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := info.Defs[id]; obj != nil {
				declared[obj] = true
			}
			if v, ok := info.Uses[id].(*types.Var); ok && v.Kind() == types.LocalVar && !declared[v] {
				needed[v] = true
			}
		}
		return true
	})
	for id, obj := range info.Uses {
		if id.Pos() >= n.Pos() && id.Pos() < n.End() {
			continue
		}
		if declared[obj] {
			return false
		}
		delete(needed, obj)
	}
	return len(needed) == 0
}

// Import returns the name of the package with that path at pos, and the edits
// that import it there. ok is false where its name means something else.
func Import(pass *analysis.Pass, file *ast.File, pos token.Pos, path string) (name string, edits []analysis.TextEdit, ok bool) {
	for _, spec := range file.Imports {
		if spec.Path.Value == strconv.Quote(path) {
			name = path
			if spec.Name != nil {
				name = spec.Name.Name
			}
			obj, isPkg := lookup(pass, file, pos, name).(*types.PkgName)
			return name, nil, isPkg && obj.Imported().Path() == path
		}
	}
	if lookup(pass, file, pos, path) != nil {
		return "", nil, false
	}
	return path, []analysis.TextEdit{addImport(file, path)}, true
}

// lookup returns what name means at pos, or nil.
func lookup(pass *analysis.Pass, file *ast.File, pos token.Pos, name string) types.Object {
	scope := pass.TypesInfo.Scopes[file]
	if scope == nil {
		return nil
	}
	if inner := scope.Innermost(pos); inner != nil {
		scope = inner
	}
	_, obj := scope.LookupParent(name, pos)
	return obj
}

// addImport returns the edit that imports path: in the first declaration with
// parentheses, or else behind the package clause.
func addImport(file *ast.File, path string) analysis.TextEdit {
	for _, d := range file.Decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.IMPORT && gen.Lparen.IsValid() {
			return Insert(gen.Lparen+1, fmt.Sprintf("\n\t%q", path))
		}
	}
	return Insert(file.Name.End(), fmt.Sprintf("\n\nimport %q", path))
}
