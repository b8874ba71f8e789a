package scanner

import "github.com/agcloud/keylint/rules"

// A Collector passes results on to a handler and counts them in the summary
// that it holds. It is a Handler itself.
type Collector struct {
	Summary
	opts    Options
	handler Handler
	matcher *rules.Matcher
}

// NewCollector returns a collector of a scan that is complete so far.
func NewCollector(o Options, h Handler) *Collector {
	sum := Summary{Coverage: Coverage{Skipped: map[string]int{}}, Complete: true}
	return &Collector{Summary: sum, opts: o, handler: h, matcher: o.Rules.Matcher()}
}

// Finding implements Handler. What the baseline accepts goes no further.
func (c *Collector) Finding(f *Finding) error {
	if c.opts.Accept != nil && c.opts.Accept(f) {
		c.Baselined++
		return nil
	}
	c.Findings++
	return c.handler.Finding(f)
}

// Problem implements Handler. Keys in the path are masked.
func (c *Collector) Problem(p Problem) error {
	c.Complete = false
	p.Path = MaskPath(c.matcher, p.Path)
	return c.handler.Problem(p)
}

// Notice implements Handler.
func (c *Collector) Notice(n Notice) error { return c.handler.Notice(n) }
