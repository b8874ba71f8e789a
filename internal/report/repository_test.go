package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/scanner"
)

// many returns a report of two repositories.
func many() *scanner.Report {
	rep := full()
	rep.Target = scanner.Target{Kind: "audit", Repositories: []scanner.Repository{{Name: "clones/a", Findings: 6, Complete: false}, {Name: "https://git.example/b", Findings: 1, Complete: true}}}
	for _, f := range rep.Findings {
		f.Repository = "clones/a"
	}
	again := plain()
	again.Repository = "https://git.example/b"
	rep.Findings = append(rep.Findings, again)
	for i := range rep.Problems {
		rep.Problems[i].Repository = "clones/a"
	}
	rep.Notices[0].Repository = "clones/a"
	for i := range rep.Rotation[0].Places {
		rep.Rotation[0].Places[i].Repository = "clones/a"
	}
	return rep
}

// TestRepositories makes sure that each format says in which repository a finding, a
// problem and a notice are.
func TestRepositories(t *testing.T) {
	for _, format := range Formats() {
		got := render(t, many(), format, Options{})
		want := []string{"clones/a/config/app.yml", "git.example/b/config/app.yml", "clones/a/private/", "clones/a/main.go"}
		switch format {
		case "json", "jsonl":
			want = []string{`"repository":"clones/a","path":"config/app.yml"`, `"repository":"https://git.example/b","path":"config/app.yml"`, `{"repository":"clones/a","path":"private/`, `{"repository":"clones/a","path":"main.go"`, `"repositories":[{"name":"clones/a"`}
		case "csv":
			want = []string{",next,repository\r\n", ",clones/a\r\n", ",https://git.example/b\r\n"}
		case "html":
			want = append(want, "by repository", `title="clones/a/config/"`, `title="clones/a/(messages)"`, "2 repositories, 1 of them incomplete", "<li>clones/a: 6 findings, INCOMPLETE</li>", "<li>https://git.example/b: 1 finding</li>")
		case "text":
			want = append(want, "audited 2 repositories, 1 of them incomplete", "of clones/a\n", "problem: clones/a: object", "clones/a/.env:2: holds")
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", format, w, got)
			}
		}
	}
}

// TestRepositoriesRead makes sure that a saved report keeps its repositories.
func TestRepositoriesRead(t *testing.T) {
	for _, format := range []string{"json", "jsonl"} {
		first := render(t, many(), format, Options{})
		rep, err := Read(bytes.NewReader([]byte(first)))
		if err != nil {
			t.Fatal(err)
		}
		if again := render(t, rep, format, Options{}); again != first {
			t.Errorf("%s changed:\n%s\nwas\n%s", format, again, first)
		}
		if text := render(t, rep, "text", Options{Verbose: true}); !strings.Contains(text, "    https://git.example/b: 1 finding\n") {
			t.Errorf("verbose text does not list the repositories: %s", text)
		}
		if !slices.EqualFunc(rep.Target.Repositories, many().Target.Repositories, func(a, b scanner.Repository) bool { return a == b }) {
			t.Errorf("%s: %v", format, rep.Target.Repositories)
		}
	}
}

// TestKnownIsNotClean makes sure that a report that leaves known findings out does
// not say that there are no keys.
func TestKnownIsNotClean(t *testing.T) {
	rep := cleanReport()
	rep.Summary.Known = 3
	for format, want := range map[string]string{"text": "nothing new in 1 file (88 MB); 3 findings of earlier audits not shown", "json": `"known":3`, "html": "nothing new in 1 file", "markdown": "nothing new in 1 file"} {
		if got := render(t, rep, format, Options{}); !strings.Contains(got, want) || strings.Contains(got, "no keys found") {
			t.Errorf("%s: %s, want %q", format, got, want)
		}
	}
	rep = full()
	rep.Problems, rep.Summary.Complete, rep.Summary.Known = nil, true, 3
	if got, want := render(t, rep, "text", Options{Quiet: false}), "3 more of earlier audits not shown, in"; !strings.Contains(got, want) {
		t.Errorf("%s, want %q", got, want)
	}
}
