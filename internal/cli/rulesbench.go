package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/worktree"
)

// maxBenched is the most bytes of a file that rules are measured on: it is held in
// memory.
const maxBenched = 64 << 20

// A benchRule is a line of “keylint rules bench”. Its JSON keys are stable.
type benchRule struct {
	Rule       string `json:"rule"`
	Hits       int    `json:"hits"`
	Tried      int    `json:"tried"`
	Bytes      int64  `json:"bytes"`
	TimeNS     int64  `json:"time_ns"`
	Candidates int    `json:"candidates"`
	Findings   int    `json:"findings"`
}

// A bench measures rules on the files of a tree. It implements scanner.Visitor.
type bench struct {
	meter    *rules.Meter
	Files    int               `json:"files"`
	Bytes    int64             `json:"bytes"`
	FilterNS int64             `json:"filter_ns"`
	Rules    []benchRule       `json:"rules"`
	Problems []scanner.Problem `json:"problems"`
}

func (a *app) rulesBenchCommand() *cobra.Command {
	var cfg, format string
	var only, exclude []string
	var top int
	c := &cobra.Command{
		Use: "bench [PATH...]", Short: "show what each rule costs on a tree", Args: cobra.ArbitraryArgs,
		Long: "Applies each rule to the files of a tree, as a scan does, and shows per rule, the\n" +
			"costliest first: how often a keyword of it was found (hits), how often it was then\n" +
			"applied (tried), the bytes in the windows around these, the time, and what came of\n" +
			"it: candidates and findings. A rule with many hits and no candidates has a keyword\n" +
			"that is too common. Allow directives and the baseline do not count. Times are of one\n" +
			"core and include the clock's own, about 0.1 µs for each try.",
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format: %q is neither text nor json", format)
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			b, err := measure(c.Context(), cfg, args, only, exclude)
			if err != nil {
				return err
			}
			if format == "json" {
				err = json.NewEncoder(a.env.Stdout).Encode(b)
			} else {
				err = b.text(a.env.Stdout, top)
			}
			if len(b.Problems) > 0 || b.Files == 0 {
				a.code = exitIncomplete
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&cfg, "config", "", "use this configuration `FILE`")
	f.StringVarP(&format, "format", "f", "text", "format: text, json")
	f.StringSliceVar(&only, "rule", nil, "measure only the rule with this `ID`; may be repeated")
	f.StringArrayVar(&exclude, "exclude", nil, "leave out files that match this `PATTERN`, in gitignore syntax; may be repeated")
	f.IntVar(&top, "top", 30, "rules shown as text; 0 for all that were tried")
	return c
}

// measure measures the rules of the configuration on paths.
func measure(ctx context.Context, path string, paths, only, exclude []string) (*bench, error) {
	if err := readable(false, paths); err != nil {
		return nil, err
	}
	cfg, err := loadConfig(path, configDir(paths[0]))
	if err != nil {
		return nil, err
	}
	list, err := cfg.RuleList(only, checkIDs()...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errors.New("the rules chosen are checks, which find nothing by keywords: name rules for keys")
	}
	set, err := rules.NewSet(list)
	if err != nil {
		return nil, err
	}
	tree, err := worktree.Open(ctx, paths, worktree.Options{Exclude: append(cfg.Scan.Exclude, exclude...), RepoPaths: true})
	if err != nil {
		return nil, targetError(err)
	}
	b := &bench{meter: set.Meter(), Problems: []scanner.Problem{}}
	if err := tree.Walk(ctx, b); err != nil {
		return nil, err
	}
	b.FilterNS = b.meter.Filter.Nanoseconds()
	for _, c := range b.meter.Costs() {
		b.Rules = append(b.Rules, benchRule{c.Rule.ID, c.Hits, c.Tried, c.Bytes, c.Time.Nanoseconds(), c.Candidates, c.Matches})
	}
	slices.SortStableFunc(b.Rules, func(x, y benchRule) int { return cmp.Compare(y.TimeNS, x.TimeNS) })
	return b, nil
}

// Blob implements scanner.Visitor.
func (b *bench) Blob(blob scanner.Blob) error {
	raw, err := readBlob(blob)
	if err != nil {
		return b.Problem(scanner.Problem{Path: redactPath(blob.Path), Reason: causeOf(err).Error()})
	}
	text, _, ok := scanner.Text(raw)
	if !ok {
		return nil // binary
	}
	b.Files++
	b.Bytes += int64(len(text))
	b.meter.Add(blob.Path, text)
	return nil
}

// readBlob returns the content of a blob.
func readBlob(blob scanner.Blob) ([]byte, error) {
	r, err := blob.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxBenched+1))
	if err == nil && len(data) > maxBenched {
		err = errors.New("not measured, as it is larger than 64 MiB: leave it out with --exclude")
	}
	return data, err
}

// Problem implements scanner.Visitor.
func (b *bench) Problem(p scanner.Problem) error {
	b.Problems = append(b.Problems, p)
	return nil
}

// Skip implements scanner.Visitor.
func (b *bench) Skip(string, string) error { return nil }

// text writes the top rules that were tried as a table; 0 means all.
func (b *bench) text(out io.Writer, top int) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "time\ttries\tper try\twindows\thits\tcandidates\tfindings\t  rule")
	shown, tried, total := 0, 0, time.Duration(0)
	for _, r := range b.Rules {
		total += time.Duration(r.TimeNS)
		if r.Hits == 0 {
			continue
		}
		if tried++; top > 0 && shown >= top {
			continue
		}
		shown++
		per := time.Duration(r.TimeNS / int64(max(1, r.Tried)))
		fmt.Fprintf(w, "%s\t%d\t%s\t%d kB\t%d\t%d\t%d\t  %s\n", rounded(time.Duration(r.TimeNS)), r.Tried, rounded(per), r.Bytes/1000, r.Hits, r.Candidates, r.Findings, r.Rule)
	}
	err := w.Flush()
	for _, p := range b.Problems {
		fmt.Fprintf(out, "problem: %s: %s\n", p.Path, p.Reason)
	}
	_, last := fmt.Fprintf(out, "\n%d files, %d bytes of text: keywords %s, rules %s; %d of %d rules had a keyword there, %d shown\n",
		b.Files, b.Bytes, rounded(time.Duration(b.FilterNS)), rounded(total), tried, len(b.Rules), shown)
	return first(err, last)
}

// rounded returns d with three digits or so.
func rounded(d time.Duration) string {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(10 * time.Nanosecond).String()
}
