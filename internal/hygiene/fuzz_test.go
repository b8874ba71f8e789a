package hygiene

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/agcloud/keylint/internal/fakekey"
)

// FuzzEnvText decodes a .env file as it is stored, and holds the places in it to the
// stored bytes: in UTF-16, what lies at the place of a value is the value.
func FuzzEnvText(f *testing.F) {
	f.Add("A_KEY="+fakekey.Alnum(1, 30)+"\n", true)
	f.Add("# \u00e4\U0001f511\r\nB='x y'\n", true)
	f.Add("\ufeffA=1", false)
	f.Fuzz(func(t *testing.T, text string, bom bool) {
		var stored []byte
		if bom {
			stored = append(stored, 0xff, 0xfe)
		}
		for _, u := range utf16.Encode([]rune(text)) {
			stored = binary.LittleEndian.AppendUint16(stored, u)
		}
		keysOfEnv(".env", []byte(text), nil, nil)
		d := decodeEnv(stored)
		if d.width != 2 || bytes.ContainsRune(d.data, '\ufffd') {
			return // it is not taken for UTF-16, or no text
		}
		for i := range d.data {
			if d.data[i] != 'A' {
				continue
			}
			l := d.location(i, i+1)
			at := 0 // where the line begins in the stored bytes
			for n := 1; n < l.Line; at += 2 {
				if stored[at] == '\n' && stored[at+1] == 0 {
					n++
				}
			}
			if got := stored[at+l.Column-1 : at+l.EndColumn-1]; !bytes.Equal(got, []byte{'A', 0}) {
				t.Fatalf("%q at %+v: %q", text, l, got)
			}
		}
	})
}

// FuzzPackageRules reads the files that say what packages hold. A file that one
// pattern by its whole name keeps out must be out, whatever comes before.
func FuzzPackageRules(f *testing.F) {
	f.Add("!a\n*.b\n[\n", ".env")
	f.Add("package:\n  patterns:\n    - '!x/**'\n", "dist/.env")
	f.Add("!!\n/**/\n\\", "a/b")
	f.Fuzz(func(t *testing.T, text, rel string) {
		if rel == "" || rel[0] == '/' || rel[len(rel)-1] == '/' {
			return
		}
		lines := bytes.Split([]byte(text), []byte("\n"))
		var list []string
		for _, l := range lines {
			list = append(list, string(l))
		}
		helmIgnores(list, rel, false)
		npmLists(list, rel)
		serverlessPatterns(text)
		const name = "zz.env"
		if npmLists(append(list, "!"+name), name) {
			t.Errorf("%q lists what it leaves out last", text)
		}
		if !helmIgnores(append(list, name), name, false) {
			t.Errorf("%q does not ignore what it names last", text)
		}
	})
}
