package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/worktree"
)

// A collector keeps findings.
type collector struct {
	found    []*scanner.Finding
	problems int
}

// Finding implements scanner.Handler.
func (c *collector) Finding(f *scanner.Finding) error {
	c.found = append(c.found, f)
	return nil
}

// Problem implements scanner.Handler.
func (c *collector) Problem(scanner.Problem) error {
	c.problems++
	return nil
}

// Notice implements scanner.Handler.
func (c *collector) Notice(scanner.Notice) error { return nil }

// scan returns what the built-in rules find in a tree, as keylint scan does.
func scan(ctx context.Context, dir string) ([]*scanner.Finding, scanner.Summary, error) {
	list, err := rules.Builtin()
	if err != nil {
		return nil, scanner.Summary{}, err
	}
	set, err := rules.NewSet(list)
	if err != nil {
		return nil, scanner.Summary{}, err
	}
	tree, err := worktree.Open(ctx, []string{dir}, worktree.Options{IncludeIgnored: true})
	if err != nil {
		return nil, scanner.Summary{}, err
	}
	var c collector
	sum, err := scanner.Scan(ctx, tree, scanner.Options{Rules: set}, &c)
	if err == nil && c.problems > 0 {
		err = fmt.Errorf("%s: %d files cannot be read", dir, c.problems)
	}
	return c.found, sum, err
}

// placesOf returns all places of the findings of a repository with the rule that
// found them.
func placesOf(repo string, found []*scanner.Finding) map[place]*scanner.Finding {
	at := map[place]*scanner.Finding{}
	for _, f := range found {
		at[place{repo, f.Path, f.Line}] = f
		for _, o := range f.Occurrences {
			at[place{repo, o.Path, o.Line}] = f
		}
	}
	return at
}

// quiet prints for each tree the lines of text and the findings by severity, and the
// findings of medium severity and above for 100,000 lines.
func quiet(ctx context.Context, w io.Writer, dirs []string) error {
	fmt.Fprintln(w, "| tree | lines | high, critical | medium | low | per 100,000 lines at medium and above |\n|---|---|---|---|---|---|")
	var lines, loud int
	for _, dir := range dirs {
		found, _, err := scan(ctx, dir)
		if err != nil {
			return err
		}
		n, err := linesOf(ctx, dir)
		if err != nil {
			return err
		}
		var by [rules.Critical + 1]int
		for _, f := range found {
			by[f.Severity]++
		}
		high := by[rules.High] + by[rules.Critical]
		lines, loud = lines+n, loud+high+by[rules.Medium]
		row(w, dir[strings.LastIndexByte(dir, '/')+1:], n, high, by[rules.Medium], by[rules.Low], high+by[rules.Medium])
	}
	_, err := fmt.Fprintf(w, "| all | %d | | | | %.2f |\n", lines, float64(loud)*1e5/float64(max(lines, 1)))
	return err
}

func row(w io.Writer, name string, lines, high, medium, low, loud int) {
	fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %.2f |\n", name, lines, high, medium, low, float64(loud)*1e5/float64(max(lines, 1)))
}

// linesOf counts the lines of the text files of a tree.
func linesOf(ctx context.Context, dir string) (int, error) {
	tree, err := worktree.Open(ctx, []string{dir}, worktree.Options{IncludeIgnored: true})
	if err != nil {
		return 0, err
	}
	c := lineCounter{}
	err = tree.Walk(ctx, &c)
	return c.lines, err
}

// A lineCounter counts the lines of blobs that are text.
type lineCounter struct{ lines int }

// Blob implements scanner.Visitor.
func (c *lineCounter) Blob(b scanner.Blob) error {
	rc, err := b.Open()
	if err != nil {
		return err
	}
	defer rc.Close()
	data, err := io.ReadAll(rc)
	if err != nil {
		return err
	}
	if text, _, ok := scanner.Text(data); ok {
		c.lines += strings.Count(string(text), "\n")
	}
	return nil
}

// Problem implements scanner.Visitor.
func (c *lineCounter) Problem(p scanner.Problem) error {
	_, err := fmt.Fprintln(os.Stderr, p.Path+": "+p.Reason)
	return err
}

// Skip implements scanner.Visitor.
func (c *lineCounter) Skip(string, string) error { return nil }
