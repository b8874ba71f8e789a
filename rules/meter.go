package rules

import "time"

// A Cost is what a rule cost on the texts that a [Meter] was given.
type Cost struct {
	Rule       *Rule
	Hits       int           // keywords that were found, also in encodings
	Tried      int           // hits for which the rule was applied: files and paths can rule it out
	Bytes      int64         // in the windows around these, together
	Time       time.Duration // of applying the rule, compiling its patterns once included
	Candidates int           // before overlaps
	Matches    int           // that would be findings
}

// A Meter measures rules one by one, as a [Matcher] applies them. Nothing of it is
// in the way of matchers. It is for one goroutine.
type Meter struct {
	// Filter is the time that finding the keywords of all rules took.
	Filter time.Duration

	matcher *Matcher
	costs   []Cost
	index   map[*Rule]int // of costs
	hits    []Hit
	cands   []Candidate
}

// Meter returns a meter for the set. Known keys are not measured.
func (s *Set) Meter() *Meter {
	m := &Meter{matcher: s.Matcher(), costs: make([]Cost, len(s.rules)), index: map[*Rule]int{}}
	for i, r := range s.rules {
		m.costs[i].Rule = r
		m.index[r] = i
	}
	return m
}

// Add measures the rules on a text, that of a whole file at path.
func (m *Meter) Add(path string, text []byte) {
	start := time.Now()
	m.hits = m.matcher.Hits(m.hits[:0], text, 0, len(text))
	m.Filter += time.Since(start)
	ctx := m.matcher.Context(m.hits)
	m.cands = m.cands[:0]
	for _, h := range m.hits {
		for _, i := range m.matcher.set.literals[h.literal].rules {
			m.try(i, path, text, h, ctx)
		}
	}
	for _, x := range m.matcher.Resolve(m.cands, ctx) {
		m.costs[m.index[x.Rule]].Matches++
	}
}

// try applies rule i around hit h.
func (m *Meter) try(i int, path string, text []byte, h Hit, ctx Context) {
	c := &m.costs[i]
	c.Hits++
	if !m.matcher.set.Met(c.Rule, ctx) || !c.Rule.AppliesTo(path) {
		return
	}
	w := m.matcher.Window(h)
	c.Tried++
	c.Bytes += int64(min(len(text), w.End) - max(0, w.Start))
	start := time.Now()
	found, ok := m.matcher.candidate(text, h, &m.matcher.set.literals[h.literal], c.Rule)
	c.Time += time.Since(start)
	if ok {
		found.rule = i
		c.Candidates++
		m.cands = append(m.cands, found)
	}
}

// Costs returns the costs of all rules, in the order of the set.
func (m *Meter) Costs() []Cost { return m.costs }
