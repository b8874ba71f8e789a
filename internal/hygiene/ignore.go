package hygiene

import (
	"bytes"
	"path"
	"path/filepath"
	"strings"

	"github.com/agcloud/keylint/internal/gitignore"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/scanner"
)

// ruleWithout returns the rule that would ignore a path if a line of an ignore
// file of the working tree were not there.
func (r *repository) ruleWithout(rel, source string, line int) (gitignore.Result, bool) {
	data, err := regular.ReadFileNoFollow(filepath.Join(r.WorkTree, filepath.FromSlash(source)), gitrepo.MaxIgnoreFile)
	if err != nil {
		return gitignore.Result{}, false
	}
	lines := bytes.Split(data, []byte("\n"))
	if line < 1 || line > len(lines) {
		return gitignore.Result{}, false
	}
	lines[line-1] = nil
	c, err := r.checkerWith(dirOf(source), bytes.Join(lines, []byte("\n")))
	if err != nil {
		return gitignore.Result{}, false
	}
	rule, err := c.Match(rel, false)
	return rule, err == nil && rule.Ignored
}

// dirOf returns the directory of a path, "" for the root.
func dirOf(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

// ignoreFix returns the fix that makes git ignore a file: a line at the end of
// the nearest .gitignore upwards, or of a new one in the root. It is nil when no
// such line has the effect.
func (f *Facts) ignoreFix(name string) *scanner.Fix {
	r := f.repoOf(name)
	if r == nil {
		return nil
	}
	rel := r.rel(name)
	line := escapePattern(path.Base(rel))
	for _, dir := range r.ignoreDirs(rel) {
		file := path.Join(dir, gitrepo.IgnoreFile)
		data, err := regular.ReadFileNoFollow(filepath.Join(r.WorkTree, filepath.FromSlash(file)), gitrepo.MaxIgnoreFile)
		if err != nil {
			data = nil
		}
		fix, after := addLine(r.dir+file, data, line)
		c, err := r.checkerWith(dir, after)
		if err != nil {
			continue
		}
		if rule, err := c.Match(rel, false); err == nil && rule.Ignored {
			return fix
		}
	}
	return nil
}

// ignoreDirs returns the directories whose .gitignore may take a line about a
// file, best first: upwards those that have one, then the root, then the file's
// own.
func (r *repository) ignoreDirs(rel string) []string {
	var dirs []string
	for dir := dirOf(rel); ; dir = dirOf(dir) {
		if f, err := regular.Open(filepath.Join(r.WorkTree, filepath.FromSlash(dir), gitrepo.IgnoreFile)); err == nil {
			f.Close()
			dirs = append(dirs, dir)
		}
		if dir == "" {
			break
		}
	}
	return append(dirs, "", dirOf(rel))
}

// lineToAdd returns what to write at the end of data so that line stands there
// by itself, with the line ending that data has.
func lineToAdd(data []byte, line string) string {
	end := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		end = "\r\n"
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		return end + line + end
	}
	return line + end
}

// escapePattern returns the line of an ignore file that matches files of a
// name and no others.
func escapePattern(name string) string {
	name = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
	if rest := strings.TrimRight(name, " "); rest != name {
		name = rest + strings.Repeat(`\ `, len(name)-len(rest))
	}
	if strings.HasPrefix(name, "#") || strings.HasPrefix(name, "!") {
		name = `\` + name
	}
	return name
}

// untrackFix returns the fix that takes a file out of the index and, unless a
// rule ignores it, has git ignore it.
func (f *Facts) untrackFix(name string, ignored bool) *scanner.Fix {
	fix := &scanner.Fix{Description: "git rm --cached -- " + name + ", which keeps the file on disk", Untrack: []string{name}}
	if ignored {
		return fix
	}
	if more := f.ignoreFix(name); more != nil {
		fix.Description += ", and " + more.Description
		fix.Edits = more.Edits
	}
	return fix
}
