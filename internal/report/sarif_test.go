package report

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validSARIF holds output to the schema of the standard.
func validSARIF(t *testing.T) func(text string) {
	file, err := os.Open("testdata/schema/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) {
		t.Helper()
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Error(err)
		}
	}
}

func TestSARIFSchema(t *testing.T) {
	check := validSARIF(t)
	check(render(t, full(), "sarif", options()))
	check(render(t, full(), "sarif", Options{}))
	check(render(t, cleanReport(), "sarif", options()))
	odd := full()
	odd.Findings = append(odd.Findings,
		&scanner.Finding{},
		&scanner.Finding{Rule: "x", Location: scanner.Location{Line: 5, Column: 9, EndLine: 3, EndColumn: 1}},
		&scanner.Finding{Rule: "x", Path: "//a/\x00", Encoding: []rules.Encoding{"utf-16le"}, Location: scanner.Location{Line: 1, Column: 1}},
		&scanner.Finding{Rule: "x", Path: "a", Occurrences: make([]scanner.Occurrence, 500)},
	)
	check(render(t, odd, "sarif", options()))
}

type sarifLog struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []struct {
		Tool               sarifTool                `json:"tool"`
		OriginalURIBaseIDs map[string]sarifArtifact `json:"originalUriBaseIds"`
		ColumnKind         string                   `json:"columnKind"`
		Invocations        []sarifInvocation        `json:"invocations"`
		Results            []sarifResult            `json:"results"`
	} `json:"runs"`
}

// What GitHub requires beyond the standard.
func TestSARIFForGitHub(t *testing.T) {
	run := decode[sarifLog](t, render(t, full(), "sarif", options())).Runs[0]
	for _, r := range run.Tool.Driver.Rules {
		if r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" || r.Help.Markdown == "" {
			t.Errorf("rule %s has an empty text", r.ID)
		}
		if r.Properties["security-severity"] == "0.0" {
			t.Errorf("rule %s is no security rule", r.ID)
		}
	}
	hashes := map[string]bool{}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %s has the index of another", r.RuleID)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.Region.StartLine < 1 ||
			r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" {
			t.Errorf("result without a message or a place: %+v", r)
		}
		hash := r.PartialFingerprints["primaryLocationLineHash"]
		if hashes[hash] || !strings.HasSuffix(hash, ":1") || len(hash) != 18 {
			t.Errorf("hash %q", hash)
		}
		hashes[hash] = true
	}
}

// Equal keys in one file have one fingerprint, and must stay two alerts.
func TestSARIFEqualFingerprints(t *testing.T) {
	rep := full()
	rep.Findings = []*scanner.Finding{plain(), plain()}
	text := render(t, rep, "sarif", options())
	if !strings.Contains(text, `a100000000000000:1"`) || !strings.Contains(text, `a100000000000000:2"`) {
		t.Error(text)
	}
}

func TestSARIFLimits(t *testing.T) {
	rep := cleanReport()
	const limit = 50
	for i := range limit + 7 {
		f := plain()
		f.ID = fmt.Sprintf("%032d", i)
		f.Severity = rules.Low
		if i >= limit {
			f.Severity = rules.Critical
		}
		rep.Findings = append(rep.Findings, f)
	}
	rep.Findings[0].Occurrences = nil
	rep.Findings[limit].Occurrences = slices.Repeat([]scanner.Occurrence{{Path: "a", Line: 1}}, 5000)
	for i := range 2 * maxNotes {
		rep.Problems = append(rep.Problems, scanner.Problem{Reason: fmt.Sprint(i)})
	}
	var b strings.Builder
	w := newSARIF(&b, options()).(*sarifWriter)
	w.findings.max = limit
	if err := Render(rep, w); err != nil {
		t.Fatal(err)
	}
	run := decode[sarifLog](t, b.String()).Runs[0]
	if len(run.Results) != limit || run.Results[0].Level != "error" || len(run.Results[0].RelatedLocations) != maxRelated {
		t.Errorf("%d results, first %s", len(run.Results), run.Results[0].Level)
	}
	notes := run.Invocations[0].Notifications
	if !strings.HasPrefix(notes[0].Message.Text, "7 findings left out") || len(notes) != 1+maxNotes+1 {
		t.Errorf("%d notifications, first %q", len(notes), notes[0].Message.Text)
	}
}

// Columns count UTF-16 code units where that can be known.
func TestSARIFColumns(t *testing.T) {
	at := func(column, end int, encoding rules.Encoding, text string, start int) *scanner.Finding {
		f := &scanner.Finding{Location: scanner.Location{Line: 7, Column: column, EndLine: 7, EndColumn: end}}
		f.Frame = []scanner.FrameLine{{Number: 6, Text: "äöü"}, {Number: 7, Text: text, Start: start, End: start + 3}}
		if encoding != "" {
			f.Encoding = []rules.Encoding{encoding}
		}
		return f
	}
	for _, test := range []struct {
		name       string
		f          *scanner.Finding
		start, end int
	}{
		{"ASCII", at(5, 25, "", "key=s…e", 4), 5, 25},
		{"two bytes", at(5, 25, "base64", "äö=s…e", 4+1-1), 3, 23},
		{"a pair of surrogates", at(6, 26, "", "😀=s…e", 5), 4, 24},
		{"a cut line", at(205, 225, "", "äö=s…e", 4), 205, 225},
		{"a masked key before", at(60, 80, "", "ä s…e s…e", 12), 60, 80},
		{"UTF-16", at(11, 31, "utf-16le", "key=s…e", 4), 6, 16},
		{"UTF-32", at(21, 61, "utf-32be", "key=s…e", 4), 6, 16},
		{"frame out of range", at(900, 920, "", "ä", 899), 900, 920},
	} {
		if start, end := columnsOf(test.f); start != test.start || end != test.end {
			t.Errorf("%s: columns %d to %d, want %d to %d", test.name, start, end, test.start, test.end)
		}
	}
}
