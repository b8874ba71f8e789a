package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/agcloud/keylint/scanner"
)

// A junitWriter writes the XML of JUnit as CI systems read it
// (https://github.com/testmoapp/junitxml): a suite for each rule, a failed case
// for each finding, a passed case for a rule without one. A problem is an
// error of the suite "keylint", and turns passed cases into skipped ones: an
// incomplete scan proves nothing. It keeps the findings till the end to count
// and group them, at most maxResults, the worst.
type junitWriter struct {
	out
	opts     Options
	findings worst
	problems sample[scanner.Problem]
	notices  sample[scanner.Notice]
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
	Out      *junitText  `xml:"system-out,omitempty"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Failure *junitResult `xml:"failure"`
	Error   *junitResult `xml:"error"`
	Skipped *junitResult `xml:"skipped"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

func newJUnit(w io.Writer, o Options) Writer {
	j := &junitWriter{out: out{w: w}, opts: o, findings: worst{max: maxResults}}
	j.problems.max, j.notices.max = maxNotes, maxNotes
	return j
}

func (w *junitWriter) Begin(scanner.Tool, scanner.Target) error { return w.flush() }

func (w *junitWriter) Finding(f *scanner.Finding) error {
	w.findings.add(f)
	return w.flush()
}

func (w *junitWriter) Problem(p scanner.Problem) error {
	w.problems.add(p)
	return w.flush()
}

func (w *junitWriter) Notice(n scanner.Notice) error {
	w.notices.add(n)
	return w.flush()
}

func (w *junitWriter) End(s scanner.Summary) error {
	suites := w.suites(s)
	var tests, failures, errors, skipped int
	for i := range suites {
		suites[i].sum()
		tests += suites[i].Tests
		failures += suites[i].Failures
		errors += suites[i].Errors
		skipped += suites[i].Skipped
	}
	w.print(xml.Header)
	w.printf(`<testsuites name="keylint" tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f">`+"\n",
		tests, failures, errors, skipped, float64(s.DurationMS)/1000)
	for _, suite := range suites {
		enc := xml.NewEncoder(&w.buf)
		enc.Indent("  ", "  ")
		if err := enc.Encode(suite); err != nil {
			w.fail(err)
		}
		w.print("\n")
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.print("</testsuites>\n")
	return w.flush()
}

// suites returns a suite for each rule, by id, and the one of the scan itself.
func (w *junitWriter) suites(s scanner.Summary) []junitSuite {
	byRule := map[string][]junitCase{}
	var ids []string
	for _, d := range w.opts.AllRules {
		ids = append(ids, d.ID)
	}
	for _, f := range w.findings.list() {
		ids = append(ids, f.Rule)
		byRule[f.Rule] = append(byRule[f.Rule], w.failed(f))
	}
	slices.Sort(ids)
	incomplete := !s.Complete || w.problems.total() > 0
	var suites []junitSuite
	for _, id := range slices.Compact(ids) {
		cases := byRule[id]
		if len(cases) == 0 {
			cases = []junitCase{passed(id, incomplete)}
		}
		suites = append(suites, junitSuite{Name: escape(id), Cases: cases})
	}
	return append(suites, w.scan(incomplete))
}

// failed renders a finding. One that does not count is a skipped case.
func (w *junitWriter) failed(f *scanner.Finding) junitCase {
	file := escape(artifact(w.opts.Prefix, f))
	text := []string{position(file, f.Line, f.Column) + ": " + describe(f)}
	if f.Commit != nil {
		text = append(text, "commit "+short(f.Commit.ID))
	}
	if n := len(f.Occurrences); n > 0 {
		text = append(text, "the same key is in "+count(n, "more place"))
	}
	if f.Verify != nil {
		text = append(text, status(f.Verify))
	}
	if next := advice(f); next != "" {
		text = append(text, wrap(next, 100)...)
	}
	c := junitCase{Class: file, Name: position(escape(f.Rule), f.Line, f.Column)}
	result := &junitResult{Message: describe(f), Type: f.Severity.String(), Text: strings.Join(text, "\n")}
	if f.Older {
		c.Skipped = result
	} else {
		c.Failure = result
	}
	return c
}

// passed renders a rule without findings.
func passed(id string, incomplete bool) junitCase {
	c := junitCase{Class: "keylint", Name: escape(id)}
	if incomplete {
		c.Skipped = &junitResult{Message: "the scan is incomplete"}
	}
	return c
}

// scan renders what concerns the scan as a whole, with the notices as output.
func (w *junitWriter) scan(incomplete bool) junitSuite {
	suite := junitSuite{Name: "keylint"}
	fail := func(name, message string) {
		suite.Cases = append(suite.Cases, junitCase{
			Class: "keylint", Name: name, Error: &junitResult{Message: escape(message), Type: "problem"},
		})
	}
	for _, p := range w.problems.kept {
		name := located(w.opts.Prefix, p.Repository, p.Path)
		fail(strings.TrimSpace("scan "+escape(cmp.Or(name, p.Object))), reason(p))
	}
	if n := w.problems.others; n > 0 {
		fail("scan", "and "+count(n, "more problem"))
	}
	if n := w.findings.dropped; n > 0 {
		fail("report", fmt.Sprintf("the %d mildest findings are left out: see all with --format json", n))
	}
	switch {
	case incomplete && w.problems.total() == 0:
		fail("scan", "the scan is incomplete")
	case !incomplete:
		suite.Cases = append(suite.Cases, junitCase{Class: "keylint", Name: "scan"})
	}
	var lines []string
	for _, n := range w.notices.kept {
		lines = append(lines, about(located(w.opts.Prefix, n.Repository, n.Path), n.Line, n.Reason))
	}
	if len(lines) > 0 {
		suite.Out = &junitText{strings.Join(lines, "\n")}
	}
	return suite
}

// sum counts the cases of a suite by their result.
func (s *junitSuite) sum() {
	for _, c := range s.Cases {
		s.Tests++
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}
