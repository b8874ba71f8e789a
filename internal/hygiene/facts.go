package hygiene

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// maxFile is the size in bytes of the largest file that a check reads.
const maxFile = 8 << 20

// Facts are what checks look at. The caller fills in the exported fields; they
// are not changed. Facts are for one goroutine. Paths are relative to Root,
// with forward slashes.
type Facts struct {
	Root string // an absolute path without symbolic links
	// Scope is the files and directories that were asked for; empty for all.
	Scope   []string
	Files   []string // what was scanned: tracked, and what git would add
	Ignored []string // the .env files that git ignores
	// Keys are the keys that the scan found in Files, accepted ones included.
	Keys []*scanner.Finding
	// Mentions are the files in which a host of Hosts stands.
	Mentions []string
	Hosts    []string // the hosts of the gateway
	// Rules find keys in files that were not scanned. Nil leaves those out.
	Rules *rules.Set
	Git   gitrepo.Options
	// Content returns a file's content, at most limit bytes, or nil when there is
	// none that can be read. Nil reads the files below Root.
	Content func(name string, limit int64) []byte

	// History is what the history holds: the keys that a scan of it found,
	// accepted ones included.
	History []*scanner.Finding
	Now     time.Time
	// RotateAfter is how long a key may be in use; 0 means the default.
	RotateAfter time.Duration

	listed  map[string]bool
	keys    map[string][]*scanner.Finding // by path
	minor   map[string][]*scanner.Finding // those that do little harm, as of test modes
	repos   map[string]*repository        // by directory
	texts   map[string][]byte
	envFile map[string][]envKey
	envs    []string // see envFiles

	problems []scanner.Problem // that the scan could not meet
}

// prepare makes the indexes over the exported fields.
func (f *Facts) prepare() {
	f.listed = map[string]bool{}
	f.keys = map[string][]*scanner.Finding{}
	f.minor = map[string][]*scanner.Finding{}
	f.repos = map[string]*repository{}
	f.texts = map[string][]byte{}
	f.envFile = map[string][]envKey{}
	f.envs = nil
	for _, name := range f.Files {
		f.listed[name] = true
		if dotenv.IsEnvFile(name) {
			f.envs = append(f.envs, name)
		}
	}
	f.envs = sorted(append(f.envs, f.Ignored...))
	for _, k := range f.Keys {
		switch {
		case !isKey(k) || k.Origin != "":
		case isMinor(k):
			f.minor[k.Path] = append(f.minor[k.Path], k)
		default:
			f.keys[k.Path] = append(f.keys[k.Path], k)
		}
	}
}

// native returns the path of a file for the system.
func (f *Facts) native(name string) string {
	return filepath.Join(f.Root, filepath.FromSlash(name))
}

// read returns a file's content; nil when there is none that can be read, or
// when it is too large to be what it is taken for. What was scanned and cannot
// be read is a problem of the scan.
func (f *Facts) read(name string) []byte {
	if data, ok := f.texts[name]; ok {
		return data
	}
	data := f.content(name)
	if len(data) <= 64<<10 { // large ones are read again rather than kept
		f.texts[name] = data
	}
	return data
}

func (f *Facts) content(name string) []byte {
	if f.Content != nil {
		return f.Content(name, maxFile)
	}
	data, err := regular.ReadFileNoFollow(f.native(name), maxFile)
	if err != nil {
		return nil
	}
	return data
}

// envFiles returns the .env files, listed and ignored, sorted by path.
func (f *Facts) envFiles() []string { return f.envs }

// sorted returns list in order, each text once.
func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// envKeys returns the keys in a .env file or template of the tree.
func (f *Facts) envKeys(name string) []envKey {
	keys, ok := f.envFile[name]
	if !ok {
		keys = keysOfEnv(name, f.read(name), f.keys[name], f.minor[name])
		f.envFile[name] = keys
	}
	return keys
}

// locationOf returns the place of data[start:end].
func locationOf(data []byte, start, end int) scanner.Location {
	var l scanner.Location
	l.Line, l.Column = point(data, start)
	l.EndLine, l.EndColumn = point(data, end)
	return l
}

func point(data []byte, at int) (line, column int) {
	text := data[:min(at, len(data))]
	return bytes.Count(text, []byte("\n")) + 1, len(text) - bytes.LastIndexByte(text, '\n')
}

// offsetOf returns where a location begins in data, and -1 when it is not in it.
func offsetOf(data []byte, l scanner.Location) int {
	at := 0
	for n := 1; n < l.Line; n++ {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
	}
	if l.Line < 1 || at+l.Column-1 > len(data) {
		return -1
	}
	return at + l.Column - 1
}

// maxLine is how far from a key its line is looked at, in bytes.
const maxLine = 4096

// lineBefore returns what stands before data[at] on its line.
func lineBefore(data []byte, at int) string {
	text := data[max(0, at-maxLine):at]
	return string(text[bytes.LastIndexByte(text, '\n')+1:])
}

// isPublicName reports whether a variable of this name holds what is meant to
// be seen: the identifiers that services give to browsers.
func isPublicName(name string) bool {
	up := strings.ToUpper(name)
	for _, prefix := range clientPrefixes() {
		if rest, ok := strings.CutPrefix(up, prefix); ok {
			up = rest
			break
		}
	}
	words := []string{
		"PUBLISHABLE", "PUBLIC", "ANON", "SITE_KEY", "SITEKEY", "FIREBASE", "MAPS", "MAPBOX", "POSTHOG", "SENTRY", "DSN", "RECAPTCHA", "TURNSTILE",
		"SEARCH", "CLIENT_ID", "ANALYTICS", "MEASUREMENT", "SEGMENT_WRITE", "AMPLITUDE", "MIXPANEL", "VAPID", "INSTRUMENTATION", "PUSHER", "WRITE_KEY",
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(up, w) })
}

// isFixture reports whether a file lies in a directory of things to try out or
// to copy, whose .env files are part of the project.
func isFixture(name string) bool {
	for _, part := range strings.Split(strings.ToLower(path.Dir(name)), "/") {
		for _, w := range strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("-_.", r) }) {
			switch w {
			case "test", "tests", "testing", "testdata", "testsuite", "spec", "specs", "e2e", "fixture", "fixtures", "mock", "mocks", "stub", "stubs", "snapshots",
				"example", "examples", "sample", "samples", "demo", "demos", "template", "templates", "cookiecutter", "scaffold", "skeleton", "starter", "starters", "boilerplate",
				"playground", "tutorial", "tutorials", "docs", "doc", "vendor", "node_modules":
				return true
			}
		}
	}
	return false
}

// mode returns the permissions of a file.
func (f *Facts) mode(name string) (os.FileMode, bool) {
	info, err := os.Lstat(f.native(name))
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Mode().Perm(), true
}
