package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/scanner"
)

// An edits collects the changes of one file. All offsets are those of data.
type edits struct {
	data []byte
	list []scanner.Edit
}

var (
	errRange   = errors.New("the file is not what it was when it was scanned: run it again")
	errOverlap = errors.New("another fix changes the same place: run it again")
)

// add takes an edit in, unless the same one is there already. An edit that does
// not fit is refused.
func (e *edits) add(edit scanner.Edit) error {
	if edit.Start < 0 || edit.End < edit.Start || edit.End > len(e.data) {
		return errRange
	}
	for _, have := range e.list {
		if have.Start == edit.Start && have.End == edit.End && have.New == edit.New {
			return nil
		}
		if edit.Start < have.End && have.Start < edit.End || edit.Start == have.Start && (edit.End > edit.Start) == (have.End > have.Start) && edit.Start < len(e.data) {
			return errOverlap
		}
	}
	e.list = append(e.list, edit)
	return nil
}

// apply returns the new content. Insertions at the end are made one after
// another; each begins with a line break if the data does not end with one, of
// which the first is enough.
func (e *edits) apply() []byte {
	slices.SortStableFunc(e.list, func(a, b scanner.Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	var out []byte
	done := 0
	for i, edit := range e.list {
		out = append(out, e.data[done:edit.Start]...)
		text := edit.New
		if i > 0 && edit.Start == len(e.data) && edit.End == edit.Start && bytes.HasSuffix(out, []byte("\n")) {
			text = strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n")
		}
		out = append(out, text...)
		done = edit.End
	}
	return append(out, e.data[done:]...)
}

// assign returns data, a .env file, with a variable. What is there already with
// the same value stays, and an empty value is filled in; another value is an
// error.
func assign(data []byte, a *Assignment) ([]byte, error) {
	out := appended(data, a)
	if e, ok := lastOf(data, a.Name); ok {
		switch {
		case e.Value == a.Key.Reveal() && !e.Interpolated:
			return data, nil
		case e.Value != "":
			return nil, fmt.Errorf("%s gives %s another value: decide which one counts", a.Path, a.Name)
		}
		out = slices.Concat(data[:e.ValueStart], []byte(a.Key.Reveal()), data[e.ValueEnd:])
	}
	if e, ok := lastOf(out, a.Name); !ok || e.Value != a.Key.Reveal() {
		return nil, fmt.Errorf("%s cannot take the variable, as when a quote in it is not closed: add %s by hand", a.Path, a.Name)
	}
	return out, nil
}

// lastOf returns the last entry of a variable, which is the one that counts.
func lastOf(data []byte, name string) (dotenv.Entry, bool) {
	entries, _ := dotenv.Parse(data)
	for _, e := range slices.Backward(entries) {
		if e.Key == name {
			return e, true
		}
	}
	return dotenv.Entry{}, false
}

// appended returns data with a line for a variable at its end.
func appended(data []byte, a *Assignment) []byte {
	end := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		end = "\r\n"
	}
	out := bytes.Clone(data)
	if len(out) > 0 && out[len(out)-1] != '\n' {
		out = append(out, end...)
	}
	return append(out, a.Name+"="+a.Key.Reveal()+end...)
}
