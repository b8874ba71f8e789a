package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

func (a *app) explainCommand() *cobra.Command {
	var src sourceFlags
	c := &cobra.Command{
		Use:   "explain PATH:LINE|ID",
		Short: "say why each rule did or did not report a line, or what a rule is about",
		Long: "Of a rule or check, prints what it reports, why, what to do then and when it is\n" +
			"silent. Of a line, goes through the keywords on it and says what each rule made of them:\n" +
			"the reason why it reported nothing, or that it found a candidate; and what became\n" +
			"of the candidates: reported, allowed by a comment, accepted by the baseline.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path, line, err := splitPlace(args[0])
			if err != nil && isID.MatchString(args[0]) {
				return a.showRule(src.config, args[0])
			}
			if err != nil {
				return err
			}
			raw, err := regular.ReadFile(path, 1<<30)
			if err != nil {
				return incomplete("%s: %w: name a readable text file", path, causeOf(err))
			}
			j, err := a.prepare(c.Context(), &src, []string{path})
			if err != nil {
				return err
			}
			e := explanation{path: path, line: line, job: j}
			return e.print(c.Context(), a.env.Stdout, raw)
		},
	}
	src.register(c)
	return c
}

// isID is the form of the names of rules and checks.
var isID = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)

// splitPlace reads PATH:LINE or PATH:LINE:COLUMN.
func splitPlace(arg string) (path string, line int, err error) {
	parts := strings.Split(arg, ":")
	for n := len(parts) - 1; n > 0 && n >= len(parts)-2; n-- {
		if v, e := strconv.Atoi(parts[n]); e == nil {
			path, line = strings.Join(parts[:n], ":"), v
		}
	}
	if line < 1 {
		return "", 0, fmt.Errorf("%q is no place: write PATH:LINE, as reports do", arg)
	}
	return path, line, nil
}

// An explanation says what became of a line of a file.
type explanation struct {
	path string
	line int
	job  *job
	told []string
}

// tell adds a sentence about a column of the line.
func (e *explanation) tell(column int, format string, args ...any) {
	s := fmt.Sprintf("%s:%d:%d: ", e.path, e.line, column) + fmt.Sprintf(format, args...)
	if !slices.Contains(e.told, s) {
		e.told = append(e.told, s)
	}
}

// print explains the line to w.
func (e *explanation) print(ctx context.Context, w io.Writer, raw []byte) error {
	text, encoding, ok := scanner.Text(raw)
	if !ok {
		_, err := fmt.Fprintf(w, "%s: not scanned: the file is binary\n", e.path)
		return err
	}
	lo, hi, ok := lineBounds(text, e.line)
	if !ok {
		return fmt.Errorf("%s has no line %d", e.path, e.line)
	}
	if encoding != "" {
		e.tell(1, "the file is %s; columns here count its bytes as UTF-8", encoding)
	}
	e.matches(text, lo, hi)
	if err := e.outcome(ctx); err != nil {
		return err
	}
	if len(e.told) == 0 {
		e.tell(1, "no rule has a keyword on this line")
	}
	_, err := fmt.Fprintln(w, strings.Join(e.told, "\n"))
	return err
}

// matches tells what the rules make of text[lo:hi].
func (e *explanation) matches(text []byte, lo, hi int) {
	m := e.job.options.Rules.Matcher()
	m.Trace = func(r *rules.Rule, at rules.Span, reason, score string) {
		if at.Start >= hi || at.End <= lo {
			return
		}
		column := max(at.Start-lo, 0) + 1
		if score != "" {
			score = ": " + score
		}
		switch {
		case reason != "":
			e.tell(column, "%s: not reported: %s%s", r.ID, reason, score)
		case !r.AppliesTo(e.path):
			e.tell(column, "%s: not reported: the rule is not for this path", r.ID)
		default:
			e.tell(column, "%s: candidate: a key by this rule%s", r.ID, score)
		}
	}
	m.Match(text)
}

// outcome scans the file as keylint scan does and tells what is reported on
// the line, and what is accepted.
func (e *explanation) outcome(ctx context.Context) error {
	options := e.job.options
	accept := options.Accept
	options.Accept = func(f *scanner.Finding) bool {
		ok := accept(f)
		if ok && e.holds(f) {
			e.tell(f.Column, "accepted by the baseline: %s, %s", f.Rule, redacted(f))
		}
		return ok
	}
	var found collected
	sum, err := scanner.Scan(ctx, e.job.source, options, &found)
	if err != nil {
		return incomplete("%w", err)
	}
	reported := false
	for _, f := range found.findings {
		if e.holds(f) {
			reported = true
			e.tell(f.Column, "reported by %s: %s", f.Rule, redacted(f))
		}
	}
	switch {
	case sum.Coverage.Skipped["excluded"] > 0:
		e.tell(1, "not scanned: .keylintignore or an exclude pattern leaves the file out")
	case !reported && sum.Allowed > 0 && len(e.told) > 0:
		e.tell(1, "%d findings of this file are accepted by allow directives", sum.Allowed)
	}
	return nil
}

// holds reports whether the line is one of the places of f.
func (e *explanation) holds(f *scanner.Finding) bool {
	return f.Line <= e.line && e.line <= max(f.Line, f.EndLine) ||
		slices.ContainsFunc(f.Occurrences, func(o scanner.Occurrence) bool { return o.Line == e.line })
}

// redacted returns the key of f as a report shows it.
func redacted(f *scanner.Finding) string {
	if f.Secret == nil {
		return f.Message
	}
	return fmt.Sprintf("%s, %d bytes", f.Secret.Redacted, f.Secret.Length)
}

// lineBounds returns the bounds of the n-th line of text.
func lineBounds(text []byte, n int) (lo, hi int, ok bool) {
	for ; n > 1; n-- {
		i := bytes.IndexByte(text[lo:], '\n')
		if i < 0 {
			return 0, 0, false
		}
		lo += i + 1
	}
	hi = len(text)
	if i := bytes.IndexByte(text[lo:], '\n'); i >= 0 {
		hi = lo + i
	}
	return lo, hi, lo < len(text)
}
