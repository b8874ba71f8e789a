package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A htmlPage is what the template shows. All its texts are escaped as [escape]
// does; that they are not taken for HTML is up to the template.
type htmlPage struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Title      string
	About      []htmlFact
	Verdict    string
	Mood       string // a class: incomplete, found, nothing, clean
	Incomplete bool
	LeftOut    string // says that findings are missing
	Tiles      []htmlTile
	Problems   []string
	Notices    []string
	Coverage   []htmlFact
	// Repositories says of each what came of it, in a report of many.
	Repositories []string
	Timeline     *htmlTimeline
	Charts       []htmlChart
	Months       *htmlMonths
	Keys         []*htmlKey
	Chunks       [][]*htmlKey // the same; what is out of sight is not laid out
	Rules        []string     // of keys, to choose from
	Habits       []htmlHabit
}

// An htmlFact is a name and a value.
type htmlFact struct {
	Name, Value string
	Bad         bool
}

// An htmlTile is a number that is shown large.
type htmlTile struct{ Value, Label, Note, Mood string }

// An htmlHabit is a finding that is not a key.
type htmlHabit struct {
	Severity, Rule, Message, Key, Where string
	Also, Next                          string
	Anchor                              string // of the key that it is about
	Older                               bool
	Frame                               []htmlLine
}

// document makes the page of everything that was gathered.
func (w *htmlWriter) document(s scanner.Summary) *htmlPage {
	p := &htmlPage{Incomplete: !s.Complete || w.tally.problems > 0, Verdict: w.tally.conclude(s)}
	p.Title = "keylint: " + escape(w.target.Kind)
	if name := cmp.Or(w.opts.Name, w.target.Path); name != "" && name != "." {
		p.Title += " of " + escape(name)
	}
	if list := w.target.Repositories; len(list) > 0 {
		p.Title += " of " + repositories(list)
	}
	p.About = w.about()
	p.Mood = w.mood(s, p.Incomplete)
	findings := w.findings.list()
	if n := w.findings.dropped; n > 0 {
		p.LeftOut = fmt.Sprintf("This page shows and counts the %d worst findings. %s, none worse than these, are left out: narrow the scan down.", len(findings), count(n, "more finding"))
	}
	book := w.group(findings)
	p.Keys, p.Habits = book.keys, w.habits(book)
	p.Rules = choices(p.Keys)
	p.Chunks = slices.Collect(slices.Chunk(p.Keys, chunkSize))
	p.Tiles = w.tiles(book, s, p.Incomplete)
	for _, x := range w.problems.kept {
		p.Problems = append(p.Problems, about(located(w.opts.Prefix, x.Repository, x.Path), 0, reason(x)))
	}
	if n := w.problems.others; n > 0 {
		p.Problems = append(p.Problems, fmt.Sprintf("and %d more", n))
	}
	for _, x := range w.notices.kept {
		p.Notices = append(p.Notices, about(located(w.opts.Prefix, x.Repository, x.Path), x.Line, x.Reason))
	}
	if n := w.notices.others; n > 0 {
		p.Notices = append(p.Notices, fmt.Sprintf("and %d more", n))
	}
	p.Coverage = coverage(s)
	for _, r := range w.target.Repositories {
		p.Repositories = append(p.Repositories, outcome(r))
	}
	p.Timeline = timeline(book.keys, w.opts.Now())
	p.Charts, p.Months = charts(book.keys), months(book.keys)
	return p
}

func (w *htmlWriter) about() []htmlFact {
	facts := []htmlFact{
		{Name: "target", Value: escape(strings.TrimSpace(w.target.Kind + " " + w.target.Path))},
		{Name: "made", Value: w.opts.Now().UTC().Format("2006-01-02 15:04 UTC")},
		{Name: "by", Value: escape(w.tool.Name + " " + w.tool.Version)},
		{Name: "rules", Value: escape(cut(w.tool.Rules, 19))},
	}
	if list := w.target.Repositories; len(list) > 0 {
		facts = append(facts, htmlFact{Name: "repositories", Value: repositories(list)})
	}
	if w.target.Head != "" {
		facts = append(facts, htmlFact{Name: "HEAD", Value: short(w.target.Head)})
	}
	if w.target.Refs > 0 {
		facts = append(facts, htmlFact{Name: "references", Value: strconv.Itoa(w.target.Refs)})
	}
	return facts
}

// mood returns the class of the verdict: only a complete scan that read something
// and found nothing is clean.
func (w *htmlWriter) mood(s scanner.Summary, incomplete bool) string {
	switch {
	case incomplete:
		return "incomplete"
	case max(w.tally.findings, s.Findings) > 0:
		return "found"
	case nothing(s.Coverage):
		return "nothing"
	}
	return "clean"
}

