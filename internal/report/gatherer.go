package report

import (
	"io"

	"github.com/agcloud/keylint/scanner"
)

// A gatherer is the part of a Writer that keeps everything for End: the worst
// findings, and the first of the problems and notices.
type gatherer struct {
	out
	opts     Options
	tally    tally
	findings worst
	problems sample[scanner.Problem]
	notices  sample[scanner.Notice]
}

// gather returns a gatherer that keeps a number of problems, and of notices.
func gather(w io.Writer, o Options, notes int) gatherer {
	g := gatherer{out: out{w: w}, opts: o, findings: worst{max: maxResults}}
	g.problems.max, g.notices.max = notes, notes
	return g
}

// Begin implements Writer.
func (g *gatherer) Begin(scanner.Tool, scanner.Target) error { return g.flush() }

// Finding implements scanner.Handler.
func (g *gatherer) Finding(f *scanner.Finding) error {
	g.tally.add(f)
	g.findings.add(f)
	return g.flush()
}

// Problem implements scanner.Handler.
func (g *gatherer) Problem(p scanner.Problem) error {
	g.tally.problems++
	g.problems.add(p)
	return g.flush()
}

// Notice implements scanner.Handler.
func (g *gatherer) Notice(n scanner.Notice) error {
	g.notices.add(n)
	return g.flush()
}
