package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/scanner"
)

// hostileTexts try to be more than text in a page.
var hostileTexts = []string{
	`<img src=x onerror=hacked=1>`, `"><svg onload=hacked=1>`, `' onmouseover='hacked=1' x='`, `" onmouseover="hacked=1" x="`,
	`</script><script>hacked=1</script>`, `</style><script>hacked=1</script>`, `javascript:hacked=1`, `{{.Script}}<!--`, `]]><iframe src=//evil.example>`,
	"`${hacked=1}`", `&lt;img&gt;<base href=//evil.example>`, `<!--<script>`, `--></title><script>hacked=1</script>`,
}

// quoted returns a text as JavaScript has it.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// tag matches what begins an element, and takes its name.
var tag = regexp.MustCompile(`<([a-zA-Z!][a-zA-Z0-9-]*)`)

// A page has the elements and attributes of our templates, whatever its texts are.
func TestHTMLHostile(t *testing.T) {
	names := func(page string) map[string]int {
		m := map[string]int{}
		for _, found := range tag.FindAllStringSubmatch(page, -1) {
			m[found[1]]++
		}
		return m
	}
	harmless := names(render(t, hostileReport("text"), "html", options()))
	if harmless["script"] != 1 || harmless["style"] != 1 || harmless["details"] != 4 {
		t.Fatalf("elements %v", harmless)
	}
	for _, evil := range hostileTexts {
		page := render(t, hostileReport(evil), "html", options())
		if got := names(page); fmt.Sprint(got) != fmt.Sprint(harmless) {
			t.Errorf("%s: elements\n%v, want\n%v", evil, got, harmless)
		}
		for _, bad := range []string{`" onmouseover="`, `' onmouseover='`, `href="javascript:`, "=" + evil} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: the page holds %s", evil, bad)
			}
		}
	}
}

// The policy names the script and the style that are in the page.
func TestHTMLPolicy(t *testing.T) {
	page := render(t, full(), "html", options())
	for _, name := range []string{"style", "script"} {
		found := regexp.MustCompile(`(?s)<`+name+`>(.*)</`+name+`>`).FindAllStringSubmatch(page, -1)
		if len(found) != 1 {
			t.Fatalf("%d elements %s", len(found), name)
		}
		if hash := sourceHash(found[0][1]); !strings.Contains(page, strings.ReplaceAll(name+"-src "+hash, "'", "&#39;")) && !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(page, "&#39;", "'"), "&#43;", "+"), name+"-src "+hash) {
			t.Errorf("the policy lacks %s of %s", hash, name)
		}
	}
	for _, bad := range []string{"unsafe-", "http:", " style=\"", " on"} {
		if head, _, _ := strings.Cut(page, "<style>"); strings.Contains(head, bad) {
			t.Errorf("the head holds %q", bad)
		}
	}
}

// A page of a scan that is not complete says so first, and takes no number for
// the whole.
func TestHTMLIncomplete(t *testing.T) {
	rep := cleanReport()
	page := render(t, rep, "html", options())
	if !strings.Contains(page, `class="verdict clean"`) || !strings.Contains(page, "no keys found") || strings.Contains(page, "≥") {
		t.Error("a clean scan does not look clean")
	}
	cut, nothing := cleanReport(), cleanReport()
	cut.Summary.Complete = false
	nothing.Summary.Coverage = scanner.Coverage{}
	odd := cleanReport()
	odd.Problems = full().Problems
	for _, rep := range []*scanner.Report{cut, odd, nothing} {
		page := render(t, rep, "html", options())
		if strings.Contains(page, `class="verdict clean"`) || strings.Contains(page, "no keys found") {
			t.Error("it looks clean")
		}
		if rep != nothing && (!strings.Contains(page, "<b>≥ 0</b>") || !strings.Contains(page, `id="problems"`)) {
			t.Error("it does not say that it is incomplete")
		}
	}
}

