package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/agcloud/keylint/internal/audit"
	"github.com/agcloud/keylint/internal/audit/state"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/internal/rotation"
	"github.com/agcloud/keylint/scanner"
)

// report makes one report of those of all repositories.
func (m *manyRun) report(ctx context.Context, q manyQueue, r *state.Run) (*scanner.Report, error) {
	outcomes, err := q.Outcomes(ctx)
	if err != nil {
		return nil, err
	}
	known := &leftOut{}
	var results []audit.Result
	for _, o := range outcomes {
		rep, err := reportOf(o)
		if err != nil {
			return nil, fmt.Errorf("the report of %s, as --state kept it: %w; remove the file to audit all again", o.Name, err)
		}
		if m.flags.sinceLast && o.Report != nil {
			if err := known.leaveOut(ctx, r, o.ID, rep, m.rules.Hash()); err != nil {
				return nil, err
			}
		}
		m.narrow(rep)
		results = append(results, audit.Result{Name: o.Name, Report: rep})
	}
	rep := audit.Combine(results)
	rep.Schema, rep.Tool = scanner.Schema, tool(m.rules)
	rep.Problems = append(rep.Problems, m.targets.problems...)
	rep.Notices = slices.Concat(m.targets.notices, rep.Notices, known.notices())
	rep.Summary.Known = known.findings
	rep.Summary.Complete = rep.Summary.Complete && len(rep.Problems) == 0
	return rep, nil
}

// reportOf returns the report of a repository; of one without, a report that says
// why.
func reportOf(o audit.Outcome) (*scanner.Report, error) {
	if o.Report != nil {
		return report.Read(bytes.NewReader(o.Report))
	}
	reason := o.Reason
	if !o.Done {
		reason = "not audited: interrupted; run the same command again"
	}
	return &scanner.Report{Problems: []scanner.Problem{{Reason: reason}}}, nil
}

// narrow leaves out of a report what is not to be shown.
func (m *manyRun) narrow(rep *scanner.Report) {
	rep.Findings = slices.DeleteFunc(rep.Findings, func(f *scanner.Finding) bool { return f.Severity < m.verdict.show })
	rep.Rotation = keepPlans(rep, &m.out)
}

// leftOut counts what --since-last leaves out.
type leftOut struct {
	findings int
	first    int // repositories that were never audited
	other    int // repositories that were last audited with other rules
}

// leaveOut takes the findings out of a report that earlier audits had.
func (l *leftOut) leaveOut(ctx context.Context, r *state.Run, id string, rep *scanner.Report, rules string) error {
	past, err := r.Past(ctx, id)
	if err != nil {
		return err
	}
	before := len(rep.Findings)
	rep.Findings = slices.DeleteFunc(rep.Findings, func(f *scanner.Finding) bool { return past.Findings[f.ID] })
	rep.Rotation = rotation.Keep(rep.Rotation, rep.Findings)
	l.findings += before - len(rep.Findings)
	switch {
	case past.Finished.IsZero():
		l.first++
	case past.Rules != rules:
		l.other++
	}
	return nil
}

// notices tells what was left out, and why there may be more than is new.
func (l *leftOut) notices() []scanner.Notice {
	var out []scanner.Notice
	add := func(n int, format string) {
		if n > 0 {
			out = append(out, scanner.Notice{Reason: fmt.Sprintf(format, n)})
		}
	}
	add(l.findings, "findings that earlier audits had are left out, and do not count: %d; without --since-last all are shown")
	add(l.first, "repositories that were never audited before, so that all of their findings are new: %d")
	add(l.other, "repositories whose last audit was made with other rules, so that findings may be new to keylint and not to the repository: %d")
	return out
}
