// Package config reads .keylint.toml and builds the rule set that it asks for.
//
// A configuration that does nothing is an error: an unknown key, a rule that
// does not exist, a format that cannot be searched for. Whoever wrote it
// believes to be protected by it.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

// maxFile is the most bytes of a configuration file.
const maxFile = 1 << 20

// FileName is the name of the configuration file.
const FileName = ".keylint.toml"

// A Config is what a configuration file says. The zero Config is the default.
type Config struct {
	AGCloud AGCloud `toml:"agcloud"`
	Hygiene Hygiene `toml:"hygiene"`
	Scan    Scan    `toml:"scan"`
	Rules   Rules   `toml:"rules"`
	Verify  Verify  `toml:"verify"`
	Compat  Compat  `toml:"compat"`
	Allow   []Allow `toml:"allow"`

	path string
	data []byte
}

// AGCloud describes the keys and the hosts of the service.
type AGCloud struct {
	KeyFormats []string `toml:"key_formats"` // regular expressions of whole keys
	Hosts      []string `toml:"hosts"`       // further hosts that speak for the gateway
}

// Scan says what is scanned and how.
type Scan struct {
	MaxSize string   `toml:"max_size"` // most of a file that is held in memory, as in "8MiB"
	Exclude []string `toml:"exclude"`  // patterns in gitignore syntax
}

// Compat says what is taken over from other scanners.
type Compat struct {
	// Allow says whether findings count as accepted that a project has accepted
	// for another scanner. It is true by default: somebody has judged them, and a
	// scanner that reports them all again is switched off. Each scan tells how many
	// there were.
	Allow *bool `toml:"allow"`
}

// Allowed returns Allow or its default.
func (c *Compat) Allowed() bool { return c.Allow == nil || *c.Allow }

// Rules chooses rules.
type Rules struct {
	Enable   []string          `toml:"enable"`   // only these; empty means all
	Disable  []string          `toml:"disable"`  // not these
	Severity map[string]string `toml:"severity"` // rule to severity
	Files    []string          `toml:"files"`    // further rule files, relative to the configuration
}

// Path returns the file that c was read from, "" for the default.
func (c *Config) Path() string { return c.path }

// Find looks for the configuration of dir: in dir and its parents, up to the
// root of the git repository or the file system. It returns "" when there is
// none.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, FileName)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return "", err
		}
		_, err := os.Lstat(filepath.Join(dir, ".git"))
		parent := filepath.Dir(dir)
		if err == nil || parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// Load reads the configuration at path; "" gives the default. Errors name the
// file, the line and the key.
func Load(path string) (*Config, error) {
	if path == "" {
		return &Config{}, nil
	}
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	return parse(path, data)
}

// parse is Load of a file that was read.
func parse(path string, data []byte) (*Config, error) {
	c, err := decode(path, data)
	if err != nil {
		return nil, err
	}
	if _, err := c.Scan.Size(); err != nil {
		return nil, c.errorAt("scan", "max_size", err)
	}
	if _, err := c.Hygiene.MaxAge(); err != nil {
		return nil, c.errorAt("hygiene", "rotate_after", err)
	}
	return c, errors.Join(c.checkVerify(), c.checkAllow())
}

// read reads the file at path.
func read(path string) ([]byte, error) {
	data, err := regular.ReadFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration %s: %w", path, err)
	}
	return data, nil
}

// decode decodes data, the content of the file at path.
func decode(path string, data []byte) (*Config, error) {
	c := &Config{path: path}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	c.data = data
	dec := toml.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(c); err != nil {
		return nil, decodeError(path, err)
	}
	return c, nil
}

