package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2"

	"github.com/agcloud/keylint/internal/atomicfile"
	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// An Allow is an [[allow]] table: findings that are false. It needs a rule, a
// reason, and a path or a fingerprint, and allows the findings that have all that
// it names.
type Allow struct {
	Rule string `toml:"rule"`
	// Path is relative to the target of the scan, with forward slashes. No
	// character in it is special.
	Path        string `toml:"path,omitempty"`
	Fingerprint string `toml:"fingerprint,omitempty"` // the id of a finding in a report
	Reason      string `toml:"reason"`
}

// Allows reports whether a finding is one of those that a stands for.
func (a *Allow) Allows(rule, path, fingerprint string) bool {
	return a.Rule == rule && (a.Path == "" || a.Path == path) && (a.Fingerprint == "" || a.Fingerprint == fingerprint)
}

// Allows reports whether an [[allow]] table stands for a finding.
func (c *Config) Allows(rule, path, fingerprint string) bool {
	return slices.ContainsFunc(c.Allow, func(a Allow) bool { return a.Allows(rule, path, fingerprint) })
}

// fingerprintDigits is the length of a fingerprint, in hexadecimal digits.
const fingerprintDigits = 32

// Check says what is missing or wrong in an entry.
func (a *Allow) Check() error {
	switch {
	case a.Rule == "":
		return errors.New("rule is missing: name the rule whose finding is false")
	case strings.TrimSpace(a.Reason) == "":
		return errors.New("reason is missing: say why the finding is false")
	case a.Path == "" && a.Fingerprint == "":
		return errors.New("path or fingerprint is missing: without one it would allow everything that the rule finds; [rules] disable does that")
	case a.Fingerprint != "" && (len(a.Fingerprint) != fingerprintDigits || strings.Trim(a.Fingerprint, "0123456789abcdef") != ""):
		return fmt.Errorf("fingerprint: write the %d hexadecimal digits of the id of the finding in a report", fingerprintDigits)
	}
	return nil
}

// checkAllow refuses [[allow]] tables that make no sense.
func (c *Config) checkAllow() error {
	for i := range c.Allow {
		if err := c.Allow[i].Check(); err != nil {
			return fmt.Errorf("%s: [[allow]] number %d: %w", c.path, i+1, err)
		}
	}
	return nil
}

// AddAllow appends [[allow]] tables to the configuration at path, which it makes
// if it is not there. What stands in the file stays as it is. Entries that are
// there already are left out.
//
// The new text is read, and must say what the old one did and the entries beside,
// before it replaces the file, which happens at once.
func AddAllow(path string, entries []Allow) error {
	data, err := regular.ReadFile(path, maxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read the configuration %s: %w", path, err)
	}
	text, err := appendAllow(path, data, entries)
	if err != nil || bytes.Equal(text, data) {
		return err
	}
	if err := atomicfile.Write(path, text); err != nil {
		return fmt.Errorf("cannot write the configuration %s: %w", path, err)
	}
	return nil
}

// appendAllow returns the configuration in data with entries; path is for errors.
func appendAllow(path string, data []byte, entries []Allow) ([]byte, error) {
	old, err := parse(path, data)
	if err != nil {
		return nil, err
	}
	want := *old
	for _, e := range entries {
		e.Path, e.Reason = tidyPath(e.Path, e.Fingerprint), oneLine(e.Reason)
		if !slices.Contains(want.Allow, e) {
			want.Allow = append(slices.Clip(want.Allow), e)
		}
	}
	text, err := withTables(data, want.Allow[len(old.Allow):])
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s would be larger than %d bytes: accept findings in the baseline instead", path, maxFile)
	}
	got, err := parse(path, text)
	if err != nil {
		return nil, fmt.Errorf("no [[allow]] table can be appended to %s, which was left as it is: %w", path, err)
	}
	want.data, got.data = nil, nil
	if !reflect.DeepEqual(&want, got) {
		return nil, fmt.Errorf("an [[allow]] table at the end of %s would change what else it says, so it was left as it is: write the table by hand", path)
	}
	return text, nil
}

// withTables returns data with a table for each entry below it, in the style of
// the line ends in data.
func withTables(data []byte, entries []Allow) ([]byte, error) {
	text := bytes.Clone(data)
	for _, e := range entries {
		table, err := toml.Marshal(struct {
			Allow []Allow `toml:"allow"`
		}{[]Allow{e}})
		if err != nil {
			return nil, err
		}
		if n := len(text); n > 0 && text[n-1] != '\n' {
			text = append(text, '\n')
		}
		if len(text) > 0 {
			text = append(text, '\n')
		}
		text = append(text, table...)
	}
	if bytes.Contains(data, []byte("\r\n")) {
		added := bytes.ReplaceAll(text[len(data):], []byte("\n"), []byte("\r\n"))
		text = append(text[:len(data):len(data)], added...)
	}
	return text, nil
}

// tidyPath returns a path for people to read. One with characters that could hide
// what a file says is left out where the fingerprint is enough.
func tidyPath(path, fingerprint string) string {
	odd := strings.ContainsFunc(path, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
	if odd && fingerprint != "" {
		return ""
	}
	return path
}

// oneLine returns text with white space and what is not printable turned into
// single spaces.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, " "), func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }), " ")
}

// FileIn returns the path of the configuration of dir: the one that [Find] finds,
// or else that of the file to make.
func FileIn(dir string) (string, error) {
	path, err := Find(dir)
	if path == "" && err == nil {
		path = filepath.Join(dir, FileName)
	}
	return path, err
}
