package scanner_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// A memory is a Source of files in memory, in order of name.
type memory map[string]string

func (m memory) Walk(_ context.Context, v scanner.Visitor) error {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		b := scanner.Blob{Path: n, Source: "test", Size: int64(len(m[n])), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(m[n])), nil
		}}
		if err := v.Blob(b); err != nil {
			return err
		}
	}
	return nil
}

// A recorder keeps what a Handler is given.
type recorder struct {
	findings []*scanner.Finding
	problems []scanner.Problem
	notices  []scanner.Notice
	fail     error
}

func (r *recorder) Finding(f *scanner.Finding) error {
	r.findings = append(r.findings, f)
	return r.fail
}
func (r *recorder) Problem(p scanner.Problem) error {
	r.problems = append(r.problems, p)
	return r.fail
}
func (r *recorder) Notice(n scanner.Notice) error { r.notices = append(r.notices, n); return r.fail }

// keys lists rule, place and key of the findings.
func (r *recorder) keys() []string {
	var out []string
	for _, f := range r.findings {
		out = append(out, fmt.Sprintf("%s %s:%d:%d-%d:%d %s +%d", f.Rule, f.Path, f.Line, f.Column, f.EndLine, f.EndColumn, f.Secret.Secret.Reveal(), len(f.Occurrences)))
	}
	return out
}

func builtinSet(t testing.TB) *rules.Set {
	t.Helper()
	list, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func scanAll(t testing.TB, src scanner.Source, o scanner.Options) (*recorder, scanner.Summary) {
	t.Helper()
	if o.Rules == nil {
		o.Rules = builtinSet(t)
	}
	var r recorder
	sum, err := scanner.Scan(context.Background(), src, o, &r)
	if err != nil {
		t.Fatal(err)
	}
	return &r, sum
}

func TestLocations(t *testing.T) {
	key := fakekey.Gateway(1)
	r, sum := scanAll(t, memory{
		"a.env": "# x\r\nAGCLOUD_API_KEY=" + key + "\r\nB=1\r\n",
		"b.go":  "package b\n\nvar agcloudKey = \"" + key + "\"\nvar again = agcloudKey == \"" + key + "\"\n",
		"c.txt": "nothing\n",
		"d.bin": strings.Repeat("x\x00\x01", 50) + "AGCLOUD_API_KEY=" + key,
		"e.env": "A=1\x00\nAGCLOUD_API_KEY=" + key + "\n",
	}, scanner.Options{})
	want := []string{
		"agcloud-api-key a.env:2:17-2:68 " + key + " +0",
		"agcloud-api-key b.go:3:19-3:70 " + key + " +1",
		"agcloud-api-key e.env:2:17-2:68 " + key + " +0",
	}
	if diff := cmp.Diff(want, r.keys()); diff != "" {
		t.Error(diff)
	}
	if sum.Coverage.Files != 4 || sum.Coverage.Skipped["binary"] != 1 || !sum.Complete || sum.Findings != 3 {
		t.Errorf("summary %+v", sum)
	}
	for _, f := range r.findings {
		for _, l := range f.Frame {
			if strings.Contains(l.Text, key[5:20]) {
				t.Errorf("the frame shows the key: %q", l.Text)
			}
		}
	}
}

// wide returns s in UTF-16 or UTF-32.
func wide(s string, order binary.AppendByteOrder, width int, bom bool) string {
	var out []byte
	if bom {
		s = "\ufeff" + s
	}
	for _, r := range s {
		switch {
		case width == 4:
			out = order.AppendUint32(out, uint32(r))
		default:
			for _, u := range utf16.AppendRune(nil, r) {
				out = order.AppendUint16(out, u)
			}
		}
	}
	return string(out)
}

func TestWideText(t *testing.T) {
	key := fakekey.Gateway(2)
	text := "первая 🔑 line\r\nagcloud_api_key: " + key + "\r\n" + strings.Repeat("padding to make it long\r\n", 400)
	for name, c := range map[string]struct {
		text  string
		width int
	}{
		"utf-16le": {wide(text, binary.LittleEndian, 2, false), 2}, "utf-16le with BOM": {wide(text, binary.LittleEndian, 2, true), 2},
		"utf-16be": {wide(text, binary.BigEndian, 2, false), 2}, "utf-16be with BOM": {wide(text, binary.BigEndian, 2, true), 2},
		"utf-32le": {wide(text, binary.LittleEndian, 4, false), 4}, "utf-32be with BOM": {wide(text, binary.BigEndian, 4, true), 4},
	} {
		r, _ := scanAll(t, memory{"f": c.text}, scanner.Options{})
		col := len("agcloud_api_key: ")*c.width + 1
		want := fmt.Sprintf("agcloud-api-key f:2:%d-2:%d %s +0", col, col+len(key)*c.width, key)
		if diff := cmp.Diff([]string{want}, r.keys()); diff != "" {
			t.Errorf("%s: %s", name, diff)
			continue
		}
		if got := r.findings[0].Encoding; len(got) != 1 || !strings.HasPrefix(name, string(got[0])) {
			t.Errorf("%s: encodings %v", name, got)
		}
	}
}

// TestChunksDoNotMatter scans texts with keys at random places whole and in
// pieces, plain and wide, and compares everything that is reported.
func TestChunksDoNotMatter(t *testing.T) {
	set := builtinSet(t)
	found := 0
	for seed := range uint64(6) {
		text := randomText(seed, 10*set.Footprint())
		if seed%3 == 0 {
			text = wide(text, binary.LittleEndian, 2, true)
		}
		whole, _ := scanAll(t, memory{"f": text}, scanner.Options{Rules: set, ChunkSize: 64 << 20})
		pieces, _ := scanAll(t, memory{"f": text}, scanner.Options{Rules: set, ChunkSize: 1})
		if diff := cmp.Diff(whole.keys(), pieces.keys()); diff != "" {
			t.Fatalf("seed %d: whole and in pieces differ:\n%s", seed, diff)
		}
		found += len(whole.findings)
	}
	if found < 50 {
		t.Errorf("only %d findings: the test has lost its bite", found)
	}
}

// randomText returns a text of about n bytes with keys in many forms.
func randomText(seed uint64, n int) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	fill := []string{"some words of a line\n", "x = 1; ", "\n\n", "aiandgpu.com ", "AGCLOUD_API_KEY=\n", "\"", "\\\"", strings.Repeat("a", 400), "é🔑 "}
	var b strings.Builder
	for b.Len() < n {
		key := fakekey.Gateway(rng.Uint64N(1 << 40))
		switch rng.IntN(12) {
		case 0:
			fmt.Fprintf(&b, "AGCLOUD_API_KEY=%s\n", key)
		case 1:
			fmt.Fprintf(&b, "Authorization: Bearer %s\n", key)
		case 2:
			fmt.Fprintf(&b, "agcloudKey = \"%s\" + \"%s\"\n", key[:9], key[9:])
		case 3:
			fmt.Fprintf(&b, "%s\n", base64.StdEncoding.EncodeToString([]byte("AGCLOUD_API_KEY="+key)))
		default:
			for range rng.IntN(300) {
				b.WriteString(fill[rng.IntN(len(fill))])
			}
		}
	}
	return b.String()
}

