package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/scanner"
)

// A markdownWriter writes a summary in GitHub's dialect of Markdown
// (https://github.github.com/gfm/), for the summaries of CI jobs and for comments.
// GitHub takes at most 1 MiB of a step
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions),
// so it lists the worst findings and counts the others.
//
// Names of files and subjects of commits stand in code, where nothing in them
// means anything.
type markdownWriter struct {
	gatherer
	plans  sample[scanner.Rotation]
	places int // most that a plan lists
}

// maxMarkdown is the most that a summary lists, in bytes; what closes a list
// comes on top.
const maxMarkdown = 900_000

// maxListed is the greatest number of problems, and of notices, in a summary.
const maxListed = 50

func newMarkdown(w io.Writer, o Options) Writer {
	m := &markdownWriter{gatherer: gather(w, o, maxListed), places: maxPlanPlaces}
	m.plans.max = maxPlans
	return m
}

// maxChecklist is the greatest number of places in a checklist of its own.
const maxChecklist = 1000

// WriteMarkdownPlan writes one rotation plan to w as a list of tasks.
func WriteMarkdownPlan(w io.Writer, p scanner.Rotation, o Options) error {
	m := &markdownWriter{gatherer: gather(w, o, 0), places: maxChecklist}
	m.checklist(p)
	return m.flush()
}

// Plan implements Planner.
func (w *markdownWriter) Plan(p scanner.Rotation) error {
	w.plans.add(p)
	return w.flush()
}

func (w *markdownWriter) End(s scanner.Summary) error {
	w.print("## keylint\n\n", markdown(w.tally.conclude(s)), "\n")
	w.findings.list()
	list := w.findings.sorted()
	listed := w.table(list)
	if n := len(list) - listed + w.findings.dropped; n > 0 {
		w.print("\nand ", count(n, "more finding"), ", none worse than these\n")
	}
	w.advice(list[:listed])
	w.checklists()
	var problems, notices []string
	for _, p := range w.problems.kept {
		problems = append(problems, remark(located(w.opts.Prefix, p.Repository, p.Path), 0, reason(p)))
	}
	for _, n := range w.notices.kept {
		notices = append(notices, remark(located(w.opts.Prefix, n.Repository, n.Path), n.Line, n.Reason))
	}
	w.bullets("Not scanned", problems, w.problems.others)
	w.bullets("Notes", notices, w.notices.others)
	return w.flush()
}

// table lists findings and returns how many there was room for.
func (w *markdownWriter) table(list []*scanner.Finding) (listed int) {
	if len(list) > 0 {
		w.print("\n| severity | where | what | commit |\n|---|---|---|---|\n")
	}
	for i, f := range list {
		if w.buf.Len() > maxMarkdown {
			return i
		}
		commit := ""
		if f.Commit != nil {
			commit = code(short(f.Commit.ID)) + " " + code(cut(f.Commit.Subject, 100))
			if now := presence(f); now != "" {
				commit += " " + prose(now)
			}
		}
		where := code(position(cut(artifact(w.opts.Prefix, f), 300), f.Line, 0))
		w.print("| ", f.Severity.String(), " | ", where, " | ", prose(cut(describe(f)+state(f), 300)), " | ", commit, " |\n")
	}
	return len(list)
}

// advice says once for each rule what to do.
func (w *markdownWriter) advice(list []*scanner.Finding) {
	var done []string
	for _, f := range list {
		next := advice(f)
		if next == "" || slices.Contains(done, f.Rule) || w.buf.Len() > maxMarkdown {
			continue
		}
		if done = append(done, f.Rule); len(done) == 1 {
			w.print("\n### What to do\n\n")
		}
		w.print("- ", markdown(w.opts.rule(f).Title), ": ", markdown(cut(strings.Join(strings.Fields(next), " "), 2000)), "\n")
	}
}

// checklists writes the rotation plans as lists of tasks
// (https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/about-task-lists).
func (w *markdownWriter) checklists() {
	for i, p := range w.plans.kept {
		if w.buf.Len() > maxMarkdown {
			w.plans.others += len(w.plans.kept) - i
			break
		}
		w.checklist(p)
	}
	if n := w.plans.others; n > 0 {
		w.print("\nand ", count(n, "more key"), " to rotate in the same way\n")
	}
}

// checklist writes a plan.
func (w *markdownWriter) checklist(p scanner.Rotation) {
	title := "To rotate " + code(cut(w.opts.keyOf(&p), 300))
	if p.Provider != "" {
		title += ", a key of " + prose(cut(p.Provider, 100))
	}
	w.print("\n### ", title, "\n\n")
	for _, s := range p.Steps {
		w.print("- [ ] ", prose(cut(s.Text, 1000)), "\n")
		if s.Action == scanner.RotateUpdate {
			w.planPlaces(p)
		}
	}
}

// planPlaces lists the first places of a plan.
func (w *markdownWriter) planPlaces(p scanner.Rotation) {
	shown := p.Places[:min(w.places, len(p.Places))]
	for _, at := range shown {
		path := cut(located(w.opts.Prefix, at.Repository, at.Path), 300)
		w.print("  - ", code(position(path, at.Line, 0)), ": ", prose(cut(placeText(at), 300)), "\n")
	}
	if n := len(p.Places) - len(shown) + p.PlacesLeftOut; n > 0 {
		w.print("  - and ", count(n, "more place"), "\n")
	}
	if len(shown) == 0 {
		w.print("  - ", noPlace, "\n")
	}
}

// bullets writes a list under a heading, unless it is empty.
func (w *markdownWriter) bullets(heading string, list []string, others int) {
	if len(list) == 0 {
		return
	}
	w.print("\n### ", heading, "\n\n")
	for _, item := range list {
		w.print("- ", item, "\n")
	}
	if others > 0 {
		w.print("- and ", strconv.Itoa(others), " more", "\n")
	}
}

// remark puts the place before a reason, if there is one.
func remark(path string, line int, reason string) string {
	text := prose(cut(reason, 1000))
	if path == "" {
		return text
	}
	return code(position(cut(path, 300), line, 0)) + ": " + text
}

// prose is markdown without the links that GitHub makes of bare addresses.
func prose(s string) string {
	return strings.NewReplacer("://", ":&#47;/", "www.", "www&#46;").Replace(markdown(s))
}

// code returns s, on one line, as a span of code that may stand in a table: its
// fence is longer than all fences in it, and a bar is escaped, which tables undo.
func code(s string) string {
	s = escape(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + strings.ReplaceAll(s, "|", `\|`) + fence
}
