package gitrepo

import "path/filepath"

// HooksDir returns the directory in which git looks for hooks, and the setting
// of core.hooksPath that says so; its File is empty when there is none and the
// directory is that of the repository. A relative path is one from where hooks
// run: the root of the working tree, or the git directory without one. See
// https://git-scm.com/docs/git-config#Documentation/git-config.txt-corehooksPath.
func (r *Repo) HooksDir() (dir string, set Variable) {
	set, ok := r.Config.Get("core.hookspath")
	if !ok {
		return filepath.Join(r.CommonDir, "hooks"), Variable{}
	}
	if set.Value == "" {
		return string(filepath.Separator), set
	}
	dir = filepath.FromSlash(r.env.expand(set.Value))
	if !filepath.IsAbs(dir) {
		base := r.WorkTree
		if base == "" {
			base = r.GitDir
		}
		dir = filepath.Join(base, dir)
	}
	return dir, set
}

// FileVariable returns the last variable of that name in one file of
// configuration, without those that it includes; the zero Variable when the file
// or the variable is missing.
func FileVariable(path, name string) (Variable, error) {
	vars, err := readConfig(path)
	v, _ := (&Config{vars}).Get(name)
	return v, err
}
