package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/audit"
	"github.com/agcloud/keylint/internal/audit/state"
	"github.com/agcloud/keylint/internal/config"
	"github.com/agcloud/keylint/internal/goaudit"
	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

// A manyRun is an audit of many repositories.
type manyRun struct {
	flags   manyFlags
	src     sourceFlags
	past    githistory.Options
	out     outputFlags
	verdict verdictFlags
	check   verifyFlags
	page    []extraReport

	app       *app
	patience  time.Duration // that a clone may take
	targets   *targets
	rules     *rules.Set // the built-in ones, or those of --config and --rule
	verifiers map[string]*verification
	mu        sync.Mutex // guards verifiers and summaries
	summaries map[string]scanner.Summary
	told      int // repositories that are done
}

// maxClone is how long a clone may take, so that a server that does not answer does
// not hold up the others for ever.
const maxClone = time.Hour

// A manyQueue is a queue that remembers what came of its tasks.
type manyQueue interface {
	audit.Queue
	Outcomes(context.Context) ([]audit.Outcome, error)
}

// auditMany audits many repositories and reports on them as one.
func (a *app) auditMany(c *cobra.Command, args []string, m *manyRun) error {
	ctx := c.Context()
	m.app, m.patience, m.verifiers, m.summaries = a, maxClone, map[string]*verification{}, map[string]scanner.Summary{}
	if err := errors.Join(m.flags.check(&m.out), m.preflight()); err != nil {
		return err
	}
	var err error
	if m.targets, err = a.targets(ctx, &m.flags, args); err != nil {
		return err
	}
	if m.flags.state == "" {
		return m.run(ctx, audit.NewList(m.targets.tasks), nil)
	}
	settings, err := settingsOf(c.Flags(), args, m.rules.Hash())
	if err != nil {
		return err
	}
	s, err := state.Open(ctx, m.flags.state)
	if err != nil {
		return incomplete("%w", err)
	}
	defer s.Close()
	part := !m.past.Range.IsZero() || len(m.src.rules) > 0
	r, err := s.Begin(ctx, state.Kind{Settings: settings, Version: version(), Rules: m.rules.Hash(), Part: part}, m.targets.tasks, time.Now())
	if err != nil {
		return incomplete("%w", err)
	}
	if r.Before > 0 {
		m.told = r.Before
		m.tell("going on with the audit of %s: %d of %d repositories are done", r.Resumed.Local().Format("2006-01-02 15:04"), r.Before, len(m.targets.tasks))
	}
	return m.run(ctx, r, r)
}

// preflight compiles the rules as for a repository without a configuration of its
// own, so that what is wrong for all is said once.
func (m *manyRun) preflight() error {
	cfg := &config.Config{}
	if m.src.config != "" {
		var err error
		if cfg, err = loadConfig(m.src.config, "."); err != nil {
			return err
		}
	}
	if m.src.maxSize != "" {
		cfg.Scan.MaxSize = m.src.maxSize
	}
	j := &job{}
	if err := m.app.options(j, &m.src.ruleFlags, cfg, nil, checkIDs()); err != nil {
		return err
	}
	m.rules = j.options.Rules
	_, err := m.app.verification(&m.check, cfg.Verify, m.rules.Rules())
	return err
}

// run works the queue off and reports. r is the queue if there is a state.
func (m *manyRun) run(ctx context.Context, q manyQueue, r *state.Run) error {
	d, err := m.app.openSinks(&m.out, m.page, "", m.reportOptions())
	if err != nil {
		return err
	}
	n := m.flags.parallel
	if n == 0 {
		n = atOnce(len(m.targets.tasks))
	}
	m.src.jobs = share(m.src.jobs, n)
	ended := audit.Drain(ctx, q, n, m.audit, m.settled)
	if ended != nil && ctx.Err() == nil {
		return d.close(incomplete("%w", ended)) // the queue cannot be trusted any more
	}
	rep, err := m.report(context.WithoutCancel(ctx), q, r) // what is done is reported after an interruption, too
	if err != nil {
		return d.close(incomplete("%w", err))
	}
	worst := verdictOf(&m.verdict)
	for _, f := range rep.Findings {
		worst.see(f)
	}
	if err := d.close(report.Render(rep, d)); err != nil {
		if worst.failed { // findings win
			return &codeError{exitFindings, writeFailed(err)}
		}
		return writeFailed(err)
	}
	m.app.code = worst.code(rep.Summary)
	if r == nil || ended != nil {
		return nil
	}
	if err := r.Finish(ctx, time.Now()); err != nil {
		return &codeError{worst.code(scanner.Summary{}), err} // findings win
	}
	return nil
}

