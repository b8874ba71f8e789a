package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A tally counts what was found of a class.
type tally struct {
	hit, missed, wrong int
	values, valuesHit  map[string]bool // digests of the secrets there are, and of those found
	loudHit, loudWrong int             // of medium severity and above
}

func newTally() *tally {
	return &tally{values: map[string]bool{}, valuesHit: map[string]bool{}}
}

// ratio returns a/(a+b) in percent, 0 for nothing.
func ratio(a, b int) float64 {
	if a+b == 0 {
		return 0
	}
	return 100 * float64(a) / float64(a+b)
}

// count takes a label and what was found on its line, nil for nothing.
func (t *tally) count(l labelled, f *scanner.Finding) {
	loud := f != nil && f.Severity >= rules.Medium
	switch {
	case l.verdict == unsure:
	case l.verdict == secret:
		t.values[l.digest] = true
		if f == nil {
			t.missed++
			return
		}
		t.hit++
		t.valuesHit[l.digest] = true
		if loud {
			t.loudHit++
		}
	case f != nil:
		t.wrong++
		if loud {
			t.loudWrong++
		}
	}
}

// row prints t as a row of the table.
func (t *tally) row(w io.Writer, name string) {
	p, r := ratio(t.hit, t.wrong), ratio(t.hit, t.missed)
	f1 := 0.0
	if p+r > 0 {
		f1 = 2 * p * r / (p + r)
	}
	fmt.Fprintf(w, "| %s | %d | %d | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, t.hit+t.missed, t.wrong, p, r, f1,
		ratio(len(t.valuesHit), len(t.values)-len(t.valuesHit)), ratio(t.loudHit, t.loudWrong))
}

// header begins a table of tallies.
const header = "| class | secrets | false | precision | recall | F1 | recall of distinct secrets | precision at medium and above |\n|---|---|---|---|---|---|---|---|\n"

// A result has the tallies of a part, by class, and what no label speaks of.
type result struct {
	classes    map[string]*tally
	unlabelled []string
}

func (r *result) of(class string) *tally {
	if r.classes[class] == nil {
		r.classes[class] = newTally()
	}
	return r.classes[class]
}

// print writes the table of r.
func (r *result) print(w io.Writer, part string) {
	fmt.Fprintf(w, "\n## %s\n\n%s", part, header)
	for _, class := range slices.Sorted(maps.Keys(r.classes)) {
		if t := r.classes[class]; class != all && t.hit+t.missed+t.wrong > 0 {
			t.row(w, class)
		}
	}
	r.of(all).row(w, all)
	fmt.Fprintf(w, "\nFindings of generic rules on lines without a label: %d\n", len(r.unlabelled))
	for _, line := range r.unlabelled { // with its rule in place of a class, as lines of labels.tsv
		fmt.Fprintln(w, line)
	}
}

// The names of the rows that count every class, and what stands where no secret was
// labelled in files that were judged whole.
const (
	all      = "all"
	noSecret = "no secret"
)

// measure prints the tables of the labelled corpus, whose repositories lie in trees,
// and of generated files.
func measure(ctx context.Context, w io.Writer, trees string) error {
	labels, err := readLabels("labels.tsv")
	if err != nil {
		return err
	}
	split, err := readSplit("repos.tsv")
	if err != nil {
		return err
	}
	judged, err := readJudged("files.tsv")
	if err != nil {
		return err
	}
	byRepo := map[string][]labelled{}
	for _, l := range labels {
		byRepo[l.repo] = append(byRepo[l.repo], l)
	}
	parts := map[string]*result{}
	for _, repo := range slices.Sorted(maps.Keys(split)) {
		part := split[repo]
		if parts[part] == nil {
			parts[part] = &result{classes: map[string]*tally{}}
		}
		found, _, err := scan(ctx, filepath.Join(trees, strings.ReplaceAll(repo, "/", "+")))
		if err != nil {
			return err
		}
		parts[part].repository(repo, byRepo[repo], judged, found)
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		parts[part].print(w, part)
	}
	generated, err := synthetic()
	if err != nil {
		return err
	}
	generated.print(w, "generated")
	return nil
}

// repository counts the labels and findings of a repository, of which some files
// were judged whole.
func (r *result) repository(repo string, labels []labelled, judged map[place]bool, found []*scanner.Finding) {
	at := placesOf(repo, found)
	known := map[place]bool{}
	whole := false // the repository has files that were judged whole, and others that were not
	for p := range judged {
		whole = whole || p.repo == repo
	}
	for _, l := range labels {
		known[l.place] = true
		for _, class := range []string{l.class, all} {
			r.of(class).count(l, at[l.place])
		}
	}
	for p, f := range at {
		switch {
		case known[p] || f.Category != rules.CategorySecret:
		case judged[place{repo: p.repo, path: p.path}]:
			for _, class := range []string{noSecret, all} {
				r.of(class).count(labelled{verdict: none}, f)
			}
		case isGeneric(f.Rule) && !whole:
			r.unlabelled = append(r.unlabelled, fmt.Sprintf("%s\t%s\t%d\t%s\t?\t%s", p.repo, p.path, p.line, f.Rule, digestOf(p.repo, f.Secret.Hash)))
		}
	}
	slices.Sort(r.unlabelled)
}

// isGeneric reports whether a rule is for secrets of no provider.
func isGeneric(id string) bool {
	return strings.HasPrefix(id, "generic-") && id != "generic-gateway-key" || strings.HasSuffix(id, "-password") || id == "basic-auth-header" || id == "cipher-key-literal"
}
