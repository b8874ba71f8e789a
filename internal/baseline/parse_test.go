package baseline

import (
	"bytes"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
)

func TestParseErrors(t *testing.T) {
	salt, digits := fakekey.Hex(1, 32), fakekey.Hex(2, 32)
	head := header + salt + "\n"
	for _, tt := range []struct{ name, data, want string }{
		{"empty", "", "f:1: no header"},
		{"no header", digits + " a-rule\n", "f:1: no header"},
		{"newer version", "# keylint baseline v2 salt=" + salt + "\n", "f:1: version v2 of the format"},
		{"version that begins alike", "# keylint baseline v10 salt=" + salt + "\n", "f:1: version v10"},
		{"no salt", "# keylint baseline v1\n", "f:1: malformed header"},
		{"short salt", header + salt[:31] + "\n", "f:1: malformed header"},
		{"upper-case salt", header + strings.ToUpper(salt) + "\n", "f:1: malformed header"},
		{"short digest", head + "\n" + digits[1:] + " a-rule\n", "f:3: malformed entry"},
		{"no rule", head + digits + "\n", "f:2: malformed entry: a rule id"},
		{"bad rule", head + digits + " a/rule why\n", "f:2: malformed entry: a rule id"},
		{"text", head + "app.yml:3\n", "f:2: malformed entry"},
		{"conflict", head + "<<<<<<< HEAD\n", "f:2: unresolved merge conflict"},
		{"conflict middle", head + "=======\n", "f:2: unresolved merge conflict"},
	} {
		_, err := parse("f", []byte(tt.data))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestParseTolerates(t *testing.T) {
	salt, digits, more := fakekey.Hex(1, 32), "b"+fakekey.Hex(2, 31), "a"+fakekey.Hex(3, 31)
	data := "\ufeff" + digits + "  a-rule \twhy\x1b[31m not \r\n" +
		"\r\n# note\r\n" + header + salt + "\r\n" + "# note\n" +
		more + " b-rule\n" + digits + " a-rule why\n" + header + salt + "\n" + digits + " c-rule"
	b, err := parse("f", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	want := header + salt + "\n# note\n" + more + " b-rule\n" + digits + " a-rule why [31m not\n" + digits + " c-rule\n"
	if got := string(b.bytes()); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestTooManySalts(t *testing.T) {
	var data strings.Builder
	for i := range maxSalts + 1 {
		data.WriteString(header + fakekey.Hex(uint64(i), 32) + "\n")
	}
	if _, err := parse("f", []byte(data.String())); err == nil {
		t.Error("no error")
	}
}

// What is parsed and written is parsed and written alike, and the order of
// lines does not matter.
func FuzzParse(f *testing.F) {
	salt, digits := fakekey.Hex(1, 32), fakekey.Hex(2, 32)
	for _, seed := range []string{
		"", "#", header + salt, header + salt + "\r\n" + digits + " a-rule why\r\n# note\n" + digits + " a-rule\n",
		"# keylint baseline v2 salt=" + salt, header + salt + "\n>>>>>>> x\n", "\ufeff" + header + salt + "\n" + digits + " r \xff\x00 x",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parse("f", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("error %q", err)
			}
			return
		}
		once := b.bytes()
		c, err := parse("f", once)
		if err != nil {
			t.Fatalf("cannot read what was written: %v", err)
		}
		if twice := c.bytes(); !bytes.Equal(once, twice) {
			t.Errorf("once:\n%q\ntwice:\n%q", once, twice)
		}
		if c, err = parse("f", append(bytes.Clone(once), once...)); err != nil || !bytes.Equal(once, c.bytes()) {
			t.Errorf("merged with itself: %v", err)
		}
	})
}
