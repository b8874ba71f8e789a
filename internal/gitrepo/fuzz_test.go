package gitrepo

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// FuzzParseIndex asks for no panic, memory linear in the input, and entries
// that are in order. The seeds are indexes of every kind that git writes.
func FuzzParseIndex(f *testing.F) {
	seeds := 0
	for _, c := range indexCases() {
		s := newSandbox(f)
		c.build(s)
		r := s.discover("r")
		data, err := os.ReadFile(r.IndexFile)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			f.Fatal(err)
		}
		seeds++
		f.Add(data, r.Format == SHA256)
		x, err := parseIndex(string(data), r.Format)
		if err != nil {
			f.Fatal(err)
		}
		if x.link != nil {
			if data, err = os.ReadFile(s.path("r/.git/sharedindex." + x.link.shared.String())); err != nil {
				f.Fatal(err)
			}
			f.Add(data, r.Format == SHA256)
		}
	}
	if seeds < 10 {
		f.Fatalf("only %d seeds", seeds)
	}
	shared := &indexFile{Index: Index{Version: 2}}
	for _, path := range strings.Fields("a a/b b c d e f/g h i j k l m") {
		shared.Entries = append(shared.Entries, Entry{Path: path})
	}
	f.Fuzz(func(t *testing.T, data []byte, is256 bool) {
		format := SHA1
		if is256 {
			format = SHA256
		}
		x, err := parseIndex(string(data), format)
		if err != nil {
			return
		}
		index := &x.Index
		if x.link != nil {
			if index, err = x.merge(shared); err != nil {
				return
			}
		}
		checkIndex(t, index, len(data))
	})
}

// checkIndex holds an index to what its users rely on.
func checkIndex(t *testing.T, x *Index, size int) {
	total := 0
	for i := range x.Entries {
		total += len(x.Entries[i].Path)
		if i > 0 && compareEntries(&x.Entries[i-1], &x.Entries[i]) >= 0 {
			t.Fatalf("entry %d is not in order", i)
		}
		if _, ok := x.Find(x.Entries[i].Path); !ok {
			t.Fatalf("entry %d cannot be found", i)
		}
	}
	if total > maxPathRatio*size+1000 {
		t.Fatalf("%d bytes of paths from %d bytes of index", total, size)
	}
}

// FuzzBitmap asks for no panic, and positions in order and within the limit.
func FuzzBitmap(f *testing.F) {
	f.Add("\x00\x00\x00\x05\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x15\x00\x00\x00\x00", 5)
	f.Fuzz(func(t *testing.T, data string, limit int) {
		b, _, err := cutBitmap(data)
		if err != nil || limit < 0 || limit > 1<<20 {
			return
		}
		set, err := b.positions(limit)
		if err != nil {
			return
		}
		for i, at := range set {
			if at < 0 || at >= limit || i > 0 && at <= set[i-1] {
				t.Fatalf("position %d of %v, limit %d", i, set, limit)
			}
		}
	})
}

// FuzzPackedRefs asks for no panic, names that are valid, and that a search
// for a name finds what reading all does.
func FuzzPackedRefs(f *testing.F) {
	id := strings.Repeat("0123456789", 4)
	f.Add("# pack-refs with: peeled fully-peeled sorted \n" + id + " refs/heads/main\n" + id + " refs/tags/v1\n^" + id + "\n")
	f.Add(strings.ToUpper(strings.Repeat("abcd", 10)) + " refs/heads/\xff\n^\n\n" + id + " refs/../x")
	f.Add(strings.Repeat("0", 40) + " refs/0\n" + id + " refs/0")
	f.Fuzz(func(t *testing.T, data string) {
		var problems problemList
		p := packedParser{format: SHA1, path: "packed-refs", problems: &problems}
		p.parse(data)
		if len(problems) > maxPerFile+1 {
			t.Fatalf("%d problems", len(problems))
		}
		seen := map[string]bool{}
		for _, ref := range p.refs {
			if !isRefName(ref.Name) || !isHex(ref.ID) || ref.Peeled != "" && !isHex(ref.Peeled) {
				t.Fatalf("reference %+v", ref)
			}
			if seen[ref.Name] || len(ref.Name) > 1000 {
				continue
			}
			seen[ref.Name] = true
			if id, err := scanPacked(strings.NewReader(data), ref.Name, SHA1); id != ref.ID || err != nil {
				t.Fatalf("%q: got %q, %v, want %q", ref.Name, id, err, ref.ID)
			}
		}
	})
}

// FuzzReflog asks for no panic and ids.
func FuzzReflog(f *testing.F) {
	id := strings.Repeat("0123456789", 4)
	f.Add(id + " " + id + " A <a@example.org> 1700000000 +0100\tcommit: x")
	f.Add(id + " " + id)
	f.Add("ref: refs/heads/main")
	f.Fuzz(func(t *testing.T, line string) {
		var e ReflogEntry
		if e.parse(line, SHA1) && !(isHex(e.Old) && isHex(e.New)) {
			t.Fatalf("entry %+v", e)
		}
		if value, symbolic, err := parseRef(line, "HEAD", SHA1); err == nil && !symbolic && !isHex(value) {
			t.Fatalf("reference %q", value)
		}
		for _, dir := range splitAlternates(line) {
			if dir == "" {
				t.Fatal("empty entry")
			}
		}
	})
}