// A page that shows only the worst of many findings says so, and takes no number for
// the whole.
func TestHTMLLeavesOut(t *testing.T) {
	var b strings.Builder
	w := newHTML(&b, options()).(*htmlWriter)
	w.findings.max = 3
	for i := range 10 {
		f := plain()
		f.ID, f.Secret = fmt.Sprint(i), secret(fmt.Sprintf("sk-%d…0000", i), fmt.Sprint("a", i))
		if err := w.Finding(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(scanner.Summary{Complete: true, Coverage: scanner.Coverage{Files: 1}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"7 more findings, none worse than these, are left out", "<b>≥ 3</b>", "10 findings"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// Keys are counted once, with what all their findings say.
func TestHTMLKeys(t *testing.T) {
	yes, no := true, false
	at := func(path, source string, head, pushed *bool, from, to int) *scanner.Finding {
		f := plain()
		f.ID, f.Path, f.Source, f.AtHead, f.Pushed = path, path, source, head, pushed
		if from > 0 {
			f.Commit = &scanner.Commit{ID: object("1"), Author: "Jo", Time: day(from)}
		}
		if to > 0 {
			f.Removed = &scanner.CommitRef{ID: object("2"), Time: day(to)}
		}
		return f
	}
	w := newHTML(nil, options()).(*htmlWriter)
	for _, c := range []struct {
		name                         string
		findings                     []*scanner.Finding
		where, state, pushed, period string
	}{
		{"at HEAD in one place", []*scanner.Finding{at("a", "history", &no, &yes, 2, 3), at("b", "worktree", &yes, &no, 4, 0)}, whereHead, "head", pushedYes, "2024-01-02 to "},
		{"only in history", []*scanner.Finding{at("a", "history", &no, &no, 5, 6), at("b", "history", &no, nil, 2, 4)}, whereHistory, "past", pushedNo, "2024-01-02 to 2024-01-06"},
		{"gone from HEAD, still in the files", []*scanner.Finding{at("a", "worktree", &no, nil, 2, 3)}, whereFiles, "files", pushedUnknown, "2024-01-02 to "},
		{"never committed", []*scanner.Finding{at("a", "worktree", nil, nil, 0, 0)}, whereFiles, "files", pushedUnknown, " to "},
	} {
		b := w.group(c.findings)
		if len(b.keys) != 1 {
			t.Fatalf("%s: %d keys", c.name, len(b.keys))
		}
		k := b.keys[0]
		if k.Where != c.where || k.State != c.state || k.Pushed != c.pushed || k.First+" to "+k.until != c.period || k.Count != len(c.findings) {
			t.Errorf("%s: %+v", c.name, k)
		}
	}
	live, dead := encoded(), encoded()
	dead.Verify = &scanner.Verification{Status: scanner.StatusDead}
	if k := w.group([]*scanner.Finding{dead, live}).keys[0]; k.State != scanner.StatusLive {
		t.Errorf("a key that works somewhere is %s", k.State)
	}
}

// What checks say of a key stands with it: by its hash, or by its masked value when
// that names one key alone.
func TestHTMLRemarks(t *testing.T) {
	w := newHTML(nil, options()).(*htmlWriter)
	reused := habit()
	reused.Rule, reused.Path, reused.Message = "key-reused", ".env.production", "one key, sk-a…9f3c, serves production and staging"
	reused.Occurrences = []scanner.Occurrence{{Path: ".env.staging", Line: 1}}
	facts := func(findings ...*scanner.Finding) string {
		return fmt.Sprint(w.group(findings).keys[0].Facts)
	}
	if got := facts(plain(), reused); !strings.Contains(got, "{shared .env.production: one key") || !strings.Contains(got, ".env.staging:1") {
		t.Errorf("a key with one masked value: %s", got)
	}
	twin := plain()
	twin.Secret = secret("sk-a…9f3c", "b9")
	if got := facts(plain(), twin, reused); strings.Contains(got, "shared") {
		t.Errorf("a masked value of two keys: %s", got)
	}
	hashed := habit()
	hashed.Secret = twin.Secret
	if got := facts(twin, hashed); !strings.Contains(got, "checks") {
		t.Errorf("a check with the hash: %s", got)
	}
}

func TestHTMLAge(t *testing.T) {
	f := plain()
	f.Commit = &scanner.Commit{ID: object("1"), Time: day(1)}
	o := options()
	o.RotateAfter = 5 * 24 * time.Hour
	if page := render(t, &scanner.Report{Findings: []*scanner.Finding{f}}, "html", o); !strings.Contains(page, "9 days; keys are to be rotated after 5 days: overdue by 4 days") {
		t.Error("an old key is not overdue")
	}
	if page := render(t, &scanner.Report{Findings: []*scanner.Finding{f}}, "html", options()); strings.Contains(page, "overdue") || !strings.Contains(page, "after 90 days") {
		t.Error("a key is overdue after 9 days")
	}
}
