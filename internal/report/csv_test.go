package report

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/agcloud/keylint/scanner"
)

// table reads the records of a report, each by the names of its columns.
func table(t *testing.T, text string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v in:\n%s", err, text)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func TestCSV(t *testing.T) {
	got := render(t, full(), "csv", Options{Prefix: "sub"})
	if strings.Count(got, "\r\n") != strings.Count(got, "\n") {
		t.Error("a line does not end with CRLF")
	}
	rows := table(t, got)
	if len(rows) != 6+2 {
		t.Fatalf("%d records", len(rows))
	}
	for name, want := range map[string]string{
		"record": "finding", "severity": "critical", "rule": "agcloud-api-key", "key": "sk-a…9f3c", "key_length": "51",
		"path": "sub/config/app.yml", "line": "12", "column": "8", "at_head": "", "older": "false",
	} {
		if rows[0][name] != want {
			t.Errorf("%s is %q, want %q", name, rows[0][name], want)
		}
	}
	if r := rows[2]; r["at_head"] != "true" || r["date"] != "2024-01-02T10:00:00Z" || r["occurrences"] != "7" || r["refs"] != "main v1.0" {
		t.Errorf("a finding of history: %v", r)
	}
	if r := rows[7]; r["record"] != "problem" || !strings.Contains(r["message"], "git fsck") {
		t.Errorf("a problem: %v", r)
	}
}

// Nothing that comes from the scanned repository is a formula.
func TestCSVFormulas(t *testing.T) {
	for _, evil := range []string{`=HYPERLINK("http://evil.example","x")`, "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＠x", "=1\",=2", "\x00=1"} {
		f := plain()
		f.ID, f.Rule, f.Category, f.Message, f.Name, f.Source, f.Origin, f.Path, f.Help = evil, evil, evil, evil, evil, evil, evil, evil, evil
		f.Secret = &scanner.SecretInfo{Redacted: evil, Hash: evil}
		f.Commit = &scanner.Commit{ID: evil, Author: evil, Subject: evil, Refs: []string{evil}}
		f.Removed, f.Verify = &scanner.CommitRef{ID: evil}, &scanner.Verification{Status: evil, Reason: evil}
		rep := cleanReport()
		rep.Findings, rep.Problems = []*scanner.Finding{f}, []scanner.Problem{{Path: evil, Reason: evil}}
		for _, row := range table(t, render(t, rep, "csv", Options{})) {
			for name, v := range row {
				if v = strings.TrimLeft(v, " "); v != "" && strings.ContainsAny(v[:1], "=+-@\t\r\n\x00") {
					t.Errorf("%q: %s is %q", evil, name, v)
				}
			}
		}
	}
}

// A table of a scan that is not complete says so.
func TestCSVIncomplete(t *testing.T) {
	rep := cleanReport()
	if rows := table(t, render(t, rep, "csv", Options{})); len(rows) != 0 {
		t.Errorf("a clean scan has records: %v", rows)
	}
	rep.Summary.Complete = false
	if rows := table(t, render(t, rep, "csv", Options{})); len(rows) != 1 || rows[0]["record"] != "problem" || !strings.Contains(rows[0]["message"], "INCOMPLETE") {
		t.Errorf("records %v", rows)
	}
}