// tiles counts keys. What is counted in an incomplete scan is a least number.
func (w *htmlWriter) tiles(b *htmlBook, s scanner.Summary, incomplete bool) []htmlTile {
	at := map[string]int{}
	for _, k := range b.keys {
		at["status "+k.Status]++
		at["where "+k.Where]++
		at["pushed "+k.Pushed]++
	}
	number := func(n int) string {
		if incomplete || w.findings.dropped > 0 {
			return "≥ " + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	list := []htmlTile{{Value: number(len(b.keys)), Label: "distinct keys", Note: count(b.places, "place")}}
	live := htmlTile{Value: "–", Label: "live", Note: "not asked; --verify asks the services"}
	if at["status "+notAsked] < len(b.keys) {
		n := at["status live"] + at["status restricted"]
		live = htmlTile{Value: number(n), Label: "live", Note: breakdown(at, "status ", scanner.StatusRestricted, scanner.StatusDead, scanner.StatusUnknown, notAsked), Mood: alarm(n)}
	}
	head := htmlTile{Value: "–", Label: "at HEAD", Note: "no history was scanned; " + breakdown(at, "where ", whereFiles)}
	if b.dated || s.Coverage.Commits > 0 {
		n := at["where "+whereHead]
		head = htmlTile{Value: number(n), Label: "still at HEAD", Note: breakdown(at, "where ", whereFiles, whereHistory), Mood: alarm(n)}
	}
	pushed := htmlTile{Value: "–", Label: "pushed", Note: "not known"}
	if at["pushed "+pushedUnknown] < len(b.keys) {
		n := at["pushed "+pushedYes]
		pushed = htmlTile{Value: number(n), Label: "pushed", Note: breakdown(at, "pushed ", pushedNo, pushedUnknown), Mood: alarm(n)}
	}
	return append(list, live, head, pushed)
}

// breakdown lists numbers under their names, without those that are zero.
func breakdown(at map[string]int, kind string, names ...string) string {
	var parts []string
	for _, name := range names {
		if n := at[kind+name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	return strings.Join(parts, ", ")
}

// alarm returns the class of a number that should be zero.
func alarm(n int) string {
	if n > 0 {
		return "alarm"
	}
	return ""
}

// coverage lists what was read, and what was not.
func coverage(s scanner.Summary) []htmlFact {
	facts := []htmlFact{
		{Name: "scanned", Value: scanned(s.Coverage)},
		{Name: "merges", Value: strconv.Itoa(s.Coverage.Merges)},
		{Name: "skipped", Value: skipped(s.Coverage)},
		{Name: "accepted", Value: fmt.Sprintf("%d by the baseline, %d by allow directives", s.Baselined, s.Allowed)},
		{Name: "time", Value: fmt.Sprintf("%.1f s", float64(s.DurationMS)/1000)},
	}
	return slices.DeleteFunc(facts, func(f htmlFact) bool { return f.Value == "" })
}

// choices returns the rules of keys, sorted.
func choices(keys []*htmlKey) []string {
	var list []string
	for _, k := range keys {
		list = append(list, k.Rule)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// habits returns the findings that are not keys, worst first.
func (w *htmlWriter) habits(b *htmlBook) []htmlHabit {
	slices.SortStableFunc(b.habits, func(x, y *scanner.Finding) int { return compareWorst(x, y) })
	var out []htmlHabit
	for _, f := range b.habits {
		h := htmlHabit{
			Severity: f.Severity.String(), Rule: escape(f.Rule), Message: headline(f), Where: w.at(f.Repository, f.Path, f.Line, f.Column),
			Next: paragraphs(advice(f)), Older: f.Older, Frame: htmlFrame(f.Frame),
		}
		h.Also = w.also(f)
		if f.Secret != nil {
			h.Key = escape(f.Secret.Redacted)
		}
		if k := b.about(f); k != nil {
			h.Key, h.Anchor = k.Masked, k.Anchor
		}
		out = append(out, h)
	}
	return out
}

// at returns a place of the target.
func (w *htmlWriter) at(repository, path string, line, column int) string {
	if path == "" {
		return escape(repository)
	}
	return position(escape(located(w.opts.Prefix, repository, path)), line, column)
}

// also returns the further places of a finding, one a line.
func (w *htmlWriter) also(f *scanner.Finding) string {
	var list []string
	for _, o := range f.Occurrences {
		where := "message"
		if o.Path != "" {
			where = w.at(f.Repository, o.Path, o.Line, o.Column)
		}
		if o.Commit != "" {
			where += " in " + short(o.Commit)
		}
		list = append(list, where)
	}
	if n := f.OccurrencesLeftOut; n > 0 {
		list = append(list, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(list, "\n")
}

// compareWorst orders findings: those that count first, then the worst.
func compareWorst(a, b *scanner.Finding) int {
	if c := compareBool(a.Older, b.Older); c != 0 {
		return c
	}
	return int(b.Severity) - int(a.Severity)
}

// isKey reports whether a finding is a key, as against a habit.
func isKey(f *scanner.Finding) bool { return f.Category != rules.CategoryHygiene }
