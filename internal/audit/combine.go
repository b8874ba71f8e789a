package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Result is the report of one repository of many.
type Result struct {
	Name   string // of the repository, as reports show it
	Report *scanner.Report
}

// maxPlanPlaces is the greatest number of places in the plan of a key, as in the
// plan of one repository.
const maxPlanPlaces = 100

// Combine makes one report of those of several repositories, each of whose
// findings, problems, notices and places to rotate then names its repository. The
// findings of a key stand together, wherever they are; keys come in the order in
// which they are first met, and then habits in the order of the reports. A key has
// one rotation plan. Coverage and times are added up, and the whole is complete
// when all reports are. The reports are changed. Schema and tool are left empty.
func Combine(results []Result) *scanner.Report {
	out := &scanner.Report{
		Target:   scanner.Target{Kind: "audit"},
		Findings: []*scanner.Finding{}, Problems: []scanner.Problem{},
		Summary: scanner.Summary{Complete: true, Coverage: scanner.Coverage{Skipped: map[string]int{}}},
	}
	var all []*scanner.Finding
	for _, r := range results {
		rep := r.Report
		all = append(all, within(r.Name, rep.Findings)...)
		for _, p := range rep.Problems {
			p.Repository = r.Name
			out.Problems = append(out.Problems, p)
		}
		add(&out.Summary, rep.Summary)
		out.Summary.Baselined += rep.Summary.Baselined
		out.Target.Repositories = append(out.Target.Repositories, scanner.Repository{
			Name: r.Name, Head: rep.Target.Head, Refs: rep.Target.Refs,
			Findings: len(rep.Findings), Complete: rep.Summary.Complete && len(rep.Problems) == 0,
		})
	}
	var shared int
	out.Findings, shared = byKey(all)
	out.Summary.Findings = len(out.Findings)
	out.Notices = notices(results)
	if shared > 0 {
		out.Notices = append(out.Notices, scanner.Notice{Reason: fmt.Sprintf("keys that are in more than one repository: %d", shared)})
	}
	out.Rotation = plans(results)
	return out
}

// within gives findings their repository.
func within(name string, findings []*scanner.Finding) []*scanner.Finding {
	for _, f := range findings {
		f.Repository = name
	}
	return findings
}

// byKey puts the findings of one key together and habits last. shared counts the
// keys of more than one repository.
func byKey(findings []*scanner.Finding) (out []*scanner.Finding, shared int) {
	var order []string
	groups := map[string][]*scanner.Finding{}
	var habits []*scanner.Finding
	for _, f := range findings {
		if f.Category != rules.CategorySecret {
			habits = append(habits, f)
			continue
		}
		key := "id " + f.Repository + " " + f.ID
		if f.Secret != nil && f.Secret.Hash != "" {
			key = f.Secret.Hash
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], f)
	}
	out = []*scanner.Finding{}
	for _, key := range order {
		group := groups[key]
		if group[0].Repository != group[len(group)-1].Repository {
			shared++
		}
		out = append(out, group...)
	}
	return append(out, habits...), shared
}

// notices returns the notices of all reports. What is said of several
// repositories, and of no file in them, is said once.
func notices(results []Result) []scanner.Notice {
	var out []scanner.Notice
	at := map[string]int{} // in out, by reason
	times := map[string]int{}
	for _, r := range results {
		for _, n := range r.Report.Notices {
			if i, ok := at[n.Reason]; ok && n.Path == "" {
				times[n.Reason]++
				out[i].Repository = ""
				continue
			}
			n.Repository = r.Name
			if n.Path == "" {
				at[n.Reason], times[n.Reason] = len(out), 1
			}
			out = append(out, n)
		}
	}
	for reason, i := range maps.All(at) {
		if times[reason] > 1 {
			out[i].Reason = fmt.Sprintf("in %d repositories: %s", times[reason], reason)
		}
	}
	return out
}

// plans joins the rotation plans of each key, the most severe first.
func plans(results []Result) []scanner.Rotation {
	var out []scanner.Rotation
	at := map[string]int{} // in out, by the hash of the key
	for _, r := range results {
		for _, p := range r.Report.Rotation {
			for i := range p.Places {
				p.Places[i].Repository = r.Name
			}
			if i, ok := at[p.Key.Hash]; ok {
				joinPlans(&out[i], p)
				continue
			}
			at[p.Key.Hash] = len(out)
			out = append(out, p)
		}
	}
	for i := range out {
		if n := len(out[i].Places); n > maxPlanPlaces {
			out[i].Places, out[i].PlacesLeftOut = out[i].Places[:maxPlanPlaces], out[i].PlacesLeftOut+n-maxPlanPlaces
		}
	}
	slices.SortStableFunc(out, func(a, b scanner.Rotation) int { return cmp.Compare(b.Severity, a.Severity) })
	return out
}

// joinPlans adds what the plan of another repository says of a key. The more
// severe one knows the rule, and so the service, best.
func joinPlans(to *scanner.Rotation, p scanner.Rotation) {
	places := slices.Concat(to.Places, p.Places)
	names := slices.Concat(to.Names, p.Names)
	leftOut := to.PlacesLeftOut + p.PlacesLeftOut
	if p.Severity > to.Severity || to.Provider == "" && p.Provider != "" {
		severity := max(to.Severity, p.Severity)
		*to = p
		to.Severity = severity
	}
	slices.Sort(names)
	to.Places, to.Names, to.PlacesLeftOut = places, slices.Compact(names), leftOut
}
