package reftable

import (
	"archive/zip"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A sample is a table that git wrote.
type sample struct {
	name   string
	data   string
	idSize int
}

// samples returns the tables of testdata, which a test of package gitrepo makes.
func samples(t testing.TB) []sample {
	t.Helper()
	var all []sample
	for file, idSize := range map[string]int{"sha1": 20, "sha256": 32} {
		z, err := zip.OpenReader(filepath.Join("testdata", file+".zip"))
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			if !strings.HasSuffix(f.Name, ".ref") {
				continue
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, sample{file + " " + f.Name, string(data), idSize})
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d tables", len(all))
	}
	return all
}

// mend gives a table the footer that fits its header, so that what follows is
// read at all. The positions in the footer stay.
func mend(data string) string {
	header := headerSize1
	if len(data) > 4 && data[4] == 2 {
		header = headerSize2
	}
	footer := len(data) - header - footerTail
	if footer < header {
		return data
	}
	b := []byte(data)
	copy(b[footer:], b[:header])
	sum := crc32.ChecksumIEEE(b[footer : len(b)-4])
	for i := range 4 {
		b[len(b)-1-i] = byte(sum >> (8 * i))
	}
	return string(b)
}

// TestFind looks every reference up that a table has, and some that it has not.
func TestFind(t *testing.T) {
	for _, s := range samples(t) {
		table, err := Parse(s.data, s.idSize)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		refs, err := table.Refs()
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		for i, want := range refs {
			if i%7 != 0 && len(refs) > 1000 {
				continue
			}
			if got, ok, err := table.find(want.Name); got != want || !ok || err != nil {
				t.Errorf("%s: %s: got %+v, %v, %v", s.name, want.Name, got, ok, err)
			}
			for _, name := range []string{want.Name + "x", want.Name[:len(want.Name)-1]} {
				if _, ok, err := table.find(name); ok || err != nil {
					t.Errorf("%s: found %s: %v", s.name, name, err)
				}
			}
		}
	}
}

// TestDamage cuts and changes tables: each time there is an error or a result,
// and never a panic.
func TestDamage(t *testing.T) {
	for _, s := range samples(t) {
		if len(s.data) > 2000 {
			continue
		}
		for n := range len(s.data) {
			if table, err := Parse(s.data[:n], s.idSize); err == nil {
				t.Errorf("%s: %d bytes of %d are accepted: %+v", s.name, n, len(s.data), table)
			}
			b := []byte(s.data)
			b[n] ^= 0x55
			exercise(t, mend(string(b)), s.idSize)
		}
		if _, err := Parse(s.data, 52-s.idSize); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: ids of the wrong size: got error %v", s.name, err)
		}
	}
}

// exercise reads all of a table, and holds it to the memory that it may take.
func exercise(t *testing.T, data string, idSize int) {
	table, err := Parse(data, idSize)
	if err != nil {
		return
	}
	refs, _ := table.Refs()
	size := 0
	for _, ref := range refs {
		size += len(ref.Name)
	}
	if size > table.namesBudget() {
		t.Errorf("%d bytes of names from %d bytes", size, len(data))
	}
	if len(refs) > 0 {
		table.find(refs[len(refs)-1].Name)
	}
	left := 100_000
	table.Logs(func(Log) bool { left--; return left > 0 })
}

// TestLongNames makes many long names from few bytes.
func TestLongNames(t *testing.T) {
	records := "\x00" + varint(8192<<3) + strings.Repeat("n", 8192) + "\x00"
	records += strings.Repeat("\xbe\x7f\x08x\x00", 100_000) // 8191 bytes of the name before and one more
	length := headerSize1 + blockHeader + len(records) + 3 + 2
	block := string([]byte{refBlock, byte(length >> 16), byte(length >> 8), byte(length)}) + records + "\x00\x00\x1c" + "\x00\x01"
	header := magic + "\x01\x00\x00\x00" + strings.Repeat("\x00", 16)
	table, err := Parse(mend(header+block+strings.Repeat("\x00", headerSize1+footerTail)), 20)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if refs, err := table.Refs(); !errors.Is(err, ErrCorrupt) || len(refs) < 1000 {
		t.Errorf("got %d references, error %v", len(refs), err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
		t.Errorf("%d bytes of memory", used)
	}
}

// varint encodes a number.
func varint(n int) string {
	s := string([]byte{byte(n & 0x7f)})
	for n >>= 7; n > 0; n >>= 7 {
		n--
		s = string([]byte{byte(0x80 | n&0x7f)}) + s
	}
	return s
}

func TestVarint(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 16511, 16512, 1 << 20, 1 << 40, 1<<56 - 1} {
		c := cursor{rest: varint(n) + "x"}
		if got, ok := c.varint(); !ok || got != uint64(n) || c.rest != "x" {
			t.Errorf("%d: got %d, %v, rest %q", n, got, ok, c.rest)
		}
	}
	for _, s := range []string{"", "\x80", strings.Repeat("\xff", 20)} {
		c := cursor{rest: s}
		if _, ok := c.varint(); ok {
			t.Errorf("%q is accepted", s)
		}
	}
}

// TestStack reads lists that are wrong.
func TestStack(t *testing.T) {
	table := samples(t)[0]
	for list, problems := range map[string]int{
		"":                 0,
		"a.ref\n":          0,
		"a.ref\na.ref\n":   1,
		"../a.ref\n":       1,
		"missing.ref\n":    1,
		"a.ref\nbad.ref\n": 1,
		"sub/a.ref\n":      1,
		"dir\na.ref\n":     1,
	} {
		dir := filepath.Join(t.TempDir(), "reftable")
		files := map[string]string{"tables.list": list, "a.ref": table.data, "bad.ref": "REFT", "../a.ref": table.data, "sub/a.ref": table.data, "dir/x": ""}
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s, errs := Open(dir, table.idSize)
		if len(errs) != problems {
			t.Errorf("%q: got errors %v", list, errs)
		}
		if refs, errs := s.Refs(); len(errs) > 0 || strings.Contains(list, "\na.ref") && len(refs) == 0 {
			t.Errorf("%q: got %d references, errors %v", list, len(refs), errs)
		}
	}
	if _, errs := Open(t.TempDir(), 20); len(errs) != 1 {
		t.Errorf("no list: got errors %v", errs)
	}
}

// FuzzTable asks for no panic and bounded memory. The seeds are the smaller
// tables that git wrote.
func FuzzTable(f *testing.F) {
	for _, s := range samples(f) {
		if len(s.data) < 2000 {
			f.Add(s.data, s.idSize == 32)
		}
	}
	f.Fuzz(func(t *testing.T, data string, is256 bool) {
		idSize := 20
		if is256 {
			idSize = 32
		}
		exercise(t, data, idSize)
		exercise(t, mend(data), idSize)
	})
}
