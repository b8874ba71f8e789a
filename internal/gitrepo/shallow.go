package gitrepo

import (
	"path/filepath"
	"slices"
	"strings"
)

// Shallow returns the ids of the commits at which a shallow clone ends: their
// parents are missing. See https://git-scm.com/docs/shallow.
func (r *Repo) Shallow() ([]string, []Problem) {
	path := filepath.Join(r.CommonDir, "shallow")
	if file := r.env.hook("GIT_SHALLOW_FILE"); file != "" {
		path = file
	}
	var problems problemList
	return r.idLines(path, &problems), problems
}

// Grafts returns the parents that info/grafts gives to commits in the place of
// their own. See https://git-scm.com/docs/gitrepository-layout.
func (r *Repo) Grafts() (map[string][]string, []Problem) {
	path := filepath.Join(r.CommonDir, "info", "grafts")
	if file := r.env.hook("GIT_GRAFT_FILE"); file != "" {
		path = file
	}
	var problems problemList
	grafts := map[string][]string{}
	r.eachLine(path, &problems, func(line string) bool {
		if line[0] == '#' {
			return true
		}
		var ids []string
		for field := range strings.FieldsSeq(line) {
			id, rest, ok := cutID(field, r.Format)
			if !ok || rest != "" {
				return false
			}
			ids = append(ids, id)
		}
		grafts[ids[0]] = ids[1:]
		return true
	})
	return grafts, problems
}

// A Promisor is a remote that a partial clone can get missing objects from.
type Promisor struct {
	Remote string
	Filter string // what was left out, as in "blob:none"; "" where unknown
}

// Promisors returns the remotes of a partial clone; a complete one has none.
// See https://git-scm.com/docs/partial-clone.
func (r *Repo) Promisors() []Promisor {
	var list []Promisor
	add := func(name string) {
		if name != "" && !slices.ContainsFunc(list, func(p Promisor) bool { return p.Remote == name }) {
			filter, _ := r.Config.Get("remote." + name + ".partialclonefilter")
			list = append(list, Promisor{name, filter.Value})
		}
	}
	for _, v := range r.Config.vars {
		name, key, ok := remoteVariable(v.Name)
		if !ok || key != "promisor" && key != "partialclonefilter" {
			continue
		}
		if on, err := v.Bool(); key == "partialclonefilter" || on && err == nil {
			add(name)
		}
	}
	if v, ok := r.Config.Get("extensions.partialclone"); ok {
		add(v.Value)
	}
	return list
}

// remoteVariable splits the name of a variable of a remote.
func remoteVariable(variable string) (remote, key string, ok bool) {
	rest, ok := strings.CutPrefix(variable, "remote.")
	dot := strings.LastIndexByte(rest, '.')
	if !ok || dot < 0 {
		return "", "", false
	}
	return rest[:dot], rest[dot+1:], true
}
