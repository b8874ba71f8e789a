package report

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got to a file, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it); got:\n%s", file, got)
	}
}

func TestGolden(t *testing.T) {
	for _, format := range Formats() {
		golden(t, format, render(t, full(), format, options()))
	}
}

func TestGoldenText(t *testing.T) {
	complete := full()
	complete.Problems, complete.Summary.Complete = nil, true
	cut := cleanReport()
	cut.Summary.Complete = false
	nothing := cleanReport()
	nothing.Summary.Coverage.Files = 0
	failed := cleanReport()
	failed.Summary.Coverage.Files, failed.Summary.Complete = 0, false
	with := func(change func(*Options)) Options {
		o := options()
		change(&o)
		return o
	}
	for _, test := range []struct {
		name string
		rep  *scanner.Report
		o    Options
	}{
		{"text-clean", cleanReport(), options()},
		{"text-cut-off", cut, options()},
		{"text-nothing", nothing, options()},
		{"text-failed", failed, options()},
		{"text-complete", complete, options()},
		{"text-color", full(), with(func(o *Options) { o.Color = true })},
		{"text-verbose", full(), with(func(o *Options) { o.Verbose = true; o.Base = "../app"; o.Width = 60 })},
		{"text-quiet", full(), with(func(o *Options) { o.Quiet = true; o.Base = "../app/" })},
		{"text-quiet-complete", complete, with(func(o *Options) { o.Quiet = true })},
		{"text-quiet-clean", cleanReport(), with(func(o *Options) { o.Quiet = true })},
	} {
		golden(t, test.name, render(t, test.rep, "text", test.o))
	}
}

// A scan that is not complete must not look clean in any format or mode.
func TestIncompleteIsNeverClean(t *testing.T) {
	broken := cleanReport()
	broken.Summary.Complete = false
	odd := cleanReport() // claims to be complete
	odd.Problems = full().Problems
	for _, rep := range []*scanner.Report{broken, odd} {
		for _, o := range []Options{{}, {Quiet: true}, {Verbose: true}} {
			got := render(t, rep, "text", o)
			if strings.Contains(got, "no keys found") || !strings.Contains(got, "INCOMPLETE: ") {
				t.Errorf("%+v: text of an incomplete scan:\n%s", o, got)
			}
		}
		got := render(t, rep, "github", Options{})
		if strings.Contains(got, "no keys found") || !strings.Contains(got, "INCOMPLETE: ") {
			t.Errorf("github of an incomplete scan:\n%s", got)
		}
		got = render(t, rep, "junit", options())
		if !strings.Contains(got, "<error") || strings.Contains(got, `errors="0" skipped="0" time`) {
			t.Errorf("junit of an incomplete scan:\n%s", got)
		}
		got = render(t, rep, "rdjson", options())
		if !strings.Contains(got, `"severity":"ERROR"`) {
			t.Errorf("rdjson of an incomplete scan:\n%s", got)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := New(io.Discard, "yaml", Options{})
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range Formats() {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
	if Formats()[0] != "text" {
		t.Error("text is not the default")
	}
}

// The order in which results come across kinds makes no difference, but in
// jsonl, which is the stream as it was.
func TestInterleaved(t *testing.T) {
	rep := full()
	for _, format := range Formats() {
		if format == "jsonl" || format == "rdjson" {
			continue
		}
		var b strings.Builder
		w, err := New(&b, format, options())
		if err != nil {
			t.Fatal(err)
		}
		errs := []error{w.Begin(rep.Tool, rep.Target), w.Notice(rep.Notices[0]), w.Problem(rep.Problems[0])}
		for i, f := range rep.Findings {
			errs = append(errs, w.Finding(f))
			if i == 2 {
				errs = append(errs, w.Problem(rep.Problems[1]))
			}
		}
		errs = append(errs, WritePlans(w, rep.Rotation), w.End(rep.Summary))
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if b.String() != render(t, rep, format, options()) {
			t.Errorf("%s depends on the order of problems", format)
		}
	}
}

// Writers leave what they are given as it is.
func TestInputUnchanged(t *testing.T) {
	rep, same := full(), full()
	for _, format := range Formats() {
		o := options()
		o.ShowSecrets = true
		render(t, rep, format, o)
	}
	if render(t, rep, "json", Options{}) != render(t, same, "json", Options{}) {
		t.Error("a report changed by being rendered")
	}
}

// A brokenWriter takes some bytes and fails then.
type brokenWriter struct {
	left  int
	err   error
	after bool // a write came after the failed one
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left < 0 {
		w.after = true
	}
	if n := w.left; n < len(p) {
		w.left = -1
		return max(n, 0), w.err
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriteErrors(t *testing.T) {
	full := full()
	for _, format := range Formats() {
		size := len(render(t, full, format, options()))
		for left := 0; left < size; left += 1 + size/97 {
			dst := &brokenWriter{left: left, err: errors.New("disk full")}
			w, err := New(dst, format, options())
			if err != nil {
				t.Fatal(err)
			}
			if err := Render(full, w); !errors.Is(err, dst.err) {
				t.Fatalf("%s: after %d of %d bytes: error %v", format, left, size, err)
			}
			for i, err := range []error{
				w.Begin(full.Tool, full.Target), w.Finding(plain()), w.Problem(scanner.Problem{}), w.Notice(scanner.Notice{}), w.End(full.Summary),
			} {
				if !errors.Is(err, dst.err) {
					t.Fatalf("%s: call %d after a failed write: error %v", format, i, err)
				}
			}
			if dst.after {
				t.Fatalf("%s: wrote on after a failed write", format)
			}
		}
	}
}

func TestShortWrite(t *testing.T) {
	w, err := New(&brokenWriter{left: 3}, "json", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Render(full(), w); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v", err)
	}
}

// Streaming formats write a finding before the next one comes.
func TestStreaming(t *testing.T) {
	for _, format := range []string{"text", "json", "jsonl", "gitlab", "rdjson"} {
		var b strings.Builder
		w, err := New(&b, format, options())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Begin(scanner.Tool{}, scanner.Target{}), w.Finding(plain())); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "config/app.yml") {
			t.Errorf("%s keeps a finding back", format)
		}
	}
}

// The worst findings are kept in order, the first ones among equals.
func TestWorst(t *testing.T) {
	w := worst{max: 5}
	var bad, mild []*scanner.Finding
	for i := range 23 {
		f := plain()
		if i%6 == 4 {
			bad = append(bad, f)
		} else {
			f.Severity = rules.Low
			mild = append(mild, f)
		}
		w.add(f)
		if len(w.kept) >= 10 {
			t.Fatalf("%d findings kept", len(w.kept))
		}
	}
	want := append(bad, mild[0])
	if got := w.list(); !slices.Equal(got, want) || w.dropped != 18 {
		t.Errorf("kept %d, dropped %d", len(got), w.dropped)
	}
}