func TestAllowDirectives(t *testing.T) {
	line := "AGCLOUD_API_KEY=" + fakekey.Gateway(3)
	mark := "keylint" + ":allow"
	for _, c := range []struct {
		name, text                string
		findings, allowed, notice int
	}{
		{"same line", line + " # " + mark + " agcloud-api-key -- test fixture\n", 0, 1, 0},
		{"line before", "# " + mark + " agcloud-api-key -- test fixture\n" + line + "\n", 0, 1, 0},
		{"all rules", line + " // " + mark + " all -- test fixture\n", 0, 1, 0},
		{"other rule", line + " # " + mark + " github-pat -- test fixture\n", 1, 0, 1},
		{"no reason", line + " # " + mark + " agcloud-api-key\n", 2, 0, 0},
		{"no rule", line + " # " + mark + " -- test fixture\n", 2, 0, 0},
		{"two lines before", "# " + mark + " agcloud-api-key -- test fixture\n\n" + line + "\n", 1, 0, 1},
		{"an analyzer's", "x # " + mark + " keylog -- test fixture\n", 0, 0, 0},
		{"unused", "x # " + mark + " agcloud-api-key -- test fixture\n", 0, 0, 1},
		{"gitleaks", line + " # gitleaks:allow\n", 0, 1, 1},
		{"trufflehog", line + " # trufflehog:ignore\n", 0, 1, 1},
		{"detect-secrets", line + "  # pragma: allowlist secret\n" + line + "x  # pragma: allowlist secret\n", 0, 2, 1},
		{"detect-secrets, next line", "# pragma: allowlist nextline secret\n" + line + "\n", 0, 1, 1},
		{"detect-secrets, not its own line", line + " # pragma: allowlist nextline secret\n", 1, 0, 0},
		{"the line below another tool's", "# gitleaks:allow\n" + line + "\n", 1, 0, 0},
		{"a mention", "write \"" + mark + "\" or " + mark + " RULE\n", 0, 0, 0},
	} {
		r, sum := scanAll(t, memory{"f": c.text}, scanner.Options{})
		if len(r.findings) != c.findings || sum.Allowed != c.allowed || len(r.notices) != c.notice {
			t.Errorf("%s: %d findings, %d allowed, notices %v", c.name, len(r.findings), sum.Allowed, r.notices)
		}
	}
}

