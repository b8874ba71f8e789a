package reftable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agcloud/keylint/internal/gitrepo/regular"
)

const (
	maxTable  = 1 << 30 // bytes of the largest table that is read
	maxList   = 1 << 20 // bytes of the largest list of tables
	maxTables = 1024    // git keeps about twenty, each twice as large as the next
	maxHidden = 64 << 20
	retries   = 3 // git may compact the stack while it is read
)

// A Stack is the tables of a git directory. It is immutable and safe for
// concurrent use.
type Stack struct {
	tables []named // from old to new
}

type named struct {
	*Table
	path string
}

// Open reads the tables that dir/tables.list names; ids have idSize bytes. A
// table that cannot be read is left out, and its error is one of those returned.
func Open(dir string, idSize int) (*Stack, []error) {
	for try := 1; ; try++ {
		s, errs := open(dir, idSize)
		gone := slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, fs.ErrNotExist) })
		if !gone || try == retries {
			return s, errs
		}
	}
}

func open(dir string, idSize int) (*Stack, []error) {
	s := &Stack{}
	list := filepath.Join(dir, "tables.list")
	data, err := regular.ReadFile(list, maxList)
	if err != nil {
		return s, []error{fmt.Errorf("cannot read the list of reftables: %w: make the file readable, or restore it", err)}
	}
	names := strings.Fields(string(data))
	if len(names) > maxTables {
		return s, []error{fmt.Errorf("%s: %w", list, corruptf("it names %d tables", len(names)))}
	}
	var errs []error
	for i, name := range names {
		path := filepath.Join(dir, name)
		if filepath.Dir(path) != filepath.Clean(dir) || slices.Contains(names[:i], name) {
			errs = append(errs, fmt.Errorf("%s: %w", list, corruptf("%q is in another directory or was named before", name)))
			continue
		}
		t, err := readTable(path, idSize)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s.tables = append(s.tables, named{t, path})
	}
	return s, errs
}

func readTable(path string, idSize int) (*Table, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read references: %w: make the file readable, or restore it", err)
	}
	defer f.Close()
	if f.Size() > maxTable {
		return nil, fmt.Errorf("%s is larger than %d bytes: %w", path, maxTable, errors.ErrUnsupported)
	}
	var b strings.Builder
	b.Grow(int(f.Size()))
	if _, err := io.Copy(&b, io.LimitReader(f, maxTable)); err != nil {
		return nil, err
	}
	t, err := Parse(b.String(), idSize)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Find looks a reference up.
func (s *Stack) Find(name string) (ref Ref, ok bool, err error) {
	for _, t := range slices.Backward(s.tables) {
		ref, ok, err := t.find(name)
		if err != nil {
			return Ref{}, false, fmt.Errorf("%s: %w", t.path, err)
		}
		if ok {
			return ref, !ref.Deleted, nil
		}
	}
	return Ref{}, false, nil
}

// Refs returns the references in order of their names.
func (s *Stack) Refs() ([]Ref, []error) {
	var refs []Ref
	var errs []error
	for _, t := range slices.Backward(s.tables) {
		some, err := t.Refs()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.path, err))
		}
		refs = append(refs, some...)
	}
	byName := func(a, b Ref) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(refs, byName) {
		slices.SortStableFunc(refs, byName)
	}
	refs = slices.CompactFunc(refs, func(a, b Ref) bool { return a.Name == b.Name })
	return slices.DeleteFunc(refs, func(r Ref) bool { return r.Deleted }), errs
}

// An entry is what an entry of a reflog goes by.
type entry struct {
	name  string
	index uint64
}

// Logs calls yield for every entry of the reflogs until that returns false: of
// each name the newest first. An error is yielded for each table that cannot be
// read to its end.
//
// Newer tables hide entries of older ones. Those that can, which are few, are
// kept in mind, up to a limit: beyond that, what is hidden is yielded.
func (s *Stack) Logs(yield func(Log, error) bool) {
	hidden, room := map[entry]struct{}{}, maxHidden
	more := true
	for _, t := range slices.Backward(s.tables) {
		err := t.Logs(func(l Log) bool {
			key := entry{l.Name, l.Index}
			_, gone := hidden[key]
			if !gone && l.Index < t.minIndex && room > 0 {
				hidden[key] = struct{}{}
				room -= len(l.Name) + 64
			}
			if !gone && !l.empty() {
				more = yield(l, nil)
			}
			return more
		})
		if err != nil && more {
			more = yield(Log{}, fmt.Errorf("%s: %w", t.path, err))
		}
		if !more {
			return
		}
	}
}
