// Package githistory scans all that a git repository ever stored: every blob,
// the messages of commits and tags, and notes, from all references, stashes,
// reflogs, working trees' HEADs and indexes.
//
// # How
//
// Objects are read in the order in which git stores them as changes of one
// another, and of a change only what is new is scanned (package
// scanner/internal/pack and [scanner.TextScanner]). Blobs come before trees, so
// that of the trees only what leads to a key need be kept. Where and when a key
// was in history is worked out afterwards, from the commit graph and those few
// trees (type attribution).
//
// The result does not depend on how the objects are packed.
package githistory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agcloud/keylint/internal/gitrepo"
	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
	"github.com/agcloud/keylint/scanner/internal/delta"
	"github.com/agcloud/keylint/scanner/internal/pack"
)

// Options say what of a history is scanned.
type Options struct {
	// Unreachable adds the objects that no reference leads to.
	Unreachable bool
	// Whole reads and scans every object by itself, without use of what it is a
	// change of: slow, and there to check the fast way.
	Whole bool
	// NoCache neither uses nor writes the cache in the git directory.
	NoCache bool
	// Range limits the scan to what some commits introduced.
	Range Range
	// Watch asks for files by name; nil for none.
	Watch *Watch
	// Touched, if set, is told each path at which a commit of the range changed
	// something, at least once, before findings are reported.
	Touched func(path string)
}

// A History is the history of a repository.
type History struct {
	// Progress follows Scan.
	Progress Progress
	repo     *gitrepo.Repo
	opts     Options
	format   pack.Format
	tips     []tip
	names    map[string]string // the references by full name, with their ids
	headID   string            // of the commit of HEAD, "" without one
	staged   []stagedEntry
	// shallow is the commits at which a shallow clone ends.
	shallow    map[string]bool
	partial    bool // it is a partial clone
	hasRemotes bool // there are remote-tracking references
	notRead    []scanner.Problem
}

// A stagedEntry is a blob in the index of a working tree.
type stagedEntry struct{ id, path string }

// scan is one scan of a history.
type scan struct {
	*History
	ctx     context.Context
	options scanner.Options
	store   *pack.Store
	reader  *pack.Reader
	objects objects
	matcher *rules.Matcher
	out     *scanner.Collector
	head    handle
	inHeads map[handle]bool // the commits that lead to HEAD
	framing []framing
	cache   *cache          // nil for none
	reached dense[bool]     // commits that a reference leads to
	noted   map[handle]bool // blobs of notes
	tagged  map[handle]bool // what tags lead to that a reference leads to
}

// hex returns the id of an object in hexadecimal digits.
func (s *scan) hex(h handle) string {
	id := s.objects.id(h)
	return hex.EncodeToString(id[:s.format.Size()])
}

// inHead reports whether a commit is HEAD or leads to it.
func (s *scan) inHead(h handle) bool {
	if s.inHeads == nil {
		s.inHeads = map[handle]bool{}
		for _, c := range parentsFirst(s.objects, []handle{s.head}, nil) {
			s.inHeads[c] = true
		}
	}
	return s.inHeads[h]
}

// commitOf describes a commit, or a tag as if it were one. Keys in its subject
// and in names are masked.
func (s *scan) commitOf(h handle) *scanner.Commit {
	out := &scanner.Commit{ID: s.hex(h)}
	kind, data, err := s.reader.Read(s.objects.id(h))
	if err != nil {
		return out
	}
	if kind == pack.Tag {
		if t, err := parseTag(data, s.format); err == nil {
			s.describe(out, t.tagger, data[t.body:])
		}
	} else if c, err := parseCommit(data, s.format); err == nil {
		s.describe(out, c.author, data[c.body:])
	}
	return out
}

// headerLines counts the lines of a commit or tag before its message.
func (s *scan) headerLines(h handle) int {
	_, data, err := s.reader.Read(s.objects.id(h))
	if err != nil {
		return 0
	}
	head, _, _ := bytes.Cut(data, []byte("\n\n"))
	return bytes.Count(head, []byte("\n")) + 2
}

func (s *scan) describe(c *scanner.Commit, by signature, message []byte) {
	c.Author, c.Email, c.Time = s.clean(by.name), s.clean(by.email), by.when()
	subject, _, _ := bytes.Cut(bytes.TrimLeft(message, "\n"), []byte("\n"))
	c.Subject = s.clean(string(subject))
}

// clean masks keys in a text that reports show.
func (s *scan) clean(text string) string {
	return strings.ToValidUTF8(scanner.MaskPath(s.matcher, text), "?")
}

// when returns the time of a signature in its zone.
func (g signature) when() time.Time {
	return time.Unix(g.time, 0).In(time.FixedZone("", g.zone))
}

// A framing is a finding that is to be shown with the lines around it.
type framing struct {
	finding *scanner.Finding
	object  pack.ID
	path    string // as the rules see it
	lines   int    // lines of the object before the message that is shown
	restore bool   // the key is wanted, not the lines
}

// frame asks for the lines around a finding.
func (s *scan) frame(f *scanner.Finding, object handle, path string, lines int) {
	s.framing = append(s.framing, framing{finding: f, object: s.objects.id(object), path: path, lines: lines})
}

// frames reads the objects of findings again and cuts out the lines around
// each. It scans each object by itself, so this is also a check: a key that is
// not there again is an error.
func (s *scan) frames() error {
	list := slices.Clone(s.framing)
	slices.SortStableFunc(list, func(a, b framing) int { return bytes.Compare(a.object[:], b.object[:]) })
	var mu sync.Mutex // guards list and failed
	var failed error
	take := func(err error) []framing {
		mu.Lock()
		defer mu.Unlock()
		failed = cmp.Or(failed, err)
		n := 0
		for n < len(list) && list[n].object == list[0].object {
			n++
		}
		out := list[:n]
		list = list[n:]
		return out
	}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		wg.Go(func() {
			scan, reader := scanner.NewTextScanner(s.options), s.store.Reader(streamFrom)
			var err error
			for list := take(nil); len(list) > 0; list = take(err) {
				err = fill(scan, reader, list)
			}
		})
	}
	wg.Wait()
	return failed
}

// fill sets the frames of findings in one object.
func fill(scan *scanner.TextScanner, reader *pack.Reader, list []framing) error {
	_, data, err := reader.Read(list[0].object)
	if large := (*delta.TooLargeError)(nil); errors.As(err, &large) && !list[0].restore {
		return nil // the lines around are not worth it
	}
	if err != nil {
		return err
	}
	e := scan.Framed(data)
	for _, f := range list {
		if !f.find(e.At(scan.Matcher(), f.path)) {
			return fmt.Errorf("a key of %s is not found again: please report it", f.finding.Rule)
		}
	}
	return nil
}

// find takes what a finding lacks from the sighting of its key.
func (f *framing) find(keys []scanner.Sighting) bool {
	for _, k := range keys {
		if k.Rule.ID != f.finding.Rule || k.Secret.Hash() != f.finding.Secret.Hash {
			continue
		}
		if f.finding.Secret.Secret = k.Secret; !f.restore {
			f.finding.Frame = k.Frame
			for i := range f.finding.Frame {
				f.finding.Frame[i].Number -= f.lines
			}
		}
		return true
	}
	return false
}