// TestOwnMarks leaves the marks of other tools unheeded.
func TestOwnMarks(t *testing.T) {
	line := "AGCLOUD_API_KEY=" + fakekey.Gateway(3)
	text := line + " # gitleaks:allow\n" + line + "x # keylint" + ":allow all -- test fixture\n"
	r, sum := scanAll(t, memory{"f": text}, scanner.Options{OwnMarks: true})
	if len(r.findings) != 1 || sum.Allowed != 1 || len(r.notices) != 0 {
		t.Errorf("%d findings, %d allowed, notices %v", len(r.findings), sum.Allowed, r.notices)
	}
}

func TestFileNames(t *testing.T) {
	key := fakekey.Gateway(4)
	r, _ := scanAll(t, memory{"backup/AGCLOUD_API_KEY=" + key + "/x.txt": "AGCLOUD_API_KEY=" + key}, scanner.Options{})
	if len(r.findings) != 2 || r.findings[1].Origin != scanner.OriginFileName {
		t.Fatalf("findings %v", r.keys())
	}
	for _, f := range r.findings {
		if strings.Contains(f.Path, key) {
			t.Errorf("the path shows the key: %s", f.Path)
		}
	}
}

type brokenReader struct{ n int }

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.n == 0 {
		return 0, errors.New("input/output error")
	}
	b.n = 0
	return copy(p, "AGCLOUD_API_KEY="), nil
}
func (b *brokenReader) Close() error { return nil }

type sourceFunc func(v scanner.Visitor) error

func (f sourceFunc) Walk(_ context.Context, v scanner.Visitor) error { return f(v) }

// TestNeverClean lists the ways in which a scan can miss something; none may
// look complete.
func TestNeverClean(t *testing.T) {
	open := func(r io.ReadCloser, err error) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return r, err }
	}
	for name, src := range map[string]scanner.Source{
		"nothing":      memory{},
		"only skipped": sourceFunc(func(v scanner.Visitor) error { return v.Skip("x", "symlink") }),
		"cannot open": sourceFunc(func(v scanner.Visitor) error {
			return v.Blob(scanner.Blob{Path: "x", Open: open(nil, errors.New("permission denied"))})
		}),
		"cannot read": sourceFunc(func(v scanner.Visitor) error {
			return v.Blob(scanner.Blob{Path: "x", Size: -1, Open: open(&brokenReader{1}, nil)})
		}),
		"shrinks": sourceFunc(func(v scanner.Visitor) error {
			return v.Blob(scanner.Blob{Path: "x", Size: 100, Open: open(io.NopCloser(strings.NewReader("short")), nil)})
		}),
		"problem": sourceFunc(func(v scanner.Visitor) error {
			return v.Problem(scanner.Problem{Path: "d", Reason: "permission denied"})
		}),
		"panic": sourceFunc(func(v scanner.Visitor) error {
			return v.Blob(scanner.Blob{Path: "x", Open: func() (io.ReadCloser, error) { panic("secret") }})
		}),
	} {
		r, sum := scanAll(t, src, scanner.Options{})
		if sum.Complete || len(r.problems) != 1 {
			t.Errorf("%s: complete %v, problems %v", name, sum.Complete, r.problems)
		}
		if strings.Contains(fmt.Sprint(r.problems), "secret") {
			t.Errorf("%s: the problem repeats the panic", name)
		}
	}
}

// endless yields blobs until it is told to stop.
type endless struct{}

func (endless) Walk(_ context.Context, v scanner.Visitor) error {
	for {
		err := v.Blob(scanner.Blob{Path: "x", Size: -1, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader([]byte("AGCLOUD_API_KEY=" + fakekey.Gateway(1)))), nil
		}})
		if err != nil {
			return err
		}
	}
}

func TestStops(t *testing.T) {
	set := builtinSet(t)
	broken := errors.New("closed pipe")
	sum, err := scanner.Scan(context.Background(), endless{}, scanner.Options{Rules: set}, &recorder{fail: broken})
	if !errors.Is(err, broken) || sum.Complete {
		t.Errorf("after a failure of the handler: %v, complete %v", err, sum.Complete)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	sum, err = scanner.Scan(ctx, endless{}, scanner.Options{Rules: set, Progress: func(scanner.Coverage) {
		if n++; n == 100 {
			cancel()
		}
	}}, &recorder{})
	if !errors.Is(err, context.Canceled) || sum.Complete {
		t.Errorf("after cancellation: %v, complete %v", err, sum.Complete)
	}
}

// TestOrder scans many files on many goroutines: the results come in the order
// of the source.
func TestOrder(t *testing.T) {
	files := memory{}
	for i := range 2000 {
		files[fmt.Sprintf("f%04d", i)] = strings.Repeat("x", (i*7919)%5000) + "\nAGCLOUD_API_KEY=" + fakekey.Gateway(uint64(i))
	}
	r, _ := scanAll(t, files, scanner.Options{Jobs: 8})
	if len(r.findings) != len(files) || !slices.IsSortedFunc(r.findings, func(a, b *scanner.Finding) int { return strings.Compare(a.Path, b.Path) }) {
		t.Errorf("%d findings of %d, or not in order", len(r.findings), len(files))
	}
}
