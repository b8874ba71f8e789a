package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/hygiene"
	"github.com/agcloud/keylint/scanner"
)

// scan reports what the commit would bring in, and what the files hold that were
// named and are not staged.
func (s *staged) scan(ctx context.Context, h scanner.Handler) (scanner.Summary, error) {
	c := scanner.NewCollector(s.job.options, h)
	for reason, n := range s.skipped {
		c.Coverage.Skipped[reason] = n
	}
	if s.changes.Len() == 0 && !s.changes.Unclear() && s.whole == nil {
		return c.Summary, c.Notice(scanner.Notice{Reason: s.nothing()})
	}
	now := &recording{Collector: c}
	if s.changes.Len() > 0 || s.changes.Unclear() {
		if err := s.side(ctx, s.changes.Staged(), s.changes.ReadStaged, now); err != nil {
			return c.Summary, err
		}
		if err := s.keepNew(ctx, now); err != nil {
			return c.Summary, err
		}
	}
	if s.whole != nil {
		if err := s.side(ctx, s.whole, nil, now); err != nil {
			return c.Summary, err
		}
	}
	for _, f := range now.findings {
		if err := c.Finding(f); err != nil {
			return c.Summary, err
		}
	}
	return c.Summary, nil
}

// nothing says why there is nothing to judge.
func (s *staged) nothing() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{s.changes.Gone(), "removed or renamed"}, {s.changes.Submodules(), "submodule moved to another commit"}, {s.skipped["excluded"], "excluded"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(parts) == 0 {
		return "nothing is staged: git add stages files"
	}
	return "nothing is staged that has content to judge: " + strings.Join(parts, ", ")
}

// A recording collects findings; all else goes on at once.
type recording struct {
	*scanner.Collector
	findings []*scanner.Finding
}

// Finding implements scanner.Handler.
func (r *recording) Finding(f *scanner.Finding) error {
	r.findings = append(r.findings, f)
	return nil
}

// side scans a source, and runs the checks on it. Nil read takes the files on disk.
func (s *staged) side(ctx context.Context, src scanner.Source, read func(string, int64) []byte, into *recording) error {
	j := *s.job
	j.watch = hygiene.NewWatch(src, s.hosts)
	j.source = j.watch
	j.options.Accept = func(*scanner.Finding) bool { return false } // asked when it is known what is new
	facts := j.hygiene.facts
	facts.Content = read
	one := &recording{Collector: into.Collector}
	sum, err := j.scanTree(ctx, one, &facts)
	into.findings = append(into.findings, one.findings...)
	into.take(&sum)
	return err
}

// take adds what another scan covered.
func (r *recording) take(sum *scanner.Summary) {
	c := &r.Coverage
	c.Files += sum.Coverage.Files
	c.Bytes += sum.Coverage.Bytes
	for reason, n := range sum.Coverage.Skipped {
		c.Skipped[reason] += n
	}
	r.Allowed += sum.Allowed
	r.Complete = r.Complete && sum.Complete
}

// keepNew drops the findings that the parents have, too: at the same path, or at
// one that loses them.
func (s *staged) keepNew(ctx context.Context, now *recording) error {
	if len(now.findings) == 0 {
		return nil
	}
	// What of the parents cannot be read counts as without keys, so that more is
	// reported and not less: its problems are of no interest.
	before := &recording{Collector: scanner.NewCollector(s.job.options, discard{})}
	if err := s.side(ctx, s.changes.Before(), s.changes.ReadBefore, before); err != nil {
		return err
	}
	stays, was, moved := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range now.findings {
		stays[f.ID] = true
	}
	for _, f := range before.findings {
		was[f.ID] = true
		if f.Secret != nil && !stays[f.ID] {
			moved[f.Rule+" "+f.Secret.Hash] = true
		}
	}
	now.findings = slices.DeleteFunc(now.findings, func(f *scanner.Finding) bool {
		return was[f.ID] || f.Secret != nil && moved[f.Rule+" "+f.Secret.Hash]
	})
	return nil
}

// discard is a handler that takes no notice.
type discard struct{}

// Finding implements scanner.Handler.
func (discard) Finding(*scanner.Finding) error { return nil }

// Problem implements scanner.Handler.
func (discard) Problem(scanner.Problem) error { return nil }

// Notice implements scanner.Handler.
func (discard) Notice(scanner.Notice) error { return nil }
