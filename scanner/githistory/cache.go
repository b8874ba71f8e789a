package githistory

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// The cache lies in the git directory, in three files for each set of rules: what
// the last scan reported, valid as long as nothing at all has changed; what the
// last walk learned, with which a scan reads only what came since, if that is
// little and all else is where it was; and the blobs that hold nothing, which need
// no second look in the next walk.
//
// Its files are signed with a key of the user's own, so that what comes with a
// repository from elsewhere cannot say that it is clean. They hold no secret:
// findings are stored as reports show them, and their keys are read again from
// the repository. A file that is damaged, or signed by another user, is not
// there; one that cannot be written is not written.

// cacheVersion is part of the name of the files. It changes with their format.
const cacheVersion = 2

// A cache reads and writes the files for one set of rules.
type cache struct {
	dir  string
	name string // of the files, without what tells them apart
	key  []byte // of the signatures
}

// maxCached is the most bytes of a file of the cache.
const maxCached = 256 << 20

// openCache returns the cache of a scan, nil when there can be none.
func (s *scan) openCache() *cache {
	if s.opts.NoCache || s.opts.Whole || !s.opts.Range.IsZero() {
		return nil
	}
	key, err := cacheKey()
	if err != nil {
		return nil
	}
	sum := hmac.New(sha256.New, key)
	fmt.Fprintln(sum, cacheVersion, program(), s.options.Rules.Hash(), s.options.OwnMarks, s.opts.Unreachable, s.opts.Watch != nil)
	for _, k := range s.options.Rules.Known() {
		fmt.Fprintf(sum, "%q %q %q\n", k.Secret.Reveal(), k.Name, k.Origin)
	}
	return &cache{filepath.Join(s.repo.CommonDir, "keylint"), fmt.Sprintf("history-%d-%x", cacheVersion, sum.Sum(nil)[:8]), key}
}

