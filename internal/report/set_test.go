package report

import (
	"strings"
	"testing"
	"time"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// day returns noon of a day of January 2024, east of Greenwich.
func day(n int) time.Time {
	return time.Date(2024, time.January, n, 12, 0, 0, 0, time.FixedZone("", 2*60*60))
}

// object returns the id of a git object with the same digit everywhere.
func object(digit string) string { return strings.Repeat(digit, 40) }

// digest returns a fingerprint that begins with n.
func digest(n string) string { return n + strings.Repeat("0", 32-len(n)) }

func secret(redacted, hash string) *scanner.SecretInfo {
	return &scanner.SecretInfo{Redacted: redacted, Length: 51, Hash: "hmac-sha256:" + digest(hash)}
}

// plain is a key in a file of ASCII, with everything that text shows.
func plain() *scanner.Finding {
	return &scanner.Finding{
		ID: digest("a1"), Rule: "agcloud-api-key", Category: rules.CategorySecret,
		Severity: rules.Critical, Confidence: rules.HighConfidence,
		Message: "AGCloud API key", Name: "AGCLOUD_API_KEY",
		Help:   "Revoke the key in the console and read it from the environment.\nRotating it is not enough: whoever has this copy keeps the old one until it is revoked.",
		Secret: secret("sk-a…9f3c", "b1"), Source: "worktree", Path: "config/app.yml",
		Location: scanner.Location{Line: 12, Column: 8, EndLine: 12, EndColumn: 59},
		Frame: []scanner.FrameLine{
			{Number: 11, Text: "agcloud:"},
			{Number: 12, Text: "  key: sk-a…9f3c", Start: 7, End: 18},
			{Number: 13, Text: ""},
		},
		Fix: &scanner.Fix{Description: "read the key from the environment", Edits: []scanner.Edit{{Path: "config/app.yml", Start: 90, End: 141, New: "${AGCLOUD_API_KEY}"}}},
	}
}

// encoded stands in the same file as plain, behind characters that are more
// bytes than UTF-16 code units.
func encoded() *scanner.Finding {
	return &scanner.Finding{
		ID: digest("a2"), Rule: "agcloud-bearer", Category: rules.CategorySecret,
		Severity: rules.High, Confidence: rules.MediumConfidence, Message: "AGCloud bearer token",
		Secret: secret("sk-b…0000", "b2"), Source: "worktree", Path: "config/app.yml",
		Location: scanner.Location{Line: 40, Column: 16, EndLine: 40, EndColumn: 84},
		Encoding: []rules.Encoding{"base64", "hex"},
		Frame:    []scanner.FrameLine{{Number: 40, Text: "\tgrüße 😀: c2st…MDAw", Start: 15, End: 26}},
		Verify: &scanner.Verification{
			Status: "live", Reason: "the API accepted it", Checked: day(9), Facts: map[string]string{"scopes": "repo, user", "account": "jo"},
			Next: "Revoke the key now: whoever saw it can use it.",
		},
	}
}

// committed was found in history, and in more places than text lists.
func committed() *scanner.Finding {
	at := true
	f := &scanner.Finding{
		ID: digest("a3"), Rule: "agcloud-api-key", Category: rules.CategorySecret,
		Severity: rules.Medium, Confidence: rules.LowConfidence, Message: "AGCloud API key",
		Secret: secret("sk-c…1111", "b3"), Source: "history", Path: "docs/a b#c?.md",
		Location: scanner.Location{Line: 3, Column: 1, EndLine: 5, EndColumn: 2},
		AtHead:   &at,
		Commit: &scanner.Commit{
			ID: object("1"), Author: "Jo \x1b[2JDoe", Email: "jo@example.org", Time: day(2),
			Subject: "add key \u202egnp.exe", Refs: []string{"main", "v1.0"},
		},
	}
	for i := range 7 {
		f.Occurrences = append(f.Occurrences, scanner.Occurrence{
			Path: "docs/copy.md", Line: i + 1, Column: 2, Commit: object("2"), Blob: object("3"),
		})
	}
	return f
}

// message was found in the message of a commit, and was removed since.
func message() *scanner.Finding {
	return &scanner.Finding{
		ID: digest("a4"), Rule: "generic-gateway-key", Category: rules.CategorySecret,
		Severity: rules.Low, Confidence: rules.LowConfidence, Message: "Key of a gateway",
		Secret: secret("…", "b4"), Source: "history", Origin: scanner.OriginCommitMessage,
		Location: scanner.Location{Line: 1, Column: 5, EndLine: 1, EndColumn: 56},
		Commit:   &scanner.Commit{ID: object("4"), Author: "Jo", Email: "jo@example.org", Time: day(3), Subject: "oops"},
		Removed:  &scanner.CommitRef{ID: object("5"), Time: day(4)},
	}
}

// habit is about a file as a whole.
func habit() *scanner.Finding {
	return &scanner.Finding{
		ID: digest("a5"), Rule: "env-tracked", Category: rules.CategoryHygiene,
		Severity: rules.Medium, Confidence: rules.HighConfidence, Message: ".env is tracked by git",
		Help: "git rm --cached .env", Source: "worktree", Path: ".env",
	}
}

// hostile has a name that no output must take at its word.
func hostileFinding() *scanner.Finding {
	f := plain()
	f.ID, f.Path, f.Severity = digest("a6"), "src/we\nird, 100%:\x1b[31m\u009b\xff::error::]](x).txt", rules.Info
	f.Message = "a message [that](http://example.org) goes on " + strings.Repeat("and on ", 40) + "\u2066till here"
	f.Frame = []scanner.FrameLine{{Number: 12, Text: "x\x1b]0;title\a日本 sk-a…9f3c", Start: 19, End: 30}}
	f.Help, f.Fix = "", nil
	return f
}

// full is the report that all formats are tested on.
func full() *scanner.Report {
	return &scanner.Report{
		Schema:   scanner.Schema,
		Tool:     scanner.Tool{Name: "keylint", Version: "1.2.3", Rules: "sha256:" + digest("c1")},
		Target:   scanner.Target{Kind: "worktree", Path: "/src/app", Head: object("6")},
		Findings: []*scanner.Finding{plain(), encoded(), committed(), message(), habit(), hostileFinding()},
		Problems: []scanner.Problem{
			{Path: "private/\x1b[31mkey.pem", Reason: "permission denied: run as a user who may read it"},
			{Object: object("7"), Reason: "the object is corrupt: run git fsck"},
		},
		Notices: []scanner.Notice{{Path: "main.go", Line: 7, Reason: "this allow directive allows nothing: remove it"}},
		Rotation: []scanner.Rotation{rotation(), {
			Key: scanner.RotationKey{Redacted: "ghp_…\x1b", Hash: "hmac-sha256:" + digest("b3")}, Rule: "my-rule", Severity: rules.Medium,
			Steps: []scanner.RotationStep{{Action: scanner.RotateUpdate, Text: "Put it where the old one is used."}}, Places: []scanner.RotationPlace{},
		}},
		Summary: scanner.Summary{
			Findings: 6, Baselined: 3, Allowed: 1, DurationMS: 1234,
			Coverage: scanner.Coverage{Files: 120, Bytes: 3_400_000, Skipped: map[string]int{"binary": 10, "too_large": 1, "symlink": 0}},
		},
	}
}

// rotation is a plan with a place of every kind.
func rotation() scanner.Rotation {
	place := func(kind, path string, line int, name string, holds bool) scanner.RotationPlace {
		return scanner.RotationPlace{Kind: kind, Path: path, Line: line, Name: name, Holds: holds}
	}
	return scanner.Rotation{
		Key: scanner.RotationKey{Redacted: "sk-a…9f3c", Hash: plain().Secret.Hash}, Rule: "agcloud-api-key", Provider: "AGCloud",
		Severity: rules.Critical, Names: []string{"AGCLOUD_API_KEY"}, Console: "https://docs.example.com/keys",
		Steps: []scanner.RotationStep{
			{Action: scanner.RotateGenerate, Text: "Generate the new key in the console. It is shown once only, so copy it at once, and give it a name that tells its use."},
			{Action: scanner.RotateUpdate, Text: "Put it where the old one is used."},
			{Action: scanner.RotateRevoke, Text: "Revoke the old key."},
		},
		Places: []scanner.RotationPlace{
			place(scanner.PlaceEnv, ".env", 2, "AGCLOUD_API_KEY", true),
			place(scanner.PlaceGitHub, ".github/workflows/ci.yml", 12, "PROD_KEY", false),
			place(scanner.PlaceCI, ".gitlab-ci.yml", 3, "AGCLOUD_API_KEY", false),
			place(scanner.PlaceImage, "Dockerfile", 4, "AGCLOUD_API_KEY", false),
			place(scanner.PlaceHelm, "chart/values.yaml", 5, "agcloudApiKey", false),
			place(scanner.PlaceCompose, "compose.yaml", 6, "AGCLOUD_API_KEY", true),
			place(scanner.PlaceFile, "config/app.yml", 12, "", true),
			place(scanner.PlaceFile, "config/\x1b[31mapp.yml", 0, "", true),
			place(scanner.PlacePlatform, "fly.toml", 7, "AGCLOUD_API_KEY", false),
			place(scanner.PlaceTerraform, "infra/main.tf", 8, "agcloud_api_key", false),
			place(scanner.PlaceKubernetes, "k8s/app.yaml", 9, "AGCLOUD_API_KEY", false),
		},
		PlacesLeftOut: 3,
	}
}

// cleanReport is a complete scan without findings.
func cleanReport() *scanner.Report {
	r := full()
	r.Findings, r.Problems, r.Notices, r.Rotation = []*scanner.Finding{}, []scanner.Problem{}, nil, nil
	r.Summary = scanner.Summary{
		Coverage: scanner.Coverage{Files: 1, Bytes: 88_000_000, Skipped: map[string]int{}}, DurationMS: 300, Complete: true,
	}
	return r
}

// docs are the rules of the shared set, but for one that is unknown, and one
// that finds nothing.
func docs() []RuleDoc {
	return []RuleDoc{
		{
			ID: "agcloud-api-key", Title: "AGCloud API key", Severity: rules.Critical,
			Description: "Gives access to all models of the account.", Help: "Revoke the key in the console.",
			References: []string{"no address", "https://example.org/keys"},
		},
		{ID: "agcloud-bearer", Title: "AGCloud bearer token", Description: "The same key in a header.", Severity: rules.High},
		{ID: "env-tracked", Title: "Tracked .env file", Severity: rules.Medium},
		{ID: "unused", Title: "A rule without findings"},
	}
}

// options returns the options of the shared set.
func options() Options {
	return Options{
		AllRules: docs(),
		Now:      func() time.Time { return day(10) },
		Rules: func(id string) (RuleDoc, bool) {
			for _, d := range docs() {
				if d.ID == id {
					return d, true
				}
			}
			return RuleDoc{}, false
		},
	}
}

// render returns a report in a format.
func render(t testing.TB, rep *scanner.Report, format string, o Options) string {
	t.Helper()
	var b strings.Builder
	w, err := New(&b, format, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := Render(rep, w); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

func TestLocalPaths(t *testing.T) {
	for _, c := range []struct{ base, below, path, want string }{
		{"", "", "a/b", "a/b"}, {"x", "", "a/b", "x/a/b"}, {"..", "", "a", "../a"},
		{"..", "sub", "sub/a", "a"}, {"..", "sub", "b", "../b"}, {"../..", "sub/dir", "sub/a", "../a"}, {"..", "sub", "sub", "../sub"}, {"..", "sub", "", ""},
	} {
		o := Options{Base: c.base, Below: c.below}
		if got := o.local(c.path); got != c.want {
			t.Errorf("%q below %q: %q shown as %q, want %q", c.base, c.below, c.path, got, c.want)
		}
	}
}
