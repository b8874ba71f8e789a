package gitrepo

import "strings"

// A refspec is the destination of a fetch: the name of a reference, or what it
// is around "*".
type refspec struct {
	before, after string
	pattern       bool
}

func (s refspec) match(name string) bool {
	if !s.pattern {
		return name == s.before
	}
	return len(name) >= len(s.before)+len(s.after) && strings.HasPrefix(name, s.before) && strings.HasSuffix(name, s.after)
}

// fetchSpecs returns where the remotes' fetch refspecs lead. See
// https://git-scm.com/docs/git-config#Documentation/git-config.txt-remoteltnamegtfetch.
func (r *Repo) fetchSpecs() []refspec {
	var specs []refspec
	for _, v := range r.Config.vars {
		_, key, ok := remoteVariable(v.Name)
		if !ok || key != "fetch" {
			continue
		}
		_, to, _ := strings.Cut(v.Value, ":")
		if to == "" {
			continue // it sets no reference
		}
		var s refspec
		s.before, s.after, s.pattern = strings.Cut(fullDestination(to), "*")
		specs = append(specs, s)
	}
	return specs
}

// fullDestination returns the full name of the destination of a refspec.
func fullDestination(to string) string {
	switch group, _, _ := strings.Cut(to, "/"); group {
	case "refs":
		return to
	case "heads", "tags", "remotes":
		return "refs/" + to
	}
	return "refs/heads/" + to
}

// tracker returns a function that reports whether fetching sets a reference.
func (r *Repo) tracker() func(name string) bool {
	specs := r.fetchSpecs()
	return func(name string) bool {
		if strings.HasPrefix(name, "refs/remotes/") {
			return true
		}
		for _, s := range specs {
			if strings.HasPrefix(name, "refs/") && s.match(name) {
				return true
			}
		}
		return false
	}
}

// markTracking sets Tracking of references.
func (r *Repo) markTracking(refs []Ref) {
	tracks := r.tracker()
	for i := range refs {
		refs[i].Tracking = tracks(refs[i].Name)
	}
}

// Mirror reports whether the repository is a bare mirror of a remote: every
// reference, and so all that they lead to, came from there. That is what git
// clone --mirror makes.
func (r *Repo) Mirror() bool {
	if r.WorkTree != "" {
		return false
	}
	if bare, err := r.Config.Bool("core.bare", false); err != nil || !bare {
		return false
	}
	for _, s := range r.fetchSpecs() {
		if s.pattern && s.before == "refs/" && s.after == "" {
			return true
		}
	}
	return false
}
