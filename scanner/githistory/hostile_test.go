package githistory

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// The kinds of entries of a forged pack beside those of package pack.
const (
	offsetDelta pack.Kind = 6
	refDelta    pack.Kind = 7
)

// A forgedObject is an entry of a pack that git would not have written.
type forgedObject struct {
	name string // the index says that the id is forgedID of it; "" for the real one
	kind pack.Kind
	data []byte // of the object or the delta
	size uint64 // that the entry claims; 0 for the real one
	base string // of a reference delta: the name of the base
	back uint64 // of an offset delta: the distance to the base
	raw  bool   // data is not compressed, but stored as it is
}

// forgedID returns the id of the object that is called name.
func forgedID(name string) [20]byte { return sha1.Sum([]byte(name)) }

func forgedHex(name string) string {
	id := forgedID(name)
	return hex.EncodeToString(id[:])
}

func (o *forgedObject) id() [20]byte {
	if o.name != "" {
		return forgedID(o.name)
	}
	return sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", o.kind, len(o.data), o.data))
}

// entry returns the bytes of the entry.
func (o *forgedObject) entry() []byte {
	size := o.size
	if size == 0 {
		size = uint64(len(o.data))
	}
	out := []byte{byte(o.kind)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		out[len(out)-1] |= 0x80
		out = append(out, byte(size&0x7f))
	}
	if o.kind == refDelta {
		id := forgedID(o.base)
		out = append(out, id[:]...)
	}
	if o.kind == offsetDelta {
		out = append(out, byte(o.back)) // below 128
	}
	if o.raw {
		return append(out, o.data...)
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(o.data)
	z.Close()
	return append(out, b.Bytes()...)
}

// forgePack writes objects as a pack with an index to a repository. lie, unless
// nil, changes the offsets that the index gives.
func forgePack(t testing.TB, dir, name string, objects []forgedObject, lie func(i int, at uint32) uint32) {
	t.Helper()
	type line struct {
		id [20]byte
		at uint32
		cr uint32
	}
	var lines []line
	data := []byte("PACK\x00\x00\x00\x02")
	data = binary.BigEndian.AppendUint32(data, uint32(len(objects)))
	for i := range objects {
		entry := objects[i].entry()
		at := uint32(len(data))
		if lie != nil {
			at = lie(i, at)
		}
		lines = append(lines, line{objects[i].id(), at, crc32.ChecksumIEEE(entry)})
		data = append(data, entry...)
	}
	sum := sha1.Sum(data)
	data = append(data, sum[:]...)
	slices.SortFunc(lines, func(a, b line) int { return bytes.Compare(a.id[:], b.id[:]) })
	idx := []byte("\xfftOc\x00\x00\x00\x02")
	for b := range 256 {
		n := 0
		for _, l := range lines {
			if int(l.id[0]) <= b {
				n++
			}
		}
		idx = binary.BigEndian.AppendUint32(idx, uint32(n))
	}
	for _, l := range lines {
		idx = append(idx, l.id[:]...)
	}
	for _, l := range lines {
		idx = binary.BigEndian.AppendUint32(idx, l.cr)
	}
	for _, l := range lines {
		idx = binary.BigEndian.AppendUint32(idx, l.at)
	}
	idx = append(idx, sum[:]...)
	trailer := sha1.Sum(idx)
	idx = append(idx, trailer[:]...)
	base := filepath.Join(dir, ".git", "objects", "pack", "pack-"+forgedHex(name))
	for ext, content := range map[string][]byte{".pack": data, ".idx": idx} {
		if err := os.WriteFile(base+ext, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// forgedTree makes a tree of "MODE NAME" lines with the names of objects.
func forgedTree(name string, lines ...[2]string) forgedObject {
	var b []byte
	for _, l := range lines {
		id := forgedID(l[1])
		b = append(append(append(b, l[0]...), 0), id[:]...)
	}
	return forgedObject{name: name, kind: pack.Tree, data: b}
}

func forgedCommit(name, tree string, parents ...string) forgedObject {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", forgedHex(tree))
	for _, p := range parents {
		fmt.Fprintf(&b, "parent %s\n", forgedHex(p))
	}
	b.WriteString("author A <a@example.com> 1700000000 +0000\ncommitter A <a@example.com> 1700000000 +0000\n\nx\n")
	return forgedObject{name: name, kind: pack.Commit, data: []byte(b.String())}
}

func forgedTag(name, object string) forgedObject {
	return forgedObject{name: name, kind: pack.Tag, data: fmt.Appendf(nil, "object %s\ntype commit\ntag %s\ntagger A <a@example.com> 1700000000 +0000\n\nx\n", forgedHex(object), name)}
}

func forgedBlob(name, text string) forgedObject {
	return forgedObject{name: name, kind: pack.Blob, data: []byte(text)}
}

// keyText is a line with a key.
func keyText(n int) string { return "AGCLOUD_API_KEY=" + fakekey.Gateway(uint64(n)) + "\n" }

// forgedRepo makes a repository with nothing in it but references to forged
// objects.
func forgedRepo(t testing.TB, refs map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"objects/pack", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, ".git", d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{"HEAD": "ref: refs/heads/main\n", "config": "[core]\n\trepositoryformatversion = 0\n"}
	for name, object := range refs {
		files[name] = forgedHex(object) + "\n"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, ".git", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const mainRef = "refs/heads/main"

// scanHostile scans a repository in bounded time: fast, object by object, with
// what is unreachable, and by a range. Each scan must end. It returns what the
// first two found.
func scanHostile(t testing.TB, dir string, set *rules.Set) (fast, whole *collected) {
	t.Helper()
	var all []*collected
	for _, o := range []Options{{}, {Whole: true}, {Unreachable: true}, {Range: Range{Branch: "main"}}} {
		c, s := scanDir(t, dir, set, o)
		if s.Complete != (len(c.problems) == 0) {
			t.Errorf("%+v: complete %v, problems: %v", o, s.Complete, c.problems)
		}
		all = append(all, c)
	}
	return all[0], all[1]
}

// TestForged scans repositories whose indexes claim ids that the objects do not
// have, so that objects can name each other in circles. A scan ends, does not
// panic, and is not complete; what can be found is found.
func TestForged(t *testing.T) {
	set := builtin(t)
	tail := []forgedObject{forgedCommit("commit", "tree"), forgedTree("tree", [2]string{"100644 a.env", "key"}), forgedBlob("key", keyText(1))}
	for name, c := range map[string]struct {
		refs    map[string]string
		objects []forgedObject
		lie     func(i int, at uint32) uint32
		found   int // findings
		whole   bool
		reached bool // main leads to what is wrong
	}{
		"nothing wrong":                 {objects: tail, found: 1, whole: true},
		"tree in itself":                {objects: []forgedObject{tail[0], tail[2], forgedTree("tree", [2]string{"100644 a.env", "key"}, [2]string{"40000 d", "tree"})}, found: -1},
		"tree twice in itself":          {objects: []forgedObject{tail[0], tail[2], forgedTree("tree", [2]string{"100644 a.env", "key"}, [2]string{"40000 d", "tree"}, [2]string{"40000 e", "tree"})}, found: -1},
		"commit of itself":              {objects: append([]forgedObject{forgedCommit("commit", "tree", "commit")}, tail[1:]...), found: -1, whole: true},
		"commits in a circle":           {objects: append([]forgedObject{forgedCommit("commit", "tree", "other"), forgedCommit("other", "tree", "commit")}, tail[1:]...), found: -1, whole: true},
		"tag of itself":                 {refs: map[string]string{"refs/tags/t": "tag"}, objects: append([]forgedObject{forgedTag("tag", "tag")}, tail...), found: 1},
		"tags in a circle":              {refs: map[string]string{"refs/tags/t": "tag"}, objects: append([]forgedObject{forgedTag("tag", "tag2"), forgedTag("tag2", "tag")}, tail...), found: 1},
		"tag of nothing":                {refs: map[string]string{"refs/tags/t": "tag"}, objects: append([]forgedObject{forgedTag("tag", "nowhere")}, tail...), found: 1},
		"parent missing":                {reached: true, objects: append([]forgedObject{forgedCommit("commit", "tree", "nowhere")}, tail[1:]...), found: 1},
		"tree missing":                  {reached: true, objects: []forgedObject{tail[0], tail[2]}},
		"tree of a commit":              {reached: true, objects: []forgedObject{forgedCommit("commit", "commit"), tail[2]}},
		"tree that is a blob":           {reached: true, objects: []forgedObject{tail[0], forgedBlob("tree", keyText(1))}},
		"parent that is a blob":         {reached: true, objects: append([]forgedObject{forgedCommit("commit", "tree", "key")}, tail[1:]...), found: 1},
		"blob that is a tree":           {reached: true, objects: []forgedObject{tail[0], forgedTree("tree", [2]string{"100644 x", "other"}), forgedTree("other", [2]string{"100644 a.env", "key"}), tail[2]}},
		"blob that is a commit":         {reached: true, objects: append(tail[:1:1], forgedTree("tree", [2]string{"100644 a.env", "key"}, [2]string{"100644 x", "commit"}), tail[2]), found: 1},
		"tree in a tree that is a blob": {reached: true, objects: append(tail[:1:1], forgedTree("tree", [2]string{"100644 a.env", "key"}, [2]string{"40000 x", "key"}), tail[2]), found: 1},
		"deltas in a circle": {objects: append([]forgedObject{
			{name: "one", kind: refDelta, base: "two", data: []byte{1, 1, 0x90, 1}},
			{name: "two", kind: refDelta, base: "one", data: []byte{1, 1, 0x90, 1}}}, tail...), found: 1},
		"delta of itself":          {objects: append([]forgedObject{{name: "one", kind: refDelta, base: "one", data: []byte{1, 1, 0x90, 1}}}, tail...), found: 1},
		"delta of nothing":         {objects: append([]forgedObject{{name: "one", kind: refDelta, base: "nowhere", data: []byte{1, 1, 0x90, 1}}}, tail...), found: 1},
		"delta to before the pack": {objects: append([]forgedObject{{name: "one", kind: offsetDelta, back: 100, data: []byte{1, 1, 0x90, 1}}}, tail...), found: 1},
		"delta with a lie":         {objects: append([]forgedObject{{name: "one", kind: refDelta, base: "key", data: []byte{0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x90, 1}}}, tail...), found: 1},
		"delta to exabytes":        {objects: append([]forgedObject{{name: "one", kind: refDelta, base: "key", data: binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(keyText(1)))), 1<<60)}}, tail...), found: 1},
		"name with slashes":        {objects: append(tail[:1:1], forgedTree("tree", [2]string{"100644 ../../etc/a.env", "key"}, [2]string{"100644 /b.env", "key"}, [2]string{"100644 ", "key"}), tail[2]), found: 3, whole: true},
		"size too small":           {objects: append([]forgedObject{{name: "one", kind: pack.Blob, data: []byte(keyText(2)), size: 3}}, tail...), found: 1},
		"size too large":           {objects: append([]forgedObject{{name: "one", kind: pack.Blob, data: []byte(keyText(2)), size: 1 << 20}}, tail...), found: 1},
		"size of exabytes":         {objects: append([]forgedObject{{name: "one", kind: pack.Blob, data: []byte(keyText(2)), size: 1 << 62}}, tail...), found: 1},
		"not compressed":           {objects: append([]forgedObject{{name: "one", kind: pack.Blob, data: []byte(keyText(2)), raw: true}}, tail...), found: 1},
		"kind 0":                   {objects: append([]forgedObject{{name: "one", kind: 0, data: []byte(keyText(2))}}, tail...), found: 1},
		"kind 5":                   {objects: append([]forgedObject{{name: "one", kind: 5, data: []byte(keyText(2))}}, tail...), found: 1},
		"offsets beyond the end":   {objects: tail, lie: func(i int, at uint32) uint32 { return at + 1<<20 }},
		"offsets of another table": {objects: tail, lie: func(i int, at uint32) uint32 { return at | 1<<31 }},
		"offsets one too far":      {objects: tail, lie: func(i int, at uint32) uint32 { return at + 1 }},
		"offset of the header":     {objects: tail, lie: func(i int, at uint32) uint32 { return 0 }},
		"key without an offset": {objects: append(tail[:2:2], forgedBlob("key", "x"), forgedBlob("other", keyText(1))), lie: func(i int, at uint32) uint32 {
			if i == 3 { // the entry with the key is in no line of the index
				return 12
			}
			return at
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.refs == nil {
				c.refs = map[string]string{}
			}
			c.refs[mainRef] = "commit"
			dir := forgedRepo(t, c.refs)
			forgePack(t, dir, "pack", c.objects, c.lie)
			fast, whole := scanHostile(t, dir, set)
			if c.whole != (len(fast.problems) == 0) {
				t.Errorf("%d problems: %v", len(fast.problems), fast.problems)
			}
			if c.reached && len(whole.problems) == 0 {
				t.Error("no problem when read object by object")
			}
			if c.found >= 0 && (len(fast.findings) != c.found || len(whole.findings) != c.found) {
				t.Errorf("%d and %d findings, want %d", len(fast.findings), len(whole.findings), c.found)
			}
		})
	}
}