// decodeError gives an error of the decoder its place.
func decodeError(path string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var errs []error
		for _, e := range strict.Errors {
			row, col := e.Position()
			errs = append(errs, fmt.Errorf("%s:%d:%d: unknown key %s: see “keylint config show” for the keys there are", path, row, col, strings.Join(e.Key(), ".")))
		}
		return errors.Join(errs...)
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		row, col := wrong.Position()
		return fmt.Errorf("%s:%d:%d: %s: %w", path, row, col, strings.Join(wrong.Key(), "."), err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// errorAt gives err the place of a key.
func (c *Config) errorAt(table, key string, err error) error {
	where := c.path
	if n := c.line(table, key); n > 0 {
		where += fmt.Sprintf(":%d", n)
	}
	return fmt.Errorf("%s: [%s] %s: %w", where, table, key, err)
}

// line returns the line of a key in the file, 0 when it is not there.
func (c *Config) line(table, key string) int {
	in := ""
	for i, line := range strings.Split(string(c.data), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			in = strings.Trim(line, "[] ")
		}
		if name, _, ok := strings.Cut(line, "="); ok && (in == table && strings.TrimSpace(name) == key || in == "" && strings.TrimSpace(name) == table+"."+key || in == table+"."+key) {
			return i + 1
		}
	}
	return 0
}

// Size returns MaxSize in bytes; 0 when it is not set.
func (s *Scan) Size() (int, error) {
	if s.MaxSize == "" {
		return 0, nil
	}
	return ParseSize(s.MaxSize)
}

// ParseSize reads a size: a whole number with KiB, MiB or GiB, or of bytes. It
// must be at least 64 KiB and at most 1 GiB.
func ParseSize(text string) (int, error) {
	digits := strings.TrimRight(text, "KMGiBkmgb ")
	n := 0
	if _, err := fmt.Sscanf(digits, "%d", &n); err != nil || digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 10 {
		return 0, fmt.Errorf("%q is no size: write a number with KiB, MiB or GiB", text)
	}
	switch unit := strings.ToLower(strings.TrimSpace(text[len(digits):])); unit {
	case "", "b":
	case "k", "kib", "kb":
		n <<= 10
	case "m", "mib", "mb":
		n <<= 20
	case "g", "gib", "gb":
		n <<= 30
	default:
		return 0, fmt.Errorf("%q is no unit of size: use KiB, MiB or GiB", unit)
	}
	if n < 64<<10 || n > 1<<30 {
		return 0, fmt.Errorf("%s is not between 64KiB and 1GiB", text)
	}
	return n, nil
}

// A Setting is a key of the configuration with its value and origin.
type Setting struct{ Key, Value, Origin string }

// Settings lists all keys, also those that are not set.
func (c *Config) Settings() []Setting {
	list := []struct {
		table, key string
		value      any
		fallback   string
	}{
		{"agcloud", "key_formats", c.AGCloud.KeyFormats, "[]"},
		{"agcloud", "hosts", c.AGCloud.Hosts, "[] (aiandgpu.com is built in)"},
		{"hygiene", "rotate_after", c.Hygiene.RotateAfter, "90d"},
		{"scan", "max_size", c.Scan.MaxSize, "8MiB"},
		{"scan", "exclude", c.Scan.Exclude, "[]"},
		{"rules", "enable", c.Rules.Enable, "all"},
		{"rules", "disable", c.Rules.Disable, "[]"},
		{"rules", "severity", c.Rules.Severity, "{}"},
		{"rules", "files", c.Rules.Files, "[]"},
		{"compat", "allow", c.Compat.Allowed(), "true"},
		{"verify", "rate", c.Verify.Rate, "2 requests a second"},
		{"verify", "budget", c.Verify.Budget, "0 (no limit)"},
		{"verify", "disable", c.Verify.Disable, "[]"},
	}
	var out []Setting
	for _, s := range list {
		set := Setting{Key: s.table + "." + s.key, Value: s.fallback, Origin: "default"}
		n := c.line(s.table, s.key)
		if n > 0 || s.table != "compat" && !reflect.ValueOf(s.value).IsZero() {
			set.Value, set.Origin = fmt.Sprintf("%v", s.value), c.path
		}
		if n > 0 {
			set.Origin += fmt.Sprintf(":%d", n)
		}
		out = append(out, set)
	}
	if n := len(c.Allow); n > 0 {
		out = append(out, Setting{Key: "allow", Value: fmt.Sprintf("%d entries", n), Origin: c.path})
	}
	return out
}
