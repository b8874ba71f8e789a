package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// checkSyntax makes sure that output is well-formed.
func checkSyntax(t *testing.T, format, text string) {
	t.Helper()
	switch format {
	case "json", "sarif", "gitlab", "rdjson":
		if !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON:\n%s", format, text)
		}
	case "jsonl":
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %s", line)
			}
		}
	case "junit":
		for dec := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("junit is no XML: %v\n%s", err, text)
				break
			}
		}
	case "github":
		command := regexp.MustCompile(`^(::(error|warning|notice) ([a-zA-Z]+=[^:,]*,?)+::.+|(critical|high|medium|low|info|problem|note): .*)\n$`)
		for line := range strings.Lines(text) {
			if !command.MatchString(line) {
				t.Errorf("no command and no plain line: %q", line)
			}
		}
	}
}

// decode decodes JSON into T and refuses keys that T does not have.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

type gitlabReport struct {
	Version         string                `json:"version"`
	Vulnerabilities []gitlabVulnerability `json:"vulnerabilities"`
	Scan            gitlabScan            `json:"scan"`
}

// The requirements of GitLab's schema 15.2.1, by hand.
func TestGitLabSchema(t *testing.T) {
	rep := full()
	twin := plain()
	twin.Line = 99
	rep.Findings = append(rep.Findings, twin)
	got := decode[gitlabReport](t, render(t, rep, "gitlab", options()))
	match := func(what, pattern, s string) {
		if !regexp.MustCompile("^" + pattern + "$").MatchString(s) {
			t.Errorf("%s is %q", what, s)
		}
	}
	match("version", `15\.2\.1`, got.Version)
	match("start_time", `\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}`, got.Scan.StartTime)
	match("end_time", `\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}`, got.Scan.EndTime)
	match("status", `failure`, got.Scan.Status)
	match("type", `secret_detection`, got.Scan.Type)
	for _, tool := range []gitlabTool{got.Scan.Analyzer, got.Scan.Scanner} {
		for _, s := range []string{tool.ID, tool.Name, tool.Version, tool.Vendor.Name} {
			match("tool", `.+`, s)
		}
		match("url", `https?://.+`, tool.URL)
	}
	for _, m := range got.Scan.Messages {
		match("level", "info|warn|fatal", m.Level)
		match("message", ".+", m.Value)
	}
	ids := map[string]bool{}
	for _, v := range got.Vulnerabilities {
		match("id", `[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`, v.ID)
		if ids[v.ID] {
			t.Errorf("id %s is there twice", v.ID)
		}
		ids[v.ID] = true
		match("severity", "Info|Unknown|Low|Medium|High|Critical", v.Severity)
		match("sha", ".+", v.Location.Commit.SHA)
		match("file", "(?s).+", v.Location.File)
		if len(v.Identifiers) == 0 || v.Identifiers[0].Type != "keylint_rule_id" || v.Identifiers[0].Value == "" || v.Identifiers[0].Name == "" {
			t.Errorf("identifiers %v", v.Identifiers)
		}
		for _, l := range v.Links {
			match("link", `(https?|ftp)://.+`, l.URL)
		}
		if len([]rune(v.Name)) > 255 || len([]rune(v.Solution)) > 7000 {
			t.Errorf("too long: %v", v)
		}
	}
	if len(ids) != 7 {
		t.Errorf("%d vulnerabilities", len(ids))
	}
	if got := decode[gitlabReport](t, render(t, cleanReport(), "gitlab", options())); got.Scan.Status != "success" || got.Vulnerabilities == nil {
		t.Errorf("clean scan: %+v", got)
	}
}

func TestRDJSON(t *testing.T) {
	got := decode[struct {
		Source      map[string]string
		Diagnostics []rdDiagnostic
	}](t, render(t, full(), "rdjson", options()))
	if n := len(got.Diagnostics); n != 6+2+1+1 {
		t.Fatalf("%d diagnostics", n)
	}
	d := got.Diagnostics[1] // columns count bytes
	if s, e := d.Location.Range.Start, d.Location.Range.End; s != (rdPosition{40, 16}) || *e != (rdPosition{40, 84}) {
		t.Errorf("range %v to %v", s, e)
	}
}

