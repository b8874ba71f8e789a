package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A summary stays below what GitHub takes, says what it left out, and begins with
// the worst.
func TestMarkdownIsBounded(t *testing.T) {
	rep := cleanReport()
	for i := range 30_000 {
		f := plain()
		f.Path, f.Severity = strings.Repeat("ü", 400)+fmt.Sprint(i), rules.Low
		if i == 29_999 {
			f.Path, f.Severity = "worst.txt", rules.Critical
		}
		f.Commit = &scanner.Commit{ID: object("1"), Subject: strings.Repeat("|`", 500)}
		rep.Findings = append(rep.Findings, f)
		rep.Problems = append(rep.Problems, scanner.Problem{Path: strings.Repeat("p", 4000), Reason: strings.Repeat("r", 4000)})
		rep.Notices = append(rep.Notices, scanner.Notice{Path: strings.Repeat("n", 4000), Reason: strings.Repeat("r", 4000)})
	}
	got := render(t, rep, "markdown", options())
	if len(got) >= 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
	rows := strings.Count(got, "\n| low |") + strings.Count(got, "\n| critical |")
	if rows == 0 || !strings.Contains(got, fmt.Sprintf("and %d more findings, none worse than these", 30_000-rows)) {
		t.Errorf("%d rows, and the others are not counted", rows)
	}
	if first := strings.Index(got, "worst.txt"); first < 0 || strings.Contains(got[:first], "| low |") {
		t.Error("the worst finding is not the first")
	}
	if !strings.Contains(got, "- and 29950 more") {
		t.Error("problems were left out in silence")
	}
}

// Names that are Markdown stay names: a row has five bars that count, and nothing
// is a link, an image, a heading or HTML.
func TestMarkdownHostile(t *testing.T) {
	for _, name := range []string{
		"a|b", `a\|b`, "`x` [l](https://evil.example)", "``", "` `", "<img src=x onerror=alert(1)>", "a\n# b", "a\r\n| b |",
		"![i](http://evil.example/x.png)", "@team", "\x1b[2J", "\u202egnp.exe", "a -->", "&lt;b&gt;", "https://evil.example", "*a* _b_ ~~c~~",
	} {
		rep := cleanReport()
		f := plain()
		f.Path = name
		f.Message = "Key from " + name
		f.Commit = &scanner.Commit{ID: object("1"), Subject: name, Author: name}
		rep.Findings = []*scanner.Finding{f}
		rep.Problems = []scanner.Problem{{Path: name, Reason: "from " + name}}
		rep.Notices = []scanner.Notice{{Path: name, Line: 3, Reason: "from " + name}}
		rep.Rotation = []scanner.Rotation{{
			Key: scanner.RotationKey{Redacted: name, Hash: name}, Provider: "from " + name,
			Steps:  []scanner.RotationStep{{Action: scanner.RotateUpdate, Text: "at " + name}},
			Places: []scanner.RotationPlace{{Kind: scanner.PlaceGitHub, Path: name, Name: "x" + name}},
		}}
		got := render(t, rep, "markdown", Options{})
		lines := strings.Split(got, "\n")
		if n := len(lines); n != 25 {
			t.Errorf("%q: %d lines:\n%s", name, n, got)
		}
		row := lines[6]
		if n := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); n != 5 {
			t.Errorf("%q: %d bars in %s", name, n, row)
		}
		text := spans.ReplaceAllString(got, "")
		for _, bad := range []string{"](", "<img", "![", "@team", "\x1b", "\u202e", "m https://"} {
			if i := strings.Index(text, bad); i >= 0 && (i == 0 || text[i-1] != '\\') {
				t.Errorf("%q: %q stands outside of code:\n%s", name, bad, text)
			}
		}
	}
}

// spans matches spans of code with fences of up to three.
var spans = regexp.MustCompile("```[^\n]*?[^`]```|``[^\n]*?[^`]``|`[^`\n]+`")

// Plans are lists of tasks; of many, the first, and how many there are.
func TestMarkdownPlans(t *testing.T) {
	rep := full()
	for range 30 {
		rep.Rotation = append(rep.Rotation, rotation())
	}
	got := render(t, rep, "markdown", options())
	for _, want := range []string{
		"### To rotate `sk-a…9f3c`, a key of AGCloud\n\n- [ ] Generate the new key", "\n  - `config/app.yml:12`: holds the key\n", "\n  - and 3 more places\n",
		"\nand 22 more keys to rotate in the same way\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

// A key that is masked whole is named by its rule, if that is known, and its place.
func TestPlanOfHiddenKey(t *testing.T) {
	rep := full()
	p := rotation()
	p.Key.Redacted, p.Provider = rules.Hidden, ""
	rep.Rotation = []scanner.Rotation{p}
	for _, c := range []struct {
		format, want string
		o            Options
	}{
		{"text", "to rotate a key in .env:2\n", Options{}},
		{"text", "to rotate AGCloud API key in .env:2\n", options()},
		{"markdown", "### To rotate `AGCloud API key in .env:2`\n", options()},
	} {
		if got := render(t, rep, c.format, c.o); !strings.Contains(got, c.want) {
			t.Errorf("%s lacks %q:\n%s", c.format, c.want, got)
		}
	}
}

// What is older is listed by every format, and by none as what counts.
func TestOlder(t *testing.T) {
	rep := cleanReport()
	f := plain()
	f.Older = true
	rep.Findings, rep.Summary.Findings = []*scanner.Finding{f}, 1
	for format, want := range map[string][]string{
		"text":     {"AGCloud API key, older than the range", "1 of them older and not counted"},
		"json":     {`"older":true`},
		"jsonl":    {`"older":true`},
		"sarif":    {`"baselineState":"unchanged"`, `"level":"note"`},
		"junit":    {`failures="0"`, "<skipped message="},
		"github":   {"::notice file=config/app.yml", "older than the range"},
		"gitlab":   {"older than the range"},
		"rdjson":   {`"severity":"INFO"`, "older than the range"},
		"markdown": {"older than the range"},
		"csv":      {",true,"},
		"html":     {`<i class="tag">older</i>`, "older than the range"},
	} {
		got := render(t, rep, format, Options{})
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s lacks %q:\n%s", format, text, got)
			}
		}
		if strings.Contains(got, "::error") || strings.Contains(got, "<failure") {
			t.Errorf("%s: it counts:\n%s", format, got)
		}
	}
	var w worst
	w.max = 10
	young := encoded()
	w.add(f)
	w.add(young)
	if w.sorted()[0] != young {
		t.Error("what is older comes first")
	}
}
