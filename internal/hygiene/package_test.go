package hygiene

import (
	"path"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
)

// TestPackages packs .env and dist/.env, each with a key. What npm 11 and gcloud
// 528.0.0 take was asked of them: npm pack --dry-run, gcloud meta list-files-for-upload.
func TestPackages(t *testing.T) {
	const pkg = `{"name": "a", "version": "1.0.0"%s}`
	npm := func(more string) string { return strings.Replace(pkg, "%s", more, 1) }
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"npm":                            {map[string]string{"package.json": npm("")}, ".env dist/.env"},
		"npm, private":                   {map[string]string{"package.json": npm(`, "private": true`)}, ""},
		"npm, no version":                {map[string]string{"package.json": `{"name": "a"}`}, ""},
		"npm, broken":                    {map[string]string{"package.json": `{`}, ""},
		"npm, .gitignore":                {map[string]string{"package.json": npm(""), ".gitignore": ".env\n"}, ""},
		"npm, empty .npmignore":          {map[string]string{"package.json": npm(""), ".gitignore": ".env\n", ".npmignore": "\n"}, ".env dist/.env"},
		"npm, anchored":                  {map[string]string{"package.json": npm(""), ".npmignore": "/.env\n"}, "dist/.env"},
		"npm, files *":                   {map[string]string{"package.json": npm(`, "files": ["*"]`)}, ".env dist/.env"},
		"npm, files .":                   {map[string]string{"package.json": npm(`, "files": ["./"]`)}, ".env dist/.env"},
		"npm, files dist":                {map[string]string{"package.json": npm(`, "files": ["dist"]`), ".npmignore": ".env\n", ".gitignore": ".env\n"}, "dist/.env"},
		"npm, files dist, ignored there": {map[string]string{"package.json": npm(`, "files": ["dist"]`), "dist/.npmignore": ".env\n"}, ""},
		"npm, files dist/*.js":           {map[string]string{"package.json": npm(`, "files": ["dist/*.js", "**/*.ts"]`)}, ""},
		"npm, files without":             {map[string]string{"package.json": npm(`, "files": ["dist", "!**/.env"]`)}, ""},
		"npm, no files":                  {map[string]string{"package.json": npm(`, "files": []`)}, ""},

		"helm":                 {map[string]string{"Chart.yaml": "name: a\n"}, ".env dist/.env"},
		"helm, name":           {map[string]string{"Chart.yaml": "name: a\n", ".helmignore": "# secrets\n.env\n"}, ""},
		"helm, anchored":       {map[string]string{"Chart.yaml": "name: a\n", ".helmignore": "/.env\n"}, "dist/.env"},
		"helm, directory":      {map[string]string{"Chart.yaml": "name: a\n", ".helmignore": "dist/\n"}, ".env"},
		"helm, star":           {map[string]string{"Chart.yaml": "name: a\n", ".helmignore": ".env*\n"}, ""},
		"helm, negated":        {map[string]string{"Chart.yaml": "name: a\n", ".helmignore": "!Chart.yaml\n"}, ""},
		"helm, refused":        {map[string]string{"Chart.yaml": "name: a\n", ".helmignore": "**/.env\n"}, ""},
		"gcloud":               {map[string]string{".gcloudignore": "\n", ".gitignore": ".env\n"}, ".env dist/.env"},
		"gcloud, anchored":     {map[string]string{".gcloudignore": "/.env\n"}, "dist/.env"},
		"gcloud, include":      {map[string]string{".gcloudignore": "#!include:.gitignore\n", ".gitignore": ".env\n"}, ""},
		"gcloud, no file":      {map[string]string{"app.yaml": "runtime: go\n"}, ""},
		"vercel":               {map[string]string{".vercelignore": "docs\n"}, ".env dist/.env"},
		"vercel, all but":      {map[string]string{".vercelignore": "/*\n!api\n"}, ""},
		"vercel, no file":      {map[string]string{"vercel.json": "{}"}, ""},
		"serverless":           {map[string]string{"serverless.yml": "package:\n  patterns:\n    - '!node_modules/**'\n"}, ".env dist/.env"},
		"serverless, none":     {map[string]string{"serverless.yml": "service: a\n"}, ""},
		"serverless, without":  {map[string]string{"serverless.yml": "package:\n  patterns:\n    - '!**'\n    - 'dist/**'\n"}, "dist/.env"},
		"serverless, dotenv":   {map[string]string{"serverless.yml": "useDotenv: true\npackage:\n  patterns:\n    - '!x'\n"}, "dist/.env"},
		"serverless, bundled":  {map[string]string{"serverless.yml": "plugins:\n  - serverless-esbuild\npackage:\n  patterns:\n    - '!x'\n"}, ""},
		"serverless, excluded": {map[string]string{"serverless.yml": "package:\n  exclude:\n    - .env\n    - dist/**\n"}, ""},
	} {
		files := map[string]string{".env": "A_KEY=" + fakekey.Alnum(1, 30) + "\n", "dist/.env": "B_KEY=" + fakekey.Alnum(2, 30) + "\n"}
		var list []string
		for name, text := range c.files {
			files[name] = text
			list = append(list, name)
		}
		f := &Facts{Root: write(t, files), Files: list, Ignored: []string{".env", "dist/.env"}}
		var got []string
		for _, found := range run(t, f, "env-in-image") {
			for _, env := range f.Ignored {
				if strings.Contains(found.Message, " "+env+" with it") {
					got = append(got, env)
				}
			}
			if found.Fix != nil && found.Fix.Edits[0].Path != path.Base(found.Path) {
				t.Errorf("%s: fix %+v", name, found.Fix)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestVercelNames are files that are never uploaded.
func TestVercelNames(t *testing.T) {
	p := &pass{Facts: &Facts{Root: write(t, map[string]string{".vercelignore": "docs\n"})}}
	p.prepare()
	for name, want := range map[string]bool{".env": true, ".env.production": true, ".env.local": false, ".env.production.local": false, "docs/.env": false, "a/.env": true} {
		if got := vercelTakes(p, "", name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
