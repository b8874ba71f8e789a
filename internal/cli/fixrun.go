package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/fix"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/rotation"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// maxFixRounds bounds how often fixes are applied and the checks run again: a
// fix can lead to another, as a file that git tracks no more has its mode looked
// at.
const maxFixRounds = 5

// A fixRun is one run of keylint fix.
type fixRun struct {
	*app
	flags   *fixFlags
	args    []string
	planner fix.Planner
	leaks   rotation.Collector // of the first scan: what is fixed was leaked all the same

	applied []*fix.Step
	reasons map[string]string // why a finding is left, by its id
	last    *fixScan
	patch   string
}

// A fixScan is a scan between rounds.
type fixScan struct {
	job      *job
	findings []*scanner.Finding
	problems []scanner.Problem
	complete bool
}

// Finding implements scanner.Handler.
func (s *fixScan) Finding(f *scanner.Finding) error {
	s.findings = append(s.findings, f)
	return nil
}

// Problem implements scanner.Handler.
func (s *fixScan) Problem(p scanner.Problem) error {
	s.problems = append(s.problems, p)
	return nil
}

// Notice implements scanner.Handler.
func (s *fixScan) Notice(scanner.Notice) error { return nil }

// run applies fixes until none is left that can be, and tells what came of it.
func (r *fixRun) run(ctx context.Context) error {
	err := r.rounds(ctx)
	interrupted := ctx.Err() != nil && errors.Is(err, ctx.Err())
	if err != nil && (!interrupted || r.last == nil) {
		return err
	}
	rep := r.report()
	if err := r.write(rep); err != nil {
		return writeFailed(err)
	}
	switch {
	case interrupted:
		return err
	case len(rep.Left) > 0:
		r.code = exitFindings
	case !rep.Complete:
		r.code = exitIncomplete
	}
	return nil
}

func (r *fixRun) rounds(ctx context.Context) error {
	for round := range maxFixRounds {
		if err := r.scan(ctx); err != nil {
			return err
		}
		if round == 0 {
			r.leaks.Renew(r.leaked())
		}
		plan, err := r.plan(ctx)
		if err != nil {
			return err
		}
		if r.flags.dryRun {
			r.preview(plan)
			return nil
		}
		if plan.Empty() {
			return nil
		}
		err = r.planner.Apply(ctx, plan)
		if n := r.note(plan); err != nil || n == 0 {
			return err
		}
	}
	return r.scan(ctx)
}

// scan runs the checks.
func (r *fixRun) scan(ctx context.Context) error {
	j, err := r.prepare(ctx, &r.flags.sourceFlags, r.args)
	if err != nil {
		return err
	}
	s := &fixScan{job: j, problems: j.problems}
	progress := r.startProgress()
	j.options.Progress = progress.update
	sum, err := j.scan(ctx, s)
	progress.stop()
	if err != nil {
		return err
	}
	if len(r.applied) > 0 && sum.Coverage.Files == 0 && len(s.findings) == 0 && len(s.problems) == 1 && s.problems[0].Path == "" {
		s.problems, sum.Complete = nil, true // the fixes have git ignore all that there was to scan
	}
	s.complete = sum.Complete && len(s.problems) == 0
	s.findings = slices.DeleteFunc(s.findings, func(f *scanner.Finding) bool { return f.Severity < r.flags.show })
	r.last = s
	r.planner.Root = j.root
	return nil
}

// leaked returns the findings of keys: those that were reported, and, where
// --rule chose checks, those in the files that the checks are about.
func (r *fixRun) leaked() []*scanner.Finding {
	out := slices.Clone(r.last.findings)
	facts := r.last.job.ranChecks()
	if len(r.flags.rules) == 0 || facts == nil {
		return out
	}
	for _, k := range facts.Keys {
		reported := func(f *scanner.Finding) bool { return f.Category == rules.CategoryHygiene && f.Path == k.Path }
		if slices.ContainsFunc(r.last.findings, reported) && !r.last.job.options.Accept(k) {
			out = append(out, k)
		}
	}
	return out
}

