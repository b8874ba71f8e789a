package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"
)

const (
	saltBytes    = 16
	digestDigits = 32 // of rules.Digest
	// maxSalts bounds the work for each finding. A salt comes with each
	// branch that wrote a first baseline of its own, so there are few.
	maxSalts = 16
	header   = "# keylint baseline v1 salt="
)

// Load reads the baseline at path. A file that does not exist is an empty
// baseline under a new random salt. The error for a line that is malformed or
// of another version names file and line and says what to do.
func Load(path string) (*Baseline, error) {
	data, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newBaseline(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return parse(path, data)
}

// read reads a regular file; anything else could block or never end.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file: name the baseline file", path)
	}
	return os.ReadFile(path)
}

// parse reads a baseline file; name is for errors.
func parse(name string, data []byte) (*Baseline, error) {
	b := &Baseline{entries: map[id]*entry{}}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" {
			continue
		}
		if err := b.line(line, n); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if len(b.salts) == 0 {
		return nil, fmt.Errorf("%s:1: no header with a salt: restore the line that begins with %q, or delete the file and run keylint baseline write", name, strings.TrimSuffix(header, " salt="))
	}
	return b, nil
}

// line takes one line, which is not blank.
func (b *Baseline) line(line string, n int) error {
	switch {
	case isHeader(line):
		return b.header(line)
	case line[0] == '#':
		b.comment(line)
		return nil
	case isConflict(line):
		return errors.New("unresolved merge conflict: keep the lines of both sides and delete the markers")
	}
	e, err := parseEntry(line)
	if err != nil {
		return err
	}
	e.Line = n
	b.merge(e)
	return nil
}

// isHeader reports whether line is a header of any version.
func isHeader(line string) bool {
	rest, ok := strings.CutPrefix(line, "# keylint baseline v")
	return ok && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

func (b *Baseline) header(line string) error {
	salt, ok := strings.CutPrefix(line, header)
	if !ok {
		version, _, _ := strings.Cut(strings.TrimPrefix(line, "# keylint baseline "), " ")
		if version == "v1" {
			return fmt.Errorf("malformed header: it has to be %q and %d hexadecimal digits", header, 2*saltBytes)
		}
		return fmt.Errorf("version %s of the format is not known to this keylint: use the version that wrote it", oneLine(version))
	}
	if !isHex(salt, 2*saltBytes) {
		return fmt.Errorf("malformed header: the salt has to be %d hexadecimal digits: restore the line from version control", 2*saltBytes)
	}
	if slices.Contains(b.salts, salt) {
		return nil
	}
	if len(b.salts) == maxSalts {
		return fmt.Errorf("more than %d different salts: delete the file and run keylint baseline write", maxSalts)
	}
	b.salts = append(b.salts, salt)
	return nil
}

// comment keeps a comment. One that is there already came twice by a merge.
func (b *Baseline) comment(line string) {
	if !slices.Contains(b.comments, line) {
		b.comments = append(b.comments, line)
	}
}

// merge adds e. Of two reasons for one finding the longer one stays, so that
// the order of a merge does not matter.
func (b *Baseline) merge(e Entry) {
	have := b.entries[id{e.Digest, e.Rule}]
	if have == nil {
		b.entries[id{e.Digest, e.Rule}] = &entry{Entry: e}
		return
	}
	longer := len(e.Reason) > len(have.Reason)
	if longer || len(e.Reason) == len(have.Reason) && e.Reason < have.Reason {
		have.Reason = e.Reason
	}
}

func parseEntry(line string) (Entry, error) {
	digest, rest, _ := strings.Cut(line, " ")
	if !isHex(digest, digestDigits) {
		return Entry{}, fmt.Errorf("malformed entry: it has to begin with %d hexadecimal digits: delete the line, or run keylint baseline write", digestDigits)
	}
	rule, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !validRule(rule) {
		return Entry{}, errors.New("malformed entry: a rule id has to follow the digits: delete the line, or run keylint baseline write")
	}
	return Entry{Digest: digest, Rule: rule, Reason: oneLine(reason)}, nil
}

// isConflict reports whether line is a conflict marker of git.
func isConflict(line string) bool {
	for _, m := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if rest, ok := strings.CutPrefix(line, m); ok && (rest == "" || rest[0] == ' ') {
			return true
		}
	}
	return false
}

// isHex reports whether s is n lower-case hexadecimal digits.
func isHex(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
}

// validRule reports whether s can be a rule id.
func validRule(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r)
	})
}

// oneLine returns s as valid UTF-8 with white space and what is not printable
// turned into single spaces.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, " "))
	return strings.Join(strings.Fields(clean), " ")
}
