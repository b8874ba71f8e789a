package fix

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/dotenv"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// applyAll applies edits in their order, those that are refused left out.
func applyAll(data string, list ...scanner.Edit) (string, []error) {
	e := edits{data: []byte(data)}
	var errs []error
	for _, edit := range list {
		if err := e.add(edit); err != nil {
			errs = append(errs, err)
		}
	}
	return string(e.apply()), errs
}

func at(start, end int, text string) scanner.Edit {
	return scanner.Edit{Path: "f", Start: start, End: end, New: text}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		name, data string
		list       []scanner.Edit
		want       string
		refused    error
	}{
		{"nothing", "a\n", nil, "a\n", nil},
		{"replace", "KEY=abc\n", []scanner.Edit{at(4, 7, "xy")}, "KEY=xy\n", nil},
		{"two, out of order", "abcdef", []scanner.Edit{at(4, 5, "5"), at(0, 1, "1")}, "1bcd5f", nil},
		{"two at the end", "a\n", []scanner.Edit{at(2, 2, "b\n"), at(2, 2, "c\n")}, "a\nb\nc\n", nil},
		{"the same twice", "a\n", []scanner.Edit{at(2, 2, "b\n"), at(2, 2, "b\n")}, "a\nb\n", nil},
		{"two at an end without a line break", "a", []scanner.Edit{at(1, 1, "\nb\n"), at(1, 1, "\nc\n")}, "a\nb\nc\n", nil},
		{"and with CRLF", "x\r\na", []scanner.Edit{at(4, 4, "\r\nb\r\n"), at(4, 4, "\r\nc\r\n")}, "x\r\na\r\nb\r\nc\r\n", nil},
		{"two in a new file", "", []scanner.Edit{at(0, 0, "b\n"), at(0, 0, "c\n")}, "b\nc\n", nil},
		{"at the end, behind a replacement", "ab", []scanner.Edit{at(1, 2, "c"), at(2, 2, "\nd\n")}, "ac\nd\n", nil},
		{"overlap", "abcdef", []scanner.Edit{at(0, 3, "x"), at(2, 4, "y")}, "xdef", errOverlap},
		{"the same place", "abcdef", []scanner.Edit{at(0, 3, "x"), at(0, 3, "y")}, "xdef", errOverlap},
		{"inside", "abcdef", []scanner.Edit{at(0, 5, "x"), at(2, 2, "y")}, "xf", errOverlap},
		{"behind the end", "ab", []scanner.Edit{at(2, 3, "x")}, "ab", errRange},
		{"backwards", "ab", []scanner.Edit{at(1, 0, "x")}, "ab", errRange},
		{"negative", "ab", []scanner.Edit{at(-1, 0, "x")}, "ab", errRange},
	} {
		got, errs := applyAll(c.data, c.list...)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if err := errors.Join(errs...); !errors.Is(err, c.refused) || (err == nil) != (c.refused == nil) {
			t.Errorf("%s: refused %v, want %v", c.name, err, c.refused)
		}
	}
}

// TestAssign makes sure that a variable is there afterwards, once, and that what
// was there stays.
func TestAssign(t *testing.T) {
	a := &Assignment{Path: ".env", Name: "API_KEY", Key: rules.NewSecret([]byte("value-1"))}
	for _, c := range []struct{ data, want string }{
		{"", "API_KEY=value-1\n"},
		{"A=1\n", "A=1\nAPI_KEY=value-1\n"},
		{"A=1", "A=1\nAPI_KEY=value-1\n"},
		{"A=1\r\nB=2", "A=1\r\nB=2\r\nAPI_KEY=value-1\r\n"},
		{"\ufeffA=1\n", "\ufeffA=1\nAPI_KEY=value-1\n"},
		{"API_KEY=value-1\n", "API_KEY=value-1\n"},
		{"export API_KEY='value-1' # mine\n", "export API_KEY='value-1' # mine\n"},
		{"API_KEY=\nB=2", "API_KEY=value-1\nB=2"},
		{"API_KEY=\"\"\r\n", "API_KEY=\"value-1\"\r\n"},
		{"API_KEY=old\nAPI_KEY=value-1\n", "API_KEY=old\nAPI_KEY=value-1\n"},
	} {
		got, err := assign([]byte(c.data), a)
		if err != nil || string(got) != c.want {
			t.Errorf("%q: %q, %v, want %q", c.data, got, err, c.want)
		}
	}
	for _, data := range []string{"API_KEY=other\n", "API_KEY=value-1\nAPI_KEY=other\n", "API_KEY= # yours\n", "A=\"\nAPI_KEY=$(x)\n"} {
		if got, err := assign([]byte(data), a); err == nil || strings.Contains(err.Error(), "value-1") {
			t.Errorf("%q: %q, %v, want an error that does not tell the value", data, got, err)
		}
	}
}

// FuzzEdits holds edits to three promises: what is outside of them stays, in its
// order; what is refused changes nothing; and adding all again gives the same.
func FuzzEdits(f *testing.F) {
	f.Add("a\nb", 3, 3, "\n.env\n", 3, 3, "\n.env.local\n")
	f.Add("KEY=abc\r\n", 4, 7, "placeholder", 9, 9, ".env\r\n")
	f.Add("", 0, 0, ".env\n", 0, 0, ".env\n")
	f.Add("abcdef", 1, 4, "x", 3, 5, "y")
	f.Add("\ufeffa", -1, 9, "\n", 2, 1, "")
	f.Fuzz(func(t *testing.T, data string, s1, e1 int, n1 string, s2, e2 int, n2 string) {
		list := []scanner.Edit{at(s1, e1, n1), at(s2, e2, n2)}
		got, errs := applyAll(data, list...)
		again, _ := applyAll(data, append(list, list...)...)
		if got != again {
			t.Errorf("%q, and again %q", got, again)
		}
		if len(errs) == 2 && got != data {
			t.Errorf("all was refused, and %q became %q", data, got)
		}
		if len(errs) > 0 {
			return
		}
		first, last := min(s1, s2), max(e1, e2)
		if !strings.HasPrefix(got, data[:first]) || !strings.HasSuffix(got, data[last:]) {
			t.Errorf("%q with %v: %q", data, list, got)
		}
	})
}

// FuzzAssign makes sure that a .env file that takes a variable has it, keeps all
// others, and stays the same the second time.
func FuzzAssign(f *testing.F) {
	f.Add([]byte("A=1\nB='two\nlines'\n"))
	f.Add([]byte("A=\"open\n"))
	f.Add([]byte("\ufeffexport API_KEY=value-1 # x"))
	f.Add([]byte("A='\\"))
	a := &Assignment{Path: ".env", Name: "API_KEY", Key: rules.NewSecret([]byte("value-1"))}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := assign(data, a)
		if err != nil {
			return
		}
		before, _ := dotenv.Parse(data)
		after, _ := dotenv.Parse(got)
		if len(after) == 0 || len(after) < len(before) {
			t.Fatalf("%q: %d variables became %d in %q", data, len(before), len(after), got)
		}
		if again, err := assign(got, a); err != nil || !bytes.Equal(again, got) {
			t.Errorf("%q, the second time %q, %v", got, again, err)
		}
	})
}