// GitHub shows ten annotations of a kind. The first must be the worst, and the
// summary among them.
func TestGitHubShowsTheWorst(t *testing.T) {
	rep := cleanReport()
	rep.Summary.Complete = false
	for i := range 100 {
		f := plain()
		f.Severity, f.Line = rules.Severity(i%5), i+1
		rep.Findings = append(rep.Findings, f)
		rep.Problems = append(rep.Problems, scanner.Problem{Path: fmt.Sprint(i), Reason: "unreadable"})
	}
	got := render(t, rep, "github", options())
	checkSyntax(t, "github", got)
	for kind, most := range map[string]int{"error": 10, "warning": 10, "notice": 10} {
		if n := strings.Count(got, "\n::"+kind+" ") + strings.Count("\n"+got[:20], "\n::"+kind+" "); n != most {
			t.Errorf("%d commands %s", n, kind)
		}
	}
	if n := strings.Count(got, "\n"); n != 201 {
		t.Errorf("%d lines: something was left out", n)
	}
	if strings.Contains(got, "add-mask") || strings.Count(got, "title=critical") != 7 || strings.Count(got, "title=not scanned") != 3 {
		t.Errorf("wrong choice:\n%s", got)
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if !strings.HasPrefix(lines[len(lines)-1], "::notice title=keylint::INCOMPLETE: 100 problems; 100 findings") {
		t.Errorf("last line %q", lines[len(lines)-1])
	}
}

func TestJUnitCounts(t *testing.T) {
	rep := cleanReport()
	got := render(t, rep, "junit", options())
	if !strings.Contains(got, `<testsuites name="keylint" tests="5" failures="0" errors="0" skipped="0" time="0.300">`) {
		t.Errorf("a clean scan has no passed tests:\n%s", got)
	}
}

// Prefix leads from the root of the repository to the target.
func TestPrefix(t *testing.T) {
	o := options()
	o.Prefix, o.Base = "sub/dir", ".."
	for _, format := range Formats() {
		got := render(t, full(), format, o)
		want := map[string]string{"text": "../config/app.yml", "json": `"config/app.yml`, "jsonl": `"config/app.yml`}[format]
		if want == "" {
			want = "sub/dir/config/app.yml"
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s does not have %s", format, want)
		}
	}
}

func TestTextLimits(t *testing.T) {
	rep := cleanReport()
	for i := range 30 {
		rep.Problems = append(rep.Problems, scanner.Problem{Reason: fmt.Sprintf("reason %d.", i)})
		rep.Notices = append(rep.Notices, scanner.Notice{Reason: fmt.Sprintf("advice %d.", i)})
	}
	got := render(t, rep, "text", Options{})
	if strings.Contains(got, "reason 20.") || strings.Count(got, "and 10 more") != 2 {
		t.Errorf("text:\n%s", got)
	}
	got = render(t, rep, "text", Options{Verbose: true})
	if !strings.Contains(got, "reason 29.") || !strings.Contains(got, "advice 29.") {
		t.Errorf("verbose text:\n%s", got)
	}
}

// Findings beyond the limit are counted where they are not shown.
func TestLeftOut(t *testing.T) {
	rep := cleanReport()
	for i := range 10 {
		f := plain()
		f.Line = i + 1
		rep.Findings = append(rep.Findings, f)
	}
	for name, want := range map[string]string{
		"github": "; the 7 mildest are not listed",
		"junit":  "the 7 mildest findings are left out",
	} {
		var b strings.Builder
		w, err := New(&b, name, options())
		if err != nil {
			t.Fatal(err)
		}
		switch w := w.(type) {
		case *githubWriter:
			w.findings.max = 3
		case *junitWriter:
			w.findings.max = 3
		}
		if err := Render(rep, w); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v\n%s", name, err, b.String())
		}
	}
}

func TestScanned(t *testing.T) {
	for want, c := range map[string]scanner.Coverage{
		"0 files (0 B)":                     {},
		"3 files (1 kB)":                    {Files: 3, Bytes: 1000},
		"204828 blobs, 1 commit (5.1 GB)":   {Blobs: 204_828, Commits: 1, Bytes: 5_070_000_000},
		"2 files, 1 blob, 4 commits (10 B)": {Files: 2, Blobs: 1, Commits: 4, Bytes: 10},
	} {
		if got := scanned(c); got != want {
			t.Errorf("scanned = %q, want %q", got, want)
		}
	}
}
