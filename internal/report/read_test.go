package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/agcloud/keylint/scanner"
)

func TestRoundTrip(t *testing.T) {
	for _, rep := range []*scanner.Report{full(), cleanReport(), {}} {
		for _, format := range []string{"json", "jsonl"} {
			saved := render(t, rep, format, options())
			read, err := Read(iotest.HalfReader(strings.NewReader(saved)))
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if again := render(t, read, format, options()); again != saved {
				t.Errorf("%s changed when read and written:\n%s\n%s", format, saved, again)
			}
		}
	}
}

// A converted report is what the scan would have written in that format. What
// JSON cannot hold, names that are not UTF-8, is left out of the comparison.
func TestConvert(t *testing.T) {
	rep := full()
	rep.Findings[5].Path = strings.ToValidUTF8(rep.Findings[5].Path, "")
	for _, from := range []string{"json", "jsonl"} {
		saved, err := Read(strings.NewReader(render(t, rep, from, options())))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range Formats() {
			if got, want := render(t, saved, to, options()), render(t, rep, to, options()); got != want {
				t.Errorf("%s to %s:\n%s\nwant\n%s", from, to, got, want)
			}
		}
	}
}

// The streamed document is the one that the types of package scanner describe.
func TestJSONIsReport(t *testing.T) {
	rep := full()
	rep.Findings[5].Path = "x"
	var got scanner.Report
	dec := json.NewDecoder(strings.NewReader(render(t, rep, "json", Options{})))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	a, errA := json.Marshal(rep)
	b, errB := json.Marshal(got)
	if err := errors.Join(errA, errB); err != nil || !bytes.Equal(a, b) {
		t.Errorf("%v\n%s\n%s", err, a, b)
	}
}

func TestJSONLKeys(t *testing.T) {
	var keys []string
	for line := range strings.Lines(render(t, full(), "jsonl", Options{})) {
		var m map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &m); err != nil || len(m) != 1 {
			t.Fatalf("%v: %s", err, line)
		}
		for key := range m {
			keys = append(keys, key)
		}
	}
	want := strings.Fields("begin finding finding finding finding finding finding problem problem notice rotation rotation summary")
	if !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
}

// A commit may claim any time. Those that RFC 3339 cannot express are changed.
func TestOddTimes(t *testing.T) {
	rep := full()
	c, v := rep.Findings[2].Commit, rep.Findings[1].Verify
	c.Time = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)
	v.Checked = time.Date(2024, 1, 1, 0, 0, 0, 0, time.FixedZone("", 30*60*60))
	rep.Findings[3].Removed.Time = time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, format := range Formats() {
		render(t, rep, format, options())
	}
	read, err := Read(strings.NewReader(render(t, rep, "json", options())))
	if err != nil {
		t.Fatal(err)
	}
	if !read.Findings[2].Commit.Time.IsZero() || !read.Findings[1].Verify.Checked.Equal(v.Checked) {
		t.Errorf("times %v and %v", read.Findings[2].Commit.Time, read.Findings[1].Verify.Checked)
	}
}

// Keys of later versions, in any order, are passed over.
func TestReadOrder(t *testing.T) {
	const text = "\xef\xbb\xbf" + `{"summary":{"complete":true,"new":[1]},"problems":null,"new":{"a":[{}]},
		"findings":[{"id":"a","rule":"b","category":"secret","severity":"high","confidence":"low","new":1}],
		"target":{},"tool":{},"schema":"keylint/report/v1"}` + "\n\n"
	rep, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Findings) != 1 || rep.Findings[0].Rule != "b" || !rep.Summary.Complete || rep.Problems == nil {
		t.Errorf("read %+v", rep)
	}
}

