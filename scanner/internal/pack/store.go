package pack

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Problem is a file or an object that cannot be read.
type Problem struct {
	Path string // of the pack, index or loose object
	ID   ID     // zero when the problem is that of a whole file
	Err  error
}

// A Store is the objects of a repository: all packs and loose objects of its
// object directory and of the alternates. It is immutable and safe for
// concurrent use until it is closed.
type Store struct {
	format   Format
	packs    []*packfile
	loose    map[ID]string // path of each loose object
	problems []Problem
	release  []func()
}

// maxAlternates is how deep object directories may name each other, as in git
// (link_alt_odb_entry in object-file.c).
const maxAlternates = 5

// Open opens the object directory at dir with its alternates and those given.
// Packs that cannot be read are problems; only a directory that cannot be read
// is an error.
func Open(dir string, f Format, alternates ...string) (*Store, error) {
	s := &Store{format: f, loose: map[ID]string{}}
	seen := map[string]bool{}
	if err := s.add(dir, 0, seen); err != nil {
		return nil, fmt.Errorf("cannot read the object directory: %w", err)
	}
	for _, alt := range alternates {
		s.addAlternate(alt, 1, seen)
	}
	return s, nil
}

// Format returns how the objects are named.
func (s *Store) Format() Format { return s.format }

// Close gives the mapped files back. The store must not be used after it.
func (s *Store) Close() {
	for _, release := range s.release {
		release()
	}
	s.release = nil
}

// Problems returns what could not be opened.
func (s *Store) Problems() []Problem { return s.problems }

// add takes in an object directory.
func (s *Store) add(dir string, depth int, seen map[string]bool) error {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); len(name) == 2 && strings.Trim(name, "0123456789abcdef") == "" {
			s.addLoose(filepath.Join(dir, name), name)
		}
	}
	s.addPacks(filepath.Join(dir, "pack"))
	if depth < maxAlternates {
		s.addInfoAlternates(dir, depth+1, seen)
	}
	return nil
}

// addInfoAlternates takes in the directories that info/alternates names, one a
// line, relative to dir.
func (s *Store) addInfoAlternates(dir string, depth int, seen map[string]bool) {
	path := filepath.Join(dir, "info", "alternates")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		s.problems = append(s.problems, Problem{Path: path, Err: err})
		return
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		alt := lines.Text()
		if alt == "" || alt[0] == '#' {
			continue
		}
		if !filepath.IsAbs(alt) {
			alt = filepath.Join(dir, alt)
		}
		s.addAlternate(alt, depth, seen)
	}
}

func (s *Store) addAlternate(dir string, depth int, seen map[string]bool) {
	if err := s.add(dir, depth, seen); err != nil {
		s.problems = append(s.problems, Problem{Path: dir, Err: fmt.Errorf("alternate object directory: %w", err)})
	}
}

// addLoose notes the loose objects in one of the 256 directories.
func (s *Store) addLoose(dir, prefix string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		s.problems = append(s.problems, Problem{Path: dir, Err: err})
		return
	}
	for _, e := range entries {
		id, err := s.format.ParseID(prefix + e.Name())
		if err != nil {
			continue // tmp_obj_… of an interrupted git
		}
		if !e.Type().IsRegular() {
			s.problems = append(s.problems, Problem{Path: filepath.Join(dir, e.Name()), ID: id, Err: errors.New("it is no regular file and is not read")})
			continue
		}
		if _, have := s.loose[id]; !have {
			s.loose[id] = filepath.Join(dir, e.Name())
		}
	}
}

// addPacks opens the packs of a directory that have an index.
func (s *Store) addPacks(dir string) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.pack"))
	if err != nil {
		s.problems = append(s.problems, Problem{Path: dir, Err: err})
		return
	}
	slices.Sort(names)
	for _, name := range names {
		var p *packfile
		err := safely(func() (err error) {
			p, err = s.openPack(name)
			return err
		})
		if err != nil {
			s.problems = append(s.problems, Problem{Path: name, Err: err})
			continue
		}
		s.packs = append(s.packs, p)
	}
}

// escapeGlob returns path as a pattern that matches it alone.
func escapeGlob(path string) string {
	if os.PathSeparator == '\\' {
		return path // filepath.Match has no escape on Windows
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func (s *Store) openPack(path string) (*packfile, error) {
	idx, release, err := readFile(strings.TrimSuffix(path, ".pack") + ".idx")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the pack has no index: run git index-pack on it")
	}
	if err != nil {
		return nil, err
	}
	s.release = append(s.release, release)
	x, err := parseIndex(idx, s.format)
	if err != nil {
		return nil, err
	}
	data, release, err := readFile(path)
	if err != nil {
		return nil, err
	}
	s.release = append(s.release, release)
	return parsePack(path, data, x)
}

// State describes what the store holds, so that two stores with the same state
// hold the same objects: the packs by path and size, and the loose objects.
func (s *Store) State() []byte {
	h := sha256.New()
	for _, p := range s.packs {
		fmt.Fprintf(h, "%q %d\n", p.path, len(p.data))
	}
	for _, id := range sortedIDs(s.loose) {
		h.Write(id[:])
	}
	return h.Sum(nil)
}

// Has reports whether an object is in the store, or cannot be looked for.
func (s *Store) Has(id ID) bool {
	_, ok := s.loose[id]
	fault := safely(func() error {
		ok = ok || slices.ContainsFunc(s.packs, func(p *packfile) bool {
			_, have := p.index.find(id)
			return have
		})
		return nil
	})
	return ok || fault != nil
}

// Abbreviated returns the objects whose ID begins with some hexadecimal digits,
// at least two, in order. What cannot be read is not among them.
func (s *Store) Abbreviated(digits string) []ID {
	var out []ID
	var low ID
	if _, err := hex.Decode(low[:], []byte(digits[:len(digits)&^1])); err != nil {
		return nil
	}
	for _, p := range s.packs {
		_ = safely(func() error {
			out = p.index.abbreviated(out, low, digits)
			return nil
		})
	}
	for id := range s.loose {
		if strings.HasPrefix(s.format.String(id), digits) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

// Len returns the number of objects, those that are stored twice counted
// twice.
func (s *Store) Len() int {
	n := len(s.loose)
	for _, p := range s.packs {
		n += p.index.count
	}
	return n
}
