package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A csvWriter writes comma-separated values (RFC 4180), with the names of the
// columns in the first record. Each finding is a record; so is, at the end, each
// problem, and that a scan did not finish: a table without findings must not
// look clean. The column "record" tells them apart.
type csvWriter struct {
	out
	prefix   string
	header   []string
	problems []scanner.Problem
}

// csvHeader names the columns. New ones are added at the end, where a report of many
// repositories has the column "repository".
var csvHeader = []string{
	"record", "id", "severity", "confidence", "rule", "category", "message", "key", "key_hash", "key_length", "name",
	"source", "origin", "path", "line", "column", "encoding", "commit", "author", "date", "subject", "refs",
	"removed", "removed_date", "at_head", "pushed", "occurrences", "status", "reason", "checked", "older", "next",
}

func newCSV(w io.Writer, o Options) Writer {
	return &csvWriter{out: out{w: w}, prefix: o.Prefix, header: csvHeader}
}

// record appends a record. Fields that it lacks are empty, and those without a
// column are left out.
func (w *csvWriter) record(fields ...string) {
	row := make([]string, len(w.header))
	for i, f := range fields[:min(len(fields), len(row))] {
		row[i] = defuse(escape(f))
	}
	c := csv.NewWriter(&w.buf)
	c.UseCRLF = true
	err := c.Write(row)
	c.Flush()
	if err != nil {
		w.fail(err)
	}
}

// defuse puts an apostrophe before a text that a spreadsheet would run as a
// formula: one that begins with an equals sign, plus, minus, at sign, tab or NUL, or
// with the full-width form of a sign, even behind spaces (requirement 1.2.10 of the
// OWASP Application Security Verification Standard 5.0, CWE-1236, and
// https://owasp.org/www-community/attacks/CSV_Injection).
func defuse(s string) string {
	if trimmed := strings.TrimLeft(s, " "); trimmed != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}

// Begin implements Writer.
func (w *csvWriter) Begin(_ scanner.Tool, target scanner.Target) error {
	if len(target.Repositories) > 0 {
		w.header = append(slices.Clip(w.header), "repository")
	}
	w.record(w.header...)
	return w.flush()
}

// Finding implements scanner.Handler.
func (w *csvWriter) Finding(f *scanner.Finding) error {
	key, hash, length := "", "", ""
	if s := f.Secret; s != nil {
		key, hash, length = s.Redacted, s.Hash, number(s.Length)
	}
	var commit scanner.Commit
	if f.Commit != nil {
		commit = *f.Commit
	}
	var removed scanner.CommitRef
	if f.Removed != nil {
		removed = *f.Removed
	}
	var verify scanner.Verification
	if f.Verify != nil {
		verify = *f.Verify
	}
	w.record(
		"finding", f.ID, f.Severity.String(), f.Confidence.String(), f.Rule, f.Category, f.Message, key, hash, length, f.Name,
		f.Source, f.Origin, join(w.prefix, f.Path), number(f.Line), number(f.Column), encodings(f.Encoding),
		commit.ID, commit.Author, stamp(commit.Time), commit.Subject, strings.Join(commit.Refs, " "),
		removed.ID, stamp(removed.Time), answer(f.AtHead), answer(f.Pushed), strconv.Itoa(len(f.Occurrences)+f.OccurrencesLeftOut),
		verify.Status, verify.Reason, stamp(verify.Checked), strconv.FormatBool(f.Older), strings.Join(strings.Fields(advice(f)), " "),
		f.Repository,
	)
	return w.flush()
}

// Problem implements scanner.Handler.
func (w *csvWriter) Problem(p scanner.Problem) error {
	w.problems = append(w.problems, p)
	return w.flush()
}

// Notice implements scanner.Handler. A table has no place for advice on the scan.
func (w *csvWriter) Notice(scanner.Notice) error { return w.flush() }

// End implements Writer.
func (w *csvWriter) End(s scanner.Summary) error {
	if !s.Complete && len(w.problems) == 0 {
		w.problem(scanner.Problem{Reason: "INCOMPLETE: the scan did not finish, or there was nothing to scan"})
	}
	for _, p := range w.problems {
		w.problem(p)
	}
	return w.flush()
}

// problem appends the record of a problem: its reason as the message.
func (w *csvWriter) problem(p scanner.Problem) {
	row := make([]string, len(w.header))
	for i, name := range w.header {
		switch name {
		case "record":
			row[i] = "problem"
		case "message":
			row[i] = reason(p)
		case "path":
			row[i] = join(w.prefix, p.Path)
		case "repository":
			row[i] = p.Repository
		}
	}
	w.record(row...)
}

// number returns a number that counts from 1, or nothing.
func number(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stamp returns a time as RFC 3339 has it, in UTC, or nothing.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// answer returns what is known of a question: true, false, or nothing.
func answer(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// encodings lists how a key is stored, outermost first.
func encodings(list []rules.Encoding) string {
	var parts []string
	for _, e := range list {
		parts = append(parts, string(e))
	}
	return strings.Join(parts, " ")
}