// program tells builds of this program apart.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// cacheKey returns the user's key for signatures, which is made when it is
// first asked for.
func cacheKey() ([]byte, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(base, "keylint", "history.key")
	const size = 32
	if key, err := os.ReadFile(path); err == nil && len(key) == size {
		return key, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	key := make([]byte, size)
	rand.Read(key)
	return key, writeFile(path, key)
}

// writeFile writes a file in one step, for the user alone.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".keylint-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// load returns the content of one of the files, nil if there is none.
func (c *cache) load(part string) []byte {
	path := filepath.Join(c.dir, c.name+part)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxCached {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size || !hmac.Equal(data[:sha256.Size], c.sign(part, data[sha256.Size:])) {
		return nil
	}
	return data[sha256.Size:]
}

func (c *cache) sign(part string, data []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	io.WriteString(h, c.name+part+"\n")
	h.Write(data)
	return h.Sum(nil)
}

// store writes one of the files.
func (c *cache) store(part string, data []byte) {
	if os.MkdirAll(c.dir, 0o755) == nil {
		writeFile(filepath.Join(c.dir, c.name+part), append(c.sign(part, data), data...))
	}
}

// maxCacheFiles is the most files that are kept for other sets of rules and
// other builds.
const maxCacheFiles = 12

// tidy removes the oldest files of others when they are many.
func (c *cache) tidy() {
	names, _ := filepath.Glob(filepath.Join(c.dir, "history-*"))
	age := map[string]int64{}
	for _, n := range names {
		if info, err := os.Lstat(n); err == nil {
			age[n] = info.ModTime().UnixNano()
		}
	}
	slices.SortFunc(names, func(a, b string) int { return int(min(max(age[b]-age[a], -1), 1)) })
	for _, n := range names[min(maxCacheFiles, len(names)):] {
		os.Remove(n)
	}
}

// The three files.
const (
	resultPart = ".result"
	memoryPart = ".memory"
	cleanPart  = ".clean"
)

// A cachedResult is what a scan reported.
type cachedResult struct {
	State    []byte
	Coverage scanner.Coverage
	Allowed  int
	Findings []cachedFinding
}

// A cachedFinding is a finding without its key, and where that is to be read.
type cachedFinding struct {
	Finding *scanner.Finding
	Object  string // "" for a file that was asked for
}

// state describes all that a result depends on beside what the name of the
// cache stands for.
func (s *scan) state() []byte {
	h := sha256.New()
	h.Write(s.store.State())
	fmt.Fprintln(h, s.headID, s.hasRemotes, s.partial, len(s.shallow))
	for _, t := range s.tips {
		fmt.Fprintf(h, "%q %d %s %v\n", t.name, t.class, t.id, t.tracking)
	}
	for _, e := range s.staged {
		fmt.Fprintf(h, "%q %q\n", e.id, e.path)
	}
	return h.Sum(nil)
}

// remembered returns what the last scan reported, if nothing has changed since
// and all keys are where they were.
func (s *scan) remembered() (*cachedResult, bool) {
	var r cachedResult
	c := s.cache
	if c == nil || json.Unmarshal(c.load(resultPart), &r) != nil || !bytes.Equal(r.State, s.state()) {
		return nil, false
	}
	for _, f := range r.Findings {
		if f.Object == "" {
			continue
		}
		id, err := s.format.ParseID(f.Object)
		if err != nil {
			return nil, false
		}
		s.framing = append(s.framing, framing{finding: f.Finding, object: id, path: f.Finding.Path, restore: true})
	}
	return &r, s.frames() == nil
}

// remember stores what is to be reported and, after a walk, what it learned.
func (s *scan) remember(findings []*scanner.Finding, w *walked) {
	c := s.cache
	if c == nil || !s.out.Complete || s.ctx.Err() != nil {
		return
	}
	if w != nil {
		c.store(cleanPart, w.clean())
		c.store(memoryPart, w.memory(s.store).encode())
	}
	c.tidy()
	r := cachedResult{State: s.state(), Coverage: s.out.Coverage, Allowed: s.out.Allowed}
	for _, f := range s.framing {
		if f.path != f.finding.Path {
			return // a key is in the path
		}
		r.Findings = append(r.Findings, cachedFinding{f.finding, s.format.String(f.object)})
	}
	for _, f := range findings {
		if f.Secret == nil {
			r.Findings = append(r.Findings, cachedFinding{Finding: f})
		}
	}
	if len(r.Findings) < len(findings) {
		return // a key is a name: no object holds it that it could be read from
	}
	slices.SortFunc(r.Findings, func(a, b cachedFinding) int {
		return slices.Index(findings, a.Finding) - slices.Index(findings, b.Finding)
	})
	if data, err := json.Marshal(r); err == nil {
		c.store(resultPart, data)
	}
}

// clean lists the blobs in which nothing was found: the first 8 bytes of the id
// of each, and what is counted of it. Among a hundred million blobs, two agree in
// so many bytes with a chance of one in 3,000.
func (w *walked) clean() []byte {
	var out []byte
	for n, b := range w.blobs {
		if b != 0 && w.found.get(handle(n)) == nil {
			id := w.forest.ID(pack.Node(n))
			out = append(out, id[:8]...)
			out = binary.BigEndian.AppendUint64(out, uint64(b))
		}
	}
	return out
}

// know fills in what is counted of the blobs that an earlier scan found to be
// clean, and returns which others are to be read; nil when all are.
func (w *walked) know(c *cache) (want []bool) {
	if c == nil {
		return nil
	}
	data := c.load(cleanPart)
	if len(data) == 0 {
		return nil
	}
	known := make(map[uint64]counted, len(data)/16)
	for ; len(data) >= 16; data = data[16:] {
		known[binary.BigEndian.Uint64(data)] = counted(binary.BigEndian.Uint64(data[8:]))
	}
	want = make([]bool, len(w.blobs))
	for n := range want {
		if w.forest.Kind(pack.Node(n)) != pack.Blob {
			continue
		}
		id := w.forest.ID(pack.Node(n))
		w.blobs[n] = known[binary.BigEndian.Uint64(id[:])]
		want[n] = w.blobs[n] == 0
	}
	return want
}
