package cli

import (
	"path/filepath"
	"slices"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/internal/rotation"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/worktree"
)

// maxPlace is the size in bytes of the largest file in which the places of keys
// are looked for.
const maxPlace = 1 << 20

// placesIn returns where the keys of a tree may be used: its files, and the
// .env files that git ignores unless noEnv leaves those out.
func placesIn(root string, files []string, tree *worktree.Tree, noEnv bool) rotation.Tree {
	t := rotation.Tree{Files: files, Read: func(name string) []byte {
		data, err := regular.ReadFileNoFollow(filepath.Join(root, filepath.FromSlash(name)), maxPlace)
		if err != nil {
			return nil // a plan lists what was found, and says so
		}
		return data
	}}
	for _, name := range files {
		if dotenv.IsEnvFile(name) {
			t.Env = append(t.Env, name)
		}
	}
	if tree == nil || noEnv {
		return t
	}
	for _, name := range tree.IgnoredEnv() {
		if rel, err := filepath.Rel(root, name); err == nil {
			t.Env = append(t.Env, filepath.ToSlash(rel))
		}
	}
	return t
}

// trackedIn returns the files in the index of a repository. What is wrong with
// it, the scan reports.
func trackedIn(repo *gitrepo.Repo) []string {
	index, err := repo.ReadIndex()
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range index.Entries {
		if e.Mode == gitrepo.ModeFile || e.Mode == gitrepo.ModeExecutable {
			out = append(out, e.Path)
		}
	}
	return out
}

// plansOf returns the rotation plans of the keys that a job found.
func plansOf(c *rotation.Collector, j *job) []scanner.Rotation {
	var t rotation.Tree
	if j.places != nil {
		t = j.places()
	}
	return maskPlans(c.Plans(t, ruleOf(j.options.Rules)), j.options.Rules)
}

// ruleOf looks up rules: those of a set, and the built-in ones, which tell the
// provider also where --rule chose others.
func ruleOf(set *rules.Set) func(id string) *rules.Rule {
	return func(id string) *rules.Rule {
		if r := set.Rule(id); r != nil {
			return r
		}
		builtin, err := rules.Builtin()
		i := slices.IndexFunc(builtin, func(r *rules.Rule) bool { return r.ID == id })
		if err != nil || i < 0 {
			return nil
		}
		return builtin[i]
	}
}

// maskPlans takes keys out of the paths of plans.
func maskPlans(plans []scanner.Rotation, set *rules.Set) []scanner.Rotation {
	m := set.Matcher()
	for _, p := range plans {
		for i := range p.Places {
			p.Places[i].Path = scanner.MaskPath(m, p.Places[i].Path)
		}
	}
	return plans
}

// plan passes the rotation plans on to the report.
func (h *handler) plan(j *job) {
	if h.leaks == nil || h.err != nil {
		return
	}
	h.keep(func() error { return report.WritePlans(h.next, plansOf(h.leaks, j)) })
}

// keepPlans returns the plans of a saved report that its findings still call
// for.
func keepPlans(rep *scanner.Report, out *outputFlags) []scanner.Rotation {
	if out.noPlan {
		return nil
	}
	return rotation.Keep(rep.Rotation, rep.Findings)
}
