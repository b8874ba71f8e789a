package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/agcloud/keylint/internal/fakekey"
	"github.com/agcloud/keylint/scanner"
)

// problem checks that there is one problem with the given text.
func problem(t *testing.T, r *recorder, want string) {
	t.Helper()
	if len(r.problems) != 1 || !strings.Contains(r.problems[0], want) {
		t.Errorf("problems %q, want one with %q", r.problems, want)
	}
}

func TestBomb(t *testing.T) {
	zeros, key := make([]byte, 14*mib), file{"key", []byte(fakekey.Gateway(3))}
	for name, data := range map[string][]byte{
		"zip": zipOf(t, file{"zeros", zeros}, key), "tar.gz": gzipOf(t, tarOf(t, key, file{"zeros", zeros})), "gz": gzipOf(t, zeros), "zst": zstdOf(t, zeros),
	} {
		got, r := walk(t, Options{}, file{"b." + name, data})
		if len(r.problems) == 0 || !strings.Contains(r.problems[0], "stopped at 200 times its packed size") {
			t.Errorf("%s: problems %q", name, r.problems)
		}
		if n := len(got["b."+name+"!/zeros"]); n > 11*mib {
			t.Errorf("%s: %d bytes were unpacked", name, n)
		}
		if name != "gz" && name != "zst" && got["b."+name+"!/key"] == "" {
			t.Errorf("%s: the other member is not there", name)
		}
	}
}

func TestMaxBytes(t *testing.T) {
	part := []byte(fakekey.Alnum(4, 40_000))
	for name, data := range map[string][]byte{
		"zip": zipOf(t, file{"a", part}, file{"b", part}, file{"c", part}),
		"tar": tarOf(t, file{"a", part}, file{"b", part}, file{"c", part}),
		"tgz": gzipOf(t, tarOf(t, file{"a", part}, file{"b", part}, file{"c", part})),
		"gz":  gzipOf(t, bytes.Repeat(part, 3)),
	} {
		got, r := walk(t, Options{MaxBytes: 100 << 10}, file{"b." + name, data})
		problem(t, r, "b."+name+": stopped at 100 KiB of unpacked content; raise --archive-max-bytes")
		if name != "gz" && (got["b."+name+"!/a"] != string(part) || got["b."+name+"!/b"] != string(part)) {
			t.Errorf("%s: what was before the limit is not there", name)
		}
	}
}

func TestMaxMembers(t *testing.T) {
	x := []byte("x")
	list := []file{{"a", x}, {"b", x}, {"c", x}}
	for _, data := range [][]byte{zipOf(t, list...), tarOf(t, list...), gzipOf(t, tarOf(t, list...))} {
		got, r := walk(t, Options{MaxMembers: 2}, file{"o", data})
		problem(t, r, "o: stopped at 2 members; raise --archive-members")
		if len(got) != 2 {
			t.Errorf("got %v", keys(got))
		}
	}
}

// A sparse member promises what is not in the archive.
func TestSparse(t *testing.T) {
	var block [512]byte
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	w.WriteHeader(&tar.Header{Name: "s", Size: 0, Typeflag: tar.TypeReg, Format: tar.FormatGNU})
	copy(block[:], buf.Bytes())
	block[156] = tar.TypeGNUSparse
	copy(block[483:], "77777777777\x00") // the real size, 8 GiB
	copy(block[386:], "77777777777\x00") // a fragment at its end
	copy(block[398:], "00000000000\x00") // of no length
	copy(block[148:156], "        ")
	sum := 0
	for _, c := range block {
		sum += int(c)
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
	_, r := walk(t, Options{MaxBytes: 5 * mib}, file{"o.tar", append(block[:], make([]byte, 1024)...)})
	problem(t, r, "o.tar: stopped at 5 MiB")
}

func TestTruncated(t *testing.T) {
	a := file{"a", []byte(strings.Repeat(fakekey.Gateway(5)+"\n", 10))}
	b := file{"b", []byte(fakekey.Alnum(6, 100_000))}
	for name, data := range map[string][]byte{
		"zip": zipOf(t, a, b), "tar": tarOf(t, a, b), "tar.gz": gzipOf(t, tarOf(t, a, b)), "tar.zst": zstdOf(t, tarOf(t, a, b)),
	} {
		for _, cut := range []int{len(data) * 3 / 4, len(data) / 2} {
			path := "o." + name
			got, r := walk(t, Options{}, file{path, data[:cut]})
			if len(r.problems) == 0 || len(r.problems) > 3 {
				t.Errorf("%s: problems %q", name, r.problems)
			}
			if name != "tar.zst" && (got[path+"!/a"] != string(a.data) || got[path+"!/b"] == "" || !strings.HasPrefix(string(b.data), got[path+"!/b"])) {
				t.Errorf("%s cut at %d: members %v", name, cut, keys(got))
			}
		}
	}
}

func TestSalvageStored(t *testing.T) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range []string{"a", "b", "c"} {
		m, _ := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		io.WriteString(m, "content of "+name)
	}
	w.Flush()
	got, r := walk(t, Options{}, file{"o.zip", buf.Bytes()})
	problem(t, r, "its directory cannot be read")
	if len(got) != 3 || got["o.zip!/b"] != "content of b" {
		t.Errorf("got %q", got)
	}
}

