package report

import (
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// A gitlabWriter writes GitLab's secret detection report, version 15.2.1
// (https://gitlab.com/gitlab-org/security-products/security-report-schemas),
// finding by finding.
type gitlabWriter struct {
	out
	opts     Options
	tool     gitlabTool
	seen     ordinal
	problems sample[scanner.Problem]
	notices  sample[scanner.Notice]
}

const gitlabVersion = "15.2.1"

// uncommitted is the commit of findings that are in none: GitLab wants one.
const uncommitted = "0000000"

type gitlabTool struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	URL     string `json:"url"`
	Version string `json:"version"`
	Vendor  struct {
		Name string `json:"name"`
	} `json:"vendor"`
}

type gitlabScan struct {
	Analyzer  gitlabTool      `json:"analyzer"`
	Scanner   gitlabTool      `json:"scanner"`
	Type      string          `json:"type"`
	StartTime string          `json:"start_time"`
	EndTime   string          `json:"end_time"`
	Status    string          `json:"status"`
	Messages  []gitlabMessage `json:"messages,omitempty"`
}

type gitlabMessage struct {
	Level string `json:"level"`
	Value string `json:"value"`
}

type gitlabVulnerability struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Severity    string             `json:"severity"`
	Solution    string             `json:"solution,omitempty"`
	Identifiers []gitlabIdentifier `json:"identifiers"`
	Links       []gitlabLink       `json:"links,omitempty"`
	Location    gitlabLocation     `json:"location"`
	Extract     string             `json:"raw_source_code_extract,omitempty"` // redacted
}

type gitlabIdentifier struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type gitlabLink struct {
	URL string `json:"url"`
}

type gitlabLocation struct {
	File      string       `json:"file"` // a path, not a URI
	StartLine int          `json:"start_line,omitempty"`
	EndLine   int          `json:"end_line,omitempty"`
	Commit    gitlabCommit `json:"commit"`
}

type gitlabCommit struct {
	SHA string `json:"sha"`
}

func newGitLab(w io.Writer, o Options) Writer {
	if o.Now == nil {
		o.Now = time.Now
	}
	g := &gitlabWriter{out: out{w: w}, opts: o, seen: ordinal{}}
	g.problems.max, g.notices.max = maxNotes, maxNotes
	return g
}

func (w *gitlabWriter) Begin(tool scanner.Tool, _ scanner.Target) error {
	w.tool = gitlabTool{ID: "keylint", Name: "keylint", URL: project, Version: tool.Version}
	w.tool.Vendor.Name = "AGCloud"
	if tool.Version == "" {
		w.tool.Version = "unknown"
	}
	w.printf("{\"version\":%q,\n", gitlabVersion)
	w.open("vulnerabilities")
	return w.flush()
}

func (w *gitlabWriter) Finding(f *scanner.Finding) error {
	d := w.opts.rule(f)
	name := f.ID
	if f.Repository != "" {
		name = f.Repository + " " + f.ID
	}
	if n := w.seen.next(name); n > 1 {
		name = fmt.Sprintf("%s#%d", name, n)
	}
	v := gitlabVulnerability{
		ID:          uuid(name),
		Name:        cut(d.Title, 255),
		Description: markdown(describe(f)),
		Severity:    gitlabSeverity(f),
		Solution:    cut(advice(f), 7000),
		Identifiers: []gitlabIdentifier{{
			Type: "keylint_rule_id", Name: "keylint rule " + f.Rule, Value: f.Rule, URL: d.reference(),
		}},
		Location: gitlabLocation{
			File: artifact(w.opts.Prefix, f), StartLine: max(0, f.Line), EndLine: max(0, f.Line, f.EndLine),
			Commit: gitlabCommit{SHA: uncommitted},
		},
	}
	if f.Verify != nil {
		v.Description += markdown("; " + status(f.Verify))
	}
	if url := d.reference(); url != "" {
		v.Links = []gitlabLink{{URL: url}}
	}
	if f.Commit != nil && f.Commit.ID != "" {
		v.Location.Commit.SHA = f.Commit.ID
	}
	if f.Secret != nil {
		v.Extract = f.Secret.Redacted
	}
	w.element(v)
	return w.flush()
}

func (w *gitlabWriter) Problem(p scanner.Problem) error {
	w.problems.add(p)
	return w.flush()
}

func (w *gitlabWriter) Notice(n scanner.Notice) error {
	w.notices.add(n)
	return w.flush()
}

func (w *gitlabWriter) End(s scanner.Summary) error {
	w.close()
	end := w.opts.Now().UTC()
	start := end.Add(-time.Duration(s.DurationMS) * time.Millisecond)
	scan := gitlabScan{
		Analyzer: w.tool, Scanner: w.tool, Type: "secret_detection", Status: "success",
		StartTime: start.Format("2006-01-02T15:04:05"), EndTime: end.Format("2006-01-02T15:04:05"),
		Messages: w.messages(),
	}
	if !s.Complete {
		scan.Status = "failure"
	}
	w.print(",\n\"scan\":")
	w.value(scan)
	w.print("}\n")
	return w.flush()
}

// messages renders problems and notices.
func (w *gitlabWriter) messages() []gitlabMessage {
	var list []gitlabMessage
	for _, p := range w.problems.kept {
		list = append(list, gitlabMessage{"warn", about(located(w.opts.Prefix, p.Repository, p.Path), 0, reason(p))})
	}
	if n := w.problems.others; n > 0 {
		list = append(list, gitlabMessage{"warn", "and " + count(n, "more problem")})
	}
	for _, n := range w.notices.kept {
		list = append(list, gitlabMessage{"info", about(located(w.opts.Prefix, n.Repository, n.Path), n.Line, n.Reason)})
	}
	return list
}

// gitlabSeverity returns the name that GitLab has for a severity.
func gitlabSeverity(f *scanner.Finding) string {
	names := []string{"Info", "Low", "Medium", "High", "Critical"}
	if f.Severity < 0 || int(f.Severity) >= len(names) {
		return "Unknown"
	}
	return names[f.Severity]
}

// uuid returns a UUID that follows from a name, so that a finding keeps its id
// from one scan to the next: version 8 over SHA-256 (RFC 9562, section 5.8 and
// appendix B.2).
func uuid(name string) string {
	b := sha256.Sum256([]byte(project + "/finding/" + name))
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