// reportOptions returns how the report of all is rendered.
func (m *manyRun) reportOptions() report.Options {
	var o report.Options
	o.AllRules, o.Rules = reportRules(m.rules.Rules())
	for _, c := range hygiene.Checks() {
		o.AllRules = append(o.AllRules, docOfCheck(&c))
	}
	for _, c := range goaudit.Checks() {
		o.AllRules = append(o.AllRules, docOfGoCheck(&c))
	}
	return o
}

// audit audits one repository as “keylint audit” does, and returns its report.
func (m *manyRun) audit(ctx context.Context, t audit.Task) ([]byte, error) {
	one := &app{env: Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: m.getenv}}
	to, src, past, out, verdict := m.targets.open[t.ID], m.src, m.past, m.out, m.verdict
	out.noPlan, verdict.show = false, rules.Info // what is shown is decided in the end
	var b bytes.Buffer
	saved := &savedReport{}
	within, cancel := context.WithTimeout(ctx, m.patience)
	defer cancel()
	err := one.onCopyAs(within, to.name, to.as, &past, func(dir string) (*job, error) {
		j, err := one.prepareAudit(ctx, &src, past, dir)
		if err == nil {
			j.verify, err = m.verification(j)
		}
		return j, err
	}, func(j *job) (err error) {
		if saved.Writer, err = report.New(&b, "json", report.Options{ShowSecrets: out.showSecrets}); err != nil {
			return err
		}
		return one.runTo(ctx, j, saved, &out, &verdict)
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("cloning took more than %v: clone it with git and name the directory", m.patience)
	}
	if err != nil {
		return nil, errors.New(redact(strings.TrimSpace(err.Error())))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.summaries[t.ID] = saved.summary
	return b.Bytes(), nil
}

// getenv looks up a variable, but for those with which git names one repository
// (https://git-scm.com/docs/git#_the_git_repository): the audit is of others.
func (m *manyRun) getenv(name string) string {
	switch name {
	case "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE":
		return ""
	}
	return m.app.env.Getenv(name)
}

// verification returns the step that verifies the keys of a repository. Those with
// the same rules and configuration share one, with its pace and its budget.
func (m *manyRun) verification(j *job) (*verification, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := fmt.Sprintf("%s %v", j.options.Rules.Hash(), j.verifyConfig)
	if v, ok := m.verifiers[key]; ok {
		return v, nil
	}
	v, err := m.app.verification(&m.check, j.verifyConfig, j.options.Rules.Rules())
	if err != nil {
		return nil, err
	}
	if v != nil {
		v.terminal, v.turn = nil, &sync.Mutex{}
	}
	m.verifiers[key] = v
	return v, nil
}

// A savedReport is a report on its way to where reports are kept.
type savedReport struct {
	report.Writer
	summary scanner.Summary
}

// Plan implements report.Planner.
func (s *savedReport) Plan(p scanner.Rotation) error {
	return report.WritePlans(s.Writer, []scanner.Rotation{p})
}

// End implements report.Writer.
func (s *savedReport) End(sum scanner.Summary) error {
	s.summary = sum
	return s.Writer.End(sum)
}

// close implements sink.
func (s *savedReport) close(failed error) error { return failed }

// settled tells that a repository is done.
func (m *manyRun) settled(t audit.Task, failed error) {
	m.told++
	m.mu.Lock()
	sum := m.summaries[t.ID]
	m.mu.Unlock()
	what := number(sum.Findings, "finding")
	switch {
	case failed != nil:
		what = "not audited: " + failed.Error()
	case !sum.Complete:
		what += ", INCOMPLETE"
	}
	m.tell("[%d/%d] %s: %s", m.told, len(m.targets.tasks), t.Name, report.Escape(what))
}

// tell writes a line to standard error, unless there is to be none.
func (m *manyRun) tell(format string, args ...any) {
	if !m.out.quiet {
		fmt.Fprintf(m.app.env.Stderr, "keylint: "+format+"\n", args...)
	}
}