func TestDamaged(t *testing.T) {
	data := zipOf(t, file{"a", []byte(fakekey.Alnum(7, 5000))}, file{"b", []byte("fine")})
	data[200] ^= 0x55
	got, r := walk(t, Options{}, file{"o.zip", data})
	problem(t, r, "o.zip!/a: not read to its end")
	if got["o.zip!/b"] != "fine" {
		t.Errorf("got %v", keys(got))
	}
}

func TestManyProblems(t *testing.T) {
	var list []file
	for i := range 50 {
		list = append(list, file{fmt.Sprint(i, ".7z"), []byte("7z\xbc\xaf\x27\x1c")})
	}
	_, r := walk(t, Options{}, file{"o.zip", zipOf(t, list...)})
	if len(r.problems) != maxProblems+1 || !strings.Contains(r.problems[maxProblems], "30 more problems") {
		t.Errorf("%d problems, the last is %q", len(r.problems), r.problems[len(r.problems)-1])
	}
}

func TestEncrypted(t *testing.T) {
	data := zipOf(t, file{"a", []byte("secret")}, file{"b", []byte("open")}, file{"c", []byte("secret")})
	setFlag := func(data []byte, name string) {
		for at := 0; at+46 < len(data); at++ { // in the directory
			if string(data[at:at+4]) == "PK\x01\x02" && string(data[at+46:at+47]) == name {
				binary.LittleEndian.PutUint16(data[at+8:], binary.LittleEndian.Uint16(data[at+8:])|1)
			}
		}
	}
	setFlag(data, "a")
	got, r := walk(t, Options{}, file{"o.zip", data})
	problem(t, r, "o.zip!/a: not read: it is encrypted")
	if len(got) != 2 {
		t.Errorf("got %v", keys(got))
	}
	setFlag(data, "c")
	_, r = walk(t, Options{}, file{"o.zip", data})
	problem(t, r, "o.zip: 2 members are encrypted")
}

func TestUnreadableFormats(t *testing.T) {
	for name, magic := range map[string]string{"a.7z": "7z\xbc\xaf\x27\x1c", "a.rar": "Rar!\x1a\x07\x01\x00"} {
		_, r := walk(t, Options{}, file{name, []byte(magic + "rest")})
		problem(t, r, "archives cannot be read; unpack it")
	}
}

func TestSpool(t *testing.T) {
	big := []byte(fakekey.Alnum(8, maxBuffered+5))
	list := []file{{"big", big}, {"a", big[:6000]}, {"b", big[:5000]}}
	for _, data := range [][]byte{zipOf(t, list...), tarOf(t, list...)} {
		got, r := walk(t, Options{Memory: 10_000}, file{"o", data})
		for _, f := range list {
			if got["o!/"+f.name] != string(f.data) {
				t.Errorf("%s differs", f.name)
			}
		}
		if len(r.problems) > 0 {
			t.Error(r.problems)
		}
	}
}

func TestNoRoom(t *testing.T) {
	r := &recorder{}
	src := Wrap(files{{"o", tarOf(t, file{"a", []byte("too much")}, file{"b", nil})}}, Options{Memory: 1, TempDir: "/no/such/directory"})
	if err := src.Walk(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	problem(t, r, "o!/a: not read: no room for temporary files")
	if strings.Contains(r.problems[0], "/no") {
		t.Errorf("names the directory: %s", r.problems[0])
	}
}

// Files of blobs that nobody opens go with the context, or on Close.
func TestCleanUp(t *testing.T) {
	for name, end := range map[string]func(cancel func(), src *Source){
		"cancel": func(cancel func(), src *Source) { cancel() },
		"close":  func(cancel func(), src *Source) { src.Close() },
	} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		src := Wrap(files{{"o", tarOf(t, file{"a", []byte("too much")})}}, Options{Memory: 1, TempDir: dir})
		r := &recorder{}
		if err := src.Walk(ctx, r); err != nil {
			t.Fatal(err)
		}
		if names, _ := os.ReadDir(dir); len(names) != 1 {
			t.Errorf("%s: %d files before the end", name, len(names))
		}
		end(cancel, src)
		src.Close() // waits for the other one
		if names, _ := os.ReadDir(dir); len(names) != 0 {
			t.Errorf("%s: %d files are left", name, len(names))
		}
		if _, err := r.blobs[0].Open(); !errors.Is(err, errClosed) {
			t.Errorf("%s: opened with error %v", name, err)
		}
	}
}

// A stopper fails at the second blob, or cancels its context there.
type stopper struct {
	recorder
	err    error
	cancel func()
}

func (s *stopper) Blob(b scanner.Blob) error {
	if s.recorder.Blob(b); len(s.blobs) < 2 {
		return nil
	}
	if s.cancel != nil {
		s.cancel()
	}
	return s.err
}

func TestVisitorEndsWalk(t *testing.T) {
	x := []byte("x")
	data := gzipOf(t, tarOf(t, file{"a", x}, file{"b", x}, file{"c", x}, file{"d", x}))
	failure := errors.New("the handler failed")
	s := &stopper{err: failure}
	if err := Wrap(files{{"o", data}}, Options{}).Walk(context.Background(), s); err != failure || len(s.blobs) != 2 {
		t.Errorf("error %v after %d blobs", err, len(s.blobs))
	}
	ctx, cancel := context.WithCancel(context.Background())
	s = &stopper{cancel: cancel}
	if err := Wrap(files{{"o", data}}, Options{}).Walk(ctx, s); !errors.Is(err, context.Canceled) || len(s.blobs) != 2 || len(s.problems) > 0 {
		t.Errorf("error %v after %d blobs, problems %q", err, len(s.blobs), s.problems)
	}
}
