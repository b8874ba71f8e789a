package githistory

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
	"time"
)

// A Range limits a scan to what some commits introduced. The zero Range is the
// whole history.
type Range struct {
	Revisions string    // A..B, A...B, or B; see gitrevisions(7)
	Branch    string    // a branch or other reference to start from
	Since     time.Time // of the committer
	Max       int       // the newest commits; 0 means all
	// Push, unless nil, takes the place of Revisions and Branch.
	Push *Push
}

// A Push is what a transfer between two repositories brings along: the objects
// that new values of references lead to and those that the receiver has do not.
type Push struct {
	Refs []PushedRef
	// Known is the ids of objects that the receiver has. Those that are not
	// here tell nothing and are passed over.
	Known []string
}

// A PushedRef is a reference with the id that it is to have.
type PushedRef struct{ Name, ID string }

// IsZero reports whether r is the whole history.
func (r Range) IsZero() bool {
	return r.Revisions == "" && r.Branch == "" && r.Since.IsZero() && r.Max == 0 && r.Push == nil
}

// tips returns where the commits of a push begin.
func (p *Push) tips() []tip {
	var out []tip
	for _, r := range p.Refs {
		t := tip{name: r.Name, class: other, id: r.ID}
		if name, ok := strings.CutPrefix(r.Name, "refs/heads/"); ok {
			t.name, t.class = name, branch
		} else if name, ok := strings.CutPrefix(r.Name, "refs/tags/"); ok {
			t.name, t.class = name, tag
		}
		out = append(out, t)
	}
	return out
}

// known returns the commits that the receiver has.
func (s *scan) known(p *Push) []handle {
	var out []handle
	for _, text := range p.Known {
		id, err := s.format.ParseID(text)
		if err != nil {
			continue
		}
		if h, _ := s.behind(s.objects.find(id[:s.format.Size()])); h != none {
			out = append(out, h)
		}
	}
	return out
}

// limited returns the commits of a range, newest first.
func (r Range) limited(o objects, revs *revisions, tips, known []handle) ([]handle, error) {
	include, exclude, symmetric := tips, known, false
	spec := r.Revisions
	if spec == "" {
		spec = r.Branch
	}
	if spec != "" {
		from, to, both, isRange := sides(spec)
		if !isRange {
			from, to = "", spec
		}
		end, err := revs.commit(to)
		if err != nil {
			return nil, err
		}
		include = []handle{end}
		if isRange {
			start, err := revs.commit(from)
			if err != nil {
				return nil, err
			}
			exclude, symmetric = []handle{start}, both
		}
	}
	list := paint(o, include, exclude, symmetric, r.Since)
	if r.Max > 0 && len(list) > r.Max {
		list = list[:r.Max]
	}
	return list, nil
}

// clockSlop is how wrong the clocks of committers may be: commits that are
// older by more than that than all that is looked for are not looked at. Git
// uses the same day (CUTOFF_DATE_SLOP in builtin/name-rev.c).
const clockSlop = 24 * 60 * 60

// The sides that a commit can be reached from.
const (
	sideTo = 1 << iota
	sideFrom
)

// paint returns the commits that can be reached from to and not from from; with
// symmetric, from one of them and not from the other. Newest come first. It reads
// no more of history than it takes to know.
func paint(o objects, to, from []handle, symmetric bool, since time.Time) []handle {
	p := painter{objects: o, symmetric: symmetric, side: map[handle]int{}, oldest: 1<<63 - 1}
	if !since.IsZero() {
		p.since = since.Unix()
	}
	for _, h := range to {
		p.add(h, sideTo)
	}
	for _, h := range from {
		p.add(h, sideFrom)
	}
	p.run()
	var out []handle
	for h, side := range p.side {
		if p.wanted(side) && o.commit(h).time >= p.since {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b handle) int {
		ida, idb := o.id(a), o.id(b)
		return cmp.Or(cmp.Compare(o.commit(b).time, o.commit(a).time), slices.Compare(ida[:], idb[:]))
	})
	return out
}

// leadTo returns those of some commits that can be reached from tips. It looks at
// no commit that is older than all of them.
func leadTo(o objects, tips, commits []handle) map[handle]bool {
	p := painter{objects: o, side: map[handle]int{}, since: 1<<63 - 1, oldest: 1<<63 - 1}
	for _, h := range commits {
		p.since = min(p.since, o.commit(h).time-clockSlop)
	}
	for _, h := range tips {
		p.add(h, sideTo)
	}
	p.run()
	out := map[handle]bool{}
	for _, h := range commits {
		out[h] = p.side[h] != 0
	}
	return out
}

// A painter is a walk from several commits, newest first.
type painter struct {
	objects   objects
	symmetric bool
	since     int64
	side      map[handle]int
	queue     []handle // a heap
	oldest    int64    // time of the oldest wanted commit that was met
}

// wanted reports whether commits on a side are looked for.
func (p *painter) wanted(side int) bool {
	return side == sideTo || p.symmetric && side == sideFrom
}

// add notes that h can be reached from a side.
func (p *painter) add(h handle, side int) {
	c := p.objects.commit(h)
	old := p.side[h]
	if c == nil || old|side == old { // no commit, or nothing new
		return
	}
	p.side[h] = old | side
	if c.time < p.since {
		return
	}
	heap.Push(p, h)
}

func (p *painter) run() {
	for len(p.queue) > 0 {
		h := heap.Pop(p).(handle)
		c, side := p.objects.commit(h), p.side[h]
		if p.wanted(side) {
			p.oldest = min(p.oldest, c.time)
		} else if c.time < p.oldest-clockSlop && !p.anyWanted() {
			return
		}
		for _, parent := range c.parents {
			p.add(parent, side)
		}
	}
}

// anyWanted reports whether a wanted commit waits.
func (p *painter) anyWanted() bool {
	return slices.ContainsFunc(p.queue, func(h handle) bool { return p.wanted(p.side[h]) })
}

// Len implements heap.Interface.
func (p *painter) Len() int { return len(p.queue) }

// Less implements heap.Interface.
func (p *painter) Less(i, j int) bool {
	return p.objects.commit(p.queue[i]).time > p.objects.commit(p.queue[j]).time
}

// Swap implements heap.Interface.
func (p *painter) Swap(i, j int) { p.queue[i], p.queue[j] = p.queue[j], p.queue[i] }

// Push implements heap.Interface.
func (p *painter) Push(x any) { p.queue = append(p.queue, x.(handle)) }

// Pop implements heap.Interface.
func (p *painter) Pop() any {
	h := p.queue[len(p.queue)-1]
	p.queue = p.queue[:len(p.queue)-1]
	return h
}
