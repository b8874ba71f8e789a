package fix

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
)

// Patch renders the plan as a unified patch, in which all keys are masked, with
// the commands that are no change of content as lines that begin with #. A line
// with a masked key does not apply. set finds the keys.
func (p *Plan) Patch(set *rules.Set) string {
	var b strings.Builder
	for _, c := range p.Changes {
		m := masker{set: set, known: p.keysOf(&c)}
		from, to := "a/"+c.Path, "b/"+c.Path
		if c.Create {
			from = "/dev/null"
		}
		text := diff.Diff(from, m.mask(c.Path, c.Old), to, m.mask(c.Path, c.New))
		_, text, _ = bytes.Cut(text, []byte("\n")) // a line of its own, which git takes for another
		b.Write(text)
	}
	for _, s := range p.open() {
		for _, name := range s.Private {
			fmt.Fprintf(&b, "# chmod 600 %s\n", name)
		}
		for _, name := range s.Untrack {
			fmt.Fprintf(&b, "# git rm --cached -- %s\n", name)
		}
	}
	return b.String()
}

// keysOf returns the keys that steps move or replace in a file. What an edit
// replaces is one.
func (p *Plan) keysOf(c *Change) []rules.Secret {
	var out []rules.Secret
	for _, s := range p.open() {
		for _, e := range s.Edits {
			if e.Path == c.Path && e.End > e.Start && e.End <= len(c.Old) {
				out = append(out, rules.NewSecret(c.Old[e.Start:e.End]))
			}
		}
		if s.Assign != nil {
			out = append(out, s.Assign.Key)
		}
	}
	return out
}

// A masker hides keys in the content of files.
type masker struct {
	set   *rules.Set
	known []rules.Secret
}

// mask returns data with the keys in it masked: those that are known, those
// that rules find, and, in .env files and their templates, the values that look
// like one.
func (m *masker) mask(name string, data []byte) []byte {
	spans := m.spans(name, data)
	slices.SortFunc(spans, func(a, b rules.Span) int { return a.Start - b.Start })
	var out []byte
	done := 0
	for _, s := range spans {
		if s.End <= done {
			continue
		}
		s.Start = max(s.Start, done)
		out = append(out, data[done:s.Start]...)
		out = append(out, rules.NewSecret(data[s.Start:s.End]).Redacted()...)
		done = s.End
	}
	return append(out, data[done:]...)
}

// spans returns where keys stand.
func (m *masker) spans(name string, data []byte) []rules.Span {
	var out []rules.Span
	for _, k := range m.known {
		key := []byte(k.Reveal())
		for at := 0; len(key) > 0; at += len(key) {
			i := bytes.Index(data[at:], key)
			if i < 0 {
				break
			}
			at += i
			out = append(out, rules.Span{Start: at, End: at + len(key)})
		}
	}
	for _, found := range m.set.Matcher().Match(data) {
		out = append(out, found.Span)
	}
	if dotenv.IsEnvFile(name) || dotenv.IsTemplate(name) {
		entries, _ := dotenv.Parse(data)
		for _, e := range entries {
			if dotenv.IsEnvFile(name) && e.ValueEnd > e.ValueStart || rules.PlausibleKey([]byte(e.Value)) {
				out = append(out, rules.Span{Start: e.ValueStart, End: e.ValueEnd})
			}
		}
	}
	return out
}
