package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/agcloud/keylint/internal/report"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// fixSchema names the version of the format of a fixReport.
const fixSchema = "keylint/fix/v1"

// A fixReport is what keylint fix did. Its keys are stable; new ones may be
// added.
type fixReport struct {
	Schema   string             `json:"schema"`
	Tool     scanner.Tool       `json:"tool"`
	Target   scanner.Target     `json:"target"`
	DryRun   bool               `json:"dry_run"`
	Applied  []fixItem          `json:"applied"` // with dry_run: what would be
	Left     []fixItem          `json:"left"`
	Problems []scanner.Problem  `json:"problems"`
	Rotation []scanner.Rotation `json:"rotation,omitempty"`
	Patch    string             `json:"patch,omitempty"` // only with dry_run; keys are masked
	Complete bool               `json:"complete"`
}

// A fixItem is a finding that was mended, or is left.
type fixItem struct {
	ID          string         `json:"id"`
	Rule        string         `json:"rule"`
	Severity    rules.Severity `json:"severity"`
	Path        string         `json:"path"`
	Line        int            `json:"line,omitempty"`
	Message     string         `json:"message"`
	Description string         `json:"description,omitempty"` // of the fix
	Reason      string         `json:"reason,omitempty"`      // why it is left, and what to do
}

// itemOf returns the item of a finding.
func itemOf(f *scanner.Finding) fixItem {
	return fixItem{ID: f.ID, Rule: f.Rule, Severity: f.Severity, Path: f.Path, Line: f.Line, Message: f.Message}
}

// report returns what the run did.
func (r *fixRun) report() *fixReport {
	j := r.last.job
	rep := &fixReport{
		Schema: fixSchema, Tool: tool(j.options.Rules), Target: j.target, DryRun: r.flags.dryRun, Patch: r.patch,
		Applied: []fixItem{}, Left: []fixItem{}, Problems: append([]scanner.Problem{}, r.last.problems...), Complete: r.last.complete,
	}
	for _, s := range r.applied {
		item := itemOf(s.Finding)
		item.Description = s.Description
		rep.Applied = append(rep.Applied, item)
	}
	for _, f := range r.last.findings {
		item := itemOf(f)
		if f.Fix != nil {
			item.Description = f.Fix.Description
		}
		item.Reason = cmp.Or(r.reasons[f.ID], "there is no automatic fix: "+f.Help)
		rep.Left = append(rep.Left, item)
	}
	if !r.flags.noPlan {
		r.leaks.Renew(r.leaked())
		rep.Rotation = plansOf(&r.leaks, j)
	}
	return rep
}

// write writes the report in the format that was asked for.
func (r *fixRun) write(rep *fixReport) error {
	var b bytes.Buffer
	if r.flags.format == "json" {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(rep); err != nil {
			return err
		}
	} else if err := r.text(&b, rep); err != nil {
		return err
	}
	_, err := r.env.Stdout.Write(b.Bytes())
	return err
}

// text writes the report for people.
func (r *fixRun) text(b *bytes.Buffer, rep *fixReport) error {
	opts := report.Options{Base: r.last.job.base, Below: r.last.job.below, Verbose: r.flags.verbose}
	if rep.Patch != "" {
		b.WriteString(strings.Map(visibleInPatch, rep.Patch) + "\n")
	}
	did := "fixed"
	if rep.DryRun {
		did = "would fix"
	}
	for _, item := range rep.Applied {
		fmt.Fprintf(b, "%s: %s: %s [%s]\n", place(item, &opts), did, report.Escape(item.Description), item.Rule)
	}
	for _, item := range rep.Left {
		fmt.Fprintf(b, "%s: left: %s [%s]\n    %s\n", place(item, &opts), report.Escape(item.Message), item.Rule, report.Escape(item.Reason))
	}
	if len(rep.Rotation) > 0 {
		b.WriteString("\n")
	}
	if err := report.WriteTextPlans(b, rep.Rotation, opts); err != nil {
		return err
	}
	for _, p := range rep.Problems {
		where := ""
		if p.Path != "" {
			where = report.Escape(opts.Local(p.Path)) + ": "
		}
		fmt.Fprintf(b, "problem: %s%s\n", where, report.Escape(p.Reason))
	}
	if rep.DryRun && len(rep.Left) > 0 {
		b.WriteString("note: the run itself checks again after its fixes, and applies those that become possible\n")
	}
	fmt.Fprintln(b, conclusion(rep, did))
	return nil
}

// place returns where an item is, as the user names it.
func place(item fixItem, o *report.Options) string {
	path := report.Escape(o.Local(item.Path))
	if item.Line > 0 {
		return fmt.Sprintf("%s:%d", path, item.Line)
	}
	return path
}

// conclusion says in a line what came of the run.
func conclusion(rep *fixReport, did string) string {
	text := fmt.Sprintf("%s %s, left %d", did, number(len(rep.Applied), "finding"), len(rep.Left))
	if len(rep.Applied)+len(rep.Left) == 0 {
		text = "nothing to fix"
	}
	if !rep.Complete {
		text = "INCOMPLETE: " + text + "; something could not be read"
	}
	return text
}

// visibleInPatch is visible for a patch, whose lines may end in CRLF.
func visibleInPatch(r rune) rune {
	if r == '\r' || r == '\t' {
		return r
	}
	return visible(r)
}