func TestReadErrors(t *testing.T) {
	const tail = `,"tool":{},"target":{},"problems":[],"summary":{}}`
	doc := func(findings string) string {
		return `{"schema":"keylint/report/v1","findings":` + findings + tail
	}
	const head = `{"begin":{"schema":"keylint/report/v1","tool":{},"target":{}}}`
	for _, test := range []struct{ in, want string }{
		{"", "it is empty"},
		{"\xff\xfe{\x00", "UTF-16"},
		{"text of keylint", "no report of keylint"},
		{"[]", "no report of keylint"},
		{`"x"`, "found a string"},
		{"{}", "an object is empty"},
		{`{"schema":"keylint/report/v2"}`, "the version of keylint that wrote it"},
		{`{"schema":7}`, "no report of keylint"},
		{`{"schema":"keylint/report/v1"}`, `no "tool"`},
		{`{"schema":"keylint/report/v1","schema":"keylint/report/v1"}`, "twice"},
		{`{"runs":[]}`, `no "schema"`},
		{doc("7"), "found a number"},
		{doc("[null]"), "null"},
		{doc("[{}]"), "no id"},
		{doc(`[{"id":"a","rule":"b","category":"x"}]`), "category"},
		{doc(`[{"id":"a","rule":"b","category":"secret","line":-1}]`), "negative"},
		{doc(`[{"id":"a","rule":"b","category":"secret","severity":"bad"}]`), `unknown severity "bad"`},
		{doc("[]") + "{}", "something follows"},
		{strings.Replace(doc("[]"), `"problems":[]`, `"problems":[{}]`, 1), "no reason"},
		{strings.Replace(doc("[]"), `"problems":[]`, `"problems":[],"notices":[{}]`, 1), "no reason"},
		{strings.Replace(doc("[]"), `"problems":[]`, `"problems":[],"rotation":[{"key":{"hash":"x"}}]`, 1), "no key or no steps"},
		{doc("[]")[:60], "cut off"},
		{head, "cut off"},
		{head + "\n" + head, "in its first line"},
		{`{"problem":{"reason":"x"}}`, "in its first line"},
		{strings.Replace(head, "v1", "v9", 1), "the version of keylint that wrote it"},
		{head + `{"problem":{"reason":"x"},"notice":{}}`, "more than one key"},
		{head + `{}`, "an object is empty"},
		{head + `{"summary":{}}{"notice":{"reason":"x"}}`, "something follows"},
	} {
		_, err := Read(strings.NewReader(test.in))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Read(%.80q): error %v, want %q", test.in, err, test.want)
		}
	}
}

// Every cut makes a report unreadable: no prefix passes for a whole.
func TestReadCutOff(t *testing.T) {
	for _, format := range []string{"json", "jsonl"} {
		rep := full()
		rep.Findings = rep.Findings[:1]
		text := strings.TrimSpace(render(t, rep, format, options()))
		for i := range len(text) {
			if _, err := Read(strings.NewReader(text[:i])); err == nil {
				t.Fatalf("%s: %d of %d bytes were read as a whole", format, i, len(text))
			}
		}
	}
}

func TestReadFailure(t *testing.T) {
	broken := errors.New("no such device")
	for _, head := range []string{"", `{"schema":`, `{"schema":"keylint/report/v1","findings":[`} {
		_, err := Read(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("after %q: error %v", head, err)
		}
	}
}

// endless is a report that never ends a string.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	const head = `{"schema":"keylint/report/v1","findings":[{"id":"`
	if e.n == 0 {
		e.n = int64(copy(p, head))
		return int(e.n), nil
	}
	for i := range p {
		p[i] = 'a'
	}
	e.n += int64(len(p))
	return len(p), nil
}

func TestReadIsBounded(t *testing.T) {
	var e endless
	const limit = 1 << 20
	if _, err := read(&e, limit); !errors.Is(err, errTooLarge) || e.n > 2*limit {
		t.Errorf("error %v after %d bytes", err, e.n)
	}
	rep := full() // larger than a record as a whole
	rep.Findings = slices.Repeat(rep.Findings[:1], 2*limit/len(render(t, full(), "json", Options{})))
	text := render(t, rep, "json", Options{})
	if got, err := read(strings.NewReader(text), 1<<14); err != nil || len(got.Findings) != len(rep.Findings) {
		t.Errorf("many records: %v", err)
	}
}

// FuzzRead holds that what can be read can be rendered in all formats, and
// does not change when it is read again.
func FuzzRead(f *testing.F) {
	seeds, err := filepath.Glob("testdata/golden/json*")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"begin":{"schema":"keylint/report/v1"}}{"finding":{"id":"a","rule":"b","category":"secret","frame":[{"start":-1,"end":99}]}}{"summary":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rep, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		first := render(t, rep, "json", options())
		again, err := Read(strings.NewReader(first))
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, first)
		}
		if second := render(t, again, "json", options()); first != second {
			t.Fatalf("changed:\n%s\n%s", first, second)
		}
		for _, format := range Formats() {
			checkSyntax(t, format, render(t, rep, format, options()))
		}
	})
}

func TestOptionsZeroValue(t *testing.T) {
	for _, format := range Formats() {
		checkSyntax(t, format, render(t, full(), format, Options{}))
		checkSyntax(t, format, render(t, &scanner.Report{}, format, Options{}))
	}
}
