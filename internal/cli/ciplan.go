package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agcloud/keylint/internal/cienv"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/githistory"
)

// A ciPlan says what a run judges: the commits that to leads to and from does
// not, or all that is there.
type ciPlan struct {
	from, to  string // ids; both "" when all is judged
	commits   int
	atHead    bool // to is what is checked out
	notices   []string
	problems  []string
	described string // the run, for people
}

// whole reports whether all that is there is judged.
func (p *ciPlan) whole() bool { return p.to == "" }

// A ciPlanner makes a plan.
type ciPlanner struct {
	ctx     context.Context
	repo    *gitrepo.Repo
	options scanner.Options
	flags   *ciFlags
	run     cienv.Run
	history *githistory.History
	commits *githistory.Commits
	plan    ciPlan
}

// ciPlan finds out what is to be judged. What is missing makes the plan larger,
// and never empty.
func (a *app) ciPlan(ctx context.Context, repo *gitrepo.Repo, o scanner.Options, f *ciFlags, run cienv.Run) (*ciPlan, error) {
	p := &ciPlanner{ctx: ctx, repo: repo, options: o, flags: f, run: run}
	p.plan.described, p.plan.atHead = redactPath(run.String()), true
	p.plan.notices = append(p.plan.notices, run.Notes...)
	if err := p.open(); err != nil {
		return nil, err
	}
	defer func() { p.commits.Close() }()
	if run.Whole && f.base == "" && f.head == "" {
		p.note("judged: everything (%s)", p.plan.described)
		return &p.plan, nil
	}
	if p.choose() {
		return &p.plan, nil
	}
	if f.deepen {
		if err := p.deepen(); err != nil {
			return nil, err
		}
		if p.plan.to != "" {
			return &p.plan, nil
		}
	}
	p.explain()
	return &p.plan, nil
}

// open opens the history, also again after a fetch.
func (p *ciPlanner) open() (err error) {
	if p.commits != nil {
		p.commits.Close()
	}
	if p.history, err = githistory.Open(p.repo, githistory.Options{NoCache: true, Range: githistory.Range{Revisions: "HEAD"}}); err != nil {
		return incomplete("%w", err)
	}
	if p.commits, err = p.history.Commits(p.ctx, p.options); err != nil {
		return incomplete("%w", err)
	}
	return nil
}

func (p *ciPlanner) note(format string, args ...any) {
	p.plan.notices = append(p.plan.notices, fmt.Sprintf(format, args...))
}

// choose looks for a range that is in the clone from end to end.
func (p *ciPlanner) choose() bool {
	head, atHead, ok := p.head()
	if !ok {
		return false
	}
	for _, b := range p.bases() {
		base, err := p.commits.Find(b.Rev)
		if err != nil {
			continue
		}
		n, cut, err := p.commits.Between(base.ID, head)
		if err != nil || cut > 0 || n == 0 && b.Guess {
			continue
		}
		p.plan.from, p.plan.to, p.plan.commits, p.plan.atHead = base.ID, head, n, atHead
		p.note("judged: %s, %s..%s (%s)", counted(n, "commit"), short(base.ID), short(head), p.plan.described)
		if !atHead && p.repo.WorkTree != "" {
			p.note("another commit is checked out: only the commits are judged, and not how keys are kept in files")
		}
		return true
	}
	return false
}

// head returns the commit to judge. When HEAD leads to the one that the
// environment names, HEAD takes its place: what is checked out is judged. atHead
// says that the commit is what is checked out, and ok that it is in the clone.
func (p *ciPlanner) head() (id string, atHead, ok bool) {
	here, err := p.commits.Find("HEAD")
	if err != nil {
		return "", false, false
	}
	candidates := p.run.Heads
	if p.flags.head != "" {
		candidates = []string{p.flags.head}
	} else if len(candidates) == 0 {
		return here.ID, true, true
	}
	for _, rev := range candidates {
		c, err := p.commits.Find(rev)
		if err != nil {
			continue
		}
		n, _, err := p.commits.Between(here.ID, c.ID)
		if err == nil && n == 0 && p.flags.head == "" {
			return here.ID, true, true
		}
		return c.ID, c.ID == here.ID, true
	}
	return "", false, false
}

// bases returns what the head may be compared with, the best first.
func (p *ciPlanner) bases() []cienv.Base {
	if p.flags.base != "" {
		return []cienv.Base{{Rev: p.flags.base}}
	}
	list := p.run.Bases
	if p.run.Merge != "" {
		if c, err := p.commits.Find(p.run.Merge); err == nil && len(c.Parents) > 1 {
			list = append([]cienv.Base{{Rev: c.Parents[0]}}, list...)
		}
	}
	return list
}

// explain says why everything is judged, and what would change that.
func (p *ciPlanner) explain() {
	const all = "everything that is here is judged, and older findings count"
	bases := p.bases()
	_, _, headIsHere := p.head()
	shallow := p.history.Shallow()
	remedy := ""
	if shallow {
		remedy = ": set " + cmp.Or(p.run.Full, "no --depth when you clone") + ", or give --deepen"
	}
	switch {
	case !headIsHere:
		p.problem("the commit that is to be judged, %s, is not in this clone; %s: check it out%s", p.headName(), all, remedy)
	case p.flags.base != "" && !shallow:
		p.problem("the base %s is not in this clone; %s: check the spelling, or fetch it", redact(p.flags.base), all)
	case shallow:
		p.note("the clone is shallow and lacks a part of the range (%s); %s%s", p.plan.described, all, remedy)
	case len(bases) == 0 || bases[0].Guess:
		p.note("nothing says what to compare with (%s); %s: give --base if it should not", p.plan.described, all)
	default:
		p.note("the base %s is not in this clone, deleted or overwritten by force (%s); %s", short(bases[0].Rev), p.plan.described, all)
	}
}

func (p *ciPlanner) problem(format string, args ...any) {
	p.plan.problems = append(p.plan.problems, fmt.Sprintf(format, args...))
}

// headName names the commit that is to be judged.
func (p *ciPlanner) headName() string {
	switch {
	case p.flags.head != "":
		return redact(p.flags.head)
	case len(p.run.Heads) > 0:
		return short(p.run.Heads[0])
	}
	return "HEAD"
}

// short returns the first digits of an id, and other revisions as they are.
func short(rev string) string {
	if len(rev) >= 40 && strings.Trim(rev, "0123456789abcdef") == "" {
		return rev[:12]
	}
	return strings.TrimPrefix(rev, "refs/remotes/")
}

// counted returns a number and its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// checkReports refuses reports that would overwrite one another.
func checkReports(out *outputFlags, extra []extraReport) error {
	seen := map[string]bool{out.output: true}
	for _, r := range extra {
		if r.path != "" && seen[r.path] {
			return errors.New("two reports are to be written to one file: give each its own")
		}
		seen[r.path] = true
	}
	return nil
}
