package verify

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A Plan is what a run will ask: each distinct key once.
type Plan struct {
	v      *Verifier
	tasks  []*task
	cached int // keys whose state the cache knew
	before int // requests of earlier plans

	// Progress, if set, is told how many of the keys that were to ask about are
	// done. It is called by one goroutine at a time.
	Progress func(done, all int)
}

// A task is a key to ask about and the findings that it is the key of.
type task struct {
	recipe   *recipe
	key      rules.Secret
	findings []*scanner.Finding
}

// A question is what is asked: about a key, by a recipe.
type question struct {
	recipe *recipe
	key    string
}

func (t *task) question() question { return question{t.recipe, t.key.Reveal()} }

// A HostCount is a host and the number of keys that go to it.
type HostCount struct {
	Host string
	Keys int
}

// Stats tells what a run did.
type Stats struct {
	Keys     int // asked about
	Cached   int // known from the cache
	Requests int
	States   map[string]int // keys by state, of those asked about and cached
}

// Plan looks at findings and sets the verification of those whose key is not
// asked about: what the cache knows, and what there is no way to ask. Findings
// without a key are left alone. Nothing is sent yet.
func (v *Verifier) Plan(findings []*scanner.Finding) *Plan {
	p := &Plan{v: v}
	tasks := map[question]*task{}
	for _, f := range findings {
		if f.Category != rules.CategorySecret || f.Secret == nil {
			continue
		}
		r, why := v.recipeOf(f)
		if why != "" {
			f.Verify = &scanner.Verification{Status: scanner.StatusNotTried, Reason: why}
			continue
		}
		q := question{r, f.Secret.Secret.Reveal()}
		if tasks[q] == nil {
			tasks[q] = &task{recipe: r, key: f.Secret.Secret}
			p.tasks = append(p.tasks, tasks[q])
		}
		tasks[q].findings = append(tasks[q].findings, f)
	}
	p.tasks = slices.DeleteFunc(p.tasks, p.remembered)
	return p
}

// recipeOf returns the recipe for the key of a finding, or why there is none.
func (v *Verifier) recipeOf(f *scanner.Finding) (*recipe, string) {
	key := f.Secret.Secret
	if key.Len() == 0 {
		return nil, "the report does not hold the key: write it with --show-secrets"
	}
	id := f.Rule
	if v.byRule[id] == nil && v.refused[id] == "" {
		id = v.named.rule(f.Name, key)
	}
	switch {
	case v.skip[f.Rule] || v.skip[id]:
		return nil, "the configuration turns it off for the rule"
	case v.refused[id] != "":
		return nil, v.refused[id]
	case v.byRule[id] == nil:
		return nil, "no free way to ask is known"
	}
	if why := v.byRule[id].unfit(key); why != "" {
		return nil, why
	}
	return v.byRule[id], ""
}

// remembered reports whether an earlier plan or the cache knows the state of a key,
// and takes it.
func (p *Plan) remembered(t *task) bool {
	if got, ok := p.v.answers[t.question()]; ok {
		t.settle(got)
		return true
	}
	got, ok := p.v.opts.Cache.get(t.recipe.identity(p.v.opts.Spend), t.key, p.v.clock.Now())
	if !ok {
		return false
	}
	p.cached++
	t.settle(got)
	return true
}

// settle gives the findings of a key their verification.
func (t *task) settle(got scanner.Verification) {
	for _, f := range t.findings {
		own := got
		own.Next = nextStep(t.recipe, got.Status, f.Help)
		f.Verify = &own
	}
}

// Hosts lists the hosts that the run will ask, those with most keys first.
func (p *Plan) Hosts() []HostCount {
	counts := map[string]int{}
	for _, t := range p.tasks {
		counts[t.recipe.name]++
	}
	var list []HostCount
	for _, host := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, HostCount{host, counts[host]})
	}
	slices.SortStableFunc(list, func(a, b HostCount) int { return cmp.Compare(b.Keys, a.Keys) })
	return list
}

// Run asks about the keys and sets the verification of their findings. When
// ctx is done it returns within a moment, and what was not answered is unknown. The
// plans of one verifier run one after another, share its budget, and do not ask
// again what one of them was told.
func (p *Plan) Run(ctx context.Context) Stats {
	p.before = p.v.requests
	queue := make(chan *task)
	var mu sync.Mutex // guards done and the answers of the verifier
	done := 0
	var group sync.WaitGroup // the workers, each of which sets what its tasks hold
	for range min(workers, len(p.tasks)) {
		group.Go(func() {
			for t := range queue {
				got := p.v.verify(ctx, t.recipe, t.key)
				p.v.opts.Cache.put(t.recipe.identity(p.v.opts.Spend), t.key, got)
				t.settle(got)
				mu.Lock()
				if got.Works() || got.Status == scanner.StatusDead {
					p.v.answers[t.question()] = got
				}
				done++
				p.tell(done)
				mu.Unlock()
			}
		})
	}
	for _, t := range p.tasks {
		queue <- t
	}
	close(queue)
	group.Wait()
	return p.stats()
}

// tell tells how many keys are done.
func (p *Plan) tell(done int) {
	if p.Progress != nil {
		p.Progress(done, len(p.tasks))
	}
}

func (p *Plan) stats() Stats {
	s := Stats{Keys: len(p.tasks), Cached: p.cached, Requests: p.v.requests - p.before, States: map[string]int{}}
	for _, t := range p.tasks {
		s.States[t.findings[0].Verify.Status]++
	}
	return s
}

// nextStep says what to do about a key. help is what its rule says to do about
// a key that was found.
func nextStep(r *recipe, status, help string) string {
	if help == "" {
		help = "Revoke it."
	}
	if r.Revoke != "" {
		help += " See " + r.Revoke + "."
	}
	switch status {
	case scanner.StatusLive:
		return "Act now, whoever saw the key can use it. " + help
	case scanner.StatusRestricted:
		return "Act now, the key works again as soon as its account is topped up or its quota renews. " + help
	case scanner.StatusDead:
		return "Remove it from the code. The service refuses it, so there is nothing left to revoke."
	}
	return "Verify it again later, with the same command, and treat it as live until the service has answered. " + help
}
