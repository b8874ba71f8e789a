package worktree

import (
	"strings"
	"testing"
)

func TestKeylintIgnore(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", "vendor/x", "vendor/deep/y", "sub/z.snap", "sub/keep.snap", "top.snap", "sub/local")
	s.write("r/.keylintignore", "/vendor/\n*.snap\n")
	s.write("r/sub/.keylintignore", "!keep.snap\n/local\n")
	r := walk(t, s.open(s.options(), "r"))
	want(t, "files", r.blobs, ".keylintignore", "a", "sub/.keylintignore", "sub/keep.snap")
	want(t, "skipped", r.skips, "sub/local: excluded", "sub/z.snap: excluded", "top.snap: excluded", "vendor: excluded")

	// The rules of the directories above apply to what is named, too.
	for paths, skips := range map[string]string{
		"r/sub":             "local: excluded z.snap: excluded",
		"r/vendor":          ".: excluded",
		"r/vendor/deep":     ".: excluded",
		"r/vendor/x":        "vendor/x: excluded",
		"r/sub/z.snap r/a":  "sub/z.snap: excluded",
		"r/sub/keep.snap":   "",
		"r/vendor/x r/sub":  "sub/local: excluded sub/z.snap: excluded vendor/x: excluded",
		"r/sub/local r/sub": "sub/local: excluded sub/z.snap: excluded",
	} {
		got := walk(t, s.open(s.options(), strings.Fields(paths)...)).skips
		if strings.Join(got, " ") != skips {
			t.Errorf("%s: got skips %q, want %q", paths, got, skips)
		}
	}
}

func TestKeylintIgnoreWithoutGit(t *testing.T) {
	s := newSandbox(t)
	s.files("d/a", "d/sub/b", "d/sub/c")
	s.write("d/.keylintignore", "b\n")
	want(t, "files", walk(t, s.open(s.options(), "d")).blobs, ".keylintignore", "a", "sub/c")
	want(t, "files of a subdirectory", walk(t, s.open(s.options(), "d/sub")).blobs, "b", "c")
	want(t, "files of two paths", walk(t, s.open(s.options(), "d/a", "d/sub")).blobs, "a", "sub/c")
}

func TestExclude(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a.md", "docs/b.md", "docs/c.txt", "src/d.go")
	s.write("r/.keylintignore", "!a.md\n")
	o := s.options()
	o.Exclude = []string{"*.md", "/src", "!docs/b.md"}
	r := walk(t, s.open(o, "r"))
	want(t, "files", r.blobs, ".keylintignore", "docs/b.md", "docs/c.txt")
	want(t, "skipped", r.skips, "a.md: excluded", "src: excluded")

	o.ExcludeDir = s.path("r")
	want(t, "files of a subdirectory", walk(t, s.open(o, "r/docs")).blobs, "b.md", "c.txt")
	o.Exclude = []string{"/docs/c.txt"}
	want(t, "files of a subdirectory", walk(t, s.open(o, "r/docs")).blobs, "b.md")
}

// TestIgnoredIsNotExcluded sees that what git leaves out anyway is not counted
// as left out by keylint.
func TestIgnoredIsNotExcluded(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", "build/tracked")
	s.write("r/.gitignore", "build/\nout/\n*.log\n")
	s.write("r/.keylintignore", "build/\nout/\n*.log\n")
	s.files("r/out/x", "r/y.log")
	want(t, "skipped", walk(t, s.open(s.options(), "r")).skips, "build: excluded")
}

func TestIgnoredEnv(t *testing.T) {
	s := newSandbox(t)
	s.repo("r", "a", ".env.tracked", "sub/.env.example")
	s.write("r/.gitignore", ".env*\n*.env\n!.env.shown\nsecrets/\nnode_modules/\n.venv/\n")
	s.write("r/.keylintignore", "excluded/\n.env.excluded\n")
	s.files(
		"r/.env", "r/.env.local", "r/.env.shown", "r/.env.example", "r/.envrc", "r/prod.env", "r/example.env", "r/sub/.env", "r/.env.excluded", "r/excluded/.env",
		"r/secrets/.env", "r/secrets/prod/.env", "r/secrets/prod/eu/.env", "r/secrets/readme", "r/node_modules/m/.env", "r/node_modules/.env", "r/.venv/.env", "r/.env.d/.env",
	)
	tree := s.open(s.options(), "r")
	want(t, "ignored .env files", tree.IgnoredEnv(),
		s.path("r/.env"), s.path("r/.env.d/.env"), s.path("r/.env.local"), s.path("r/.envrc"), s.path("r/prod.env"),
		s.path("r/secrets/.env"), s.path("r/secrets/prod/.env"), s.path("r/sub/.env"))
	want(t, "files", walk(t, tree).blobs, ".env.shown", ".env.tracked", ".gitignore", ".keylintignore", "a", "sub/.env.example")
}

func TestIsEnvName(t *testing.T) {
	for name, want := range map[string]bool{
		".env": true, ".ENV": true, ".env.local": true, ".env-prod": true, ".env_test": true, ".envrc": true, "prod.env": true, ".env.production.local": true,
		".env.example": false, ".env.sample": false, ".env.template": false, ".env.dist": false, "example.env": false, ".env.local.example": false, "env-example.env": false,
		".environment": false, ".envoy": false, "env": false, "env.go": false, "": false, "x.envx": false,
	} {
		if got := isEnvName(name); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestCompareNames(t *testing.T) {
	for _, c := range []struct {
		a    string
		aDir bool
		b    string
		bDir bool
		want int
	}{
		{"a", false, "b", false, -1},
		{"a", true, "a.b", false, 1},
		{"a", false, "a.b", false, -1},
		{"a", true, "a-", true, 1},
		{"a", true, "a0", false, -1},
		{"a", false, "a", false, 0},
		{"ab", false, "a", true, 1},
	} {
		got := compareNames(c.a, c.aDir, c.b, c.bDir)
		if back := compareNames(c.b, c.bDir, c.a, c.aDir); got*c.want < 0 || (got == 0) != (c.want == 0) || got*back > 0 {
			t.Errorf("%s and %s: got %d and %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}