// plan decides what is to be done about the findings of the last scan. What was
// applied before and is reported still, at the same place, is not done again.
func (r *fixRun) plan(ctx context.Context) (*fix.Plan, error) {
	offered := append(fix.Steps(r.last.findings), r.moves()...)
	var steps []*fix.Step
	for _, s := range offered {
		if slices.ContainsFunc(r.applied, func(done *fix.Step) bool {
			same := done.Finding.ID == s.Finding.ID && done.Finding.Location == s.Finding.Location
			return same && done.Description == s.Description
		}) {
			r.reasons[s.Finding.ID] = "the fix was applied, and the check reports it still"
			continue
		}
		steps = append(steps, s)
	}
	plan, err := r.planner.Plan(ctx, steps)
	if err == nil {
		r.keepReasons(plan)
	}
	return plan, err
}

// moves returns the steps that move keys to .env files: of the keys that were
// reported, and of those about which a check without a fix was.
func (r *fixRun) moves() []*fix.Step {
	facts := r.last.job.ranChecks()
	if facts == nil {
		return nil
	}
	m := fix.Mover{Read: r.last.job.places().Read, Shield: facts.Shield, Provider: r.provider}
	var out []*fix.Step
	done := map[scanner.Location]map[string]bool{}
	for _, f := range r.last.findings {
		key := keyOf(f, facts)
		if f.Fix != nil || key == nil || key.Secret == nil || key.Secret.Secret.Len() == 0 || key.Origin != "" {
			continue
		}
		if done[key.Location][key.Path] {
			continue // of another rule
		}
		step, reason := m.Step(f, key)
		if step == nil {
			r.reasons[f.ID] = reason
			continue
		}
		if done[key.Location] == nil {
			done[key.Location] = map[string]bool{}
		}
		done[key.Location][key.Path] = true
		out = append(out, step)
	}
	return out
}

// provider returns the provider of a rule's keys.
func (r *fixRun) provider(id string) string {
	if rule := ruleOf(r.last.job.options.Rules)(id); rule != nil {
		return rule.Provider
	}
	return ""
}

// ranChecks returns what the checks looked at, nil if none ran.
func (j *job) ranChecks() *hygiene.Facts {
	if j.hygiene == nil {
		return nil
	}
	return j.hygiene.ran
}

// keyOf returns the finding of the key that a finding is about, or nil.
func keyOf(f *scanner.Finding, facts *hygiene.Facts) *scanner.Finding {
	if f.Category == rules.CategorySecret {
		return f
	}
	i := slices.IndexFunc(facts.Keys, func(k *scanner.Finding) bool { return k.Path == f.Path && k.Location == f.Location })
	if i < 0 {
		return nil
	}
	return facts.Keys[i]
}

// note takes down what was applied, and why other steps were not. It returns
// how many were.
func (r *fixRun) note(plan *fix.Plan) int {
	n := 0
	for _, s := range plan.Steps {
		if s.Left == "" {
			r.applied = append(r.applied, s)
			n++
		}
	}
	r.keepReasons(plan)
	return n
}

// keepReasons takes down why steps are left.
func (r *fixRun) keepReasons(plan *fix.Plan) {
	for _, s := range plan.Steps {
		if s.Left != "" {
			r.reasons[s.Finding.ID] = s.Left
		}
	}
}

// preview takes down what a plan would do.
func (r *fixRun) preview(plan *fix.Plan) {
	r.note(plan)
	set := r.last.job.options.Rules
	if h := r.last.job.hygiene; h != nil && h.rules != nil {
		set = h.rules
	}
	r.patch = plan.Patch(set)
	r.last.findings = slices.DeleteFunc(r.last.findings, func(f *scanner.Finding) bool {
		return slices.ContainsFunc(r.applied, func(s *fix.Step) bool { return covers(s, f) })
	})
}

// covers reports whether a step mends a finding: its own, another of the same
// place, or a key in a .env file that the step keeps out of git.
func covers(s *fix.Step, f *scanner.Finding) bool {
	own := s.Finding
	if own.ID == f.ID || own.Path != f.Path {
		return own.ID == f.ID
	}
	inFile := slices.ContainsFunc(s.Edits, func(e scanner.Edit) bool { return e.Path == own.Path })
	if inFile {
		return own.Location == f.Location
	}
	return f.Category == rules.CategorySecret && dotenv.IsEnvFile(f.Path) && len(s.Edits)+len(s.Untrack) > 0
}
