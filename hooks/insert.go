package hooks

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An insertion is a piece of text for a file that people edit, too.
type insertion struct {
	path string
	text string
	mode fs.FileMode // of a new file
	// place returns where in the content the text belongs; nil means the end.
	place func(content []byte) (at int, err error)
}

// insert adds the text unless it is there. It reports what it did.
func (i insertion) insert() (string, error) {
	content, err := os.ReadFile(i.path)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return "", err
	}
	if bytes.Contains(content, []byte(strings.TrimSuffix(i.text, "\n"))) {
		return i.path + " has it already", nil
	}
	at := len(content)
	if i.place != nil {
		if at, err = i.place(content); err != nil {
			return "", err
		}
	}
	text := i.text
	if at > 0 && content[at-1] != '\n' && i.place == nil {
		text = i.unended()
	}
	out := append(append(bytes.Clone(content[:at]), text...), content[at:]...)
	if err := os.MkdirAll(filepath.Dir(i.path), 0o755); err != nil {
		return "", err
	}
	if missing {
		return i.path + " is written", replace(i.path, out, i.mode)
	}
	return i.path + " runs keylint now", replace(i.path, out, i.mode)
}

// unended is the text behind a last line that no line break ends: so that none
// ends the new last line either, and removal knows.
func (i insertion) unended() string { return "\n" + strings.TrimSuffix(i.text, "\n") }

// remove takes the text out again. A file that holds nothing else is removed. It
// says what it did, and "" when the text is not there.
func (i insertion) remove() (string, error) {
	content, err := os.ReadFile(i.path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return "", err
	}
	at := bytes.Index(content, []byte(i.text))
	end := at + len(i.text)
	if bytes.HasSuffix(content, []byte(i.unended())) && i.place == nil {
		at, end = len(content)-len(i.unended()), len(content)
	}
	if at < 0 {
		return "", nil
	}
	out := append(bytes.Clone(content[:at]), content[end:]...)
	if len(out) == 0 {
		return i.path + " is removed", os.Remove(i.path)
	}
	return i.path + " is as it was before", replace(i.path, out, i.mode)
}
